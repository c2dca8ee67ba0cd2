"""A figure → its size in inches and how its panels stand: one column of print where there is one panel, else two."""

from collections import Counter
from dataclasses import dataclass
from math import ceil

from bench.report.figures.drawing.plots import is_named
from bench.report.figures.nouns import Figure

SINGLE, DOUBLE = 4.0, 7.0
"""Widths of one panel (a column of print is 3.3; there its type of 7 points is still 6), and of several."""

_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}
_AROUND = 0.42
"""What a panel needs besides its own height: title and ticks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Of the figure without its legend and its notes, labels included."""

    width: float
    height: float
    rows: int
    columns: int

    @property
    def panel(self) -> float:
        """The width of one panel."""
        return self.width / self.columns

    @property
    def side(self) -> float:
        """The height of one panel's axes, about."""
        return self.height / self.rows - _AROUND


def sizes(figure: Figure) -> Sizes:
    """Lines and fronts have the shape of a sheet; dots and heat maps as much height as their rows need."""
    count = max(1, len(figure.panels))
    columns = _COLUMNS.get(count, 3)
    crowded = is_named(figure)
    if crowded:
        columns = min(columns, 2)
    width = DOUBLE if count > 1 or crowded or _wide(figure) else SINGLE
    rows = ceil(count / columns)
    panel = width / columns
    return Sizes(width=width, height=rows * (_height(figure, panel) + _AROUND) + 0.2, rows=rows, columns=columns)


def _wide(figure: Figure) -> bool:
    return figure.kind == "heat map" and len(figure.categories) > 8


def _height(figure: Figure, panel: float) -> float:
    match figure.kind:
        case "lines":
            return min(2.3, panel * 0.62)
        case "front" | "roofline":
            return panel * 0.75 if is_named(figure) else min(2.3, panel * 0.66)
        case "dots":
            return max(1, len(figure.categories)) * max(0.19, 0.1 * _most_together(figure)) + 0.1
        case "heat map":
            return max(1, len(figure.series)) * 0.24


def _most_together(figure: Figure) -> int:
    """The most dots that one category of a panel has."""
    counts = (Counter(point.x.value for line in panel.lines for point in line.points) for panel in figure.panels)
    return max((most for count in counts for most in count.values()), default=1)
