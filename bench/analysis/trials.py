"""Timed records → the trials that count, those left out, and those to repeat; the latency never chooses.

Why an undisturbed attempt goes before one with a better sentinel: the attempt with the best sentinel counts, but an
attempt that was repeated because of steal or throttling must give way to a clean repetition, or the repetition would be
in vain whenever its sentinel is the slower by a hair. Where only the sentinel disturbs, the two rules are one.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from bench.records.card import SLOW_CLOCK, throttles
from bench.records.nouns import Case, Record
from bench.statistics import ordered_quantile

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


class Sentinels:
    """The worse sentinels of trials, by the number of threads: with more than one thread the sentinel is another
    computation. It can go on from what it has seen, because the measuring loop asks before every trial."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._threads = {case.id: case.threads for case in cases}
        self._seen: dict[int, list[float]] = {case.threads: [] for case in cases}

    def add(self, record: Record) -> None:
        """One record more; only trials that succeeded count."""
        if record.kind == "timed" and record.status == "ok" and record.case in self._threads:
            worse = sentinel(record)
            if worse is not None:
                insort(self._seen[self._threads[record.case]], worse)

    def limits(self) -> dict[int, float]:
        """Over which sentinel, in nanoseconds, a trial is disturbed, by the number of threads, as far as known."""
        return {n: _limit(values) for n, values in self._seen.items() if values}


def _limit(ordered: Sequence[float]) -> float:
    return SENTINEL_LIMIT * ordered_quantile(ordered, 0.1)


class _Attempt(NamedTuple):
    """A timed record, and what chooses between attempts and between disturbed trials: whether it was disturbed, then
    its sentinel. The latency has no part in it."""

    record: Record
    merit: tuple[bool, float]

    @property
    def disturbed(self) -> bool:
        return self.merit[0]

    @property
    def ok(self) -> bool:
        return self.record.status == "ok"


def counted(cases: Sequence[Case], records: Sequence[Record]) -> dict[str, Counted]:
    """What counts of every case, by its id."""
    trials: dict[str, list[list[_Attempt]]] = {case.id: [] for case in cases}
    for (case, _), attempts in _attempts(cases, records).items():
        trials[case].append(attempts)
    return {case: _counted(found) for case, found in trials.items()}


def disturbed(cases: Sequence[Case], records: Sequence[Record]) -> set[tuple[str, int]]:
    """(case, round) of the trials whose best attempt so far was disturbed."""
    best = {trial: _best(attempts) for trial, attempts in _attempts(cases, records).items()}
    return {trial for trial, attempt in best.items() if attempt is not None and attempt.disturbed}


def disturbed_attempts(cases: Sequence[Case], records: Sequence[Record]) -> set[tuple[str, int, int]]:
    """(case, round, attempt) of every attempt that was disturbed, whether another one counts for it or not."""
    every = [attempt for attempts in _attempts(cases, records).values() for attempt in attempts if attempt.ok]
    return {(a.record.case, a.record.round, a.record.attempt) for a in every if a.disturbed}


def sentinel(record: Record) -> float | None:
    """The worse of the two sentinels around a trial's samples, nanoseconds; None where there is none."""
    before, after = probe(record, "sentinel_before"), probe(record, "sentinel_after")
    if before is None or after is None:
        return after if before is None else before
    return max(before, after)


def probe(record: Record, name: str) -> float | None:
    """What a probe said, None where it was silent or unknown."""
    value = record.noise.get(name)
    return None if value is None or isinstance(value, str) else value


def _counted(trials: Sequence[list[_Attempt]]) -> Counted:
    chosen = [(attempts, _best(attempts)) for attempts in trials]
    best = [attempt for _, attempt in chosen if attempt is not None]
    failed = [attempts[-1] for attempts, attempt in chosen if attempt is None]
    by_merit = sorted(best, key=lambda attempt: (attempt.merit, attempt.record.round))
    clean = sum(not attempt.disturbed for attempt in best)
    kept = by_merit[: max(clean, ENOUGH)]
    return Counted(
        trials=_records(kept),
        left_out=_records(by_merit[len(kept) :]),
        failed=_records(failed),
        disturbed=len(kept) - clean,
    )


def _attempts(cases: Sequence[Case], records: Sequence[Record]) -> dict[tuple[str, int], list[_Attempt]]:
    """The attempts at every trial, in their order, by case and round."""
    threads = {case.id: case.threads for case in cases}
    timed = [(record, sentinel(record)) for record in records if record.kind == "timed" and record.case in threads]
    seen: dict[int, list[float]] = {}
    for record, worse in timed:
        if record.status == "ok" and worse is not None:
            seen.setdefault(threads[record.case], []).append(worse)
    limits, fastest = {n: _limit(sorted(values)) for n, values in seen.items()}, fastest_clock(records)
    found: dict[tuple[str, int], list[_Attempt]] = {}
    for record, worse in timed:
        attempt = _weighed(record, worse, limits.get(threads[record.case], inf), fastest)
        found.setdefault((record.case, record.round), []).append(attempt)
    for attempts in found.values():
        if len(attempts) > 1:
            attempts.sort(key=lambda attempt: attempt.record.attempt)
    return found


def _weighed(record: Record, worse: float | None, limit: float, fastest: float) -> _Attempt:
    flagged = (worse or 0) > limit or told_by_probes(record, fastest)
    return _Attempt(record, (flagged, inf if worse is None else worse))


def _best(attempts: Sequence[_Attempt]) -> _Attempt | None:
    ok = [attempt for attempt in attempts if attempt.ok]
    return min(ok, key=_merit) if len(ok) > 1 else next(iter(ok), None)


def _merit(attempt: _Attempt) -> tuple[bool, float]:
    return attempt.merit


def told_by_probes(record: Record, fastest: float) -> bool:
    """Whether the kernel says that the trial did not have its core for itself, or that the machine slept, or the driver
    that the card ran slower than it is set to. `fastest`: see `fastest_clock`."""
    return (
        (probe(record, "steal") or 0) > STEAL_LIMIT
        or (probe(record, "throttled") or 0) > 0
        or (probe(record, "suspended") or 0) > SUSPENDED_LIMIT
        or slowed_card(record, fastest)
    )


def fastest_clock(records: Sequence[Record]) -> float:
    """In MHz, the fastest at which any survey or trial has ended, before or after the one that is held to it; 0 without
    a card. A card has no other clock to be held to: whoever runs the machine may have set a lower one for good."""
    return max((probe(record, "gpu_clock") or 0.0 for record in records), default=0.0)


def slowed_card(record: Record, fastest: float) -> bool:
    """Whether the card had a reason to slow down, or a clock far below that."""
    reasons = probe(record, "gpu_reasons")
    return bool(reasons and throttles(reasons)) or slow_clock(record, fastest)


def slow_clock(record: Record, fastest: float) -> bool:
    """Whether it had that clock, whatever it says of reasons."""
    clock = probe(record, "gpu_clock")
    return clock is not None and clock < SLOW_CLOCK * fastest


def _records(attempts: Sequence[_Attempt]) -> tuple[Record, ...]:
    """In the order of rounds."""
    return tuple(sorted((attempt.record for attempt in attempts), key=lambda record: record.round))
