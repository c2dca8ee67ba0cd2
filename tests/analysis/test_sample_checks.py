"""Remarks on what goes on inside trials."""

from random import Random

from bench.analysis.sample_checks import short_samples, trials_slow_down, warm_up_too_short
from tests.analysis.checked import LSTM, STEADY, lstm, sampled
from tests.analysis.made_up import survey, trials

COLD = [1.2] * 2 + [1.0] * 8
WARM = [1.0] * 10


def test_a_slow_start_of_every_trial_is_told_with_its_size() -> None:
    found = warm_up_too_short(lstm([sampled(r, COLD) for r in range(10)]))
    assert found is not None
    assert "model=lstm (× 1.20)" in found.message


def test_slow_starts_of_some_trials_are_no_finding() -> None:
    starts = [COLD if r < 8 else [0.9, *WARM[1:]] for r in range(10)]
    assert warm_up_too_short(lstm([sampled(r, values) for r, values in enumerate(starts)])) is None
    starts[8] = COLD
    starts[9] = COLD
    assert warm_up_too_short(lstm([sampled(r, values) for r, values in enumerate(starts)])) is not None


def test_a_start_slower_by_less_than_a_twentieth_or_faster_is_no_finding() -> None:
    assert warm_up_too_short(lstm([sampled(r, [1.04] * 2 + [1.0] * 8) for r in range(10)])) is None
    assert warm_up_too_short(lstm([sampled(r, [0.8] * 2 + [1.0] * 8) for r in range(10)])) is None


def test_one_slow_sample_in_a_long_beginning_is_no_finding() -> None:
    assert warm_up_too_short(lstm([sampled(r, [3.0] + [1.0] * 19) for r in range(10)])) is None


def test_trials_of_few_samples_begin_and_end_with_one() -> None:
    for few in ([2.0, 1.0, 1.0], [2.0, 1.0, 1.0, 1.0], [2.0, 1.0, 1.0, 1.0, 1.0]):
        slow_start, slow_end = (lstm([sampled(r, values) for r in range(10)]) for values in (few, few[::-1]))
        assert warm_up_too_short(slow_start) is not None
        assert trials_slow_down(slow_start) is None
        assert trials_slow_down(slow_end) is not None
        assert warm_up_too_short(slow_end) is None


def test_trials_of_three_samples_that_vary_have_no_slow_beginning() -> None:
    """Of three samples the first is the slowest in a third of the trials, without any warm-up."""
    told = 0
    for seed in range(200):
        draw = Random(seed)
        run = lstm([sampled(r, [draw.lognormvariate(0, 0.2) for _ in range(3)]) for r in range(10)])
        told += warm_up_too_short(run) is not None
    assert told <= 2


def test_a_trial_of_one_sample_has_no_beginning() -> None:
    run = lstm([sampled(r, [1.0 + 0.01 * r]) for r in range(10)])
    assert warm_up_too_short(run) is None
    assert trials_slow_down(run) is None


def test_a_slow_end_of_every_trial_is_told_with_its_size_and_is_no_slow_start() -> None:
    tiring = lstm([sampled(r, [*WARM[2:], 1.1, 1.2]) for r in range(10)])
    found = trials_slow_down(tiring)
    assert found is not None
    assert "model=lstm (× 1.15)" in found.message
    assert warm_up_too_short(tiring) is None


def test_trials_that_end_like_they_are_or_only_sometimes_slower_do_not_slow_down() -> None:
    assert trials_slow_down(lstm([sampled(r, COLD) for r in range(10)])) is None
    ends = [WARM[2:] + ([1.2] * 2 if r < 8 else [0.9] * 2) for r in range(10)]
    assert trials_slow_down(lstm([sampled(r, values) for r, values in enumerate(ends)])) is None


def test_samples_are_short_by_what_the_clock_can_tell_apart() -> None:
    found = short_samples(lstm([survey(LSTM, noise={"clock_resolution": 25_000.0}), *trials(LSTM, STEADY)]))
    assert found is not None
    assert "model=lstm (80 ×)" in found.message
    assert short_samples(lstm([survey(LSTM, noise={"clock_resolution": 20_000.0}), *trials(LSTM, STEADY)])) is None


def test_a_clock_whose_resolution_is_unknown_is_taken_for_a_microsecond() -> None:
    tiny = trials(LSTM, [0.04] * 10)
    for records in (tiny, [survey(LSTM, noise={"clock_resolution": "unknown"}), *tiny]):
        found = short_samples(lstm(records))
        assert found is not None
        assert "model=lstm (80 ×)" in found.message
    assert short_samples(lstm(trials(LSTM, [0.05] * 10))) is None
