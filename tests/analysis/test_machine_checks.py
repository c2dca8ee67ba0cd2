"""Remarks on what the trials ran on."""

import pytest

from bench.analysis.findings import findings
from bench.analysis.machine_checks import cores_far_apart, servers_differ, throttled_or_stolen
from bench.records.nouns import Unknown
from bench.records.suite import Policy
from tests.analysis.checked import LSTM, STEADY, faulty, lstm, only, threaded
from tests.analysis.made_up import analysed, case, models, survey, timed, trials


def test_attempts_that_lost_processor_time_are_counted_by_the_way_they_lost_it() -> None:
    lost = [timed(LSTM, r, noise={"steal": 0.02, "throttled": float(r)}) for r in range(2)]
    calm = [timed(LSTM, r, attempt=a) for r, a in [(0, 1), (1, 1), *((r, 0) for r in range(2, 10))]]
    found = only(lstm([*lost, *calm]))
    assert found.message.startswith("2 of 12 attempts (17%) lost processor time (steal over 1%: 2, throttled: 1)")
    assert found.cases == ()


def test_a_trial_that_counts_although_it_lost_processor_time_names_its_case() -> None:
    run = analysed(models("lstm", "cnn"), [timed(LSTM, r, noise={"steal": 0.02}) for r in range(10)])
    found = throttled_or_stolen(run)
    assert found is not None
    assert (found.cases, "1 case must count" in found.message) == ((LSTM,), True)


def test_a_twentieth_of_the_attempts_may_lose_time_where_they_were_repeated() -> None:
    lost = [timed(LSTM, 0, noise={"steal": 0.02}), timed(LSTM, 0, attempt=1)]
    assert throttled_or_stolen(lstm([*lost, *(timed(LSTM, r) for r in range(1, 19))])) is None
    assert throttled_or_stolen(lstm([*lost, *(timed(LSTM, r) for r in range(1, 18))])) is not None


@pytest.mark.parametrize("noise", [{"steal": 0.01}, {"steal": "unknown", "throttled": "unknown"}])
def test_a_little_steal_and_unknown_probes_are_no_loss(noise: dict[str, float | Unknown]) -> None:
    assert throttled_or_stolen(lstm([timed(LSTM, r, noise=noise) for r in range(10)])) is None


def test_servers_differ_where_page_faults_and_latency_go_together() -> None:
    records = [faulty(r, 25.0 if r % 3 == 0 else 16.7, 4672 if r % 3 == 0 else 0) for r in range(10)]
    found = servers_differ(lstm(records))
    assert found is not None
    assert "model=lstm (4,672 faults against 0, × 1.50)" in found.message


def test_advice_is_not_to_retain_memory_where_it_is_retained() -> None:
    cases = [case(levels={"allocator": name}, allocator=name) for name in ("system", "retain")]
    for own, retain in ((cases, True), (cases[1:], False)):
        records = [timed(c.id, r, 1.0 + r % 2, noise={"page_faults": 5000.0 * (r % 2)}) for c in own for r in range(10)]
        found = servers_differ(analysed(own, records))
        assert found is not None
        assert found.cases == tuple(c.id for c in own)
        assert ("`allocator: retain` avoids most of it where it is `system`" in found.advice) == retain
        assert ("`allocator: retain` is set already" in found.advice) != retain


@pytest.mark.parametrize(
    ("slow", "faults"),
    [(1.5, 0.0), (1.0, 4672.0), (1.5, 10.0)],
    ids=["latency alone", "faults alone", "a handful of faults"],
)
def test_servers_do_not_differ_by_latency_or_faults_alone(slow: float, faults: float) -> None:
    records = [faulty(r, slow if r % 3 == 0 else 1.0, faults if r % 3 == 0 else 0.0) for r in range(10)]
    assert servers_differ(lstm(records)) is None


def test_servers_whose_faults_are_unknown_do_not_differ() -> None:
    records = [timed(LSTM, r, 1 + (r % 3 == 0), noise={"page_faults": "unknown"}) for r in range(10)]
    assert servers_differ(lstm(records)) is None


def test_servers_do_not_differ_where_those_with_more_faults_are_the_faster_ones() -> None:
    run = lstm([faulty(r, 0.8 if r % 2 else 1.0, 5000.0 * (r % 2)) for r in range(10)])
    assert servers_differ(run) is None


def test_servers_do_not_differ_by_less_than_a_twentieth() -> None:
    for slower, differ in ((1.04, False), (1.06, True)):
        run = lstm([faulty(r, slower if r % 2 else 1.0, 5000.0 * (r % 2)) for r in range(10)])
        assert (servers_differ(run) is not None) == differ


def test_servers_do_not_differ_where_chance_could_have_sorted_them() -> None:
    times = [1.00, 1.20, 1.02, 1.01, 1.19, 1.00, 1.21, 1.02, 1.18, 1.01]
    run = lstm([faulty(r, ms, 50.0 * (r in (0, 1, 4))) for r, ms in enumerate(times)])
    assert servers_differ(run) is None


def test_servers_may_differ_by_halves_of_six_rounds() -> None:
    run = lstm([faulty(r, 1.0 + r % 2, 5000.0 * (r % 2)) for r in range(6)], Policy(rounds=6, max_rounds=6))
    assert servers_differ(run) is not None


def test_cores_are_far_apart_when_two_threads_gain_nothing() -> None:
    assert only(threaded(1.0e7, 1.0e7)).cases == ("threads=2",)
    assert "sentinel × 1.20" in only(threaded(1.0e7, 1.2e7)).message
    assert findings(threaded(1.0e7, 0.6e7)) == ()


def test_a_case_that_gains_by_a_thread_is_not_told_to_do_without() -> None:
    assert cores_far_apart(threaded(1.0e7, 1.0e7, milliseconds=0.6)) is None
    assert cores_far_apart(threaded(1.0e7, 1.0e7, milliseconds=1.1)) is not None
    assert cores_far_apart(threaded(None, 1.2e7, survey("threads=2", noise={"sentinel_single": 1e7}))) is not None


def test_without_trials_of_one_thread_the_surveys_sentinel_stands_in() -> None:
    assert cores_far_apart(threaded(None, 1.2e7, survey("threads=2", noise={"sentinel_single": 1e7}))) is not None
    assert cores_far_apart(threaded(None, 1.2e7)) is None
    assert cores_far_apart(threaded(None, 1.2e7, survey("threads=2", noise={"sentinel_single": 2e7}))) is None


@pytest.mark.parametrize("metrics", [{}, {"expected_backend": 1}])
def test_a_backend_that_was_not_expected_or_that_ran_is_no_finding(metrics: dict[str, int | float]) -> None:
    assert findings(lstm([survey(LSTM, metrics), *trials(LSTM, STEADY)])) == ()


def test_the_system_allocator_is_a_finding_only_where_retaining_was_asked_for() -> None:
    gives_back = survey(LSTM, noise={"allocator_retains": 0.0})
    assert findings(analysed([case(allocator="system")], [gives_back, *trials(LSTM, STEADY)])) == ()


@pytest.mark.parametrize("noise", [{}, {"allocator_retains": 1.0}, {"allocator_retains": "unknown"}])
def test_an_allocator_that_retains_or_was_not_asked_is_no_finding(noise: dict[str, float | Unknown]) -> None:
    assert findings(lstm([survey(LSTM, noise=noise), *trials(LSTM, STEADY)])) == ()
