"""Points and their names on an axes → texts beside the points that do not cover each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from bench.report.figures.drawing.style import INK, LETTER

SIZE = LETTER - 1
_WIDTH, _HEIGHT = 0.58 * SIZE, 1.15 * SIZE
"""What a letter takes, in points."""
_AWAY = 4.0
"""Points between a mark and its name."""
_MARK = 2.5

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A point in the units of its axes, and what it is called."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """Where a name stands: its offset from the point, and which of its ends is there."""

    dx: float
    dy: float
    align: str


_SIDES = tuple(
    _Side(dx=dx * away, dy=dy * away, align=align)
    for away in (1.0, 2.0, 3.5, 5.0)
    for dx, dy, align in (
        (_AWAY, 0.0, "left"), (-_AWAY, 0.0, "right"), (0.0, 6.5, "center"), (0.0, -6.5, "center"),
        (_AWAY, 5.0, "left"), (_AWAY, -5.0, "left"), (-_AWAY, 5.0, "right"), (-_AWAY, -5.0, "right"),
    )
)  # fmt: skip


def spread_names(axes: Axes, names: Sequence[Name]) -> None:
    """Writes each name where it covers least, nearest first; the axes' limits and place are final."""
    scale = 72 / axes.figure.dpi
    places = [tuple(axes.transData.transform((name.x, name.y)) * scale) for name in names]
    taken: list[_Box] = [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in places]
    corners = axes.get_window_extent().get_points() * scale
    room: _Box = (corners[0][0], corners[0][1], corners[1][0], corners[1][1])
    for name, (x, y) in zip(names, places, strict=True):
        boxes = [(_box(x, y, name.text, side), side) for side in _SIDES]
        box, side = min(
            boxes, key=lambda found: sum(_shared(found[0], other) for other in taken) + _outside(found[0], room)
        )
        taken.append(box)
        far = abs(side.dx) > 1.5 * _AWAY or abs(side.dy) > 10
        axes.annotate(
            name.text, (name.x, name.y), (side.dx, side.dy), textcoords="offset points", ha=side.align, va="center",
            size=SIZE, color=INK, zorder=5, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.3, "shrinkA": 0, "shrinkB": 2} if far else None,
        )  # fmt: skip


def _box(x: float, y: float, text: str, side: _Side) -> _Box:
    width = len(text) * _WIDTH
    left = x + side.dx - {"left": 0.0, "center": 0.5, "right": 1.0}[side.align] * width
    return left, y + side.dy - _HEIGHT / 2, left + width, y + side.dy + _HEIGHT / 2


def _shared(one: _Box, other: _Box) -> float:
    """The area that both cover."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def _outside(box: _Box, room: _Box) -> float:
    """The area of the name that lies outside the axes."""
    return (box[2] - box[0]) * (box[3] - box[1]) - _shared(box, room)
