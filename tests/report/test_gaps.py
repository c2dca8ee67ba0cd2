"""The order of a column's rows: what separates neighbours, what is equal within how much."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from bench.records.nouns import Comparison
from bench.report.gaps import LEAD, order_text, orders
from bench.report.html.page import html_page
from bench.report.markdown import table_text
from bench.report.nouns import Amount, Cell, Facet, Order, Row, Table, Tied
from bench.report.terminal import table_view
from tests.report.html.samples import ordinary
from tests.report.samples import HOSTILE, SPEC, table

Interval = tuple[float, float]
TEXT = "lstm of inference: 28 < 56. Of 1 gap 1 is separated, 1 by intervals of their own that do not overlap."


def facet(*columns: dict[str, Amount | None], title: str = "") -> Facet:
    """Columns of values by the labels of the first one's rows; a case is named by its row."""
    cells = {row: tuple(Cell(case=row, value=column.get(row)) for column in columns) for row in columns[0]}
    rows = tuple(Row(labels=(row,), cells=own) for row, own in cells.items())
    return Facet(title=title, divisor=1.0, unit="s", columns=tuple(f"c{i}" for i in range(len(columns))), rows=rows)


def values(**amounts: float) -> dict[str, Amount | None]:
    return {name: Amount(value=amount, low=amount * 0.99, high=amount * 1.01) for name, amount in amounts.items()}


def order(column: dict[str, Amount | None], ratios: dict[str, Interval] | None = None) -> Order:
    """Of one column. The ratio of two cases has a hundredth to either side, unless `ratios` knows another interval of
    `later/earlier`; one of nothing is none."""

    def compare(case: str, against: str) -> Comparison:
        one, other = column[case], column[against]
        assert one is not None
        assert other is not None
        ratio = one.value / other.value
        low, high = (ratios or {}).get(f"{case}/{against}", (ratio * 0.99, ratio * 1.01))
        return Comparison(case=case, against=against, metric="latency", ratio=ratio, low=low or None, high=high or None)

    (found,) = orders([facet(column)], compare)
    return found


def test_rows_stand_in_the_order_of_their_values() -> None:
    found = order(values(slow=3.0, quick=1.0, fair=2.0))
    assert [group.labels for group in found.groups] == [("quick",), ("fair",), ("slow",)]
    assert (found.gaps, found.separated, found.apart) == (2, 2, 2)


def test_neighbours_whose_ratio_may_be_one_are_equal_within_its_farther_end() -> None:
    found = order(values(a=1.0, b=1.01, c=2.0), {"b/a": (0.96, 1.03)})
    assert found.groups[0].labels == ("a", "b")
    assert found.groups[0].within == pytest.approx(1 / 0.96 - 1)
    assert order_text(found).startswith("c0: {a, b: equal within 5 %} < c. Of 2 gaps 1 is separated, 1 by ")


def test_a_group_is_as_far_apart_as_its_first_and_last() -> None:
    found = order(values(a=1.0, b=1.01, c=1.02), {"b/a": (0.99, 1.03), "c/b": (0.99, 1.03), "c/a": (1.001, 1.2)})
    assert [group.labels for group in found.groups] == [("a", "b", "c")]
    assert found.groups[0].within == pytest.approx(0.2)


def test_a_ratio_separates_what_overlaps_and_is_counted_apart_from_what_does_not() -> None:
    found = order({"a": Amount(value=1.0, low=0.9, high=1.2), "b": Amount(value=1.1, low=1.0, high=1.3)})
    assert (found.separated, found.apart) == (1, 0)


def test_intervals_that_touch_overlap() -> None:
    found = order({"a": Amount(value=1.0, low=0.9, high=1.1), "b": Amount(value=1.2, low=1.1, high=1.3)})
    assert (found.separated, found.apart) == (1, 0)


def test_what_has_no_interval_is_neither_separated_nor_equal() -> None:
    found = order(values(a=1.0, b=5.0), {"b/a": (0, 0)})
    assert found.groups == (Tied(labels=("a", "b"), within=None),)
    assert "{a, b: no interval}" in order_text(found)


def test_one_missing_interval_leaves_a_whole_group_unknown() -> None:
    found = order(values(a=1.0, b=1.01, c=1.02), {"b/a": (0.9, 1.1), "c/b": (0.9, 1.1), "c/a": (0, 0)})
    assert found.groups == (Tied(labels=("a", "b", "c"), within=None),)


def test_a_column_with_one_value_has_no_order() -> None:
    column: dict[str, Amount | None] = {**values(a=1.0), "b": None}
    assert orders([facet(column)], lambda case, against: pytest.fail("asked")) == ()


def test_a_larger_value_that_is_better_is_separated_as_well() -> None:
    assert order(values(a=1.0, b=2.0), {"b/a": (0.49, 0.51)}).separated == 1


def test_a_columns_facet_is_named() -> None:
    made = facet(values(a=1.0, b=2.0), title="training")
    found = orders([made], lambda case, against: Comparison(case=case, against=against, metric="latency", ratio=2.0))
    assert [each.column for each in found] == ["c0 of training"]


def asked() -> Table:
    return table(replace(SPEC, gaps=True))


def test_a_table_has_orders_where_its_suite_asks_for_them() -> None:
    assert table().orders == ()
    assert [each.column for each in asked().orders] == ["lstm of inference", "cnn of inference"]
    assert order_text(asked().orders[0]) == TEXT


def test_what_leads_to_the_orders_says_how_sure_a_gap_is_and_that_many_are_looked_at() -> None:
    assert "95 % interval" in LEAD
    assert "not corrected for the number of gaps" in LEAD


def test_orders_stand_below_the_sub_tables_on_a_terminal() -> None:
    out = io.StringIO()
    Console(file=out, width=200).print(table_view(asked()))
    assert LEAD in out.getvalue()
    assert out.getvalue().index("training") < out.getvalue().index(TEXT)


def test_orders_stand_below_the_sub_tables_in_markdown_and_mean_nothing_else() -> None:
    first, *others = asked().orders
    bad = replace(first, column=HOSTILE, groups=(Tied(labels=(HOSTILE,)), Tied(labels=("b",))))
    text = table_text(replace(asked(), orders=(bad, *others)))
    assert text.index("**training**") < text.index("- a&#124;b")
    assert "<script" not in text
    assert "\n- cnn of inference: 28 &lt; 56. Of 1 gap 1 is separated" in text


def test_orders_stand_on_the_page() -> None:
    text = html_page(replace(ordinary(), tables=(asked(),), figures=(), laws=()))
    assert f"<li>{TEXT.replace('<', '&lt;')}</li>" in text
