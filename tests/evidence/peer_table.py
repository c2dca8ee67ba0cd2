"""Estimates of many repeats → how far each tool's repeated estimates lie apart, as a table in Markdown.

The spread is the standard deviation of the logarithms of a case's estimates; in brackets stands its robust sister,
1.4826 times the median distance from the median. Of 8 values it is itself uncertain by about a quarter (Ahn and
Fessler 2003: 1 / √(2(n − 1)))."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from statistics import geometric_mean, stdev

from bench.statistics import median
from tests.evidence.peer_case import CASES
from tests.evidence.peer_tools import TOOLS

REPEATS = 8
SEEN_LOADS = ("quiet", "constant", "bursts")
FEWEST = 3
"""Repeats of which one can be told to be the furthest off."""
NORMAL = 1.4826
"""The standard deviation of a normal variable by the median of its distance from the median."""


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
    """How far estimates lie apart, as a share: the standard deviation of their logarithms, a robust one, and that of
    all but the one furthest from the median, if that one can be told."""

    repeats: int
    plain: float
    robust: float
    steadier: float | None


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
    where = furthest(values)
    steadier = stdev(logs[:where] + logs[where + 1 :]) if len(values) >= FEWEST else None
    return Spread(repeats=len(values), plain=stdev(logs), robust=robust, steadier=steadier)


def furthest(values: Sequence[float]) -> int:
    """The place of the value whose logarithm lies furthest from the median."""
    logs = [log(value) for value in values]
    middle = median(logs)
    return max(range(len(logs)), key=lambda place: abs(logs[place] - middle))


def plain(one: Spread) -> float | None:
    """Which of its shares a spread is to be judged by: this, or the next two."""
    return one.plain


def robust(one: Spread) -> float | None:
    return one.robust


def steadier(one: Spread) -> float | None:
    return one.steadier


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

    def overall(self, load: str, way: Way, of: Callable[[Spread], float | None]) -> float | None:
        """The geometric mean of the cases' spreads; none where a case has none, 0 where one did not vary."""
        spreads = [one for case in CASES if (one := self.spread(load, way, case)) is not None]
        found = [share for one in spreads if (share := of(one)) is not None]
        if len(found) < len(CASES):
            return None
        return geometric_mean(found) if all(found) else 0.0

    def divided(self, load: str, way: Way, by: Way) -> float | None:
        """The geometric mean of the cases' spreads of the ratios of two ways of one tool, repeat by repeat."""
        spreads = []
        for case in CASES:
            divisors = {row.repeat: row.seconds_per_step for row in self.rows(load, by, case)}
            own = self.rows(load, way, case)
            spreads.append(spread([r.seconds_per_step / divisors[r.repeat] for r in own if r.repeat in divisors]))
        found = [one.plain for one in spreads if one is not None]
        if len(found) < len(CASES):
            return None
        return geometric_mean(found) if all(found) else 0.0

    def against_quiet(self, load: str, way: Way) -> float | None:
        """The geometric mean over the cases of the ratio of medians."""
        pairs = [(self.seconds(load, way, case), self.seconds("quiet", way, case)) for case in CASES]
        if not all(loaded and quiet for loaded, quiet in pairs):
            return None
        return geometric_mean([median(loaded) / median(quiet) for loaded, quiet in pairs])


def table(found: Estimates, load: str) -> Iterator[str]:
    """A row for each way."""
    heads = [short(case) for case in CASES]
    yield f"| tool | metric | {' | '.join(heads)} | all | against quiet | wall, s |"
    yield f"|---|---|{'--:|' * (len(heads) + 3)}"
    for way in WAYS:
        cells = [cell(found.spread(load, way, case)) for case in CASES]
        took = [row.took for row in found.rows(load, way)]
        ratio = found.against_quiet(load, way)
        cells += [
            percent(found.overall(load, way, plain)),
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


def short(case: str) -> str:
    """A case as a column's head."""
    levels = CASES[case]
    return f"{levels['model']}, batch {levels['batch']}"
