"""Runs of one case that never happened, for the tests of the checks."""

from collections.abc import Sequence
from dataclasses import replace

from bench.analysis.analysed import Analysed
from bench.analysis.findings import findings
from bench.records.nouns import Finding, Record, Unknown
from bench.records.suite import Policy
from tests.analysis.made_up import MILLISECOND, analysed, case, models, timed

LSTM = "model=lstm"
STEADY = [1 + 0.001 * n for n in range(10)]


def lstm(records: Sequence[Record], policy: Policy | None = None, metrics: Sequence[str] = ("latency",)) -> Analysed:
    return analysed(models("lstm"), records, policy=policy, metrics=metrics)


def only(run: Analysed) -> Finding:
    (found,) = findings(run)
    return found


def shuffled(values: Sequence[float]) -> list[float]:
    """Without a trend, and always the same: 10 values in the order 5 0 6 1 7 2 8 3 9 4."""
    half = len(values) // 2
    return [value for pair in zip(values[half:], values[:half], strict=True) for value in pair]


def faulty(round_: int, milliseconds: float, faults: float) -> Record:
    return timed(LSTM, round_, milliseconds, noise={"page_faults": faults})


def lasting(name: str, round_: int, milliseconds: float, *, faults: float) -> Record:
    """A trial of 0.3 s, which has fewer steps the slower they are, with so many page faults in all."""
    trial = timed(name, round_, milliseconds)
    samples = trial.samples[:1] * round(300 / milliseconds / trial.loops)
    steps = trial.loops * len(samples)
    return replace(trial, samples=samples, cpu=samples, noise=trial.noise | {"page_faults": faults / steps})


def sampled(round_: int, milliseconds: Sequence[float]) -> Record:
    """A trial with these samples, each of one step."""
    samples = tuple(round(value * MILLISECOND) for value in milliseconds)
    return replace(timed(LSTM, round_, loops=1), samples=samples, cpu=samples)


def threaded(ones: float | None, twos: float, *surveys: Record, milliseconds: float = 1.0) -> Analysed:
    """A case with two threads and, unless None, one with one, whose sentinels take so many nanoseconds; with two
    threads a step takes so many milliseconds, with one it takes one."""
    alone, together = case(levels={"threads": 1}), case(levels={"threads": 2}, threads=2)
    records = [*surveys, *(timed(together.id, r, milliseconds, noise=_sentinel(twos)) for r in range(10))]
    if ones is not None:
        records += [timed(alone.id, r, noise=_sentinel(ones)) for r in range(10)]
    return analysed([alone, together], records)


def _sentinel(value: float) -> dict[str, float | Unknown]:
    return {"sentinel_before": value, "sentinel_after": value}
