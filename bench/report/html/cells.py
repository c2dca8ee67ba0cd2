"""A cell of a table, its unit, what a ratio means and where its notes are → the cell in HTML, every text escaped.

Why not a macro of the template: that costs several times as much, and tables have thousands of cells. For the same
reason numbers are not escaped: `bench.report.amounts` makes them of digits and its own words.
"""

from markupsafe import Markup, escape

from bench.report.amounts import NOTHING, factor_words, value_words
from bench.report.inert import one_line
from bench.report.nouns import Amount, Cell
from bench.units import compact


def cell_html(cell: Cell, divisor: float, *, ratio_label: str, prefix: str) -> Markup:
    """The `<td>`; `prefix` begins the ids of the table's notes."""
    if cell.case is None or cell.value is None:
        text = NOTHING if cell.case is None else f"{_inert(cell.status)}{_note(cell, prefix)}"
        return Markup(f'<td class="none">{text}</td>')
    value, interval = value_words(cell.value, divisor)
    shown = f"<strong>{value}</strong>" if cell.best else value
    ratio = "" if cell.ratio is None else _ratio(cell.ratio, ratio_label)
    held = f"{shown}{_note(cell, prefix)}{_small(interval)}{ratio}"
    return Markup(f'<td data-value="{compact(cell.value.value)}">{held}</td>')


def _note(cell: Cell, prefix: str) -> str:
    if cell.footnote is None:
        return ""
    number = cell.footnote
    return f'<sup><a href="#{_inert(prefix)}-note-{number}" aria-label="note {number}">{number}</a></sup>'


def _ratio(ratio: Amount, label: str) -> str:
    value, interval = factor_words(ratio, label)
    return f'<span class="ratio">{value}{_small(interval)}</span>'


def _small(interval: str) -> str:
    return f" <small>{interval}</small>" if interval else ""


def _inert(text: str) -> str:
    return str(escape(one_line(text)))
