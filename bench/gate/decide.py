"""Log-ratios of pairs, case by case → what is decided about each at which look: the sequential test of the gate.

Three looks share the error, and all comparisons are judged together (Holm), so that a gate of many cases that looks
three times says "regression" of equal code as seldom as it would of one case at one look. The test is against half the
limit: a new layout of the same code in memory is a real change, a harmless one, and must not alarm; against the limit
itself half the power would be lost. What it promises was simulated (`results/evidence/gate_rule.md`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, inf, log1p

from bench.records.gate import Verdict
from bench.statistics import holm, signed_rank, signed_rank_p

MEAN = "mean_latency"
FAMILY = 0.05
"""The error of all comparisons together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """After so many pairs, with that part of the error."""

    pairs: int
    error: Fraction


LOOKS = (
    Look(pairs=12, error=Fraction(15, 1000)),
    Look(pairs=24, error=Fraction(15, 1000)),
    Look(pairs=40, error=Fraction(20, 1000)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A case's log-ratios, candidate by base, in the order of its pairs: of the sharp metric and of the mean; `limits`
    are shares, in the same order."""

    sharp: Sequence[float]
    mean: Sequence[float]
    limits: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one metric of a case since its last look: the centre of its log-ratios with the interval of
    that look, and the smallest p so far of being slower, and faster, than half the limit `m`, each by its look's part
    of the error."""

    m: float
    pairs: int = 0
    estimate: float = 0.0
    low: float = -inf
    high: float = inf
    slower: float = 1.0
    faster: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`verdict` is `inconclusive` while the case is open; `worse` names the metrics that make it a regression."""

    verdict: Verdict
    sharp: Evidence
    mean: Evidence
    worse: tuple[bool, bool] = (False, False)

    @property
    def open(self) -> bool:
        """Whether further pairs could decide it."""
        return self.verdict == "inconclusive"


def decide(series: Mapping[str, Series], *, pairs: int = LOOKS[-1].pairs) -> dict[str, Decision]:
    """Every case's verdict by the looks that are over after so many pairs; the first look that decides one is final."""
    found = {case: _unknown(each) for case, each in series.items()}
    for look in LOOKS:
        if look.pairs > pairs:
            break
        looked = [c for c, d in found.items() if d.open and len(series[c].sharp) >= look.pairs]
        for case in looked:
            found[case] = _looked(found[case], series[case], look)
        found |= _judged(found, looked)
    return found


def needed(decision: Decision) -> int | None:
    """About how many pairs would decide an open case, if its spread stays as it is and it has not changed; None where
    its estimate lies at the limit or beyond, or where it is the mean that is in doubt."""
    sharp = decision.sharp
    room = sharp.m - abs(sharp.estimate)
    if not sharp.pairs or room <= 0 or sharp.high == inf or -sharp.m < sharp.low <= sharp.high < sharp.m:
        return None
    return max(sharp.pairs + 1, ceil(sharp.pairs * ((sharp.high - sharp.low) / 2 / room) ** 2))


def _unknown(series: Series) -> Decision:
    sharp, mean = (Evidence(m=log1p(limit)) for limit in series.limits)
    return Decision(verdict="inconclusive", sharp=sharp, mean=mean)


def _looked(decision: Decision, series: Series, look: Look) -> Decision:
    sharp = _seen(decision.sharp, series.sharp[: look.pairs], look)
    return replace(decision, sharp=sharp, mean=_seen(decision.mean, series.mean[: look.pairs], look))


def _seen(before: Evidence, differences: Sequence[float], look: Look) -> Evidence:
    if min(differences) == max(differences):  # the clock is too coarse for them: that decides nothing
        return replace(before, pairs=look.pairs, estimate=differences[0])
    shift = signed_rank(differences, error=2 * look.error)
    scale = FAMILY / float(look.error)
    assert shift.low is not None
    assert shift.high is not None
    slower = signed_rank_p(differences, above=before.m / 2)
    faster = signed_rank_p([-d for d in differences], above=before.m / 2)
    return replace(
        before,
        pairs=look.pairs,
        estimate=shift.estimate,
        low=shift.low,
        high=shift.high,
        slower=min(before.slower, slower * scale),
        faster=min(before.faster, faster * scale),
    )


def _judged(found: Mapping[str, Decision], looked: Sequence[str]) -> dict[str, Decision]:
    """The verdicts on the cases that were looked at; the others' p count in the family as they are."""
    family = [(case, part) for case in found for part in ("sharp", "mean")]
    evidence = {(case, part): getattr(found[case], part) for case, part in family}
    slower = dict(zip(family, holm([evidence[key].slower for key in family]), strict=True))
    faster = dict(zip(family, holm([evidence[key].faster for key in family]), strict=True))
    judged = {}
    for case in looked:
        sharp = replace(found[case].sharp, slower=slower[case, "sharp"], faster=faster[case, "sharp"])
        mean = replace(found[case].mean, slower=slower[case, "mean"], faster=faster[case, "mean"])
        worse = (is_worse(sharp), is_worse(mean))
        verdict = verdict_of(sharp, [mean], worse=any(worse))
        judged[case] = replace(found[case], verdict=verdict, worse=worse)
    return judged


def is_worse(adjusted: Evidence) -> bool:
    """Whether a metric alone makes its case a regression; its p-values are adjusted for the whole family."""
    return adjusted.slower <= FAMILY and adjusted.estimate > adjusted.m


def verdict_of(sharp: Evidence, others: Sequence[Evidence], *, worse: bool) -> Verdict:
    """The verdict on a case whose p-values are adjusted: better is what the sharp metric shows, and unchanged where it
    is shown to lie within its limit, either only while no other metric contradicts."""
    if worse:
        return "regression"
    if any(other.slower <= FAMILY or other.estimate > other.m for other in others):
        return "inconclusive"  # cheaper steps, and now and then a dear one
    if sharp.faster <= FAMILY and sharp.estimate < -sharp.m:
        return "improvement"
    return "unchanged" if -sharp.m < sharp.low <= sharp.high < sharp.m else "inconclusive"
