"""What a policy says of a case, of what was not judged, and of the exit."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.gate.policy import Unjudged, allowed, exit_code, limit_of
from bench.records.gate import GateVerdict, Judged, Standing
from bench.records.metrics import METRICS
from bench.records.nouns import Case
from bench.records.suite import Allowed, GateSpec, Level, LimitSpec

EXACT = sorted(name for name, metric in METRICS.items() if metric.source == "exact")
TIMED = ["undisturbed", "cpu_time", "mean_latency"]

levels: dict[str, list[Level]] = {"model": ["rnn", "lstm"], "batch": [1, 64]}
wheres = st.dictionaries(
    st.sampled_from(["model", "batch", "size"]),
    st.lists(st.sampled_from(["rnn", "lstm", 1, 64]), min_size=1).map(tuple),
)
own_limits = st.builds(
    LimitSpec,
    limit=st.floats(min_value=0.001, max_value=0.9),
    metric=st.none() | st.sampled_from(TIMED),
    where=wheres,
)


def case(**own: Level) -> Case:
    identity = ",".join(f"{name}={level}" for name, level in own.items())
    return Case(id=identity, target="a:b", levels=own, arguments=own, threads=1, allocator="retain")


LSTM = case(model="lstm", batch=64)
CASES = [case(model=model, batch=batch) for model, batch in product(levels["model"], levels["batch"])]


def limited(*own: LimitSpec) -> GateSpec:
    return GateSpec(limit=0.03, limits=own)


@pytest.mark.parametrize("metric", TIMED)
def test_without_a_limit_of_its_own_a_case_has_the_gates(metric: str) -> None:
    assert limit_of(LSTM, metric, limited()) == 0.03


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({"model": ("lstm",)}, True),
        ({"model": ("rnn", "lstm"), "batch": (64,)}, True),
        ({"model": ("lstm",), "batch": (1,)}, False),
        ({"model": ("lstm",), "size": (28,)}, False),
        ({"batch": ("64",)}, True),
        ({"batch": (64.0,)}, False),
        ({}, True),
    ],
)
def test_a_limit_is_for_cases_that_have_every_factor_at_one_of_its_levels(
    where: dict[str, tuple[Level, ...]], fits: bool
) -> None:
    found = limit_of(LSTM, "undisturbed", limited(LimitSpec(limit=0.05, where=where)))
    assert found == (0.05 if fits else 0.03)


def test_a_limit_for_a_metric_is_for_that_metric_alone() -> None:
    policy = limited(LimitSpec(limit=0.1, metric="mean_latency"))
    assert [limit_of(LSTM, metric, policy) for metric in TIMED] == [0.03, 0.03, 0.1]


def test_of_two_limits_that_fit_the_last_counts() -> None:
    general = LimitSpec(limit=0.1, metric="undisturbed")
    special = LimitSpec(limit=0.05, where={"model": ("lstm",)})
    assert limit_of(LSTM, "undisturbed", limited(general, special)) == 0.05
    assert limit_of(LSTM, "undisturbed", limited(special, general)) == 0.1


@given(st.lists(own_limits), own_limits, st.sampled_from(CASES), st.sampled_from(TIMED))
def test_one_more_limit_changes_what_it_fits_and_nothing_else(
    before: list[LimitSpec], last: LimitSpec, which: Case, metric: str
) -> None:
    alone = limit_of(which, metric, limited(last))
    fits = last.metric in (None, metric) and all(which.levels.get(name) in known for name, known in last.where.items())
    assert alone == (last.limit if fits else 0.03)
    expected = last.limit if fits else limit_of(which, metric, limited(*before))
    assert limit_of(which, metric, limited(*before, last)) == expected


@pytest.mark.parametrize("metric", [*EXACT, "hops"])
def test_an_exact_metric_may_become_worse_only_where_it_is_named(metric: str) -> None:
    unnamed = LimitSpec(limit=0.05, where={"model": ("lstm",)})
    named = LimitSpec(limit=0.2, metric=metric, where={"model": ("lstm",)})
    assert limit_of(LSTM, metric, limited()) == 0
    assert limit_of(LSTM, metric, limited(unnamed)) == 0
    assert limit_of(LSTM, metric, limited(named, unnamed)) == 0.2
    assert limit_of(case(model="rnn"), metric, limited(named)) == 0


@pytest.mark.parametrize("allow", [(), ("removed",), ("failed", "incomparable"), get_args(Allowed)])
def test_what_was_not_judged_passes_where_it_is_new_or_allowed_or_skipped(allow: tuple[Allowed, ...]) -> None:
    standings: list[Unjudged] = [*get_args(Standing), "incomparable"]
    passing = {standing for standing in standings if allowed(standing, GateSpec(limit=0.03, allow=allow))}
    assert passing == {"added", "skipped", *allow}


@pytest.mark.parametrize(
    ("verdict", "inconclusive", "code"),
    [
        ("pass", 4, 0),
        ("pass", 0, 0),
        ("regression", 4, 1),
        ("regression", 0, 1),
        ("inconclusive", 4, 4),
        ("inconclusive", 0, 0),
    ],
)
def test_a_regression_is_one_and_the_policy_says_what_inconclusive_is(
    verdict: GateVerdict, inconclusive: int, code: int
) -> None:
    policy = GateSpec(limit=0.03, inconclusive=0 if inconclusive == 0 else 4)
    assert exit_code(verdict, policy, [Judged(case="a=1", verdict="unchanged")]) == code


def test_a_gate_that_compared_nothing_never_ends_with_0() -> None:
    assert exit_code("inconclusive", GateSpec(limit=0.03, inconclusive=0), [Judged(case="a=1", verdict="added")]) == 4
    assert exit_code("inconclusive", GateSpec(limit=0.03, inconclusive=0), []) == 4
