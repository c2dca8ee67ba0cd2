"""What a cell of a page's table says."""

from bench.report.html.cells import cell_html
from bench.report.nouns import Amount, Cell
from tests.report.html.samples import PAYLOAD

VALUE = Amount(value=0.000349, low=0.000346, high=0.000352)


def shown(cell: Cell) -> str:
    return str(cell_html(cell, 1e-6, ratio_label="× slower", prefix="table-1"))


def test_a_cell_has_its_value_to_sort_by_and_its_interval() -> None:
    assert shown(Cell(case="a", value=VALUE)) == '<td data-value="0.000349">349 <small>[346–352]</small></td>'
    assert shown(Cell(case="a", value=Amount(value=2e-6))) == '<td data-value="2e-06">2.00</td>'


def test_the_best_is_strong_and_a_ratio_stands_in_a_line_of_its_own() -> None:
    cell = Cell(case="a", value=VALUE, best=True, ratio=Amount(value=0.5, low=0.4, high=0.8))
    assert shown(cell) == (
        '<td data-value="0.000349"><strong>349</strong> <small>[346–352]</small>'
        '<span class="ratio">2.00× faster <small>[1.25–2.50]</small></span></td>'
    )


def test_a_note_is_a_link_behind_the_value() -> None:
    link = '<sup><a href="#table-1-note-3" aria-label="note 3">3</a></sup>'
    assert shown(Cell(case="a", value=VALUE, footnote=3)).startswith(f'<td data-value="0.000349">349{link} <small>')
    assert shown(Cell(case="a", status="failed", footnote=3)) == f'<td class="none">failed{link}</td>'


def test_a_combination_that_is_excluded_is_a_dash() -> None:
    assert shown(Cell()) == '<td class="none">–</td>'


def test_no_text_can_become_an_element() -> None:
    hostile = Cell(case="a", status=PAYLOAD, footnote=1)
    text = str(cell_html(hostile, 1.0, ratio_label="", prefix='"><b>'))
    assert text.count("<") == 6
    assert "\u202e" not in text
    assert 'href="#&#34;&gt;&lt;b&gt;-note-1"' in text
