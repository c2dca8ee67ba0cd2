"""The table of findings: every check speaks under its own name, and a good run passes them all in silence."""

from dataclasses import replace

import pytest

from bench.analysis.analysed import Analysed
from bench.analysis.findings import CHECKS, findings
from bench.records.suite import Policy
from tests.analysis.checked import LSTM, STEADY, faulty, lstm, only, sampled, shuffled, threaded
from tests.analysis.made_up import SENTINEL, analysed, models, survey, timed, trials

TWO = [1.0, 1.15, 1.001, 1.151, 1.152, 1.002, 1.153, 1.003, 1.004, 1.154]

CONTENT = Policy(precision=0.09)
LOST = [
    timed(LSTM, 0, noise={"steal": 0.02}),
    timed(LSTM, 0, attempt=1),
    *(timed(LSTM, round_) for round_ in range(1, 10)),
]

HOT = [timed(LSTM, 0, noise={"gpu_reasons": 64.0}), *LOST[1:]]
ROUNDED = replace(survey(LSTM, {"rounding_matmul": 2e-4}), facts={"matmul_precision": "highest"})

RUNS: dict[str, Analysed] = {
    "too few rounds": lstm(trials(LSTM, [1.0] * 3)),
    "precision not reached": lstm(trials(LSTM, shuffled([1 + 0.05 * n for n in range(10)]))),
    "wide interval": lstm(trials(LSTM, shuffled([1 + 0.05 * n for n in range(10)])), Policy(precision=0.2)),
    "disturbed": lstm([timed(LSTM, r, sentinel=SENTINEL * (1.3 if r % 2 else 1)) for r in range(10)]),
    "throttled or stolen": lstm(LOST),
    "contaminated": lstm(HOT),
    "card shared": lstm([*trials(LSTM, STEADY[:9]), timed(LSTM, 9, noise={"gpu_others": 1.0})]),
    "precision not as set": lstm([ROUNDED, *trials(LSTM, STEADY)]),
    "servers differ": lstm([faulty(r, ms, 5000 * (ms > 1.1)) for r, ms in enumerate(TWO)], CONTENT),
    "bimodal": lstm(trials(LSTM, TWO), CONTENT),
    "drift across rounds": lstm(trials(LSTM, [1 + 0.01 * n for n in range(10)]), CONTENT),
    "outlier trials": lstm(trials(LSTM, [*STEADY[:9], 1.5])),
    "warm-up too short": lstm([sampled(r, [1.2] * 2 + [1.0] * 8) for r in range(10)]),
    "trials slow down": lstm([sampled(r, [1.0] * 8 + [1.2] * 2) for r in range(10)]),
    "short samples": lstm([survey(LSTM, noise={"clock_resolution": 50_000.0}), *trials(LSTM, STEADY)]),
    "cores far apart": threaded(1e7, 1.2e7),
    "servers left out": lstm(trials(LSTM, STEADY), Policy(rounds_per_server=3)),
    "backend differs": lstm([survey(LSTM, {"expected_backend": 0}), *trials(LSTM, STEADY)]),
    "system allocator": lstm([survey(LSTM, noise={"allocator_retains": 0.0}), *trials(LSTM, STEADY)]),
}


def test_a_calm_and_precise_run_has_no_finding() -> None:
    assert findings(lstm(trials(LSTM, STEADY))) == ()


@pytest.mark.parametrize("code", list(CHECKS))
def test_each_check_speaks_alone_where_it_should_under_its_own_name_and_ends_in_advice(code: str) -> None:
    found = only(RUNS[code])
    assert found.code == code
    assert found.message
    assert found.advice


def test_findings_come_in_the_order_of_the_table() -> None:
    records = [survey(LSTM, {"expected_backend": 0}), *trials(LSTM, [1.0] * 3)]
    run = lstm(records, Policy(rounds_per_server=2))
    assert [found.code for found in findings(run)] == ["too few rounds", "servers left out", "backend differs"]


def test_a_case_that_failed_has_no_finding() -> None:
    assert findings(lstm([survey(LSTM, status="failed"), timed(LSTM, 0, status="failed")])) == ()


def test_a_run_that_ended_before_its_first_trial_says_so() -> None:
    (found,) = findings(analysed(models("lstm", "cnn"), []))
    assert (found.code, found.cases) == ("too few rounds", ("model=lstm", "model=cnn"))
