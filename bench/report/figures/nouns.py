"""What a figure is made of: everything that is drawn, as labels and numbers in base units; nothing that is not."""

from dataclasses import dataclass
from typing import Literal

from bench.report.nouns import Amount

Kind = Literal["lines", "dots", "front", "heat map", "roofline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Numbers divided by `divisor` are in `unit`; `what` is a factor, a metric, or what a ratio is. `wide`: they span
    so much that each tick has the unit that suits it."""

    what: str
    unit: str = ""
    divisor: float = 1.0
    log: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A case with a value. Where x is categories, `x` is the number of one of them."""

    x: Amount
    y: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A law that fits: a + b·x or c·xᵏ, by its two coefficients."""

    form: Literal["line", "power"]
    first: float
    second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The points of one series in one panel, by x; `series` is its number among the figure's."""

    series: int
    points: tuple[Point, ...]
    law: Curve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One facet; `front` are the corners of its best points, by x."""

    title: str
    lines: tuple[Line, ...]
    front: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A level of y that nothing passes, and what it is."""

    label: str
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoofedPanel(Panel):
    """A panel under roofs: y is at most `slope` × x, and at most one of the peaks."""

    slope: float
    peaks: tuple[Peak, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`series` are the labels of every series, one for each factor that sets them apart; `categories` are x's, empty
    where x is numbers; `even` is the ratio's line of equality; `notes` stand under the figure."""

    name: str
    kind: Kind
    heading: str
    x: Axis
    y: Axis
    categories: tuple[str, ...]
    series: tuple[tuple[str, ...], ...]
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]
    even: bool = False
