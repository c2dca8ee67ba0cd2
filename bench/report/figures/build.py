"""A figure's specification, cases and estimates → a Figure: what each panel shows, and what it cannot show.

Why over a table: a figure with its series and x in rows of one column each places cases, relates them to their
references and says why a value is missing exactly as the tables of the same page do.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.records.levels import level_text
from bench.records.nouns import Case
from bench.records.suite import FigureSpec, Suite, TableSpec
from bench.report.figures.notes import Missing, notes
from bench.report.figures.nouns import Curve, Figure, Kind, Line, Panel, Point
from bench.report.figures.scales import best, x_axis, y_axis
from bench.report.layout import label
from bench.report.nouns import Amount, Cell, Facet, Laws, Table
from bench.report.table import Compare, build_table
from bench.report.work import Estimates

_UNSAFE = re.compile(r"[^A-Za-z0-9_+-]")


def build_figure(
    spec: FigureSpec, suite: Suite, cases: Sequence[Case], estimates: Estimates, *, number: int, compare: Compare,
    laws: Laws | None,
) -> Figure:  # fmt: skip
    """Every case of the figure at its place; `laws` are those of the figure's lines, where it asks for a law.

    `cases` are all of the run, since a reference may stand outside the figure; `number` counts figures from 1."""
    against_metric = not any(spec.x in case.levels for case in cases)
    rows = spec.series if against_metric else (*spec.series, spec.x)
    layout = TableSpec(
        rows=rows, columns=(), facets=spec.facets, value=spec.y, relative_to=spec.relative_to, shown_as=spec.shown_as,
        where=spec.where,
    )  # fmt: skip
    table = build_table(layout, suite, cases, estimates, compare=compare)
    place = _Places(
        spec=spec,
        against_metric=against_metric,
        cases={case.id: case for case in cases},
        estimates=estimates,
        table=table,
        laws=laws,
    )
    place.categories.extend(_categories(place))
    panels = tuple(_panel(facet, place) for facet in table.facets)
    return Figure(
        name=f"{number}-{_safe(spec.y)}-by-{_safe(spec.x)}",
        kind=_kind(place),
        heading=f"{spec.y} by {spec.x}",
        x=x_axis(spec, panels, against_metric=against_metric, categories=place.categories),
        y=y_axis(spec, panels, ratio_label=table.ratio_label),
        categories=tuple(place.categories),
        series=tuple(place.series),
        panels=panels,
        notes=notes(
            spec, panels, place.missing, laws=None if place.categories else laws, against_metric=against_metric
        ),
        even=spec.relative_to is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """What every point asks; series and what is missing grow in the order of reading."""

    spec: FigureSpec
    against_metric: bool
    cases: Mapping[str, Case]
    estimates: Estimates
    table: Table
    laws: Laws | None
    categories: list[str] = field(default_factory=list)
    series: list[tuple[str, ...]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def number_of(self, case: Case) -> int:
        labels = tuple(label((factor,), (case.levels[factor],)) for factor in self.spec.series)
        if labels not in self.series:
            self.series.append(labels)
        return self.series.index(labels)


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)[:64]


def _kind(place: _Places) -> Kind:
    if place.against_metric:
        return "front"
    if place.spec.kind == "heat-map":
        return "heat map"
    return "dots" if place.categories else "lines"


def _categories(place: _Places) -> Iterable[str]:
    """The levels of x where they are no numbers or stand across a heat map, save one that every case is relative to."""
    spec = place.spec
    ids = [row.cells[0].case for facet in place.table.facets for row in facet.rows]
    levels = [] if place.against_metric else [place.cases[case].levels[spec.x] for case in ids if case is not None]
    numbers = all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels)
    if numbers and spec.kind == "plot":
        return ()
    own = (spec.relative_to or {}).get(spec.x)
    alone = None if own is None or len(spec.relative_to or {}) > 1 else level_text(own)
    # Rows stand by series, then by x: a series may lack the levels that come first in the suite.
    known = {level_text(level) for level in levels}
    ordered = [text for text in _in_order(place, spec.x) if text in known]
    return [text for text in ordered if text != alone or spec.kind == "heat-map"]


def _in_order(place: _Places, factor: str) -> list[str]:
    """The levels of a factor as the cases bring them, which is the suite's order."""
    return list(dict.fromkeys(level_text(case.levels[factor]) for case in place.cases.values()))


def _panel(facet: Facet, place: _Places) -> Panel:
    """A reference has its number among the series, so that every figure gives a level the same colour, and a point
    only in a heat map: the line of equality shows it elsewhere."""
    lines: dict[int, list[Point]] = {}
    curves: dict[int, Curve | None] = {}
    for row in facet.rows:
        (cell,) = row.cells
        assert cell.case is not None
        case = place.cases[cell.case]
        number = place.number_of(case)
        if _is_reference(case, place.spec) and place.spec.kind == "plot":
            continue
        found = _point(case, cell, place)
        if isinstance(found, Point):
            lines.setdefault(number, []).append(found)
            curves.setdefault(number, _curve(case, place))
        else:
            place.missing.append(Missing(where=_where(case, facet, place.spec), why=found))
    shown = tuple(
        Line(
            series=number,
            points=tuple(sorted(points, key=lambda point: point.x.value)),
            law=curves[number] if len(points) > 1 else None,
        )
        for number, points in sorted(lines.items())
    )
    return Panel(title=facet.title, lines=shown, front=best(place.spec, shown) if place.against_metric else ())


def _point(case: Case, cell: Cell, place: _Places) -> Point | str:
    """Where the case stands, or why it does not."""
    x, y = _x(case, place), cell.value
    if y is None:
        return "no value" if cell.footnote is None else place.table.footnotes[cell.footnote - 1].text
    if place.spec.relative_to is not None:
        y = Amount(value=1.0) if _is_reference(case, place.spec) else cell.ratio
        if y is None:
            return "nothing to compare it with"
    if x is None:
        return f"no value of {place.spec.x}"
    return _off_the_axis(x, y, place.spec) or Point(x=x, y=y)


def _x(case: Case, place: _Places) -> Amount | None:
    if place.against_metric:
        found = place.estimates.get((case.id, place.spec.x))
        return (
            None if found is None or found.value is None else Amount(value=found.value, low=found.low, high=found.high)
        )
    level = case.levels[place.spec.x]
    if place.categories:
        return Amount(value=place.categories.index(level_text(level)))
    assert isinstance(level, int | float)
    return Amount(value=level)


def _is_reference(case: Case, spec: FigureSpec) -> bool:
    """A reference is 1 by definition."""
    wanted = spec.relative_to or {}
    return bool(wanted) and all(
        level_text(case.levels[factor]) == level_text(level) for factor, level in wanted.items()
    )


def _off_the_axis(x: Amount, y: Amount, spec: FigureSpec) -> str:
    """Zero has no place on a logarithmic axis."""
    if spec.scale != "linear" and y.value <= 0:
        return f"{y.value:g} has no place on a logarithmic axis"
    if spec.scale == "log-log" and spec.kind == "plot" and x.value <= 0:
        return f"{spec.x} {x.value:g} has no place on a logarithmic axis"
    return ""


def _where(case: Case, facet: Facet, spec: FigureSpec) -> str:
    """`cnn, size 224 of batch 64 · inference`."""
    own = [factor for factor in (*spec.series, spec.x) if factor in case.levels]
    place = ", ".join(label((factor,), (case.levels[factor],)) for factor in own)
    return f"{place} of {facet.title}" if facet.title else place


def _curve(case: Case, place: _Places) -> Curve | None:
    spec = place.spec
    if place.laws is None or spec.relative_to is not None or place.categories:
        return None
    labels = tuple(level_text(case.levels[factor]) for factor in (*spec.facets, *spec.series))
    line = next((line for line in place.laws.lines if line.labels == labels), None)
    if line is None or not line.fits:
        return None
    first, second = (amount.value for amount in line.coefficients.values())
    return Curve(form=place.laws.form, first=first, second=second)
