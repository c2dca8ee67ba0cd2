"""Estimates of many repeats → whether ours reached the aim under a load, and what the rows show of why it did not.

The aim: ours lie closer together than every mean and median, and at most 1.2 times as far apart as the best minimum."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.statistics import median
from tests.evidence.peer_case import CASES
from tests.evidence.peer_starts import moment
from tests.evidence.peer_table import FEWEST, WAYS, Estimates, Row, Way, furthest, plain, robust, short, steadier

ALLOWED = 1.2
"""Times the spread of the best minimum that ours may have."""
CENTRES, LEASTS = ("mean", "median"), ("min",)

Overall = Callable[[Way], float | None]
"""How far a way's estimates lie apart under a load, over all cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A spread of ours beside the least one of the others' means and medians, and the least one of their minima."""

    own: float
    centre: Way
    least_centre: float
    minimum: Way
    least_minimum: float

    @property
    def small(self) -> bool:
        """By the means and medians."""
        return self.own < self.least_centre

    @property
    def allowed(self) -> bool:
        """By the best minimum."""
        return self.own <= ALLOWED * self.least_minimum


def judged(spreads: Mapping[Way, float], metric: str) -> Judged:
    """One metric of ours among the spreads of all ways."""
    centre, minimum = least(spreads, CENTRES), least(spreads, LEASTS)
    return Judged(
        own=spreads["ours", metric],
        centre=centre,
        least_centre=spreads[centre],
        minimum=minimum,
        least_minimum=spreads[minimum],
    )


def overall(measure: Overall, metric: str) -> Judged | None:
    """By that measure; None where it cannot be said of some way."""
    spreads = {way: share for way in WAYS if (share := measure(way)) is not None}
    return judged(spreads, metric) if len(spreads) == len(WAYS) else None


def by_case(found: Estimates, load: str, metric: str) -> dict[str, Judged]:
    """Each case by itself."""
    spreads = {case: {way: one.plain for way in WAYS if (one := found.spread(load, way, case))} for case in CASES}
    return {case: judged(one, metric) for case, one in spreads.items()}


def sentence(found: Estimates, load: str, metric: str) -> str:
    """Whether ours is smaller than every mean and median and small enough by the best minimum, and by how much not."""
    one = overall(lambda way: found.overall(load, way, plain), metric)
    if one is None:
        return f"`{metric}`: not judged, not every tool has two repeats of every case."
    cases = by_case(found, load, metric).values()
    return (
        f"`{metric}` ({one.own:.2%}) is {'' if one.small else 'not '}smaller than every mean and median: "
        f"{times(one.own, one.least_centre)} the least, {named(one.centre)} ({one.least_centre:.2%}); by itself so in "
        f"{sum(case.small for case in cases)} of {len(CASES)} cases. It is {times(one.own, one.least_minimum)} the "
        f"best minimum, that of {one.minimum[0]} ({one.least_minimum:.2%}), {'within' if one.allowed else 'over'} the "
        f"{ALLOWED} times allowed; by itself within in {sum(case.allowed for case in cases)} of {len(CASES)} cases."
    )


def why(found: Estimates, load: str, metric: str) -> Iterator[str]:
    """What the rows show of a missed aim, in sentences; nothing where it was reached or could not be judged."""
    one = overall(lambda way: found.overall(load, way, plain), metric)
    if one is None or (one.small and one.allowed):
        return
    for case, own in by_case(found, load, metric).items():
        if not (own.small and own.allowed):
            yield repeats(found, load, metric, case)
    yield "Without the furthest repeat of every case, of all tools alike: " + again(
        overall(lambda way: found.overall(load, way, steadier), metric), metric
    )
    yield "By the robust spread of all repeats: " + again(
        overall(lambda way: found.overall(load, way, robust), metric), metric
    )
    yield within(found, load, metric, one)
    ours, theirs = found.against_quiet(load, ("ours", metric)), found.against_quiet(load, one.centre)
    if load != "quiet" and ours is not None and theirs is not None:
        yield (
            f"`{metric}` is {ours:.2f} times its quiet value, {named(one.centre)}, which lies closest together, "
            f"{theirs:.2f} times its own."
        )


def repeats(found: Estimates, load: str, metric: str, case: str) -> str:
    """How much of a case's spread a single repeat makes."""
    rows = found.rows(load, ("ours", metric), case)
    known = found.spread(load, ("ours", metric), case)
    assert known is not None
    start = f"`{metric}`, {short(case)}: {known.plain:.2%} ({known.robust:.2%})"
    if known.steadier is None:
        return f"{start}, of {len(rows)} repeats: fewer than {FEWEST} do not say which of them is off."
    off = rows[furthest([row.seconds_per_step for row in rows])]
    ratio = off.seconds_per_step / median([row.seconds_per_step for row in rows if row is not off])
    return (
        f"{start}. Repeat {off.repeat}, begun {moment(off.began)}, is {ratio:.2f} times the median of the others, "
        f"whose spread is {known.steadier:.2%}{inside(found, load, off) if metric == 'latency' else ''}."
    )


def inside(found: Estimates, load: str, off: Row) -> str:
    """How a median lies by the lower decile of the same samples, there and in the other repeats."""
    sharp = {row.repeat: row.seconds_per_step for row in found.rows(load, ("ours", "undisturbed"), off.case)}
    ratios = {
        row.repeat: row.seconds_per_step / sharp[row.repeat]
        for row in found.rows(load, ("ours", "latency"), off.case)
        if row.repeat in sharp
    }
    others = median([ratio for repeat, ratio in ratios.items() if repeat != off.repeat])
    own = ratios[off.repeat]
    return f"; it is {own:.2f} times the `undisturbed` of the same run, in the others {others:.2f} times"


def within(found: Estimates, load: str, metric: str, one: Judged) -> str:
    """What the same trials of ours say where the metric has no part in it: their least samples, and their sentinels."""
    least_samples = found.overall(load, ("ours", "min"), plain)
    sentinels = found.overall(load, ("ours", "sentinel"), plain)
    by_weather = found.divided(load, ("ours", metric), ("ours", "sentinel"))
    assert least_samples is not None
    assert sentinels is not None
    assert by_weather is not None
    return (
        f"Of the same trials of ours the least samples lie {least_samples:.2%} apart, "
        f"{times(least_samples, one.least_minimum)} the best minimum; the sentinels beside them {sentinels:.2%}, and "
        f"`{metric}` divided by its run's sentinel {by_weather:.2%}."
    )


def again(one: Judged | None, metric: str) -> str:
    if one is None:
        return "too few repeats."
    return (
        f"`{metric}` {one.own:.2%}, {times(one.own, one.least_centre)} the least mean or median, {named(one.centre)} "
        f"({one.least_centre:.2%}), and {times(one.own, one.least_minimum)} the best minimum, that of {one.minimum[0]} "
        f"({one.least_minimum:.2%})."
    )


def least(spreads: Mapping[Way, float], metrics: Sequence[str]) -> Way:
    """The way of another tool with the smallest spread among those metrics."""
    return min((way for way in spreads if way[0] != "ours" and way[1] in metrics), key=lambda way: spreads[way])


def times(own: float, other: float) -> str:
    return f"{own / other:.2f} times" if other else "no multiple of"


def named(way: Way) -> str:
    return f"the {way[1]} of {way[0]}"
