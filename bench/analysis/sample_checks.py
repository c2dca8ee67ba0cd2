"""What was analysed → remarks on what goes on inside trials: slow beginnings and ends, samples too short to time."""

from collections.abc import Callable, Mapping, Sequence

from bench.analysis.analysed import Analysed
from bench.analysis.remarks import remark, worst_first
from bench.analysis.trials import probe
from bench.records.nouns import Finding, Record
from bench.statistics import median, sign_p

PARTS, SLOWER, CHANCE = 5, 1.05, 0.02
READINGS = 100
CLOCK = 1000.0
"""Nanoseconds: the clock's resolution where a survey does not know it."""


def warm_up_too_short(analysed: Analysed) -> Finding | None:
    """Cases whose trials begin slower than they are as a whole: the samples' own warm-up was not over."""
    slow = {case: ratio for case in analysed.cases if (ratio := _slow_part(analysed, case, _first)) is not None}
    return remark(
        "warm-up too short",
        {case: f"× {slow[case]:.2f}" for case in worst_first(slow)},
        "the first fifth of their samples slower than the trial",
        advice="set warmup_seconds higher, until the remark goes",
    )


def trials_slow_down(analysed: Analysed) -> Finding | None:
    """Cases whose trials end slower than they are as a whole: a step costs more the more of them were done."""
    slow = {case: ratio for case in analysed.cases if (ratio := _slow_part(analysed, case, _last)) is not None}
    return remark(
        "trials slow down",
        {case: f"× {slow[case]:.2f}" for case in worst_first(slow)},
        "the last fifth of their samples slower than the trial",
        advice="something grows with the number of steps, or the clock falls under load: give the workload a reset(), "
        "or compare trials of equal length only",
    )


def _first(samples: Sequence[int]) -> Sequence[int]:
    return samples[: max(1, len(samples) // PARTS)]


def _last(samples: Sequence[int]) -> Sequence[int]:
    return samples[-max(1, len(samples) // PARTS) :]


def _slow_part(analysed: Analysed, case: str, part: Callable[[Sequence[int]], Sequence[int]]) -> float | None:
    """The median over trials of the median of that fifth of the samples, one sample at least, by the trial's, where it
    is over SLOWER and the sign test at CHANCE agrees that it is slower.

    Where a fifth is like the rest the test errs in at most 2 % of cases, and the bound leaves of these the ones whose
    fifths vary by a twentieth."""
    latencies = analysed.values[case, "latency"]
    ratios = [
        median(part(trial.samples)) / _length(trial, latencies)
        for trial in analysed.counted[case].trials
        if latencies.get(trial.round, 0) > 0
    ]
    if not ratios or sign_p(sum(ratio > 1 for ratio in ratios), len(ratios)) > CHANCE:
        return None
    middle = median(ratios)
    return middle if middle > SLOWER else None


def short_samples(analysed: Analysed) -> Finding | None:
    """Cases whose samples are shorter than READINGS × what the clock can tell apart."""
    lengths = {case: _readings(analysed, case) for case in analysed.cases}
    short = {case: length for case, length in lengths.items() if length is not None and length < READINGS}
    return remark(
        "short samples",
        {case: f"{short[case]:.0f} ×" for case in sorted(short, key=lambda case: short[case])},
        f"samples shorter than {READINGS} × the clock's resolution, the shortest first",
        advice="set sample_seconds higher, so that a sample holds more steps",
    )


def _readings(analysed: Analysed, case: str) -> float | None:
    """How many of the clock's steps the median sample of the median trial lasts."""
    latencies = analysed.values[case, "latency"]
    survey = analysed.surveys.get(case)
    if not latencies:
        return None
    resolution = (probe(survey, "clock_resolution") if survey is not None else None) or CLOCK
    return median([_length(trial, latencies) for trial in analysed.counted[case].trials]) / resolution


def _length(trial: Record, latencies: Mapping[int, float]) -> float:
    """Nanoseconds of the trial's median sample, which need not be sorted again."""
    return latencies[trial.round] * trial.loops * 1e9
