"""Estimates of many repeats → how far each tool's repeated estimates lie apart, as Markdown, and what follows from it.

The spread is the standard deviation of the logarithms of a case's estimates; in brackets stands its robust sister,
1.4826 times the median distance from the median. Of 8 values it is itself uncertain by about a quarter (Ahn and
Fessler 2003: 1 / √(2(n − 1)))."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import geometric_mean, stdev

from bench.statistics import median
from tests.evidence.peer_case import CASES
from tests.evidence.peer_tools import OURS, TOOLS

REPEATS = 8
SEEN_LOADS = ("quiet", "constant", "bursts")
ALLOWED = 1.2
"""Times the spread of the best minimum that ours may have."""
NORMAL = 1.4826
"""The standard deviation of a normal variable by the median of its distance from the median."""
CENTRES = ("mean", "median")

HEAD = """# Repeated estimates of four tools, side by side

Made by `python -m tests.evidence.peers` from `peers.csv`. Each estimate has fresh processes; the tools take turns in
random order on one machine, under the same scripted load: nothing, a spinning process on every core, or such processes
that spin and sleep in turns of 2 s on average. The cells say how far the repeated estimates of a case lie apart: the
standard deviation of their logarithms, and a robust one in brackets (1.4826 × the median distance from the median); of
8 repeats it is uncertain by a quarter. `all` is the geometric mean over the cases; `against quiet` how many
times longer a tool's estimates are than in quiet (geometric mean over the cases of the ratio of medians); `wall` the
median of the seconds that an estimate of a case took, the starts of its processes included.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One estimate: a line of the CSV file. `began` is in seconds of the epoch, `took` in wall seconds."""

    repeat: int
    load: str
    tool: str
    metric: str
    case: str
    seconds_per_step: float
    began: float
    took: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far estimates lie apart, as a share: the standard deviation of their logarithms, and a robust one."""

    repeats: int
    plain: float
    robust: float


Way = tuple[str, str]
"""A tool and one of its metrics."""

WAYS: tuple[Way, ...] = tuple((tool, metric) for tool, found in TOOLS.items() for metric in found.metrics)


def spread(values: Sequence[float]) -> Spread | None:
    """Of seconds per step; fewer than two have none."""
    if len(values) < 2:
        return None
    logs = [log(value) for value in values]
    middle = median(logs)
    robust = NORMAL * median([abs(value - middle) for value in logs])
    return Spread(repeats=len(values), plain=stdev(logs), robust=robust)


class Estimates:
    """Rows, asked by load, way and case; the last row of a repeat counts, as a unit that was redone leaves it."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = {(row.load, (row.tool, row.metric), row.case, row.repeat): row for row in rows}

    @property
    def repeats(self) -> int:
        """How many there are of anything."""
        return len({row.repeat for row in self._rows.values()})

    def rows(self, load: str, way: Way, case: str | None = None) -> list[Row]:
        """One a repeat and case."""
        return [row for (*key, one, _), row in self._rows.items() if key == [load, way] and case in (None, one)]

    def seconds(self, load: str, way: Way, case: str) -> list[float]:
        """The estimates, seconds per step."""
        return [row.seconds_per_step for row in self.rows(load, way, case)]

    def spread(self, load: str, way: Way, case: str) -> Spread | None:
        """Of one case."""
        return spread(self.seconds(load, way, case))

    def overall(self, load: str, way: Way) -> float | None:
        """The geometric mean of the cases' spreads; none where a case has none, 0 where one did not vary."""
        found = [one.plain for case in CASES if (one := self.spread(load, way, case)) is not None]
        if len(found) < len(CASES):
            return None
        return geometric_mean(found) if all(found) else 0.0

    def against_quiet(self, load: str, way: Way) -> float | None:
        """The geometric mean over the cases of the ratio of medians."""
        pairs = [(self.seconds(load, way, case), self.seconds("quiet", way, case)) for case in CASES]
        if not all(loaded and quiet for loaded, quiet in pairs):
            return None
        return geometric_mean([median(loaded) / median(quiet) for loaded, quiet in pairs])


def page(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of the page."""
    found = Estimates(rows)
    yield HEAD
    yield f"{found.repeats} of {REPEATS} repeats done."
    for load in SEEN_LOADS:
        yield f"\n## Load: {load}\n"
        yield from table(found, load)
        yield ""
        yield from (f"- {sentence(found, load, metric)}" for metric in OURS)


def table(found: Estimates, load: str) -> Iterator[str]:
    """A row for each way."""
    heads = [f"{levels['model']}, batch {levels['batch']}" for levels in CASES.values()]
    yield f"| tool | metric | {' | '.join(heads)} | all | against quiet | wall, s |"
    yield f"|---|---|{'--:|' * (len(heads) + 3)}"
    for way in WAYS:
        cells = [cell(found.spread(load, way, case)) for case in CASES]
        took = [row.took for row in found.rows(load, way)]
        ratio = found.against_quiet(load, way)
        cells += [
            percent(found.overall(load, way)),
            "–" if ratio is None else f"{ratio:.3f}×",
            f"{median(took):.1f}" if took else "–",
        ]
        yield f"| {way[0]} | {way[1]} | {' | '.join(cells)} |"


def cell(one: Spread | None) -> str:
    """Both spreads; how many repeats there were, where they are too few."""
    if one is None:
        return "–"
    few = f", {one.repeats} repeats" if one.repeats < REPEATS else ""
    return f"{one.plain:.2%} ({one.robust:.2%}){few}"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.2%}"


def sentence(found: Estimates, load: str, metric: str) -> str:
    """Whether ours is smaller than every mean and median and small enough by the best minimum, and by how much not."""
    spreads = {way: share for way in WAYS if (share := found.overall(load, way)) is not None}
    if len(spreads) < len(WAYS):
        return f"`{metric}`: not judged, not every tool has two repeats of every case."
    own = spreads["ours", metric]
    centre = least(spreads, CENTRES)
    minimum = least(spreads, ("min",))
    cases = [{way: one.plain for way in WAYS if (one := found.spread(load, way, case))} for case in CASES]
    below = sum(one["ours", metric] < one[least(one, CENTRES)] for one in cases)
    near = sum(one["ours", metric] <= ALLOWED * one[least(one, ("min",))] for one in cases)
    return (
        f"`{metric}` ({own:.2%}) is {'' if own < spreads[centre] else 'not '}smaller than every mean and median: "
        f"{times(own, spreads[centre])} the least, {named(centre)} ({spreads[centre]:.2%}); by itself so in {below} of "
        f"{len(CASES)} cases. It is {times(own, spreads[minimum])} the best minimum, that of {minimum[0]} "
        f"({spreads[minimum]:.2%}), {'within' if own <= ALLOWED * spreads[minimum] else 'over'} the {ALLOWED} times "
        f"allowed; by itself within in {near} of {len(CASES)} cases."
    )


def least(spreads: Mapping[Way, float], metrics: Sequence[str]) -> Way:
    """The way with the smallest spread among those metrics."""
    return min((way for way in spreads if way[1] in metrics), key=lambda way: spreads[way])


def times(own: float, other: float) -> str:
    return f"{own / other:.2f} times" if other else "no multiple of"


def named(way: Way) -> str:
    return f"the {way[1]} of {way[0]}"
