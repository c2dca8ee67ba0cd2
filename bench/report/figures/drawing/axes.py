"""A figure's axes → scales before anything is drawn on them; ticks, labels and the line of equality afterwards."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis as Drawn
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from bench.report.figures.drawing.sizes import Sizes
from bench.report.figures.drawing.style import CHARACTER, QUIET
from bench.report.figures.drawing.ticks import linear_ticks, log_ticks, spread_out, tick_text
from bench.report.figures.nouns import Axis, Figure
from bench.report.figures.words import axis_label, series_label, shortened

LONGEST = 30
"""Characters of a category."""
_MARGIN = 0.06


def dress(axes: Axes, figure: Figure) -> None:
    """Scales, and what stands behind the marks."""
    across, up = (figure.y, figure.x) if figure.kind == "dots" else (figure.x, figure.y)
    if figure.kind == "heat map":
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        return
    axes.set_xscale("log" if across.log else "linear")
    axes.set_yscale("log" if up.log else "linear")
    axes.margins(_MARGIN)
    levels = _levels(figure)
    if figure.kind == "lines" and len(levels) == 1:  # of which matplotlib makes no range without a warning
        axes.set_xlim((levels[0] / 2, levels[0] * 2) if across.log else (levels[0] - 1, levels[0] + 1))
    if figure.even:
        draw = axes.axvline if figure.kind == "dots" else axes.axhline
        draw(1.0, color=QUIET, linestyle=(0, (1, 1.5)), linewidth=0.9, zorder=1)
    if figure.kind == "dots":
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)


def label_outside(places: Sequence[Axes], figure: Figure, size: Sizes) -> None:
    """Ticks on all panels, their labels and the axes' names on the outer ones."""
    used = places[: len(figure.panels)]
    for number, axes in enumerate(used):
        _ticks(axes, figure, size)
        lowest = number + size.columns >= len(used)
        leftmost = number % size.columns == 0
        apart = figure.kind in ("lines", "front") and not figure.y.log
        axes.tick_params(labelbottom=lowest, labelleft=leftmost or apart)
        x, y = _names(figure)
        axes.set_xlabel(_fitted(x, 0.8 * size.panel * 72 / CHARACTER) if lowest else "")
        axes.set_ylabel(_fitted(y, size.side * 72 / CHARACTER) if leftmost else "")


def _levels(figure: Figure) -> list[float]:
    """Where points stand along x, each once."""
    return sorted({point.x.value for panel in figure.panels for line in panel.lines for point in line.points})


def _fitted(name: str, most: float) -> str:
    """In two lines where one is longer than the axis."""
    head, colon, tail = name.partition(": ")
    if len(name) <= most or not colon:
        return shortened(name, most)
    return f"{shortened(head, most)}:\n{shortened(tail, most)}"


def _names(figure: Figure) -> tuple[str, str]:
    match figure.kind:
        case "dots":
            return axis_label(figure.y), ""
        case "heat map":
            return f"{axis_label(figure.x)}; in the cells: {axis_label(figure.y)}", ""
        case _:
            return axis_label(figure.x), axis_label(figure.y)


def _ticks(axes: Axes, figure: Figure, size: Sizes) -> None:
    if figure.kind in ("dots", "heat map"):
        _categories(axes.yaxis if figure.kind == "dots" else axes.xaxis, figure.categories)
    match figure.kind:
        case "dots":
            axes.set_ylim(len(figure.categories) - 0.5, -0.5)
            _numbers(axes.xaxis, figure.y, axes.get_xlim())
        case "heat map":
            axes.set_xlim(-0.5, len(figure.categories) - 0.5)
            axes.set_ylim(len(figure.series) - 0.5, -0.5)
            _categories(axes.yaxis, [series_label(figure, number) for number in range(len(figure.series))])
        case "lines":
            width = size.panel * 72 * 0.8
            _fixed(axes.xaxis, spread_out(_levels(figure), log=figure.x.log, width=width, letters=CHARACTER))
            _numbers(axes.yaxis, figure.y, axes.get_ylim())
        case "front" | "roofline":
            _numbers(axes.xaxis, figure.x, axes.get_xlim())
            _numbers(axes.yaxis, figure.y, axes.get_ylim())


def _categories(drawn: Drawn, names: Sequence[str]) -> None:
    drawn.set_major_locator(FixedLocator(list(range(len(names)))))
    drawn.set_major_formatter(FuncFormatter(lambda place, _: shortened(names[round(place)], LONGEST)))


def _numbers(drawn: Drawn, axis: Axis, limits: tuple[float, float]) -> None:
    """A linear axis begins at 0, so that lengths on it can be compared."""
    low, high = limits
    if not axis.log and low > -2 * _MARGIN * high:
        low = 0.0
        drawn.set_view_interval(low, high, ignore=True)
    _fixed(drawn, log_ticks(low, high) if axis.log else linear_ticks(low, high), axis)


def _fixed(drawn: Drawn, places: Sequence[float], axis: Axis | None = None) -> None:
    drawn.set_major_locator(FixedLocator(list(places)))
    drawn.set_major_formatter(FuncFormatter(lambda value, _: tick_text(value, axis)))
    drawn.set_minor_locator(NullLocator())
