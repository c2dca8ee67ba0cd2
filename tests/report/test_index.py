from dataclasses import replace

from markdown_it import MarkdownIt

from bench.report.index import Link, address, figure_title, index_readme
from tests.report.golden import same_as_golden
from tests.report.html.samples import hostile, ordinary


def test_the_index_of_the_results() -> None:
    assert same_as_golden(
        "index.md", index_readme([ordinary()], [Link(title="Verdicts on the claims", path="claims.md")])
    )


def test_a_suite_has_its_answer_in_short_and_links_to_the_whole_one() -> None:
    text = index_readme([ordinary()])
    assert "- **inference** against model=cnn: at size=28, lstm is 1.84× slower; " in text
    assert "[whole answer and tables](sample/epyc-2c/table.md)" in text
    assert "The law of latency" not in text


def test_a_run_that_attacks_stays_text() -> None:
    page = (
        MarkdownIt("commonmark").enable("table").render(index_readme([hostile()], [Link(title="[x](y)", path="a b")]))
    )
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript:' not in page
    assert page.count("<h2>") == 2


def test_a_figure_of_ratios_is_called_by_what_they_are() -> None:
    (figure, _) = ordinary().figures
    ratios = replace(figure, even=True, y=replace(figure.y, what="latency: × slower than model=cnn"))
    assert (figure_title(figure), figure_title(ratios)) == (
        "latency by size",
        "latency: × slower than model=cnn, by size",
    )


def test_an_address_is_relative_whatever_a_folder_is_called() -> None:
    assert address("cells/epyc-2c/table.md") == "cells/epyc-2c/table.md"
    assert address("javascript:a(b) é/ñ") == "javascript%3Aa%28b%29%20%C3%A9/%C3%B1"
