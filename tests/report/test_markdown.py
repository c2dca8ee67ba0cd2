from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bench.report.inert import one_line
from bench.report.markdown import inert, paragraph, table_text
from bench.report.nouns import Cell, Facet, Footnote, Row, Sentence, Table
from tests.report.golden import same_as_golden
from tests.report.samples import SPEC, hostile_table, table

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARMLESS = {"text", "strong_open", "strong_close"}

anything = st.text(max_size=30) | st.text("|`<>*_[]()\\~#-=:&;!$\n\r 1.a", max_size=30)


def rows(markdown: str) -> list[list[Token]]:
    """The cells of every row of every table, as GitHub reads them."""
    found: list[list[Token]] = []
    tokens = GITHUB.parse(markdown)
    for i, token in enumerate(tokens):
        if token.type == "tr_open":
            found.append([])
        elif token.type in ("th_open", "td_open"):
            found[-1].append(tokens[i + 1])
    return found


def inside(token: Token) -> Iterator[Token]:
    return (child for child in token.children or [] if child.type != "html_inline" or child.content != "<br>")


def shown(token: Token) -> str:
    return "".join(child.content for child in inside(token))


def facet_of(text: str) -> Table:
    cells = (Cell(case="x", status=text, footnote=1), Cell())
    facet = Facet(title=text, divisor=1.0, unit=text, columns=(text, "b"), rows=(Row(labels=(text,), cells=cells),) * 2)
    return Table(
        heading=text,
        row_factors=(text,),
        ratio_label="",
        facets=(facet,),
        caption=(Sentence(text=text), Sentence(text=text, strong=True)),
        footnotes=(Footnote(number=1, text=text),),
    )


@given(anything)
def test_no_cell_can_break_its_table(text: str) -> None:
    found = rows(table_text(facet_of(text)))
    assert [len(row) for row in found] == [3, 3, 3]
    assert {child.type for row in found for cell in row for child in inside(cell)} <= HARMLESS


@given(anything)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    paragraph_open, inline, paragraph_close = GITHUB.parse("x" + inert(text))
    assert (paragraph_open.type, paragraph_close.type) == ("paragraph_open", "paragraph_close")
    assert shown(inline) == "x" + one_line(text).strip()


STARTS = (
    "# f",
    "- f",
    "+ f",
    "* f",
    "12. f",
    "1) f",
    "---",
    "***",
    "===",
    "    f",
    "> f",
    "```",
    "~~~",
    "<div>",
    "[a]: b",
)


@pytest.mark.parametrize("text", STARTS)
def test_a_paragraph_never_becomes_another_block(text: str) -> None:
    assert [token.type for token in GITHUB.parse(paragraph(text))] == ["paragraph_open", "inline", "paragraph_close"]
    assert shown(GITHUB.parse(paragraph(text))[1]) == one_line(text).strip()


def test_hostile_names_are_inert() -> None:
    text = table_text(hostile_table())
    assert same_as_golden("hostile.md", text)
    assert "<script" not in text
    assert "\x1b" not in text


def test_a_table_reads_well_on_github_and_as_text() -> None:
    assert same_as_golden("table.md", table_text(table()))


def test_a_table_of_speed_ups_that_promises_equal_work_says_where_it_is_not() -> None:
    spec = replace(SPEC, shown_as="speed-up", equal="flops", facets=(), where={"mode": ("inference",)})
    assert same_as_golden("speed_up.md", table_text(table(spec)))


def test_exact_numbers_are_written_whole() -> None:
    assert same_as_golden("parameters.md", table_text(table(replace(SPEC, value="parameters"))))
