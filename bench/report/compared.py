"""A Table with ratios → its subjects, and of each the cells that are compared with the reference.

What a sentence is about is what is compared: of a table whose rows are implementations, one of which is the reference,
it is each other implementation that is faster or slower, and not the shape that heads a column.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.report.nouns import Amount, Cell, Facet, Row, Table
from bench.report.work import Ratios

Outcome = Literal["over", "under", "even", "unproven", "lacking"]
Levels = tuple[tuple[str, str], ...]
"""Factors with the texts of their levels."""

DECIDED: tuple[Outcome, ...] = ("over", "under")
SHOWN: tuple[Outcome, ...] = (*DECIDED, "even")
_WORD = re.compile(r"(?!(?:true|false|none)$)[A-Za-z_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A cell: where it stands (its row, or what of it the subject does not say; a column that is a place; its
    sub-table), its ratio to the reference, and the ratios of their work.

    `over` and `under` 1 is what the whole interval is; an exact value needs none. `even`: the interval contains 1, or
    the exact values are equal. `unproven`: no interval over the same rounds. `lacking`: there is no ratio, and `reason`
    says why."""

    row: Levels
    column: str
    facet: str
    outcome: Outcome
    ratio: Amount | None
    work: Ratios
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A column, or a row, through all sub-tables."""

    name: str
    cells: tuple[Compared, ...]


def subjects(table: Table) -> tuple[Subject, ...]:
    """Those that stand beside the reference anywhere, in the table's order; its own row or column has no ratio."""
    found: dict[str, list[Compared]] = {}
    alone = len(_compared_columns(table)) == 1
    for facet, row, column, cell in _cells(table):
        if cell.case is None or (cell.ratio is None and _is_reference(table, facet, row, column)):
            continue
        name, levels, elsewhere = _named(table, row, column, plain=alone and cell.ratio is not None)
        compared = Compared(
            row=levels,
            column=elsewhere,
            facet=facet.title,
            outcome=_outcome(cell, exact=table.exact),
            ratio=cell.ratio,
            work=cell.work,
            reason=cell.lacking,
        )
        found.setdefault(name, []).append(compared)
    return tuple(Subject(name=name, cells=tuple(cells)) for name, cells in found.items())


def place(cell: Compared) -> str:
    """`size 28 of batch 1 · inference`."""
    inside = " · ".join(part for part in (named(cell.row), cell.column) if part)
    return " of ".join(part for part in (inside, cell.facet) if part)


def named(levels: Levels) -> str:
    """`size 28 · training`: a word needs no factor."""
    return " · ".join(text if _WORD.match(text) else f"{factor} {text}" for factor, text in levels)


def _cells(table: Table) -> Iterator[tuple[Facet, Row, str, Cell]]:
    for facet in table.facets:
        for row in facet.rows:
            for column, cell in zip(facet.columns, row.cells, strict=True):
                yield facet, row, column, cell


def _compared_columns(table: Table) -> set[str]:
    return {column for _, _, column, cell in _cells(table) if cell.ratio is not None}


def _named(table: Table, row: Row, column: str, *, plain: bool) -> tuple[str, Levels, str]:
    """What a cell is about, and where it stands: its column and its row. Where rows have a factor of the reference it
    is the other way round; the column then is of what the cell is about as far as it differs from the reference too,
    and otherwise a place, which a `plain` one does not name."""
    levels = tuple(zip(table.row_factors, row.labels, strict=True))
    own = [factor for factor, _ in table.reference if factor in table.row_factors]
    if not own:
        return column, levels, ""
    subject = named(tuple(level for level in levels if level[0] in own))
    rest = tuple(level for level in levels if level[0] not in own)
    elsewhere = [(factor, level) for factor, level in table.reference if factor not in own]
    if not elsewhere:
        return subject, rest, "" if plain else column
    same = any(_has(column.split(" · "), factor, level) for factor, level in elsewhere)
    return subject if same else f"{subject} · {column}", rest, ""


def _has(parts: Collection[str], factor: str, level: str) -> bool:
    return level in parts or f"{factor} {level}" in parts


def _is_reference(table: Table, facet: Facet, row: Row, column: str) -> bool:
    """Whether the cell is what others are compared with: its place names every level of the reference."""
    rows = {*zip(table.row_factors, row.labels, strict=True)}
    parts: Sequence[str] = (*column.split(" · "), *facet.title.split(" · "))
    return all((factor, level) in rows or _has(parts, factor, level) for factor, level in table.reference)


def _outcome(cell: Cell, *, exact: bool) -> Outcome:
    if cell.ratio is None:
        return "lacking"
    low, high = (cell.ratio.value, cell.ratio.value) if exact else (cell.ratio.low, cell.ratio.high)
    if low is None or high is None or not cell.paired:
        return "unproven"
    return "over" if low > 1 else "under" if high < 1 else "even"
