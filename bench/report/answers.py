"""Tables → the answer that they give, worked out: a sentence for each column that is compared with a reference.

A ratio below 1 is said the other way round, as a reader would: 0.25× slower is 4.00× faster. Of timed ratios only those
with an interval over the same rounds are said; and how much more or less work was compared stands in the same sentence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.report.captions import reference_text
from bench.report.nouns import Amount, Cell, Facet, Row, Table
from bench.report.work import Ratios, work_words
from bench.units import significant

PLACES = 6
"""How many rows of one kind are named; the table has them all."""

_WORD = re.compile(r"(?!(?:true|false|none)$)[A-Za-z_]")
_OPPOSITES = {"slower": "faster", "faster": "slower", "more": "less", "less": "more"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence about a column, whose name it begins with; `remarks` are the rows where it is not so simple."""

    column: str
    text: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one table says: a sentence a column."""

    heading: str
    sentences: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """A row of a column with its ratio to the reference, and the ratios of their work."""

    place: str
    ratio: Amount
    work: Ratios
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column through all facets; `lacking` are the rows that cannot be compared."""

    name: str
    rows: tuple[_Compared, ...]
    lacking: tuple[str, ...]


def answers(tables: Iterable[Table]) -> tuple[Answer, ...]:
    """Of every table that has ratios: their range over the rows, and the rows where nothing is shown."""
    return tuple(
        Answer(heading=_heading(table), sentences=tuple(_said(column, table) for column in _columns(table)))
        for table in tables
        if table.ratio_label
    )


def _heading(table: Table) -> str:
    return f"{table.heading}, against {reference_text(table.reference)}"


def _columns(table: Table) -> Iterator[_Column]:
    """Columns that are compared anywhere; the reference's own has no ratio."""
    found: dict[str, list[_Compared]] = {}
    lacking: dict[str, list[str]] = {}
    for facet in table.facets:
        for row in facet.rows:
            for name, cell in zip(facet.columns, row.cells, strict=True):
                place = _place(table, facet, row)
                compared = _compared(cell, place, table)
                if compared:
                    found.setdefault(name, []).extend(compared)
                elif cell.case is not None and not _is_reference(table, facet, row, name):
                    lacking.setdefault(name, []).append(place)
    for name, rows in found.items():
        yield _Column(name=name, rows=tuple(rows), lacking=tuple(lacking.get(name, ())))


def _compared(cell: Cell, place: str, table: Table) -> list[_Compared]:
    if cell.ratio is None:
        return []
    shown = table.exact or (cell.paired and cell.ratio.low is not None)
    return [_Compared(place=place, ratio=cell.ratio, work=cell.work, shown=shown)]


def _place(table: Table, facet: Facet, row: Row) -> str:
    place = named(table.row_factors, row.labels)
    return f"{place} of {facet.title}" if facet.title else place


def named(factors: Sequence[str], labels: Sequence[str]) -> str:
    """`size 28 · training`: a word needs no factor."""
    texts = zip(factors, labels, strict=True)
    return " · ".join(text if _WORD.match(text) else f"{factor} {text}" for factor, text in texts)


def _is_reference(table: Table, facet: Facet, row: Row, column: str) -> bool:
    """Whether the cell is what others are compared with: its place names every level of the reference."""
    rows = {*zip(table.row_factors, row.labels, strict=True)}
    parts = {*column.split(" · "), *facet.title.split(" · ")}
    return all(
        (factor, level) in rows or level in parts or f"{factor} {level}" in parts for factor, level in table.reference
    )


def _said(column: _Column, table: Table) -> Said:
    """A ratio whose interval is missing, or of other rounds, is no extreme and counts for no side."""
    word, reference = table.ratio_label.split()[-1], reference_text(table.reference)
    rows = tuple(row for row in column.rows if row.shown)
    if not rows:
        return Said(column=column.name, text=f"is not told from {reference} by any paired interval", remarks=())
    work = work_words(row.work for row in rows)
    text = f"is {_range(rows, word)} than {reference}{', at ' if work else ''}{work}"
    return Said(column=column.name, text=text, remarks=(*_counts(rows, word), *_doubts(column)))


def _range(rows: Sequence[_Compared], word: str) -> str:
    """`1.08× (size 28) to 12.8× (size 224) faster`, or from one side of 1 to the other."""
    ordered = sorted(rows, key=lambda row: row.ratio.value)
    least, most = ordered[0], ordered[-1]
    if _side(least, word) == _side(most, word):
        small, large = (least, most) if most.ratio.value > 1 else (most, least)
        if _times(small) == _times(large):
            return f"{_times(small)} {_side(small, word)}"
        return f"{_times(small)} ({small.place}) to {_times(large)} ({large.place}) {_side(large, word)}"
    ends = (f"{_times(row)} {_side(row, word)} ({row.place})" for row in (most, least))
    return f"from {' to '.join(ends)}"


def _side(row: _Compared, word: str) -> str:
    return word if row.ratio.value >= 1 else _OPPOSITES[word]


def _times(row: _Compared) -> str:
    ratio = float(row.ratio.value)
    return f"{significant(max(ratio, 1 / ratio))}×"


def _counts(rows: Sequence[_Compared], word: str) -> Iterator[str]:
    """In how many rows it is which, where it is not the same in all."""
    over, under = (sum(shown(row.ratio) for row in rows) for shown in (_is_over, _is_under))
    if over and under:
        yield f"{word} in {over} and {_OPPOSITES[word]} in {under} of {len(rows)} rows"


def _is_over(ratio: Amount) -> bool:
    return (ratio.value if ratio.low is None else ratio.low) > 1


def _is_under(ratio: Amount) -> bool:
    return (ratio.value if ratio.high is None else ratio.high) < 1


def _doubts(column: _Column) -> Iterator[str]:
    """Exact values have no interval and need none."""
    timed = [row for row in column.rows if row.shown and row.ratio.low is not None]
    even = [row.place for row in timed if not (_is_over(row.ratio) or _is_under(row.ratio))]
    bare = [row.place for row in column.rows if not row.shown]
    if even:
        yield f"not told apart from it, the interval containing 1: {_listed(even)}"
    if bare:
        yield f"without a paired interval: {_listed(bare)}"
    if column.lacking:
        yield f"not compared: {_listed(column.lacking)}"


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
    return f"{', '.join(places[:PLACES])}{more}"
