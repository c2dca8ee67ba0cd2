"""Ratios: above 1 is worse, whatever the metric's direction."""

import math
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.analysed import Analysed
from bench.analysis.compare import between, compare_cases, within
from bench.errors import BenchError
from bench.records.nouns import Comparison, Record
from bench.records.suite import Level, Policy
from bench.statistics import ERRORS, fewest, signed_rank
from tests.analysis.made_up import SENTINEL, analysed, case, models, survey, timed, trials

LSTM, CNN = "model=lstm", "model=cnn"
ONE_LOOK = Policy(rounds=10, max_rounds=10)
TEN = [1 + 0.01 * n for n in range(10)]


def two(lstm: list[float], cnn: list[float], *surveys: Record) -> Analysed:
    return analysed(models("lstm", "cnn"), [*surveys, *trials(LSTM, lstm), *trials(CNN, cnn)])


def test_twice_the_latency_is_twice_as_bad() -> None:
    found = compare_cases(two([2 * v for v in TEN], TEN), LSTM, CNN, "latency")
    assert (found.ratio, found.low, found.high, found.rounds) == pytest.approx((2, 2, 2, 10))
    assert (found.case, found.against, found.metric) == (LSTM, CNN, "latency")


def test_twice_the_throughput_is_half_as_bad() -> None:
    items = [survey(name, {"items": 8}) for name in (LSTM, CNN)]
    found = compare_cases(two(TEN, [2 * v for v in TEN], *items), LSTM, CNN, "throughput")
    assert found.ratio == pytest.approx(0.5)


def test_pairing_by_round_removes_what_a_round_did_to_both() -> None:
    weather = [1, 5, 2, 9, 3, 7, 4, 8, 6, 10]
    found = compare_cases(two([1.1 * w for w in weather], [1.0 * w for w in weather]), LSTM, CNN, "latency")
    assert (found.low, found.high) == pytest.approx((1.1, 1.1), rel=1e-4)


def test_only_rounds_that_both_have_are_paired() -> None:
    records = [*(timed(LSTM, r, 3.0 * (1 + r)) for r in range(1, 12)), *(timed(CNN, r, 1.0 + r) for r in range(8))]
    found = compare_cases(analysed(models("lstm", "cnn"), records), LSTM, CNN, "latency")
    assert (found.ratio, found.low) == pytest.approx((3, 3))
    assert found.rounds == 7


@pytest.mark.parametrize(("lstm", "cnn"), [([2.0] * 10, TEN), (TEN, [2.0] * 10), ([2.0] * 10, [1.0] * 10)])
def test_trials_that_are_all_the_same_lend_no_interval(lstm: list[float], cnn: list[float]) -> None:
    found = compare_cases(two(lstm, cnn), LSTM, CNN, "latency")
    assert found.ratio is not None
    assert (found.low, found.high, found.rounds) == (None, None, 10)


def test_five_pairs_have_a_ratio_and_no_interval() -> None:
    found = compare_cases(two([2.0] * 5, [1.0] * 5), LSTM, CNN, "latency")
    assert found.ratio == pytest.approx(2)
    assert (found.low, found.high, found.rounds) == (None, None, 5)


def test_a_case_without_values_has_no_ratio() -> None:
    found = compare_cases(two(TEN, []), LSTM, CNN, "latency")
    assert (found.ratio, found.rounds) == (None, 0)
    assert compare_cases(two(TEN, TEN), LSTM, CNN, "tail").ratio is None


def test_a_disturbed_case_lends_no_interval() -> None:
    shaken = [timed(LSTM, r, 2.0, sentinel=SENTINEL * (1.3 if r < 5 else 1)) for r in range(10)]
    found = compare_cases(analysed(models("lstm", "cnn"), [*shaken, *trials(CNN, [1.0] * 10)]), LSTM, CNN, "latency")
    assert found.ratio == pytest.approx(2)
    assert (found.low, found.high, found.rounds) == (None, None, 6)


def test_the_interval_of_a_ratio_errs_as_seldom_as_the_looks_of_the_policy_ask() -> None:
    slow = [2 * v**2 for v in TEN]
    records = [*trials(LSTM, slow), *trials(CNN, TEN)]
    found = {}
    for looks, policy in ((1, ONE_LOOK), (2, Policy())):
        run = analysed(models("lstm", "cnn"), records, policy=policy)
        found[looks] = compare_cases(run, LSTM, CNN, "latency")
        expected = signed_rank([math.log(2 * v) for v in TEN], error=ERRORS[looks])
        assert expected.low is not None
        assert expected.high is not None
        interval = (math.exp(expected.low), math.exp(expected.high))
        assert (found[looks].low, found[looks].high) == pytest.approx(interval, rel=1e-6)
    assert found[2].low is not None
    assert found[1].low is not None
    assert found[2].low < found[1].low


def test_six_pairs_bound_a_ratio_at_an_only_look_and_seven_at_one_of_two() -> None:
    """Six trials a side are enough for rank sums at either."""
    for policy, looks, pairs in ((ONE_LOOK, 1, 6), (Policy(), 2, 7)):
        assert fewest(looks=looks) == pairs
        for n in (6, 7):
            records = [*trials(LSTM, [2 * v for v in TEN[:n]]), *trials(CNN, TEN[:n])]
            found = compare_cases(analysed(models("lstm", "cnn"), records, policy=policy), LSTM, CNN, "latency")
            assert found.low is not None
            assert (found.paired, found.rounds) == (n >= pairs, n)


def noisy_pairs(seed: int) -> Iterator[tuple[float, float]]:
    """The log-latencies of two cases by round: servers in two modes, weather that lasts and that both share, and the
    heavy tails of each process."""
    draw, weather = Random(seed), 0.0
    while True:
        weather = 0.8 * weather + draw.gauss(0.0, 0.01)
        server = 0.3 * (draw.random() < 0.5)
        own = [0.01 * draw.gauss(0.0, 1.0) / math.sqrt(draw.gammavariate(1.5, 2 / 3)) for _ in range(2)]
        yield weather + server + own[0], weather + server + own[1]


def holds(found: Comparison, truth: float) -> bool:
    return found.low is not None and found.high is not None and found.low <= truth <= found.high


def test_intervals_of_ratios_hold_the_truth_at_both_looks_together_in_95_percent_of_runs() -> None:
    """Whatever makes a case leave after ten rounds: with 5 % at each of the looks they do in 94 %."""
    both = 0
    for seed in range(800):
        pairs = [pair for pair, _ in zip(noisy_pairs(seed), range(20), strict=False)]
        lstm, cnn = ([math.exp(own) for own in side] for side in zip(*pairs, strict=True))
        looks = [compare_cases(two(lstm[:n], cnn[:n]), LSTM, CNN, "latency") for n in (10, 20)]
        both += all(holds(found, 1.0) for found in looks)
    assert both / 800 >= 0.95


@pytest.mark.parametrize(
    ("lstm", "cnn", "ratio"), [(30, 20, 1.5), (0, 0, 1.0), (5, 0, None), (0, 5, None), (None, 5, None)]
)
def test_exact_metrics_have_a_plain_ratio(lstm: int | None, cnn: int, ratio: float | None) -> None:
    surveys = [survey(LSTM, {} if lstm is None else {"parameters": lstm}), survey(CNN, {"parameters": cnn})]
    found = compare_cases(analysed(models("lstm", "cnn"), surveys), LSTM, CNN, "parameters")
    assert (found.ratio, found.low, found.high, found.rounds) == (ratio, None, None, 0)


def grid() -> Analysed:
    shapes: list[dict[str, Level]] = [
        {"model": model, "batch": batch, "fused": fused}
        for model in ("lstm", "cnn")
        for batch in (1, 64)
        for fused in (True, False)
    ]
    cases = [case(levels=levels) for levels in shapes]
    milliseconds = [1 + 2 * (levels["model"] == "lstm") + 4 * (levels["batch"] == 64) for levels in shapes]
    timings = zip(cases, milliseconds, strict=True)
    return analysed(cases, [record for c, ms in timings for record in trials(c.id, [float(ms)] * 7)])


def test_within_a_run_each_case_meets_the_one_that_differs_in_that_factor_alone() -> None:
    found = within(grid(), by="model", against="cnn", metric="latency")
    assert [(c.case, c.against) for c in found] == [
        (f"model=lstm,batch={batch},fused={fused}", f"model=cnn,batch={batch},fused={fused}")
        for batch in (1, 64)
        for fused in (True, False)
    ]
    assert [c.ratio for c in found] == pytest.approx([3, 3, 7 / 5, 7 / 5])


def test_levels_that_are_numbers_are_named_as_in_the_id() -> None:
    assert {c.against for c in within(grid(), by="batch", against="1", metric="latency")} == {
        f"model={model},batch=1,fused={fused}" for model in ("lstm", "cnn") for fused in (True, False)
    }


def test_a_case_without_a_peer_is_not_compared() -> None:
    cases = [case(levels={"model": m, "size": s}) for m, s in (("lstm", 28), ("cnn", 28), ("lstm", 56))]
    run = analysed(cases, [record for c in cases for record in trials(c.id, TEN)])
    assert [c.case for c in within(run, by="model", against="cnn", metric="latency")] == ["model=lstm,size=28"]


@pytest.mark.parametrize(("by", "against", "hint"), [("modle", "cnn", "model"), ("model", "cmm", "lstm, cnn")])
def test_a_misspelt_factor_or_level_is_met_with_what_there_is(by: str, against: str, hint: str) -> None:
    with pytest.raises(BenchError, match=hint):
        within(grid(), by=by, against=against, metric="latency")


def test_two_runs_are_compared_other_by_base_and_unpaired() -> None:
    base, other = two(TEN, TEN), two([2 * v for v in reversed(TEN)], TEN[:7])
    slower, same = between(base, other, metric="latency")
    assert (slower.case, slower.against, slower.rounds) == (LSTM, LSTM, 10)
    assert slower.ratio == pytest.approx(2, rel=0.01)
    assert slower.low is not None
    assert slower.low > 1.9
    assert same.rounds == 7
    assert not slower.paired


def test_two_runs_are_compared_with_the_error_of_the_one_that_looked_more_often() -> None:
    records = [*trials(LSTM, TEN), *trials(CNN, TEN)]
    often, once = (analysed(models("lstm", "cnn"), records, policy=policy) for policy in (Policy(), ONE_LOOK))
    (mixed, _), (strict, _), (one, _) = (
        between(base, other, metric="latency") for base, other in ((once, often), (often, often), (once, once))
    )
    assert (mixed.low, mixed.high) == (strict.low, strict.high)
    assert mixed.low is not None
    assert one.low is not None
    assert mixed.low < one.low


def test_what_one_run_lacks_is_listed_without_a_ratio() -> None:
    base = analysed(models("lstm", "rnn"), [*trials(LSTM, TEN), *trials("model=rnn", TEN)])
    found = between(base, two(TEN, TEN), metric="latency")
    assert [(c.case, c.ratio is None) for c in found] == [(LSTM, False), ("model=rnn", True), (CNN, True)]
    assert [c.ratio for c in between(two(TEN, []), two(TEN, TEN), metric="latency")] == [pytest.approx(1), None]


def test_exact_metrics_of_two_runs_have_a_plain_ratio() -> None:
    base, other = (analysed(models("lstm"), [survey(LSTM, {"flops": flops})]) for flops in (100, 130))
    assert [c.ratio for c in between(base, other, metric="flops")] == [1.3]


latencies = st.lists(st.floats(0.1, 100), min_size=6, max_size=12).filter(lambda values: min(values) < max(values))


@settings(deadline=None)
@given(latencies, latencies)
def test_a_comparison_turned_round_is_the_inverse(lstm: list[float], cnn: list[float]) -> None:
    run = two(lstm, cnn)
    there, back = compare_cases(run, LSTM, CNN, "latency"), compare_cases(run, CNN, LSTM, "latency")
    assert there.ratio is not None
    assert back.ratio is not None
    assert there.low is not None
    assert back.high is not None
    assert math.isclose(there.ratio * back.ratio, 1)
    assert math.isclose(there.low * back.high, 1)


def test_too_few_common_rounds_are_compared_unpaired_where_each_side_has_enough() -> None:
    near = [1 + r / 10_000 for r in range(12)]
    records = [*(timed(LSTM, r, 3 * near[r]) for r in range(5, 12)), *(timed(CNN, r, near[r]) for r in range(8))]
    found = compare_cases(analysed(models("lstm", "cnn"), records), LSTM, CNN, "latency")
    assert (found.ratio, found.low, found.rounds) == pytest.approx((3, 3, 7), rel=1e-3)
    assert not found.paired
    assert compare_cases(two(TEN, TEN), LSTM, CNN, "latency").paired


def test_cases_without_a_common_round_and_too_few_trials_have_a_ratio_and_no_interval() -> None:
    records = [*(timed(LSTM, r, 3.0) for r in (4, 5)), *(timed(CNN, r, 1.0) for r in (1, 2))]
    found = compare_cases(analysed(models("lstm", "cnn"), records), LSTM, CNN, "latency")
    assert found.ratio == pytest.approx(3)
    assert (found.low, found.high, found.rounds) == (None, None, 2)
