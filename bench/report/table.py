"""A table's specification, cases and estimates → a Table: what each cell shows, in which unit, and what it leaves out.

Why one unit a table: numbers that are compared must be readable against each other. Where the values of a table span
more than `WIDEST_SPAN`, each facet has a unit of its own, because then no single one shows three digits well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.records.levels import level_text
from bench.records.metrics import Metric, metric
from bench.records.nouns import Case, Comparison, Estimate
from bench.records.suite import Suite, TableSpec
from bench.report.captions import caption, reference, reference_text
from bench.report.gaps import orders
from bench.report.layout import Grid, grids, heading, set_apart
from bench.report.nouns import Amount, Cell, Facet, Footnote, Row, Table
from bench.report.work import Estimates, work_ratios
from bench.units import common_scale

WIDEST_SPAN = 1e4

UNPROVEN = 1.15
"""A case without an interval was disturbed, and a trial counts as disturbed from this factor of the sentinel on: a
larger difference is not what a disturbance of that size makes."""

UNPAIRED = "the bracket of the ratio is unpaired: too few rounds have both cases"

Compare = Callable[[str, str, str], Comparison]

_SPEEDS = ("s", "items/s")


def build_table(
    spec: TableSpec, suite: Suite, cases: Sequence[Case], estimates: Estimates, *, compare: Compare
) -> Table:
    """Every case of the table in its cell; `compare(case, against, metric)` is asked for ratios and for what is best.

    `cases` are all of the run, since a reference may stand outside the table."""
    found = metric(spec.value)
    ask = _Ask(spec=spec, metric=found, estimates=estimates, compare=compare, references=_references(spec, cases))
    facets = tuple(_facet(grid, ask) for grid in grids(spec, suite, cases))
    label = _ratio_label(spec, found, facets)
    return Table(
        heading=heading(spec, suite),
        row_factors=spec.rows,
        ratio_label=label,
        facets=_scaled(facets, found.unit),
        caption=caption(spec, facets, estimates, ratio_label=label),
        footnotes=tuple(Footnote(number=number, text=text) for text, number in ask.footnotes.items()),
        reference=reference(spec),
        orders=orders(facets, lambda case, against: compare(case, against, spec.value)) if spec.gaps else (),
        exact=found.source == "exact",
        apart=set_apart(spec, suite),
        answers=spec.answers,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """What every cell asks; `footnotes` grows as cells find reasons, in the order of reading."""

    spec: TableSpec
    metric: Metric
    estimates: Estimates
    compare: Compare
    references: Mapping[str, str]
    footnotes: dict[str, int] = field(default_factory=dict)

    def footnote(self, text: str) -> int:
        return self.footnotes.setdefault(text, len(self.footnotes) + 1)


def _ratio_label(spec: TableSpec, found: Metric, facets: Sequence[Facet]) -> str:
    """What a ratio above 1 means; empty where no cell has a ratio."""
    if not any(cell.ratio for facet in facets for row in facet.rows for cell in row.cells):
        return ""
    worse, better = ("slower", "faster") if found.unit in _SPEEDS else ("more", "less")
    return f"× {worse if spec.shown_as == 'ratio' else better}"


def _facet(grid: Grid, ask: _Ask) -> Facet:
    rows = tuple(
        Row(labels=labels, cells=_with_best(tuple(_cell(case, ask) for case in cases), ask))
        for labels, cases in grid.rows
    )
    return Facet(title=grid.title, divisor=1.0, unit="", columns=grid.columns, rows=rows)


def _cell(case: Case | None, ask: _Ask) -> Cell:
    if case is None:
        return Cell()
    estimate = ask.estimates.get((case.id, ask.metric.name))
    if estimate is None:
        status, note = ("skipped", case.skip) if case.skip else ("no value", "not measured in this run")
        return Cell(case=case.id, status=status, lacking=status, footnote=ask.footnote(f"{status}: {note}"))
    if estimate.value is None:
        status, text = _absence(estimate)
        return Cell(case=case.id, status=status, lacking=text, footnote=ask.footnote(text))
    amount = Amount(value=estimate.value, low=estimate.low, high=estimate.high)
    cell = _against_reference(Cell(case=case.id, value=amount), case.id, ask)
    unpaired = cell.ratio is not None and cell.ratio.low is not None and not cell.paired
    remarks = "; ".join(filter(None, (estimate.note, UNPAIRED if unpaired else None)))
    return replace(cell, footnote=ask.footnote(remarks)) if remarks else cell


def _absence(estimate: Estimate) -> tuple[str, str]:
    """Why there is no value, in a word and in a few."""
    status = "no value" if estimate.status == "ok" else estimate.status
    return status, f"{status}: {estimate.note}" if estimate.note else status


def _against_reference(cell: Cell, case: str, ask: _Ask) -> Cell:
    """The cell with its ratio, and the work that is compared, where it has a reference."""
    against = ask.references.get(case)
    base = ask.estimates.get((against or "", ask.metric.name))
    if against is None or against == case or base is None:
        return cell
    if base.value is None:
        return replace(cell, lacking=f"{reference_text(reference(ask.spec))} {_absence(base)[1]}")
    found = ask.compare(case, against, ask.metric.name)
    if not found.ratio:
        return cell
    ratio = Amount(value=found.ratio, low=found.low, high=found.high)
    if ask.spec.shown_as != "ratio":
        ratio = Amount(value=1 / found.ratio, low=_inverse(found.high), high=_inverse(found.low))
    return replace(cell, ratio=ratio, work=work_ratios(case, against, ask.estimates), paired=found.paired)


def _inverse(bound: float | None) -> float | None:
    return 1 / bound if bound else None


def _references(spec: TableSpec, cases: Sequence[Case]) -> dict[str, str]:
    """Each case's reference: the case that differs from it in the factors of `relative_to` alone."""
    if not spec.relative_to:
        return {}
    wanted = {factor: level_text(level) for factor, level in spec.relative_to.items()}
    levels = {case.id: {name: level_text(level) for name, level in case.levels.items()} for case in cases}
    by_levels = {frozenset(own.items()): case for case, own in levels.items()}
    peers = {case: by_levels.get(frozenset({**own, **wanted}.items())) for case, own in levels.items()}
    return {case: peer for case, peer in peers.items() if peer is not None}


def _with_best(cells: tuple[Cell, ...], ask: _Ask) -> tuple[Cell, ...]:
    """The row with its best cell marked, and every cell that is not shown to be worse. One cell has nothing to beat."""
    values = {cell.case: cell.value.value for cell in cells if cell.case is not None and cell.value is not None}
    if len(values) < 2:
        return cells
    choose = min if ask.metric.better == "less" else max
    best = choose(values, key=lambda case: values[case])
    marked = {case for case in values if case == best or not _worse(case, best, values, ask)}
    return tuple(replace(cell, best=True) if cell.case in marked else cell for cell in cells)


def _worse(case: str, best: str, values: Mapping[str, float], ask: _Ask) -> bool:
    """Exact values differ or do not; others are worse where the comparison's whole interval says so, or, if it has
    none, where the difference is more than `UNPROVEN`."""
    if ask.metric.source == "exact":
        return values[case] != values[best]
    found = ask.compare(case, best, ask.metric.name)
    if found.low is None:
        return found.ratio is not None and found.ratio > UNPROVEN
    return found.low > 1


def _scaled(facets: tuple[Facet, ...], unit: str) -> tuple[Facet, ...]:
    values = [_values(facet) for facet in facets]
    every = [value for own in values for value in own]
    if every and max(every) > WIDEST_SPAN * min(every):
        scales = [common_scale(own, unit) for own in values]
    else:
        scales = [common_scale(every, unit)] * len(facets)
    return tuple(
        replace(facet, divisor=divisor, unit=label) for facet, (divisor, label) in zip(facets, scales, strict=True)
    )


def _values(facet: Facet) -> list[float]:
    """The sizes that a unit has to fit; zero fits every one."""
    return [abs(cell.value.value) for row in facet.rows for cell in row.cells if cell.value and cell.value.value]
