"""Which cases page faults split into fast and slow trials: not those whose slowness made the faults look many."""

from collections.abc import Sequence
from random import Random

from bench.analysis.analysed import Analysed
from bench.analysis.faults import FAULT, explained, split
from bench.analysis.findings import findings
from tests.analysis.checked import LSTM, faulty, lasting, lstm
from tests.analysis.made_up import analysed, models

SLOW_AND_FAST = (4.1, 2.7, 4.2, 2.8, 2.6, 4.3, 2.7, 4.0, 2.6, 4.2)


def of(milliseconds: Sequence[float], faults: Sequence[float]) -> Analysed:
    """The LSTM's trials of 0.3 s each, which made so many page faults in all."""
    return lstm([lasting(LSTM, r, ms, faults=f) for r, (ms, f) in enumerate(zip(milliseconds, faults, strict=True))])


def test_as_many_faults_a_trial_explain_nothing_although_slow_trials_have_more_a_step() -> None:
    """A step of 1 ms and one of 3 ms, 5,000 faults a trial: 17 and 50 a step, at 60 µs each."""
    latencies = [1.0, 3.0, 1.1, 3.1, 1.0, 3.0, 1.1, 3.2, 1.0, 3.1]
    run = of(latencies, [5000.0] * 10)
    faults = [trial.noise["page_faults"] for trial in run.counted[LSTM].trials]
    assert max(map(float, faults)) > 2.5 * min(map(float, faults))
    assert explained(run) == {}
    assert "bimodal" in [found.code for found in findings(run)]


def test_totals_that_overlap_explain_nothing_even_where_the_price_would_do() -> None:
    latencies = [1.0, 6.0, 1.0, 6.1, 1.0, 6.0, 1.1, 6.2, 1.0, 6.1]
    run = of(latencies, [200_000.0 + 50 * r for r in range(10)])
    assert split(run, LSTM) is None


def test_a_dozen_faults_are_not_worth_half_a_millisecond() -> None:
    """The LSTM at batch 64 of `results/fairness`: 12 faults a step and 3.3 ms against none and 2.8 ms."""
    run = of(SLOW_AND_FAST, [900.0 if ms > 3 else 10.0 for ms in SLOW_AND_FAST])
    assert explained(run) == {}
    assert "bimodal" in [found.code for found in findings(run)]


def test_faults_explain_no_more_than_they_can_cost() -> None:
    steps = {ms: 2 * round(300 / ms / 2) for ms in SLOW_AND_FAST}
    for price, told in ((0.8 * FAULT, True), (1.25 * FAULT, False)):
        faults = [1.5e-3 / price * steps[ms] if ms > 3 else 0.0 for ms in SLOW_AND_FAST]
        run = of(SLOW_AND_FAST, faults)
        assert (LSTM in explained(run)) == told
        assert ("bimodal" in [found.code for found in findings(run)]) != told


def test_what_faults_explain_is_told_with_its_size() -> None:
    run = of(SLOW_AND_FAST, [50_000.0 if ms > 3 else 10.0 for ms in SLOW_AND_FAST])
    assert explained(run) == {LSTM: "694 faults against 0, × 1.56"}


def test_faults_too_few_to_slow_a_step_by_a_twentieth_are_no_split() -> None:
    for share, could in ((0.04, False), (0.06, True)):
        faults = share * 10e-3 / FAULT
        run = lstm([faulty(r, 10.0, faults if r % 2 else 0.0) for r in range(10)])
        assert (split(run, LSTM) is not None) == could


def test_of_many_cases_in_which_chance_sorted_faults_none_is_told() -> None:
    """Sixty cases whose faults, of three trials in ten, have nothing to do with their latencies: each for itself would
    be told with odds of 3 %."""
    names = [f"m{n}" for n in range(60)]
    for seed in range(5):
        draw = Random(seed)
        records = [
            lasting(f"model={name}", r, draw.choice((1.0, 1.2)) * draw.lognormvariate(0, 0.01), faults=fault)
            for name in names
            for r, fault in enumerate(draw.sample([20_000.0] * 3 + [0.0] * 7, 10))
        ]
        assert explained(analysed(models(*names), records)) == {}
