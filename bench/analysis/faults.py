"""What was analysed → the cases whose trials page faults split into fast and slow ones, and those that they could.

Why totals as well: `page_faults` are a step's, and a trial has a fixed time. One that is slow for another reason has
fewer steps, and what it faults once, whatever it times, is then more a step. So the trials with more faults a step must
have made more in all.

Why a price: what differs between servers may go together by chance, and a fault costs no more than so much.
"""

from dataclasses import dataclass

from bench.analysis.analysed import Analysed
from bench.analysis.trials import probe
from bench.statistics import holm, median, rank_sum_p

FAULTS_APART = 10
FAULT = 10e-6
"""Seconds, more than a page fault costs: 1.8 µs and 2.6 µs for those of a CNN at batch 64 (8.5 ms for 4,672, and the
published run of `allocator`), 5.8 µs where one operation is given 100 MB anew (148 ms for 25,601)."""

SLOWER = 1.05
CHANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A case's trials by their rounds: those that made many page faults a step, with the median of these, and those
    that made few."""

    many: tuple[int, ...]
    most: float
    few: tuple[int, ...]
    least: float


def split(analysed: Analysed, case: str) -> Split | None:
    """The case's trials by their faults, where so many could slow a step down by a twentieth."""
    latencies = analysed.values[case, "latency"]
    trials = [(t, f) for t in analysed.counted[case].trials if (f := probe(t, "page_faults")) is not None]
    if not trials or not latencies:
        return None
    faults = {trial.round: value for trial, value in trials}
    limit = 2 * min(faults.values()) + FAULTS_APART
    if max(faults.values()) <= limit:
        return None
    many = tuple(round_ for round_, value in faults.items() if value > limit)
    few = tuple(round_ for round_, value in faults.items() if value <= limit)
    total = {trial.round: value * trial.loops * len(trial.samples) for trial, value in trials}
    if min(total[round_] for round_ in many) <= max(total[round_] for round_ in few):
        return None
    most, least = (median([faults[round_] for round_ in rounds]) for rounds in (many, few))
    if FAULT * (most - least) <= (SLOWER - 1) * median(list(latencies.values())):
        return None
    return Split(many=many, most=most, few=few, least=least)


def explained(analysed: Analysed) -> dict[str, str]:
    """The cases whose trials with many faults are the slower ones, in words. (A CNN took 16.7 ms a step without
    faults, and 25.2 ms with 4,672 of them.)

    Slower means by a twentieth, by no more than the faults can cost, and by the one-sided rank-sum test at 5 % over all
    cases that could be split (Holm): faults vary in most cases, and in half of them the trials with more happen to be
    the slower ones."""
    splits = {case: found for case in analysed.cases if (found := split(analysed, case)) is not None}
    groups = {case: _latencies(analysed, case, found) for case, found in splits.items()}
    ps = holm([rank_sum_p(fast, slow) for fast, slow in groups.values()])
    told: dict[str, str] = {}
    for (case, found), p in zip(splits.items(), ps, strict=True):
        fast, slow = map(median, groups[case])
        if p <= CHANCE and slow > SLOWER * fast and slow - fast <= FAULT * (found.most - found.least):
            told[case] = f"{found.most:,.0f} faults against {found.least:,.0f}, × {slow / fast:.2f}"
    return told


def _latencies(analysed: Analysed, case: str, found: Split) -> tuple[list[float], list[float]]:
    """Seconds: of the trials with few faults, and of those with many."""
    latencies = analysed.values[case, "latency"]
    return [latencies[round_] for round_ in found.few], [latencies[round_] for round_ in found.many]
