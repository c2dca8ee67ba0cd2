"""One panel of a figure → marks on matplotlib's axes: lines with laws, dots, fronts, heat maps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize, to_hex
from matplotlib.patches import Rectangle

from bench.report.figures.drawing.names import Name, spread_names
from bench.report.figures.drawing.style import FAINT, LETTER, PAPER, QUIET, Look, apart, dashes
from bench.report.figures.nouns import Axis, Curve, Figure, Kind, Line, Panel, Point, RoofedPanel
from bench.report.figures.words import series_label, shortened
from bench.units import significant

BAND = 0.16
"""Opacity of the band between intervals."""
NAMED = 14
"""A front whose legend would have more entries than these has the names at its points instead."""
CROWD = 40
"""More names than these cannot stand side by side in one panel."""
SPREAD = 0.62
"""The share of a category's room over which its series stand."""

_ON_DARK, _ON_LIGHT = "#fffffe", "#000001"
"""Numbers on the coloured cells of a heat map: these do not turn with the screen, as the cells do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scaled:
    """Coordinates as they are drawn; a bound is the value itself where there is no interval."""

    xs: list[float]
    ys: list[float]
    lows: list[float]
    highs: list[float]
    bare: list[bool]


def is_named(figure: Figure) -> bool:
    """Whether the names of the series stand at their points, since a legend of so many could not be read."""
    return figure.kind == "front" and sum(map(len, apart(figure.series))) > NAMED


def write_names(axes: Axes, panel: Panel, figure: Figure) -> None:
    """Writes them, after the axes have got their place and their limits; of a crowd, those on the front alone."""
    names = []
    for line in panel.lines:
        at = _scaled(line.points, figure.x, figure.y)
        names += [
            Name(x=x, y=y, text=shortened(series_label(figure, line.series), 30))
            for x, y in zip(at.xs, at.ys, strict=True)
        ]
    if len(names) > CROWD:
        best = {(x / figure.x.divisor, y / figure.y.divisor) for x, y in panel.front}
        names = [name for name in names if (name.x, name.y) in best][:CROWD]
    spread_names(axes, names)


def plot(axes: Axes, panel: Panel, figure: Figure, looks: Sequence[Look]) -> None:
    """Draws the panel's marks; the axes' scales are set."""
    PLOTS[figure.kind](axes, panel, figure, looks)


def _lines(axes: Axes, panel: Panel, figure: Figure, looks: Sequence[Look]) -> None:
    lawful = any(line.law is not None for each in figure.panels for line in each.lines)
    for line in panel.lines:
        look, at = looks[line.series], _scaled(line.points, figure.x, figure.y)
        if line.law is not None:
            along = _along(line, log=figure.x.log)
            values = [_predicted(line.law, x) / figure.y.divisor for x in along]
            axes.plot(along, values, color=look.colour, linestyle=dashes(look), zorder=2)
        elif lawful:
            axes.plot(at.xs, at.ys, color=look.colour, linestyle=(0, (2, 2)), linewidth=0.6, zorder=2)
        else:
            axes.plot(at.xs, at.ys, color=look.colour, linestyle=dashes(look), zorder=2)
        axes.fill_between(at.xs, at.lows, at.highs, color=look.colour, alpha=BAND, linewidth=0, zorder=1)
        _marks(axes, (at.xs, at.ys), at, look)


def _dots(axes: Axes, panel: Panel, figure: Figure, looks: Sequence[Look]) -> None:
    """Values to the right, categories downwards: labels of any length are read as they are."""
    present: dict[float, list[int]] = {}
    for line in panel.lines:
        for point in line.points:
            present.setdefault(point.x.value, []).append(line.series)
    for line in panel.lines:
        at = _scaled(line.points, figure.x, figure.y)
        rows = [x + SPREAD * ((present[x].index(line.series) + 0.5) / len(present[x]) - 0.5) for x in at.xs]
        _marks(axes, (at.ys, rows), at, looks[line.series], across=True)


def _front(axes: Axes, panel: Panel, figure: Figure, looks: Sequence[Look]) -> None:
    if panel.front:
        corners = [(x / figure.x.divisor, y / figure.y.divisor) for x, y in panel.front]
        xs, ys = zip(*corners, strict=True)
        axes.step(xs, ys, where="post", color=QUIET, linestyle=(0, (4, 2)), linewidth=0.8, zorder=1)
    for line in panel.lines:
        at = _scaled(line.points, figure.x, figure.y)
        _marks(axes, (at.xs, at.ys), at, looks[line.series])


def _roofline(axes: Axes, panel: Panel, figure: Figure, looks: Sequence[Look]) -> None:
    """Each peak as its roof, from the left end of the slope to the right end of the axes; the points below."""
    assert isinstance(panel, RoofedPanel)
    points = [point.x.value for each in figure.panels for line in each.lines for point in line.points]
    ridges = [peak.level / panel.slope for peak in panel.peaks]
    left, right = min(*points, *ridges) / 5, max(*points, *ridges) * 6
    for peak, ridge in zip(panel.peaks, ridges, strict=True):
        xs = [left, max(left, ridge), right]
        axes.plot(xs, [min(peak.level, panel.slope * x) for x in xs], color=QUIET, linewidth=0.9, zorder=1)
        axes.text(right, peak.level, peak.label, color=QUIET, size=LETTER - 1, ha="right", va="bottom")
    for line in panel.lines:
        at = _scaled(line.points, figure.x, figure.y)
        _marks(axes, (at.xs, at.ys), at, looks[line.series])


def _heat_map(axes: Axes, panel: Panel, figure: Figure, looks: Sequence[Look]) -> None:
    values = [point.y.value / figure.y.divisor for one in figure.panels for line in one.lines for point in line.points]
    least, most = min(values, default=0.0), max(values, default=1.0)
    norm = LogNorm(least, most) if figure.y.log and least < most else Normalize(least, max(most, least + 1e-12))
    for row in range(len(figure.series)):
        for column in range(len(figure.categories)):
            axes.add_patch(_tile(column, row, FAINT))
    for line in panel.lines:
        for point in line.points:
            value = point.y.value / figure.y.divisor
            shade = 1 - float(norm(value))
            axes.add_patch(_tile(point.x.value, line.series, to_hex(colormaps["cividis"](shade))))
            text = significant(float(value))
            colour = _ON_LIGHT if shade > 0.5 else _ON_DARK
            axes.text(point.x.value, line.series, text, color=colour, ha="center", va="center", size=LETTER - 0.5)


PLOTS: dict[Kind, Callable[[Axes, Panel, Figure, Sequence[Look]], None]] = {
    "lines": _lines,
    "dots": _dots,
    "front": _front,
    "roofline": _roofline,
    "heat map": _heat_map,
}


def _tile(column: float, row: float, colour: str) -> Rectangle:
    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor=PAPER, linewidth=1)


def _marks(
    axes: Axes, places: tuple[Sequence[float], Sequence[float]], at: _Scaled, look: Look, *, across: bool = False
) -> None:
    """Bars and marks; a mark is hollow where the value has no interval."""
    below = [max(0.0, y - low) for y, low in zip(at.ys, at.lows, strict=True)]
    above = [max(0.0, high - y) for y, high in zip(at.ys, at.highs, strict=True)]
    bars = np.array([below, above])
    axes.errorbar(
        *places, xerr=bars if across else None, yerr=None if across else bars, fmt="none", ecolor=look.colour,
        elinewidth=1.0, capsize=1.8, capthick=0.8, zorder=3,
    )  # fmt: skip
    for hollow in (False, True):
        chosen = [(x, y) for x, y, bare in zip(*places, at.bare, strict=True) if bare == hollow]
        if chosen:
            xs, ys = zip(*chosen, strict=True)
            axes.plot(
                xs, ys, look.marker, color=look.colour, markerfacecolor=PAPER if hollow else look.colour,
                markeredgecolor=look.colour, markeredgewidth=0.9, zorder=4,
            )  # fmt: skip


def _scaled(points: Sequence[Point], x: Axis, y: Axis) -> _Scaled:
    return _Scaled(
        xs=[point.x.value / x.divisor for point in points],
        ys=[point.y.value / y.divisor for point in points],
        lows=[(point.y.value if point.y.low is None else point.y.low) / y.divisor for point in points],
        highs=[(point.y.value if point.y.high is None else point.y.high) / y.divisor for point in points],
        bare=[point.y.low is None or point.y.high is None for point in points],
    )


def _along(line: Line, *, log: bool) -> list[float]:
    first, last = line.points[0].x.value, line.points[-1].x.value
    found = np.geomspace(first, last, 60) if log else np.linspace(first, last, 60)
    return [float(x) for x in found]


def _predicted(law: Curve, x: float) -> float:
    return law.first + law.second * x if law.form == "line" else law.first * x**law.second
