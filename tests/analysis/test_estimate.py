"""Estimates: values, intervals, and for everything without a value a status that says why."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.estimate import estimate, estimates, half_width
from bench.records.nouns import Estimate, Status
from bench.records.suite import Policy
from tests.analysis.made_up import SENTINEL, analysed, case, models, survey, timed, trials

LSTM = "model=lstm"
TEN = [float(n) for n in range(1, 11)]


def latency(milliseconds: list[float], policy: Policy | None = None) -> Estimate:
    return estimate(analysed(models("lstm"), trials(LSTM, milliseconds), policy=policy), LSTM, "latency")


def test_ten_rounds_have_their_second_and_ninth_as_bounds_at_one_of_two_looks() -> None:
    found = latency(TEN)
    assert (found.value, found.low, found.high) == pytest.approx((5.5e-3, 2e-3, 9e-3))
    assert (found.rounds, found.status, found.note) == (10, "ok", None)


@pytest.mark.parametrize(
    ("policy", "rounds", "bounded"),
    [
        (Policy(rounds=6, max_rounds=6), 6, True),
        (Policy(rounds=6, max_rounds=6), 5, False),
        (Policy(), 7, True),
        (Policy(), 6, False),
    ],
)
def test_six_trials_bound_at_an_only_look_and_seven_at_one_of_two(policy: Policy, rounds: int, bounded: bool) -> None:
    found = latency(TEN[:rounds], policy)
    assert (found.low is not None) == (found.high is not None) == bounded
    assert found.rounds == rounds


def test_an_only_look_after_twenty_rounds_is_narrower_than_the_second_of_two() -> None:
    twenty = [float(n) for n in range(1, 21)]
    assert latency(twenty).low == pytest.approx(5e-3)
    assert latency(twenty, Policy(rounds=20, max_rounds=20)).low == pytest.approx(6e-3)


def test_every_case_and_metric_has_exactly_one_estimate() -> None:
    metrics = ("latency", "tail", "parameters", "first_call", "own_number")
    cases = (*models("lstm", "cnn", "rnn"), case(levels={"model": "gru"}, skip="too slow"))
    records = [survey("model=cnn", status="oom", note="killed"), *trials(LSTM, TEN)]
    found = estimates(analysed(cases, records, metrics=metrics))
    assert [(e.case, e.metric) for e in found] == [(c.id, m) for c in cases for m in metrics]


def test_a_skipped_case_says_the_suites_reason() -> None:
    cases = [case(skip="56 steps of a second each")]
    found = estimate(analysed(cases, []), LSTM, "latency")
    assert (found.value, found.status, found.note) == (None, "skipped", "56 steps of a second each")


@pytest.mark.parametrize(
    "status", ["skipped", "unavailable", "failed", "timeout", "oom", "crashed", "invalid", "cancelled"]
)
def test_what_ended_the_survey_ends_every_metric_but_those_it_found(status: Status) -> None:
    ended = survey(LSTM, {"parameters": 12, "build": 0.5}, status=status, note="because")
    run = analysed(models("lstm"), [ended])
    for metric in ("latency", "flops", "first_call"):
        found = estimate(run, LSTM, metric)
        assert (found.value, found.status, found.note) == (None, status, "because")
    assert (estimate(run, LSTM, "parameters").value, estimate(run, LSTM, "parameters").status) == (12, "ok")
    assert estimate(run, LSTM, "build").value == 0.5


def test_a_survey_that_succeeded_counts_before_and_after_one_that_did_not() -> None:
    good, bad = survey(LSTM, {"parameters": 3}), survey(LSTM, status="failed", note="no")
    for surveys in ([good, bad], [bad, good]):
        assert estimate(analysed(models("lstm"), surveys), LSTM, "parameters").value == 3


def test_exact_numbers_stay_whole_and_have_no_interval() -> None:
    found = estimate(analysed(models("lstm"), [survey(LSTM, {"flops": 10**15 + 1})]), LSTM, "flops")
    assert isinstance(found.value, int)
    assert (found.value, found.low, found.high, found.rounds) == (10**15 + 1, None, None, 0)


def test_what_a_workload_does_not_know_is_ok_and_says_so() -> None:
    run = analysed(models("lstm"), trials(LSTM, TEN))
    for metric in ("flops", "throughput", "tail", "compile"):
        found = estimate(run, LSTM, metric)
        assert (found.value, found.status) == (None, "ok")
        assert found.note


def test_throughput_is_the_surveyed_items_by_latency() -> None:
    run = analysed(models("lstm"), [survey(LSTM, {"items": 64}), *trials(LSTM, [2.0] * 10)])
    assert estimate(run, LSTM, "throughput").value == pytest.approx(32_000)


def test_a_case_all_of_whose_trials_failed_has_their_status() -> None:
    failed = [timed(LSTM, r, status="timeout", note="60 s") for r in range(6)]
    stopped = timed(LSTM, 6, status="cancelled")
    found = estimate(analysed(models("lstm"), [*failed, stopped]), LSTM, "latency")
    assert (found.value, found.status, found.note) == (None, "timeout", "60 s")


def test_a_trial_that_failed_is_told_beside_those_that_did_not() -> None:
    records = [*trials(LSTM, TEN), timed(LSTM, 10, status="crashed"), timed(LSTM, 11, status="cancelled")]
    found = estimate(analysed(models("lstm"), records), LSTM, "latency")
    assert (found.rounds, found.status, found.note) == (10, "ok", "crashed: 1 of 11 trials")


def test_a_run_that_ended_before_a_case_leaves_it_cancelled() -> None:
    run = analysed(models("lstm"), [])
    assert estimate(run, LSTM, "latency").status == "cancelled"
    assert estimate(run, LSTM, "flops").status == "ok"


def test_a_disturbed_case_has_a_value_without_an_interval() -> None:
    slow = [timed(LSTM, r, 1 + r / 1000, sentinel=SENTINEL * (1.3 if r < 5 else 1)) for r in range(10)]
    found = estimate(analysed(models("lstm"), slow), LSTM, "latency")
    assert (found.rounds, found.low, found.high) == (6, None, None)
    assert found.note == "disturbed: 1 of 6 trials; left out as disturbed: 4"


def test_trials_that_are_all_the_same_have_a_value_and_no_interval() -> None:
    found = latency([1.0] * 10)
    assert found.value == pytest.approx(1e-3)
    assert (found.low, found.high) == (None, None)
    assert found.note == "all trials are the same: the clock cannot tell them apart"


def test_counts_may_be_the_same_in_all_trials() -> None:
    still = [timed(LSTM, round_, 1 + round_ / 10, noise={"page_faults": 0.0}) for round_ in range(10)]
    found = estimate(analysed(models("lstm"), still), LSTM, "page_faults")
    assert (found.value, found.low, found.note) == (0.0, None, None)


def test_half_the_interval_is_given_by_the_value() -> None:
    assert half_width(latency(TEN)) == pytest.approx(3.5 / 5.5)
    assert half_width(latency(TEN[:3])) is None


@settings(deadline=None)
@given(
    st.lists(st.floats(0.01, 1000), min_size=7, max_size=30).filter(lambda values: max(values) > 1.001 * min(values))
)
def test_an_interval_holds_the_value_and_lies_within_what_was_measured(milliseconds: list[float]) -> None:
    found = latency(milliseconds)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert min(milliseconds) * 0.999 <= found.low * 1e3 <= found.value * 1e3 <= found.high * 1e3
    assert found.high * 1e3 <= max(milliseconds) * 1.001
