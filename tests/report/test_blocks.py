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
