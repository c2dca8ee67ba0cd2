"""Every check speaks where it should, and is silent otherwise."""

from collections.abc import Sequence

import pytest

from bench.analysis.analysed import Analysed
from bench.analysis.findings import CHECKS, findings
from bench.records.nouns import Finding, Record, Unknown
from bench.records.suite import Policy
from tests.analysis.made_up import SENTINEL, analysed, case, models, survey, timed, trials

LSTM = "model=lstm"
STEADY = [1 + 0.001 * n for n in range(10)]


def lstm(records: Sequence[Record], policy: Policy | None = None) -> Analysed:
    return analysed(models("lstm"), records, policy=policy)


def only(run: Analysed) -> Finding:
    (found,) = findings(run)
    return found


def faulty(round_: int, milliseconds: float, faults: float) -> Record:
    return timed(LSTM, round_, milliseconds, noise={"page_faults": faults})


def threaded(ones: float | None, twos: float, *surveys: Record) -> Analysed:
    alone, together = case(levels={"threads": 1}), case(levels={"threads": 2}, threads=2)
    records = [*surveys, *(timed(together.id, r, noise=_sentinel(twos)) for r in range(10))]
    if ones is not None:
        records += [timed(alone.id, r, noise=_sentinel(ones)) for r in range(10)]
    return analysed([alone, together], records)


def _sentinel(value: float) -> dict[str, float | Unknown]:
    return {"sentinel_before": value, "sentinel_after": value}


def test_a_calm_and_precise_run_has_no_finding() -> None:
    assert findings(lstm(trials(LSTM, STEADY))) == ()


def test_findings_carry_their_tables_names_and_end_in_advice() -> None:
    runs = [
        lstm(trials(LSTM, [1.0] * 3)),
        lstm(trials(LSTM, [1.0 * n for n in range(1, 11)])),
        lstm([timed(LSTM, r, sentinel=SENTINEL * (1.3 if r < 5 else 1)) for r in range(10)]),
        lstm([faulty(r, 1.0 + (r < 3), 5000 * (r < 3)) for r in range(10)], Policy(precision=0.9)),
        threaded(1e7, 1.2e7),
        lstm(trials(LSTM, STEADY), Policy(rounds_per_server=3)),
        lstm([survey(LSTM, {"expected_backend": 0}), *trials(LSTM, STEADY)]),
        lstm([survey(LSTM, noise={"allocator_retains": 0.0}), *trials(LSTM, STEADY)]),
    ]
    found = [only(run) for run in runs]
    assert [finding.code for finding in found] == list(CHECKS)
    assert all(finding.message and finding.advice for finding in found)


def test_too_few_rounds_says_how_many_there_are_and_how_many_are_needed() -> None:
    found = only(lstm(trials(LSTM, [1.0] * 6)))
    assert (found.code, found.cases) == ("too few rounds", (LSTM,))
    assert found.message == "1 case with fewer than the 7 trials that an interval needs: model=lstm (6)"
    assert findings(lstm(trials(LSTM, [1.0] * 6), Policy(rounds=6, max_rounds=6))) == ()


def test_a_case_that_failed_has_not_too_few_rounds() -> None:
    assert findings(lstm([survey(LSTM, status="failed"), timed(LSTM, 0, status="failed")])) == ()


def test_precision_not_reached_names_the_worst_first_and_counts_the_rest() -> None:
    names = [f"m{n}" for n in range(8)]
    spread = {name: [1 + 0.01 * n * r for r in range(10)] for n, name in enumerate(names)}
    run = analysed(models(*names), [t for name, ms in spread.items() for t in trials(f"model={name}", ms)])
    found = only(run)
    assert found.cases == tuple(f"model=m{n}" for n in range(7, 0, -1))
    assert found.message.startswith("7 cases with latency less precise than ± 2.0%")
    assert "model=m7 (± 18.6%); model=m6" in found.message
    assert found.message.endswith("and 2 more")


def test_disturbed_says_how_many_of_the_trials_that_count_are() -> None:
    found = only(lstm([timed(LSTM, r, sentinel=SENTINEL * (1.3 if r < 5 else 1)) for r in range(10)]))
    assert "model=lstm (1 of 6 trials)" in found.message


def test_trials_that_could_be_left_out_are_no_finding() -> None:
    assert findings(lstm([timed(LSTM, r, sentinel=SENTINEL * (1.3 if r < 3 else 1)) for r in range(10)])) == ()


def test_servers_differ_where_page_faults_and_latency_go_together() -> None:
    records = [faulty(r, 25.0 if r < 3 else 16.7, 4672 if r < 3 else 0) for r in range(10)]
    found = only(lstm(records, Policy(precision=0.5)))
    assert found.code == "servers differ"
    assert "model=lstm (4,672 faults against 0, × 1.50)" in found.message


@pytest.mark.parametrize(
    ("slow", "faults"),
    [(1.5, 0.0), (1.0, 4672.0), (1.5, 10.0)],
    ids=["latency alone", "faults alone", "a handful of faults"],
)
def test_servers_do_not_differ_by_latency_or_faults_alone(slow: float, faults: float) -> None:
    records = [faulty(r, slow if r < 1 else 1.0, faults if r < 1 else 0.0) for r in range(10)]
    assert findings(lstm(records)) == ()


def test_servers_whose_faults_are_unknown_do_not_differ() -> None:
    records = [timed(LSTM, r, 1 + (r < 1), noise={"page_faults": "unknown"}) for r in range(10)]
    assert findings(lstm(records)) == ()


def test_cores_are_far_apart_when_two_threads_gain_nothing() -> None:
    assert only(threaded(1.0e7, 1.0e7)).cases == ("threads=2",)
    assert "sentinel × 1.20" in only(threaded(1.0e7, 1.2e7)).message
    assert findings(threaded(1.0e7, 0.6e7)) == ()


def test_without_trials_of_one_thread_the_surveys_sentinel_stands_in() -> None:
    assert only(threaded(None, 1.2e7, survey("threads=2", noise={"sentinel_single": 1e7}))).code == "cores far apart"
    assert findings(threaded(None, 1.2e7)) == ()
    assert findings(threaded(None, 1.2e7, survey("threads=2", noise={"sentinel_single": 2e7}))) == ()


@pytest.mark.parametrize("metrics", [{}, {"expected_backend": 1}])
def test_a_backend_that_was_not_expected_or_that_ran_is_no_finding(metrics: dict[str, int | float]) -> None:
    assert findings(lstm([survey(LSTM, metrics), *trials(LSTM, STEADY)])) == ()


def test_the_system_allocator_is_a_finding_only_where_retaining_was_asked_for() -> None:
    gives_back = survey(LSTM, noise={"allocator_retains": 0.0})
    assert findings(analysed([case(allocator="system")], [gives_back, *trials(LSTM, STEADY)])) == ()


@pytest.mark.parametrize("noise", [{}, {"allocator_retains": 1.0}, {"allocator_retains": "unknown"}])
def test_an_allocator_that_retains_or_was_not_asked_is_no_finding(noise: dict[str, float | Unknown]) -> None:
    assert findings(lstm([survey(LSTM, noise=noise), *trials(LSTM, STEADY)])) == ()
