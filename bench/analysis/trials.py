"""Timed records → the trials that count, those left out, and those to repeat; the latency never chooses.

Why an undisturbed attempt goes before one with a better sentinel: the attempt with the best sentinel counts, but an
attempt that was repeated because of steal or throttling must give way to a clean repetition, or the repetition would be
in vain whenever its sentinel is the slower by a hair. Where only the sentinel disturbs, the two rules are one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf

from bench.records.card import SLOW_CLOCK, throttles
from bench.records.nouns import Case, Record
from bench.statistics import quantile

SENTINEL_LIMIT = 1.15
STEAL_LIMIT = 0.01
SUSPENDED_LIMIT = 0.001
"""Seconds, of which the probe's own error is a thousandth: a machine that slept for longer has slept."""
ENOUGH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The trials of a case, each by its best attempt and in the order of rounds: those that count, those left out
    because they stayed disturbed, and the last attempts of the rounds in which none succeeded. `disturbed` is how
    many of those that count are disturbed: with any, the case has no interval."""

    trials: tuple[Record, ...] = ()
    left_out: tuple[Record, ...] = ()
    failed: tuple[Record, ...] = ()
    disturbed: int = 0


def counted(cases: Sequence[Case], records: Sequence[Record]) -> dict[str, Counted]:
    """What counts of every case, by its id."""
    limits = sentinel_limits(cases, records)
    trials: dict[str, list[list[Record]]] = {case.id: [] for case in cases}
    for (case, _), attempts in _attempts(cases, records):
        trials[case].append(attempts)
    return {case.id: _counted(trials[case.id], limits.get(case.threads, inf)) for case in cases}


def disturbed(cases: Sequence[Case], records: Sequence[Record]) -> set[tuple[str, int]]:
    """(case, round) of the trials whose best attempt so far was disturbed."""
    limits = sentinel_limits(cases, records)
    threads = {case.id: case.threads for case in cases}
    found = set()
    for (case, round_), attempts in _attempts(cases, records):
        limit = limits.get(threads[case], inf)
        best = _best(attempts, limit)
        if best is not None and _disturbed(best, limit):
            found.add((case, round_))
    return found


def disturbed_attempts(cases: Sequence[Case], records: Sequence[Record]) -> set[tuple[str, int, int]]:
    """(case, round, attempt) of every attempt that was disturbed, whether another one counts for it or not."""
    limits = sentinel_limits(cases, records)
    threads = {case.id: case.threads for case in cases}
    every = [record for _, attempts in _attempts(cases, records) for record in attempts if record.status == "ok"]
    return {(r.case, r.round, r.attempt) for r in every if _disturbed(r, limits.get(threads[r.case], inf))}


def sentinel(record: Record) -> float | None:
    """The worse of the two sentinels around a trial's samples, nanoseconds; None where there is none."""
    values = [v for k in ("sentinel_before", "sentinel_after") if (v := probe(record, k)) is not None]
    return max(values, default=None)


def probe(record: Record, name: str) -> float | None:
    """What a probe said, None where it was silent or unknown."""
    value = record.noise.get(name)
    return None if value is None or value == "unknown" else float(value)


def _counted(trials: Sequence[list[Record]], limit: float) -> Counted:
    best = [b for attempts in trials if (b := _best(attempts, limit)) is not None]
    failed = [attempts[-1] for attempts in trials if _best(attempts, limit) is None]
    by_merit = sorted(best, key=lambda record: _merit(record, limit))
    clean = sum(not _disturbed(record, limit) for record in best)
    kept = by_merit[: max(clean, ENOUGH)]
    return Counted(
        trials=_in_order(kept),
        left_out=_in_order(by_merit[len(kept) :]),
        failed=tuple(failed),
        disturbed=len(kept) - clean,
    )


def _attempts(cases: Sequence[Case], records: Sequence[Record]) -> list[tuple[tuple[str, int], list[Record]]]:
    """The attempts at every trial, by case and round."""
    known = {case.id for case in cases}
    timed = [record for record in records if record.kind == "timed" and record.case in known]
    ordered = sorted(timed, key=lambda record: (record.case, record.round, record.attempt))
    return [(key, list(group)) for key, group in groupby(ordered, key=lambda record: (record.case, record.round))]


def _best(attempts: Sequence[Record], limit: float) -> Record | None:
    measured = [record for record in attempts if record.status == "ok"]
    return min(measured, key=lambda record: _merit(record, limit), default=None)


def _merit(record: Record, limit: float) -> tuple[bool, float]:
    """What chooses between attempts and between disturbed trials; the latency has no part in it."""
    worse = sentinel(record)
    return _disturbed(record, limit), inf if worse is None else worse


def _disturbed(record: Record, limit: float) -> bool:
    return (sentinel(record) or 0) > limit or told_by_probes(record)


def told_by_probes(record: Record) -> bool:
    """Whether the kernel says that the trial did not have its core for itself, or that the machine slept, or the driver
    that the card ran slower than it is set to."""
    return (
        slowed_card(record)
        or (probe(record, "steal") or 0) > STEAL_LIMIT
        or (probe(record, "throttled") or 0) > 0
        or (probe(record, "suspended") or 0) > SUSPENDED_LIMIT
    )


def slowed_card(record: Record) -> bool:
    """Whether the card had a reason to slow down, or a clock far below the fastest of the run."""
    return bool(throttles(probe(record, "gpu_reasons") or 0)) or (probe(record, "gpu_clock_share") or 1.0) < SLOW_CLOCK


def sentinel_limits(cases: Sequence[Case], records: Sequence[Record]) -> Mapping[int, float]:
    """Over which sentinel, in nanoseconds, a trial is disturbed, by the number of threads: with more than one thread
    the sentinel is another computation."""
    threads = {case.id: case.threads for case in cases}
    seen: dict[int, list[float]] = {}
    for record in records:
        if record.kind == "timed" and record.status == "ok" and record.case in threads:
            worse = sentinel(record)
            if worse is not None:
                seen.setdefault(threads[record.case], []).append(worse)
    return {n: SENTINEL_LIMIT * quantile(values, 0.1) for n, values in seen.items()}


def _in_order(trials: Sequence[Record]) -> tuple[Record, ...]:
    return tuple(sorted(trials, key=lambda record: record.round))
