"""A figure → what it shows in words, for whoever cannot see it."""

from collections.abc import Iterator

from bench.report.figures.nouns import Axis, Figure, Point
from bench.report.inert import one_line
from bench.units import common_scale, significant

LISTED = 8
"""How many labels are named one by one."""


def alt_text(figure: Figure) -> str:
    """What is drawn against what, for which series and panels, and the least and the most of it."""
    parts = [f"{_shape(figure)}.", *_series(figure), *_panels(figure), *_extremes(figure)]
    return one_line(" ".join(parts))


def axis_label(axis: Axis) -> str:
    """`latency (ms)`; the bare name where the ticks say their units."""
    return one_line(f"{axis.what} ({axis.unit})" if axis.unit and not axis.wide else axis.what)


def amount_words(value: float, axis: Axis) -> str:
    """A value of an axis with its unit: `1.14 ms`."""
    divisor, unit = common_scale([value], axis.unit) if axis.wide else (axis.divisor, axis.unit)
    return f"{significant(float(value / divisor))} {unit}".rstrip()


def series_label(figure: Figure, number: int) -> str:
    """The labels of one series, joined as in tables: `lstm · forward`."""
    return one_line(" · ".join(figure.series[number]))


def shortened(text: str, most: float) -> str:
    """One line of at most so many characters: its beginning and its end, by which long names usually differ."""
    line = one_line(text)
    if len(line) <= most:
        return line
    tail = int(most) // 3
    return f"{line[: int(most) - tail - 1]}…{line[-tail:]}"


def present(figure: Figure) -> list[int]:
    """The numbers of the series that have a point."""
    return sorted({line.series for panel in figure.panels for line in panel.lines})


def _shape(figure: Figure) -> str:
    x, y = axis_label(figure.x), axis_label(figure.y)
    match figure.kind:
        case "lines":
            laws = any(line.law is not None for panel in figure.panels for line in panel.lines)
            return f"Lines of {y} against {x}{_scale(figure)}" + (", with the laws that fit" if laws else "")
        case "dots":
            return f"Dots of {y} for each {x}{_scale(figure)}"
        case "front":
            return f"Points of {y} against {x}{_scale(figure)}, with the front of the best in both"
        case "roofline":
            return f"Points of {y} against {x}{_scale(figure)}, under what the device can do"
        case "heat map":
            return f"Heat map of {y} by {x}"


def _scale(figure: Figure) -> str:
    if figure.x.log and figure.y.log:
        return " on logarithmic axes"
    return " on a logarithmic axis" if figure.y.log else ""


def _series(figure: Figure) -> Iterator[str]:
    names = [series_label(figure, number) for number in present(figure)]
    if len(names) > 1:
        yield f"Series: {_listed(names)}."


def _panels(figure: Figure) -> Iterator[str]:
    titles = [panel.title for panel in figure.panels]
    if len(titles) > 1:
        yield f"Panels: {_listed(titles)}."


def _extremes(figure: Figure) -> Iterator[str]:
    points = [
        (point.y.value, line.series, point, panel.title)
        for panel in figure.panels
        for line in panel.lines
        for point in line.points
    ]
    if not points:
        yield "No case has a value."
        return
    least, most = min(points, key=lambda found: found[0]), max(points, key=lambda found: found[0])
    for word, (value, series, point, title) in (("Least", least), ("most", most)):
        at = ", ".join(part for part in (series_label(figure, series), _at(figure, point), title) if part)
        yield f"{word} {amount_words(value, figure.y)}{f' ({at})' if at else ''}{',' if word == 'Least' else '.'}"


def _at(figure: Figure, point: Point) -> str:
    if figure.categories:
        return figure.categories[int(point.x.value)]
    value = amount_words(point.x.value, figure.x) if figure.x.unit else significant(point.x.value)
    return f"{figure.x.what} {value}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}"
