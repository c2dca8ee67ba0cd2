"""A Table, comparisons, or the answer → what rich draws on a terminal of any width.

Everything is a Text: no name can be markup. The mark of the best and the signs are characters, so that nothing is lost
where there is neither colour nor bold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Drawing
from rich.text import Text

from bench.records.nouns import Comparison
from bench.report.amounts import NOTHING, column_heads, factor_words, has_best, mark, raised, ratio_words, value_words
from bench.report.answered import HEADING
from bench.report.answers import Answer, Said
from bench.report.gaps import LEAD, order_text
from bench.report.inert import wrapped
from bench.report.nouns import Amount, Cell, Facet, Table

BEST = "*"
SPACING = 3
"""The padding of a column and the gap to the next."""


def table_view(table: Table) -> RenderableType:
    """Heading, caption, sub-tables, orders and footnotes; a sub-table that is too wide goes on below itself."""
    parts: list[RenderableType] = [Text(wrapped(table.heading), style="bold"), *_caption(table)]
    for facet in table.facets:
        parts += [Text(), *([Text(wrapped(facet.title), style="bold")] if facet.title else [])]
        parts.append(_Sheet(labels=_labels(table, facet), columns=_columns(table, facet)))
    if table.orders:
        parts += [Text(), Text(LEAD, style="dim"), *(Text(wrapped(order_text(order))) for order in table.orders)]
    parts += [Text()] if table.footnotes else []
    parts += [Text(f"{raised(note.number)} {wrapped(note.text)}", style="dim") for note in table.footnotes]
    return Group(*parts)


def answer_view(answers: Sequence[Answer]) -> RenderableType:
    """What the tables and laws say, worked out: below each one's heading a line a sentence."""
    parts: list[RenderableType] = [Text(HEADING, style="bold")]
    for answer in answers:
        parts += [Text(), Text(wrapped(answer.heading), style="dim")]
        parts += [Padding(_said(sentence), (0, 0, 0, 2)) for sentence in answer.sentences]
    return Group(*parts)


def _said(sentence: Said) -> Text:
    text = "; ".join((sentence.text, *sentence.remarks))
    return Text(wrapped(sentence.subject), style="bold").append(f" {wrapped(text)}.", style="not bold")


def comparison_view(comparisons: Sequence[Comparison], *, headline: str) -> RenderableType:
    """The headline, then a table for each metric: the case, what it is compared with, the ratio, its interval."""
    parts: list[RenderableType] = [Text(wrapped(headline), style="bold")]
    for name, group in groupby(comparisons, key=lambda comparison: comparison.metric):
        parts += [Text(), _comparison_table(name, list(group))]
    parts += [Text(), Text("A ratio above 1 means worse; in brackets its 95 % interval.", style="dim")]
    return Group(*parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    head: Text
    cells: tuple[Text, ...]
    right: bool

    def width(self) -> int:
        """What it needs: names wrap at their words, numbers and their heads do not."""
        texts = (self.head, *self.cells)
        parts = (part for text in texts for part in (text.plain.splitlines() if self.right else text.plain.split()))
        return max(map(cell_len, parts), default=0) + SPACING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """Columns that are dealt out over as many tables as the width asks for, each with the labels of the rows."""

    labels: tuple[_Column, ...]
    columns: tuple[_Column, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        for i, columns in enumerate(self._dealt(options.max_width)):
            yield from [Text()] if i else []
            yield _drawing((*self.labels, *columns))

    def _dealt(self, width: int) -> Iterator[list[_Column]]:
        room = width - sum(column.width() for column in self.labels)
        dealt: list[_Column] = []
        for column in self.columns:
            if dealt and sum(other.width() for other in dealt) + column.width() > room:
                yield dealt
                dealt = []
            dealt.append(column)
        yield dealt


def _drawing(columns: Sequence[_Column]) -> Drawing:
    drawing = Drawing(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        drawing.add_column(
            column.head,
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=column.right,
        )
    for row in zip(*(column.cells for column in columns), strict=True):
        drawing.add_row(*row)
    return drawing


def _caption(table: Table) -> Iterator[Text]:
    for sentence in table.caption:
        yield Text(wrapped(sentence.text), style="bold" if sentence.strong else "dim")
    if has_best(table):
        yield Text(f"{BEST}: the best of its row, and what is not separated from it.", style="dim")


def _labels(table: Table, facet: Facet) -> tuple[_Column, ...]:
    return tuple(
        _Column(
            head=Text(wrapped(factor)), cells=tuple(Text(wrapped(row.labels[i])) for row in facet.rows), right=False
        )
        for i, factor in enumerate(table.row_factors)
    )


def _columns(table: Table, facet: Facet) -> tuple[_Column, ...]:
    return tuple(
        _Column(
            head=Text(wrapped(head)),
            cells=tuple(_cell(row.cells[i], facet.divisor, table.ratio_label) for row in facet.rows),
            right=True,
        )
        for i, head in enumerate(column_heads(facet))
    )


def _cell(cell: Cell, divisor: float, ratio_label: str) -> Text:
    if cell.case is None:
        return Text(NOTHING, style="dim")
    if cell.value is None:
        return Text(f"{wrapped(cell.status)}{mark(cell)}", style="yellow")
    value, interval = value_words(cell.value, divisor)
    text = Text(f"{value}{BEST if cell.best else ''}{mark(cell)}", style="bold" if cell.best else "")
    shown = Text().append_text(text)
    if interval:
        shown.append(f" {interval}", style="dim")
    if cell.ratio is not None:
        shown.append("\n" + " ".join(part for part in factor_words(cell.ratio, ratio_label) if part), style="dim")
    return shown


def _comparison_table(name: str, comparisons: Sequence[Comparison]) -> RenderableType:
    against = tuple(Text(_terms(_other_terms(comparison))) for comparison in comparisons)
    cases = tuple(Text(_terms(comparison.case.split(","))) for comparison in comparisons)
    rounds = tuple(Text(str(comparison.rounds or NOTHING)) for comparison in comparisons)
    columns = [
        _Column(head=Text(wrapped(name)), cells=tuple(map(_ratio, comparisons)), right=True),
        _Column(head=Text("rounds"), cells=rounds, right=True),
    ]
    if any(text.plain for text in against):
        columns.insert(1, _Column(head=Text("against"), cells=against, right=False))
    return _Sheet(labels=(_Column(head=Text("case"), cells=cases, right=False),), columns=tuple(columns))


def _other_terms(comparison: Comparison) -> list[str]:
    """The levels in which the reference differs from the case."""
    own = comparison.case.split(",")
    return [term for term in comparison.against.split(",") if term not in own]


def _terms(terms: Sequence[str]) -> str:
    """With spaces, so that a long id breaks between its levels."""
    return wrapped(", ".join(terms))


def _ratio(comparison: Comparison) -> Text:
    """Red where the whole interval is worse, green where it is better."""
    if comparison.ratio is None:
        return Text(NOTHING, style="dim")
    low, high = comparison.low, comparison.high
    value, interval = ratio_words(Amount(value=comparison.ratio, low=low, high=high))
    style = "red" if low is not None and low > 1 else "green" if high is not None and high < 1 else ""
    return Text().append_text(Text(value, style=style)).append(f" {interval}" if interval else "", style="dim")
