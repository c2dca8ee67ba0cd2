"""Tables → the answer that they give, worked out: a sentence for each column or row that is compared with a reference.

The sentence is about what is compared: of a table whose rows are implementations, one of which is the reference, it is
each other implementation that is faster or slower, and not the shape that heads a column.

A ratio below 1 is said the other way round, as a reader would: 0.25× slower is 4.00× faster. Of timed ratios only those
with an interval over the same rounds are said; and how much more or less work was compared stands in the same sentence,
unless what is compared is itself work, known without timing.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
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
    """A sentence about a subject, which it begins with; `remarks` are the places where it is not so simple."""

    subject: str
    text: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one table says: a sentence a subject."""

    heading: str
    sentences: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """A cell with its ratio to the reference, and the ratios of their work."""

    place: str
    ratio: Amount
    work: Ratios
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A column, or a row, through all facets; `lacking` are the places that cannot be compared."""

    name: str
    cells: tuple[_Compared, ...]
    lacking: tuple[str, ...]


def answers(tables: Iterable[Table]) -> tuple[Answer, ...]:
    """Of every table that has ratios: the range of each subject's, and the places where nothing is shown."""
    return tuple(
        Answer(heading=_heading(table), sentences=tuple(_said(subject, table) for subject in _subjects(table)))
        for table in tables
        if table.ratio_label
    )


def _heading(table: Table) -> str:
    return f"{table.heading}, against {reference_text(table.reference)}"


def _subjects(table: Table) -> Iterator[_Subject]:
    """Those that stand beside the reference anywhere; its own row or column has no ratio."""
    found: dict[str, list[_Compared]] = {}
    lacking: dict[str, list[str]] = {}
    alone = len(_compared_columns(table)) == 1
    for facet in table.facets:
        for row in facet.rows:
            for column, cell in zip(facet.columns, row.cells, strict=True):
                if cell.case is None or _is_reference(table, facet, row, column):
                    continue
                name, place = _named(table, facet, row, column, plain=alone and cell.ratio is not None)
                compared = _compared(cell, place, table)
                found.setdefault(name, []).extend(compared)
                lacking.setdefault(name, []).extend([] if compared else [place])
    for name, cells in found.items():
        yield _Subject(name=name, cells=tuple(cells), lacking=tuple(lacking[name]))


def _compared_columns(table: Table) -> set[str]:
    return {
        column
        for facet in table.facets
        for row in facet.rows
        for column, cell in zip(facet.columns, row.cells, strict=True)
        if cell.ratio is not None
    }


def _named(table: Table, facet: Facet, row: Row, column: str, *, plain: bool) -> tuple[str, str]:
    """What a cell is about, and where it stands: its column and its row. Where rows have a factor of the reference it
    is the other way round; the column then is of what the cell is about as far as it differs from the reference too,
    and otherwise a place, which a `plain` one does not name."""
    own = [factor for factor, _ in table.reference if factor in table.row_factors]
    if not own:
        return column, _place([named(table.row_factors, row.labels)], facet)
    levels = dict(zip(table.row_factors, row.labels, strict=True))
    subject, rest = (
        named(names, [levels[name] for name in names])
        for names in (own, [name for name in table.row_factors if name not in own])
    )
    elsewhere = [(factor, level) for factor, level in table.reference if factor not in own]
    if not elsewhere:
        return subject, _place([rest] if plain else [rest, column], facet)
    same = any(_has(column.split(" · "), factor, level) for factor, level in elsewhere)
    return subject if same else f"{subject} · {column}", _place([rest], facet)


def _has(parts: Collection[str], factor: str, level: str) -> bool:
    return level in parts or f"{factor} {level}" in parts


def _place(parts: Iterable[str], facet: Facet) -> str:
    return " of ".join(part for part in (" · ".join(filter(None, parts)), facet.title) if part)


def _compared(cell: Cell, place: str, table: Table) -> list[_Compared]:
    if cell.ratio is None:
        return []
    shown = table.exact or (cell.paired and cell.ratio.low is not None)
    return [_Compared(place=place, ratio=cell.ratio, work=cell.work, shown=shown)]


def named(factors: Sequence[str], labels: Sequence[str]) -> str:
    """`size 28 · training`: a word needs no factor."""
    texts = zip(factors, labels, strict=True)
    return " · ".join(text if _WORD.match(text) else f"{factor} {text}" for factor, text in texts)


def _is_reference(table: Table, facet: Facet, row: Row, column: str) -> bool:
    """Whether the cell is what others are compared with: its place names every level of the reference."""
    rows = {*zip(table.row_factors, row.labels, strict=True)}
    parts = {*column.split(" · "), *facet.title.split(" · ")}
    return all((factor, level) in rows or _has(parts, factor, level) for factor, level in table.reference)


def _said(subject: _Subject, table: Table) -> Said:
    """A ratio whose interval is missing, or of other rounds, is no extreme and counts for no side."""
    word, reference = table.ratio_label.split()[-1], reference_text(table.reference)
    if not subject.cells:
        return Said(subject=subject.name, text=f"is nowhere compared with {reference}", remarks=())
    cells = tuple(cell for cell in subject.cells if cell.shown)
    if not cells:
        text = f"is not told from {reference} by any paired interval"
        return Said(subject=subject.name, text=text, remarks=tuple(_not_compared(subject)))
    work = "" if table.exact else work_words(cell.work for cell in cells)
    text = f"is {_relation(cells, reference, word)}{', at ' if work else ''}{work}"
    return Said(subject=subject.name, text=text, remarks=(*_counts(cells, word), *_doubts(subject)))


def _relation(cells: Sequence[_Compared], reference: str, word: str) -> str:
    """Only what is told apart anywhere is called slower or faster."""
    if any(map(_is_decided, cells)):
        return f"{_range(cells, word)} than {reference}"
    if all(cell.ratio.low is None for cell in cells):
        return f"equal to {reference}"
    return f"not told apart from {reference}, {_range(cells, word)}"


def _range(cells: Sequence[_Compared], word: str) -> str:
    """`1.08× (size 28) to 12.8× (size 224) faster`, or from one side of 1 to the other."""
    ordered = sorted(cells, key=lambda cell: cell.ratio.value)
    least, most = ordered[0], ordered[-1]
    if _side(least, word) == _side(most, word):
        small, large = (least, most) if most.ratio.value > 1 else (most, least)
        if _times(small) == _times(large):
            return f"{_times(small)} {_side(small, word)}"
        return f"{_times(small)} ({small.place}) to {_times(large)} ({large.place}) {_side(large, word)}"
    ends = (f"{_times(cell)} {_side(cell, word)} ({cell.place})" for cell in (most, least))
    return f"from {' to '.join(ends)}"


def _side(cell: _Compared, word: str) -> str:
    return word if cell.ratio.value >= 1 else _OPPOSITES[word]


def _times(cell: _Compared) -> str:
    ratio = float(cell.ratio.value)
    return f"{significant(max(ratio, 1 / ratio))}×"


def _counts(cells: Sequence[_Compared], word: str) -> Iterator[str]:
    """In how many places it is which, where it is not the same in all."""
    over, under = (sum(shown(cell.ratio) for cell in cells) for shown in (_is_over, _is_under))
    if over and under:
        yield f"{word} in {over} and {_OPPOSITES[word]} in {under} of {len(cells)} cases"


def _is_decided(cell: _Compared) -> bool:
    return _is_over(cell.ratio) or _is_under(cell.ratio)


def _is_over(ratio: Amount) -> bool:
    return (ratio.value if ratio.low is None else ratio.low) > 1


def _is_under(ratio: Amount) -> bool:
    return (ratio.value if ratio.high is None else ratio.high) < 1


def _doubts(subject: _Subject) -> Iterator[str]:
    """Exact values have no interval and need none."""
    timed = [cell for cell in subject.cells if cell.shown and cell.ratio.low is not None]
    even = [cell.place for cell in timed if not _is_decided(cell)]
    bare = [cell.place for cell in subject.cells if not cell.shown]
    if 0 < len(even) < len(timed):
        yield f"not told apart from it, the interval containing 1: {_listed(even)}"
    if bare:
        yield f"without a paired interval: {_listed(bare)}"
    yield from _not_compared(subject)


def _not_compared(subject: _Subject) -> Iterator[str]:
    if subject.lacking:
        yield f"not compared: {_listed(subject.lacking)}"


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
    return f"{', '.join(places[:PLACES])}{more}"
