"""The orders of a table's columns → the answer that they give: a sentence a column, from the least value to the most.

Why beside the answers against a reference: a suite of many rows asks as well which of them are told apart, and the
ratios to one row do not say how the others stand to each other.
"""

from collections.abc import Iterable

from bench.report.answers import Answer, Said
from bench.report.gaps import chain, separation
from bench.report.nouns import Order, Table

HEADED = "in order, < where the 95 % interval of neighbours' ratio leaves out 1, each by itself"


def order_answers(tables: Iterable[Table]) -> tuple[Answer, ...]:
    """Of every table whose suite asks for `gaps`."""
    return tuple(
        Answer(heading=f"{table.heading}, {HEADED}", sentences=tuple(map(_said, table.orders)))
        for table in tables
        if table.orders
    )


def _said(order: Order) -> Said:
    return Said(subject=order.column, text=f"has the order {chain(order)}", remarks=(separation(order),))
