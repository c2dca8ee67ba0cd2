"""A gate's records → pairs of trials, each by the attempt with the most equal weather, and their log-ratios.

A pair is disturbed where its two trials met different weather: the worst of their four sentinels is over 1.15 × the
best, or a probe says so. A trial alone is disturbed where its sentinel is over 1.15 × the best decile of the run
(`bench.analysis.trials`), but of a pair only the ratio is wanted, and a slow stretch that lasts through both of its
trials cancels: to repeat such pairs would cost as much again as the gate, on a machine whose neighbours slow it down
half of the time. The trials of a pair that took turns have met the same weather, and have no sentinels: only a probe
disturbs them. Where one had threads or processes beside its main thread, which worked in the other's turns too, they
are no pair. The times of the trials have no part in the choice.

The weather also changes within a trial, and then the lower decile is of a calm stretch on one side and of a rough one
on the other. Of trials that took turns every sample has neighbours in the other trial, some milliseconds away: the
ratio of a sharp metric is that of neighbours, in the time that the metric is about. `results/evidence/turns.md` says
how much closer together its logs are than those of the deciles, and under which load they are not. Both see what every
step takes longer, and neither what a few steps do: for that there is the mean, of all samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import log
from statistics import fmean

from bench.analysis.trials import SENTINEL_LIMIT, fastest_clock, probe, told_by_probes
from bench.analysis.values import value
from bench.records.nouns import CHANGE, Record, Side
from bench.statistics import median

TIMES: Mapping[str, Callable[[Record], Sequence[int]]] = {
    "undisturbed": lambda trial: trial.samples,
    "cpu_time": lambda trial: trial.cpu,
}
"""The nanoseconds of each sample that a sharp metric is about."""

SENTINELS = ("sentinel_before", "sentinel_after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two trials of one case, in turns or one after the other: of the first side and of the second."""

    first: Record
    second: Record

    @property
    def in_turns(self) -> bool:
        """Whether its trials took turns, sample by sample."""
        return all(probe(trial, "turns") for trial in (self.first, self.second))

    @property
    def mixed(self) -> bool:
        """Whether threads or processes that a trial had beside its main thread may have worked in the other's turns."""
        return self.in_turns and any(probe(trial, "company") for trial in (self.first, self.second))

    def log_ratio(self, metric: str) -> float | None:
        """By how much the second exceeds the first; None where either has no such value."""
        if self.in_turns and (times := TIMES.get(metric)) is not None:
            earlier, later = sorted((self.first, self.second), key=lambda trial: trial.position)
            ratio = _neighbours(times(earlier), times(later), log(earlier.loops / later.loops))
            return -ratio if ratio is not None and later is self.first else ratio
        first, second = (value(trial, metric, {}) for trial in (self.first, self.second))
        return log(second / first) if first and second else None


def pairs(records: Sequence[Record], sides: tuple[Side, Side] = CHANGE) -> dict[str, list[Pair]]:
    """The whole pairs of each case, by its best attempt and in their order."""
    best: dict[str, dict[int, Pair]] = {}
    merit = partial(_merit, fastest=fastest_clock(records))
    for (case, number), attempts in _attempts(records, sides).items():
        best.setdefault(case, {})[number] = min(attempts, key=merit)
    return {case: [found[number] for number in sorted(found)] for case, found in best.items()}


def disturbed(records: Sequence[Record], number: int, sides: tuple[Side, Side] = CHANGE) -> set[str]:
    """The cases whose pair of that number and of these sides has no attempt yet that is whole and met equal weather;
    that of a card is told by all records.

    A pair that failed is one of them: a case that lacked a pair would come to each later look one pair late."""
    own = [record for record in records if record.kind == "timed" and record.round == number]
    return _unsound([record for record in own if record.side in sides], sides, fastest_clock(records))


def log_ratios(found: Sequence[Pair], metric: str) -> list[float]:
    """Of every pair; empty unless each has one."""
    ratios = [pair.log_ratio(metric) for pair in found]
    present = [ratio for ratio in ratios if ratio is not None]
    return present if len(present) == len(ratios) else []


def _attempts(records: Sequence[Record], sides: tuple[Side, Side]) -> Mapping[tuple[str, int], list[Pair]]:
    trials = {
        (r.case, r.round, r.attempt, r.side): r
        for r in records
        if r.kind == "timed" and r.status == "ok" and r.side in sides
    }
    found: dict[tuple[str, int], list[Pair]] = {}
    for (case, number, attempt, side), second in trials.items():
        first = trials.get((case, number, attempt, sides[0]))
        if side == sides[1] and first is not None and not (pair := Pair(first=first, second=second)).mixed:
            found.setdefault((case, number), []).append(pair)
    return found


def _unsound(records: Sequence[Record], sides: tuple[Side, Side], fastest: float) -> set[str]:
    sound = {
        case
        for (case, _), tried in _attempts(records, sides).items()
        if any(_merit(pair, fastest) <= (False, SENTINEL_LIMIT) for pair in tried)
    }
    return {record.case for record in records} - sound


def _merit(pair: Pair, fastest: float) -> tuple[bool, float]:
    """Whether a probe tells of a disturbance, and how unequal the weather was: the worst sentinel by the best."""
    trials = (pair.first, pair.second)
    told = any(told_by_probes(trial, fastest) for trial in trials)
    if pair.in_turns:
        return told, 1.0
    seen = [found for trial in trials for name in SENTINELS if (found := probe(trial, name)) is not None]
    return told, max(seen) / min(seen) if seen and min(seen) > 0 else 1.0


def _neighbours(earlier: Sequence[int], later: Sequence[int], steps: float) -> float | None:
    """The typical log-ratio later / earlier of samples of which one came right after the other, a step's: half the
    median over the neighbours before and half that over those after, so that what drifts cancels. `steps`: the
    log-ratio of how many steps a sample has, earlier / later. Samples of no time, of which a coarse clock tells, are
    left out; None where none is left."""
    before, after = (
        [log(its / own) for own, its in zip(first, later, strict=False) if own > 0 and its > 0]
        for first in (earlier, earlier[1:])
    )
    medians = [median(logs) for logs in (before, after) if logs]
    return steps + fmean(medians) if medians else None
