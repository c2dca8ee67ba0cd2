"""An interval and the bounds that a claim sets → whether it holds, fails, or is left open."""

from dataclasses import dataclass

from bench.records.claims import LawCheck, Outcome, RatioCheck, TrendCheck

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Between which the claim puts a number, open ends None, and how that is said."""

    above: float | None
    below: float | None
    words: str


def of_ratio(check: RatioCheck) -> Bounds:
    """`within` a share x is equivalence: between 1/(1 + x) and 1 + x."""
    if check.within is not None:
        words = f"within {check.within:.3g} of equal"
        return Bounds(above=1 / (1 + check.within), below=1 + check.within, words=words)
    above, below = check.between or (check.above, check.below)
    return Bounds(above=above, below=below, words=_words(above, below))


def of_trend(check: TrendCheck) -> Bounds:
    """Each next value by the one before."""
    if check.rises:
        return Bounds(above=1.0, below=None, words="rises")
    return Bounds(above=None, below=1.0, words="falls")


def of_law(check: LawCheck) -> Bounds:
    """In the unit of the coefficient."""
    above, below = check.between or (check.above, check.below)
    return Bounds(above=above, below=below, words=_words(above, below))


def outcome(interval: Interval | None, bounds: Bounds) -> Outcome:
    """Decided where the whole interval lies on one side of the bounds; open without an interval."""
    if interval is None:
        return "open"
    low, high = interval
    above, below = bounds.above, bounds.below
    if (above is None or low > above) and (below is None or high < below):
        return "holds"
    if (above is not None and high <= above) or (below is not None and low >= below):
        return "fails"
    return "open"


def _words(above: float | None, below: float | None) -> str:
    if above is not None and below is not None:
        return f"between {above:g} and {below:g}"
    return f"above {above:g}" if above is not None else f"below {below:g}"
