"""Remarks on intervals."""

from bench.analysis.estimate import estimate, half_width
from bench.analysis.findings import findings
from bench.analysis.interval_checks import WIDE, precision_not_reached, wide_interval
from bench.records.suite import Policy
from tests.analysis.checked import LSTM, STEADY, lstm, only, sampled, shuffled
from tests.analysis.made_up import SENTINEL, analysed, models, survey, timed, trials

ROUGH = shuffled([1 + 0.05 * n for n in range(10)])


def test_too_few_rounds_says_how_many_there_are_and_how_many_are_needed() -> None:
    found = only(lstm(trials(LSTM, [1.0] * 6)))
    assert (found.code, found.cases) == ("too few rounds", (LSTM,))
    assert found.message == "1 case with fewer than the 7 trials that an interval needs: model=lstm (6)"
    assert findings(lstm(trials(LSTM, [1.0] * 6), Policy(rounds=6, max_rounds=6))) == ()


def test_a_case_that_lost_its_interval_to_disturbed_trials_is_disturbed_and_not_short_of_rounds() -> None:
    found = only(lstm([timed(LSTM, r, sentinel=SENTINEL * (1.3 if r % 3 == 0 else 1)) for r in range(10)]))
    assert found.code == "disturbed"
    assert found.message.endswith("model=lstm (4 of 10 trials)")


def test_precision_not_reached_names_the_worst_first_and_counts_the_rest() -> None:
    names = [f"m{n}" for n in range(8)]
    spread = {name: shuffled([1 + 0.01 * n * r for r in range(10)]) for n, name in enumerate(names)}
    run = analysed(models(*names), [t for name, ms in spread.items() for t in trials(f"model={name}", ms)])
    found = only(run)
    assert found.cases == tuple(f"model=m{n}" for n in range(7, 0, -1))
    assert found.message.startswith("7 cases with latency less precise than ± 2.0%")
    assert "model=m7 (± 18.6%: no probe knows why); model=m6" in found.message
    assert found.message.endswith("and 2 more")


def test_precision_not_reached_says_how_many_attempts_were_disturbed() -> None:
    first = [timed(LSTM, r, ms, sentinel=SENTINEL * (1.3 if r < 2 else 1)) for r, ms in enumerate(ROUGH)]
    again = [timed(LSTM, 0, ROUGH[0], attempt=1), timed(LSTM, 1, ROUGH[1], attempt=1, sentinel=SENTINEL * 1.3)]
    found = precision_not_reached(lstm([*first, *again]))
    assert found is not None
    assert found.message.endswith(": 3 of 12 attempts disturbed)")


def test_precision_not_reached_names_the_sentinel_and_the_page_faults_of_the_trials_that_count() -> None:
    noise = [{"sentinel_after": SENTINEL * (1 + 0.01 * r), "page_faults": 100.0 * r} for r in range(10)]
    found = precision_not_reached(
        lstm([timed(LSTM, r, ms, noise={**noise[r]}) for r, ms in enumerate(ROUGH)]),
    )
    assert found is not None
    assert found.message.endswith(": sentinel up to × 1.09, page faults a step 0 to 900)")


def test_disturbed_says_how_many_trials_stayed_so() -> None:
    found = only(lstm([timed(LSTM, r, sentinel=SENTINEL * (1.3 if r % 2 else 1)) for r in range(10)]))
    assert "model=lstm (5 of 10 trials)" in found.message


def test_trials_that_could_be_left_out_are_no_finding() -> None:
    calm = [timed(LSTM, r, ms, sentinel=SENTINEL * (1.3 if r % 4 == 0 else 1)) for r, ms in enumerate(STEADY)]
    assert findings(lstm(calm)) == ()


def test_a_wide_latency_is_told_once() -> None:
    strict, content = Policy(precision=0.02), Policy(precision=0.5)
    assert wide_interval(lstm(trials(LSTM, ROUGH), strict)) is None
    assert precision_not_reached(lstm(trials(LSTM, ROUGH), content)) is None
    found = wide_interval(lstm(trials(LSTM, ROUGH), content))
    assert found is not None
    assert "model=lstm (latency ± 14.3%)" in found.message


def test_a_wide_interval_of_another_metric_of_the_suite_is_told_by_its_name() -> None:
    records = [sampled(r, [1.0] * 9 + [ms] * 2 + [1.0] * 9) for r, ms in enumerate(ROUGH)]
    found = only(lstm(records, metrics=("latency", "tail", "mean_latency", "parameters")))
    assert found.code == "wide interval"
    assert "model=lstm (tail ± 14.3%)" in found.message
    assert findings(lstm(records)) == ()


def test_throughput_is_no_news_beside_latency() -> None:
    records = [survey(LSTM, {"items": 1}), *trials(LSTM, ROUGH)]
    run = lstm(records, metrics=("latency", "throughput"))
    assert (half_width(estimate(run, LSTM, "throughput")) or 0) > WIDE
    assert wide_interval(run) is None
