"""Log-ratios of pairs that were measured here → how small a change the gate finds, after how many pairs, how surely.

The pairs of each case, less their case's centre, are what this machine's noise does to a ratio; that a step is dosed
changes nothing about it, so dosed cases lend their pairs too. From the pairs of one kind of step 40 at a time are drawn
with replacement (Efron 1979), sharp metric and mean together, moved by a change of twice the limit, or by none, and
judged by `bench.gate.decide`, as one case of a gate of 24: the other 23 count in the family of comparisons.

What that leaves out: pairs that lie near one another in time may be alike, and what has moved a whole case is in its
centre. The probabilities themselves are as unsure as so many drawings make them (`margin`), and no surer than the
measured pairs, whose number is given."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log1p, sqrt
from random import Random

from bench.gate.decide import LOOKS, Decision, Series, decide
from bench.records.gate import Verdict
from bench.statistics import quantile, signed_rank

LIMITS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
CHANGE = 2
"""A change of so many times the limit is to be found: one of exactly the limit is found as often as not."""

CASES = 24
"""Of the gate that is imagined: each more makes it harder for the others to be found."""

FEWEST = 6
"""Pairs of a case that tell something about their noise."""

DRAWINGS = 200
SURE = 0.95

SPREAD = 1.349
"""Between the quartiles of a normal distribution, in standard deviations."""

_Outcome = tuple[float, int, Verdict, int]
"""A limit, the change in limits, what that was called, after how many pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Log-ratios of pairs that nothing has moved: (sharp metric, mean) of each."""

    pairs: tuple[tuple[float, float], ...]

    @property
    def spread(self) -> float:
        """Of the sharp metric: a standard deviation that does not mind outliers, as a share."""
        sharp = [pair[0] for pair in self.pairs]
        return (quantile(sharp, 0.75) - quantile(sharp, 0.25)) / SPREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """With that limit, after at most so many pairs: the probability that a change of twice the limit has been found,
    that equal code has been called unchanged, and that it has been called a change."""

    limit: float
    pairs: int
    found: float
    unchanged: float
    alarm: float


def noise(cases: Iterable[Series]) -> Noise:
    """Of all cases with six pairs at least, also where that is too few for a look; empty where there is none."""
    known = [case for case in cases if min(len(case.sharp), len(case.mean)) >= FEWEST]
    return Noise(pairs=tuple(p for case in known for p in zip(_centred(case.sharp), _centred(case.mean), strict=True)))


def powers(found: Noise, *, seed: int, drawings: int = DRAWINGS) -> tuple[Power, ...]:
    """Of every limit at every look, from the same drawings; none without pairs."""
    if not found.pairs:
        return ()
    chance, counts = Random(f"{seed}/powers"), Counter[_Outcome]()
    for _ in range(drawings):
        drawn = chance.choices(found.pairs, k=LOOKS[-1].pairs)
        for limit in LIMITS:
            for change in (0, CHANGE):
                decision = _decision(drawn, limit, log1p(change * limit))
                counts[limit, change, decision.verdict, decision.sharp.pairs] += 1
    return tuple(
        Power(
            limit=limit,
            pairs=look.pairs,
            found=_until(counts, look.pairs, (limit, CHANGE), "regression") / drawings,
            unchanged=_until(counts, look.pairs, (limit, 0), "unchanged") / drawings,
            alarm=_until(counts, look.pairs, (limit, 0), "regression", "improvement") / drawings,
        )
        for limit in LIMITS
        for look in LOOKS
    )


def smallest_change(found: Sequence[Power], pairs: int) -> float | None:
    """The smallest change, a share, that is found with 95 % probability in so many pairs, as all larger ones are; None
    where the largest that was tried is not."""
    return _smallest([(CHANGE * p.limit, p.found >= SURE) for p in found if p.pairs == pairs])


def limit_for(kinds: Sequence[Sequence[Power]]) -> float | None:
    """The smallest limit with which, for every kind of step, twice as much is found and equal code is called unchanged
    with 95 % probability each, as with all larger ones; None where there is none, or no kind."""
    last = [(p.limit, min(p.found, p.unchanged) >= SURE) for kind in kinds for p in kind if p.pairs == LOOKS[-1].pairs]
    sure = {limit: all(fit for own, fit in last if own == limit) for limit, _ in last}
    return _smallest(list(sure.items())) if all(kinds) else None


def pairs_for(kinds: Sequence[Sequence[Power]], limit: float) -> int:
    """The look by which twice that limit, one of `limit_for`, is found with 95 % probability in every kind of step."""
    enough = (look.pairs for look in LOOKS if all(_finds(kind, limit, look.pairs) for kind in kinds))
    return next(enough)


def margin(drawings: int = DRAWINGS) -> float:
    """By how much a probability of 95 % may be off, at 95 % confidence, for being drawn so often (normal)."""
    return 1.96 * sqrt(SURE * (1 - SURE) / drawings)


def _centred(values: Sequence[float]) -> list[float]:
    """Around 0, and as far from it as they are from the centre that is not known: their own lies nearer to them
    (Davison and Hinkley, Bootstrap Methods, 2.3)."""
    centre, wider = signed_rank(values).estimate, sqrt(len(values) / (len(values) - 1))
    return [wider * (value - centre) for value in values]


def _decision(drawn: Sequence[tuple[float, float]], limit: float, shift: float) -> Decision:
    """Of a case with these pairs among others that count and are never looked at."""
    limits = (limit, limit)
    case = Series(sharp=[s + shift for s, _ in drawn], mean=[m + shift for _, m in drawn], limits=limits)
    others = {str(number): Series(sharp=(), mean=(), limits=limits) for number in range(1, CASES)}
    return decide({"": case, **others})[""]


def _until(counts: Counter[_Outcome], pairs: int, case: tuple[float, int], *verdicts: Verdict) -> int:
    """How often such a case had one of the verdicts after so many pairs."""
    looks = [look.pairs for look in LOOKS if look.pairs <= pairs]
    return sum(counts[*case, verdict, look] for verdict in verdicts for look in looks)


def _smallest(fits: Sequence[tuple[float, bool]]) -> float | None:
    """The smallest from which on all fit."""
    smallest = None
    for value, fit in sorted(fits, reverse=True):
        if not fit:
            break
        smallest = value
    return smallest


def _finds(kind: Sequence[Power], limit: float, pairs: int) -> bool:
    return any(p.limit == limit and p.pairs == pairs and p.found >= SURE for p in kind)
