"""Of a table with ratios: what is compared, where it stands, and what became of it."""

from dataclasses import replace

import pytest

from bench.report.compared import Outcome, place, subjects
from bench.report.nouns import Cell, Row
from tests.report.test_answers import LIBRARY, by_rows, compared, ratio


def outcome(cell: Cell, *, exact: bool = False) -> Outcome:
    (subject,) = subjects(replace(compared(cell), exact=exact))
    (found,) = subject.cells
    return found.outcome


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (ratio(2.0), "over"),
        (ratio(0.5), "under"),
        (ratio(1.01), "even"),
        (ratio(2.0, None), "unproven"),
        (ratio(2.0, paired=False), "unproven"),
        (Cell(case="c", status="failed"), "lacking"),
    ],
)
def test_the_whole_interval_decides(cell: Cell, expected: Outcome) -> None:
    assert outcome(cell) == expected


def test_exact_values_decide_as_they_are() -> None:
    assert [outcome(ratio(value, None), exact=True) for value in (2.0, 0.5, 1.0)] == ["over", "under", "even"]


def test_a_subject_has_its_cells_of_all_sub_tables_in_their_order() -> None:
    first, second = (compared(ratio(2.0), Cell(), title=title) for title in ("training", "inference"))
    (found,) = subjects(replace(first, facets=(*first.facets, *second.facets)))
    assert found.name == "lstm"
    assert [place(cell) for cell in found.cells] == ["size 1 of training", "size 1 of inference"]


def test_where_the_reference_is_a_row_the_column_is_the_place() -> None:
    rows = (Row(labels=("library",), cells=(LIBRARY,) * 2), Row(labels=("loop",), cells=(ratio(2.0),) * 2))
    (found,) = subjects(by_rows(*rows, columns=("size 8", "size 16")))
    assert [(cell.row, cell.column) for cell in found.cells] == [((), "size 8"), ((), "size 16")]
