"""Values of two sides that share no pairs → a verdict on every case: rank sums, one look, all comparisons together.

The rules are those of pairs (`bench.gate.decide`): worse is what Holm rejects against half the limit and whose estimate
exceeds the limit, in any metric; better is the mirror in the sharp one; unchanged wants the sharp metric's interval
within the limit, and no contradiction from the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from math import comb, exp, inf, log, log1p

from bench.gate.decide import FAMILY, Decision, Evidence, is_worse, needed, verdict_of
from bench.records.gate import Change, Judged, Unit
from bench.records.nouns import Finding
from bench.statistics import holm, rank_sum, rank_sum_p

ERROR = Fraction(10, 100)
"""Two-sided: what is said to lie within the limit lies beyond either end of it with 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """One metric of a case on both sides: independent values above 0, in one unit; `limit` is a share."""

    case: str
    metric: str
    limit: float
    base: Sequence[float]
    candidate: Sequence[float]
    unit: Unit

    @property
    def fewest(self) -> int:
        """The values of the side that has fewer."""
        return min(len(self.base), len(self.candidate))


FEWEST = 6
"""Values of a side, of fewer of which nothing is said; of so many on both sides one comparison can alarm."""


def judged(family: Sequence[Sequence[Sides]]) -> dict[str, Judged]:
    """The verdict on every case by its metrics, of which the sharp one comes first; `needed` counts values a side."""
    doubts = {metrics[0].case: _doubt(metrics) for metrics in family}
    clear = [metrics for metrics in family if doubts[metrics[0].case] is None]
    evidence = {(sides.case, sides.metric): _evidence(sides) for metrics in clear for sides in metrics}
    slower = dict(zip(evidence, holm([found.slower for found in evidence.values()]), strict=True))
    faster = dict(zip(evidence, holm([found.faster for found in evidence.values()]), strict=True))
    adjusted = {key: replace(found, slower=slower[key], faster=faster[key]) for key, found in evidence.items()}
    return {
        metrics[0].case: _judged(metrics, adjusted) if (doubt := doubts[metrics[0].case]) is None else doubt
        for metrics in family
    }


def _doubt(metrics: Sequence[Sides]) -> Judged | None:
    """A case of whose values no number and no sameness could convince."""
    notes = []
    for sides in metrics:
        for name, values in (("base", sides.base), ("candidate", sides.candidate)):
            if len(values) < FEWEST:
                notes.append(f"{len(values)} {sides.unit}s on the {name}: fewer than {FEWEST} decide nothing")
            elif min(values) == max(values):
                notes.append(f"all {sides.unit}s on the {name} are the same: the clock cannot tell them apart")
    if not notes:
        return None
    return Judged(
        case=metrics[0].case,
        verdict="inconclusive",
        changes=tuple(map(change, metrics)),
        note="; ".join(dict.fromkeys(notes)),
    )


def change(sides: Sides) -> Change:
    """The size of a change that is not judged: it has no interval."""
    shift = rank_sum(_logs(sides.base), _logs(sides.candidate))
    return _change(sides, Evidence(m=log1p(sides.limit), estimate=shift.estimate))


def too_few(family: Sequence[Sequence[Sides]]) -> Finding | None:
    """The cases that could not become a regression, however slow they were: among so many comparisons, the smallest p
    that so few values can have proves nothing."""
    comparisons = sum(len(metrics) for metrics in family)
    sizes = {metrics[0].case: (len(metrics[0].base), len(metrics[0].candidate)) for metrics in family}
    few = {case: sizes[case] for case in sizes if comparisons > FAMILY * comb(sum(sizes[case]), sizes[case][0])}
    if not few:
        return None
    enough = next(n for n in count(FEWEST) if comparisons <= FAMILY * comb(2 * n, n))
    fewest = min(map(min, few.values()))
    return Finding(
        code="too few rounds",
        message=f"with {fewest} values on a side, {len(few)} of {len(sizes)} cases can never be told to be worse, "
        f"because {comparisons} comparisons share the error",
        advice=f"measure {enough} on each side, or fewer cases",
        cases=tuple(few),
    )


def _evidence(sides: Sides) -> Evidence:
    base, candidate, m = _logs(sides.base), _logs(sides.candidate), log1p(sides.limit)
    shift = rank_sum(base, candidate, error=ERROR)
    return Evidence(
        m=m,
        pairs=sides.fewest,
        estimate=shift.estimate,
        low=-inf if shift.low is None else shift.low,
        high=inf if shift.high is None else shift.high,
        slower=rank_sum_p([value + m / 2 for value in base], candidate),
        faster=rank_sum_p([value + m / 2 for value in candidate], base),
    )


def _judged(metrics: Sequence[Sides], evidence: Mapping[tuple[str, str], Evidence]) -> Judged:
    """`evidence` bears p-values that are adjusted for the whole family."""
    found = [evidence[sides.case, sides.metric] for sides in metrics]
    worse = [is_worse(each) for each in found]
    verdict = verdict_of(found[0], found[1:], worse=any(worse))
    open_case = Decision(verdict=verdict, sharp=found[0], mean=found[-1])
    return Judged(
        case=metrics[0].case,
        verdict=verdict,
        changes=tuple(
            replace(_change(sides, each), worse=is_worse)
            for sides, each, is_worse in zip(metrics, found, worse, strict=True)
        ),
        needed=needed(open_case) if verdict == "inconclusive" else None,
    )


def _change(sides: Sides, evidence: Evidence) -> Change:
    return Change(
        case=sides.case,
        metric=sides.metric,
        limit=sides.limit,
        ratio=exp(evidence.estimate),
        low=exp(evidence.low) if evidence.high < inf else None,
        high=exp(evidence.high) if evidence.high < inf else None,
        pairs=sides.fewest,
        unit=sides.unit,
    )


def _logs(values: Sequence[float]) -> list[float]:
    return [log(value) for value in values]
