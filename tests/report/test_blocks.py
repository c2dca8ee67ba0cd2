"""Generated blocks: quoted tables stay what their files say."""

import pytest

from bench.errors import BenchError
from bench.report.blocks import rewritten

FILE = "# T\n\n| a |\n| --- |\n| 1 |\n\ntext\n\n| b |\n| --- |\n| 2 |\n"
TEXT = "before\n<!-- bench: results/t.md#2 -->\nold\n<!-- /bench -->\nafter\n"


def test_a_block_holds_the_table_that_it_names_and_the_rest_stays() -> None:
    found = rewritten(TEXT, {"results/t.md": FILE}.__getitem__, where="README.md")
    assert found == ("before\n<!-- bench: results/t.md#2 -->\n\n| b |\n| --- |\n| 2 |\n\n<!-- /bench -->\nafter\n")


def test_rewriting_twice_changes_nothing() -> None:
    once = rewritten(TEXT, {"results/t.md": FILE}.__getitem__, where="README.md")
    assert rewritten(once, {"results/t.md": FILE}.__getitem__, where="README.md") == once


def test_a_table_that_is_not_there_is_an_error_that_names_the_place() -> None:
    with pytest.raises(BenchError, match=r"README\.md: results/t\.md has 2 tables, not 3"):
        rewritten(TEXT.replace("#2", "#3"), {"results/t.md": FILE}.__getitem__, where="README.md")


def test_footnotes_of_the_table_come_along_and_others_do_not() -> None:
    file = "## A\n\n| a |\n| --- |\n| 1¹ |\n\n| b |\n| --- |\n| 2² |\n\n¹ one<br>\n² two\n\n## B\n\n² other\n"
    found = rewritten(TEXT, {"results/t.md": file}.__getitem__, where="README.md")
    assert "| 2² |\n\n² two\n" in found
    assert "one" not in found
    assert "other" not in found


PAGE = """# T

About it.

## The answer

- **lstm** is slower, see [there](claims.md) or [here](#x) or [far](https://example.org).

![alt](figures/1.svg)

## A b: c

A caption
of two lines.

**batch 1**

| mode | model | n |
| --- | --- | ---: |
| inference | lstm | 1¹ |
| inference | cnn | 2² |
| training | lstm | 3 |

¹ one<br>
² two

## A b: c

Another.
"""


def quoted(what: str, where: str = "README.md") -> str:
    text = f"<!-- bench: results/s/m/t.md#{what} -->\n<!-- /bench -->\n"
    found = rewritten(text, {"results/s/m/t.md": PAGE}.get, where=where)
    return found.split("-->\n\n", 1)[1].removesuffix("\n\n<!-- /bench -->\n")


def test_a_table_comes_with_its_caption_and_its_title() -> None:
    assert quoted("1").startswith("A caption\nof two lines.\n\n**batch 1**\n\n| mode | model | n |\n")
    assert quoted("1").endswith("| training | lstm | 3 |\n\n¹ one<br>\n² two")


def test_an_anchor_quotes_a_section_and_its_links_lead_where_they_led() -> None:
    assert quoted("the-answer") == (
        "- **lstm** is slower, see [there](results/s/m/claims.md) or [here](#x) or [far](https://example.org).\n\n"
        "![alt](results/s/m/figures/1.svg)"
    )
    assert "[there](s/m/claims.md)" in quoted("the-answer", where="results/README.md")


def test_sections_that_are_headed_alike_are_numbered() -> None:
    assert quoted("a-b-c").startswith("A caption")
    assert quoted("a-b-c-1") == "Another."


def test_rows_are_chosen_by_their_labels_which_are_left_out_with_their_footnotes() -> None:
    assert quoted("1 mode=inference model=cnn") == (
        "A caption\nof two lines.\n\n**batch 1**\n\nOf mode=inference, model=cnn:\n\n| n |\n| ---: |\n| 2² |\n\n² two"
    )
    assert quoted("a-b-c model=lstm").count("| inference |") == 1


@pytest.mark.parametrize(
    ("what", "complaint"),
    [
        ("no-such", "the sections the-answer, a-b-c, a-b-c-1, not no-such"),
        ("1 size=28", "the columns mode, model, n, not size"),
        ("1 mode=both", "no row of mode=both"),
    ],
)
def test_what_is_not_there_is_an_error_that_says_what_is(what: str, complaint: str) -> None:
    with pytest.raises(BenchError, match=f"results/s/m/t.md has {complaint}"):
        quoted(what)


def test_a_run_that_is_not_published_yet_is_called_so_until_it_is() -> None:
    text = "<!-- bench: results/s/m/t.md#1 -->\nold\n<!-- /bench -->\n"
    found = rewritten(text, lambda _: None, where="README.md")
    assert found == "<!-- bench: results/s/m/t.md#1 -->\n\nNot published yet: `results/s/m/t.md`.\n\n<!-- /bench -->\n"
    assert "A caption" in rewritten(found, {"results/s/m/t.md": PAGE}.get, where="README.md")
