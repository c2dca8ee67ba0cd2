"""A table's specification and cells → the sentences of its caption, among them how unequal the compared work is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.records.levels import level_text
from bench.records.metrics import metric
from bench.records.suite import TableSpec
from bench.report.amounts import OPPOSITES
from bench.report.nouns import Amount, Cell, Facet, Sentence
from bench.report.work import TOLERANCE, WORK, Estimates, declared, listed, spread, times, work_words
from bench.units import significant

INPUT = ("items", "values")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """The cases of one row that have a value to compare, by the label of their column."""

    place: str
    cases: Mapping[str, str]


def caption(
    spec: TableSpec, facets: Sequence[Facet], estimates: Estimates, *, ratio_label: str
) -> tuple[Sentence, ...]:
    """What the numbers are, what they are relative to, what the brackets hold, and whether equal work is compared."""
    cells = [cell for facet in facets for row in facet.rows for cell in row.cells]
    if not cells:
        return (Sentence(text="No case of this run belongs in this table."),)
    rows = list(_compared(spec, facets))
    return (
        Sentence(text=_title(spec.value)),
        *_only(spec),
        *_relative(spec, ratio_label),
        *_interval(spec, cells),
        *_differences(spec, rows, estimates),
        *_against(spec, cells),
        *_equality(spec, rows, estimates),
    )


def reference(spec: TableSpec) -> tuple[tuple[str, str], ...]:
    """The factors of `relative_to` with their levels, none where nothing is relative."""
    return tuple((factor, level_text(level)) for factor, level in (spec.relative_to or {}).items())


def reference_text(levels: Iterable[tuple[str, str]]) -> str:
    """`model=cnn`."""
    return ", ".join(f"{factor}={level}" for factor, level in levels)


def _title(name: str) -> str:
    title = metric(name).title
    return f"{name}." if title == name else f"{name}: {title}."


def _only(spec: TableSpec) -> Iterable[Sentence]:
    """The levels that all cells share because the table asks for them, and which stand at none of them."""
    placed = {*spec.rows, *spec.columns, *spec.facets}
    asked = [
        f"{factor}={listed([level_text(level) for level in levels])}"
        for factor, levels in spec.where.items()
        if factor not in placed
    ]
    if asked:
        yield Sentence(text=f"Only {listed(asked)}.")


def _relative(spec: TableSpec, ratio_label: str) -> Iterable[Sentence]:
    if ratio_label:
        word = ratio_label.split()[-1]
        than = f"than the same case with {reference_text(reference(spec))}"
        yield Sentence(text=f"Beside each, how many times {word} or {OPPOSITES[word]} it is {than}.")


def _interval(spec: TableSpec, cells: Sequence[Cell]) -> Iterable[Sentence]:
    """Exact values have no interval and need no sentence; others have one or say that they have none."""
    amounts = [amount for cell in cells for amount in (cell.value, cell.ratio) if amount is not None]
    bare = [cell for cell in cells if cell.value is not None and cell.value.low is None]
    source = metric(spec.value).source
    if any(_has_interval(amount) for amount in amounts):
        yield Sentence(text="In brackets: the 95 % interval over the trials.")
    if source == "trials" and bare:
        yield Sentence(text="Without brackets: too few undisturbed trials for an interval.")
    if source == "survey" and amounts:
        yield Sentence(text="Timed once a case, so without an interval.")


def _has_interval(amount: Amount) -> bool:
    return amount.low is not None and amount.high is not None


def _compared(spec: TableSpec, facets: Sequence[Facet]) -> Iterable[_Compared]:
    for facet in facets:
        for row in facet.rows:
            place = ", ".join(f"{factor} {text}" for factor, text in zip(spec.rows, row.labels, strict=True))
            cases = {
                column: cell.case
                for column, cell in zip(facet.columns, row.cells, strict=True)
                if cell.case is not None and cell.value is not None
            }
            yield _Compared(place=f"{place} of {facet.title}" if facet.title else place, cases=cases)


def _differences(spec: TableSpec, rows: Sequence[_Compared], estimates: Estimates) -> Iterable[Sentence]:
    """By which factor the work of compared cases differs, for what is neither shown nor checked anyway. Inputs are
    mentioned where they differ: in most suites all cases read the same."""
    parts = []
    for name in WORK:
        spreads = [spread(known.values()) for row in rows if len(known := _known(row, name, estimates)) > 1]
        told = "input" if name == "inputs" else name
        if spreads and told not in (spec.value, spec.equal) and (name != "inputs" or max(spreads) > TOLERANCE):
            parts.append(f"{name} {_range(min(spreads), max(spreads))}")
    if parts:
        yield Sentence(text=f"Across the columns of a row, {listed(parts)}.")


def _against(spec: TableSpec, cells: Sequence[Cell]) -> Iterable[Sentence]:
    """The work by the reference's, where that stands in another row or outside the table."""
    if spec.relative_to and not spec.relative_to.keys() <= set(spec.columns):
        words = work_words(cell.work for cell in cells if cell.ratio is not None)
        if words:
            yield Sentence(text=f"Against {reference_text(reference(spec))}: {words}.")


def _range(least: float, most: float) -> str:
    low, high = times(least), times(most)
    if most < 1.005:
        return "are equal"
    if low == high:
        return f"differ by {high}"
    return f"differ by up to {high}" if least < TOLERANCE else f"differ by {low} to {high}"


def _equality(spec: TableSpec, rows: Sequence[_Compared], estimates: Estimates) -> Iterable[Sentence]:
    if spec.equal is None:
        return
    names = INPUT if spec.equal == "input" else (spec.equal,)
    compared = [row for row in rows if len(row.cases) > 1]
    wrong = [sentence for name in names for sentence in _check(name, compared, estimates)]
    if wrong or not compared:
        yield from wrong
    else:
        yield Sentence(text=f"Across the columns of a row, {' and '.join(names)} are equal within 5 %.")


def _check(name: str, rows: Sequence[_Compared], estimates: Estimates) -> Iterable[Sentence]:
    """What breaks the promise of equal work, or keeps it from being checked: never silence."""
    unknown = [column for row in rows for column in row.cases if column not in _known(row, name, estimates)]
    if unknown:
        columns = ", ".join(dict.fromkeys(unknown))
        yield Sentence(text=f"Whether {name} are equal is not known: no value for {columns}.", strong=True)
    unequal = [(spread(known.values()), row, known) for row in rows if (known := _known(row, name, estimates))]
    worst = max(unequal, key=lambda found: found[0], default=None)
    if worst is not None and worst[0] > TOLERANCE:
        widest, row, known = worst
        ordered = sorted(known, key=lambda column: known[column])
        most, least = ordered[-1], ordered[0]
        text = f"Unequal work: {name} differ by {times(widest)} in the row {row.place}"
        sizes = f"{most} {significant(known[most])}, {least} {significant(known[least])}"
        yield Sentence(text=f"{text} ({sizes}).", strong=True)


def _known(row: _Compared, name: str, estimates: Estimates) -> dict[str, int | float]:
    found = {column: declared(case, name, estimates) for column, case in row.cases.items()}
    return {column: value for column, value in found.items() if value is not None}
