"""A figure's specification and what its panels show → its axes, in units that suit the values, and its fronts."""

from collections.abc import Sequence

from bench.records.levels import level_text
from bench.records.metrics import metric
from bench.records.suite import FigureSpec
from bench.report.figures.front import front
from bench.report.figures.nouns import Axis, Line, Panel
from bench.report.table import WIDEST_SPAN
from bench.units import common_scale


def x_axis(spec: FigureSpec, panels: Sequence[Panel], *, against_metric: bool, categories: Sequence[str]) -> Axis:
    """Of a factor or of a metric."""
    log = spec.scale == "log-log" and not categories
    if not against_metric:
        return Axis(what=spec.x, log=log)
    return _scaled(spec.x, [point.x.value for panel in panels for line in panel.lines for point in line.points], log)


def y_axis(spec: FigureSpec, panels: Sequence[Panel], *, ratio_label: str) -> Axis:
    """Of a metric, or of its ratios, which `ratio_label` explains: `× slower`."""
    log = spec.scale != "linear"
    if spec.relative_to is not None:
        return Axis(what=f"{spec.y}: {ratio_label or '×'} than {reference(spec)}", log=log)
    return _scaled(spec.y, [point.y.value for panel in panels for line in panel.lines for point in line.points], log)


def reference(spec: FigureSpec) -> str:
    """`model=cnn`."""
    return ", ".join(f"{factor}={level_text(level)}" for factor, level in (spec.relative_to or {}).items())


def best(spec: FigureSpec, lines: Sequence[Line]) -> tuple[tuple[float, float], ...]:
    """The front of a panel whose x is a metric. A ratio is always one of how much worse, unless it is a speed-up."""
    points = [(point.x.value, point.y.value) for line in lines for point in line.points]
    better = metric(spec.y).better
    if spec.relative_to is not None:
        better = "less" if spec.shown_as == "ratio" else "more"
    return front(points, better_x=metric(spec.x).better, better_y=better)


def _scaled(name: str, values: Sequence[float], log: bool) -> Axis:
    unit = metric(name).unit
    if unit == "1":  # plain numbers keep their size: their ticks say thousands and millions themselves
        return Axis(what=name, log=log)
    if log and unit == "s" and values and max(values) > WIDEST_SPAN * min(values):
        return Axis(what=name, unit=unit, log=log, wide=True)
    divisor, shown = common_scale(values, unit)
    return Axis(what=name, unit=shown, divisor=divisor, log=log)
