"""Orders as sentences."""

from dataclasses import replace

from bench.report.answered import every_answer
from bench.report.answers import Said
from bench.report.order_answers import order_answers
from tests.report.samples import SPEC, table
from tests.report.test_law_answers import LAWS


def test_a_column_has_a_sentence_with_its_order_and_how_much_of_it_is_told_apart() -> None:
    (answer,) = order_answers([table(replace(SPEC, gaps=True))])
    assert answer.heading.startswith("latency by size and model, in order")
    assert answer.sentences[0] == Said(
        subject="lstm of inference",
        text="has the order 28 < 56",
        remarks=("of 1 gap 1 is separated, 1 by intervals of their own that do not overlap",),
    )


def test_a_table_whose_suite_asks_for_no_gaps_has_none() -> None:
    assert order_answers([table()]) == ()


def test_ratios_come_first_then_orders_then_laws() -> None:
    found = every_answer([table(replace(SPEC, gaps=True))], [LAWS], [])
    assert [answer.heading.partition(", ")[2].partition(" ")[0] for answer in found] == ["against", "in", "a"]
