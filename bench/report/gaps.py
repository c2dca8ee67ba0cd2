"""The cells of a table's columns → each column's rows in the order of their values, and which neighbours are separated.

Why the interval of the neighbours' ratio decides and not whether their own intervals overlap: what a round does to both
falls out of a ratio of the same rounds. How many neighbours the plainer rule tells apart as well is said beside it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import ceil

from bench.records.nouns import Comparison
from bench.report.nouns import Amount, Facet, Order, Tied

LEAD = (
    "Rows of each column in the order of their values, < where the 95 % interval of neighbours' ratio leaves out 1; "
    "each interval stands for itself, not corrected for the number of gaps:"
)

Ask = Callable[[str, str], Comparison]
"""(case, against) → their ratio in the table's metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A cell that has a value."""

    label: str
    case: str
    value: Amount


def orders(facets: Sequence[Facet], compare: Ask) -> tuple[Order, ...]:
    """One for every column in which two rows or more have a value."""
    return tuple(
        _order(f"{column} of {facet.title}" if facet.title else column, places, compare)
        for facet in facets
        for column, places in _columns(facet)
        if len(places) > 1
    )


def order_text(order: Order) -> str:
    """`lstm of forward: fused < {native, hoisted: equal within 4 %}. Of 2 gaps 1 is separated, 1 by intervals of …`."""
    return f"{order.column}: {chain(order)}. {separation(order).capitalize()}."


def chain(order: Order) -> str:
    """`fused < {native, hoisted: equal within 4 %}`."""
    return " < ".join(map(_tied, order.groups))


def separation(order: Order) -> str:
    """`of 2 gaps 1 is separated, 1 by intervals of their own that do not overlap`."""
    gaps = f"{order.gaps} gap{'' if order.gaps == 1 else 's'}"
    apart = f"{order.apart} by intervals of their own that do not overlap"
    return f"of {gaps} {order.separated} {'is' if order.separated == 1 else 'are'} separated, {apart}"


def _columns(facet: Facet) -> Iterator[tuple[str, list[_Place]]]:
    for i, column in enumerate(facet.columns):
        cells = ((" · ".join(row.labels), row.cells[i]) for row in facet.rows)
        places = [
            _Place(label=label, case=cell.case, value=cell.value)
            for label, cell in cells
            if cell.case is not None and cell.value is not None
        ]
        yield column, sorted(places, key=lambda place: place.value.value)


def _order(column: str, places: Sequence[_Place], compare: Ask) -> Order:
    groups, apart = [[places[0]]], 0
    for place, following in pairwise(places):
        if _leaves_out_one(compare(following.case, place.case)):
            groups.append([following])
            apart += _apart(place.value, following.value)
        else:
            groups[-1].append(following)
    return Order(
        column=column,
        groups=tuple(Tied(labels=tuple(one.label for one in own), within=_within(own, compare)) for own in groups),
        gaps=len(places) - 1,
        separated=len(groups) - 1,
        apart=apart,
    )


def _leaves_out_one(found: Comparison) -> bool:
    return found.low is not None and found.high is not None and not found.low <= 1 <= found.high


def _apart(below: Amount, above: Amount) -> bool:
    return below.high is not None and above.low is not None and below.high < above.low


def _within(group: Sequence[_Place], compare: Ask) -> float | None:
    """By how much any two of a group may differ: the farthest end of all their intervals, so that what neighbours hide
    from each other, the first and the last do not. None for one alone, and where an interval is missing."""
    ends = [_farthest(compare(other.case, one.case)) for one, other in combinations(group, 2)]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _farthest(found: Comparison) -> float | None:
    return None if not found.low or not found.high else max(found.high, 1 / found.low) - 1


def _tied(group: Tied) -> str:
    if len(group.labels) == 1:
        return group.labels[0]
    said = "no interval" if group.within is None else f"equal within {ceil(100 * group.within)} %"
    return f"{{{', '.join(group.labels)}: {said}}}"
