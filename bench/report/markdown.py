"""A Table → GitHub Markdown in which no text that came from outside can mean anything but itself.

Why entities and not backslashes: what a backslash does beside a pipe depends on whether a table's row or a cell's
inline text is being read, and readers disagree about it; an entity is never structure (CommonMark 0.31, 2.5).
"""

import re

from bench.report.amounts import NOTHING, column_heads, factor_words, has_best, mark, raised, value_words
from bench.report.gaps import LEAD, order_text
from bench.report.inert import one_line
from bench.report.nouns import Cell, Facet, Sentence, Table

_ENTITIES = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*[]|~$"}) | str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_BLOCK_START = re.compile(r"^[-+=#:]|^\d+(?=[.)])")
"""What makes a line a list, a heading, a rule or the second line of a table; quotes and fences are entities already."""


def inert(text: str) -> str:
    """The text as inline Markdown that shows it as it is."""
    escaped = one_line(text).translate(_ENTITIES).strip()
    return _EMPHASIS.sub("&#95;", escaped)


def paragraph(text: str) -> str:
    """Inline Markdown that may stand at the beginning of a line."""
    escaped = inert(text)
    start = _BLOCK_START.match(escaped)
    return f"&#{ord(escaped[0])};{escaped[1:]}" if start else escaped


def table_text(table: Table) -> str:
    """Caption, sub-tables, orders and footnotes, each a block of its own; ends with one newline."""
    blocks = [_caption(table), *(_facet(table, facet) for facet in table.facets)]
    if table.orders:
        blocks += [paragraph(LEAD), "\n".join(f"- {paragraph(order_text(order))}" for order in table.orders)]
    if table.footnotes:
        blocks.append("<br>\n".join(f"{raised(note.number)} {inert(note.text)}" for note in table.footnotes))
    return "\n\n".join(blocks) + "\n"


def _caption(table: Table) -> str:
    best = (Sentence(text="Bold: the best of its row, and what is not separated from it."),)
    sentences = (*table.caption, *(best if has_best(table) else ()))
    first, *others = sentences
    return " ".join([_sentence(paragraph(first.text), first), *(_sentence(inert(s.text), s) for s in others)])


def _sentence(text: str, sentence: Sentence) -> str:
    return f"**{text}**" if sentence.strong else text


def _facet(table: Table, facet: Facet) -> str:
    heads = [*map(inert, table.row_factors), *map(inert, column_heads(facet))]
    rule = ["---"] * len(table.row_factors) + ["---:"] * len(facet.columns)
    lines = [heads, rule]
    for row in facet.rows:
        lines.append([*map(inert, row.labels), *(_cell(cell, facet.divisor, table.ratio_label) for cell in row.cells)])
    title = f"**{inert(facet.title)}**\n\n" if facet.title else ""
    return title + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell, divisor: float, ratio_label: str) -> str:
    if cell.case is None:
        return NOTHING
    if cell.value is None:
        return f"{inert(cell.status)}{mark(cell)}"
    value, interval = value_words(cell.value, divisor)
    first = f"**{value}**" if cell.best else value
    lines = [" ".join(part for part in (first + mark(cell), interval) if part)]
    if cell.ratio is not None:
        lines.append(" ".join(part for part in factor_words(cell.ratio, ratio_label) if part))
    return "<br>".join(lines)
