"""What cases declare of their work → by how much one has more than another, and the words that say so.

Work is what a network's size and its input decide before anything is timed: parameters, arithmetic, numbers read.
A difference of time says something about a network only beside the difference of its work.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from bench.records.nouns import Estimate
from bench.units import significant

TOLERANCE = 1.05
"""Work is equal where the most is at most this many times the least."""

WORK = ("parameters", "flops", "inputs")
"""`inputs`: the numbers that a step reads, its items times the values of each."""

Estimates = Mapping[tuple[str, str], Estimate]
Ratios = tuple[tuple[str, float], ...]
"""By the name of the work: a case's by its reference's, as far as both are known."""


def declared(case: str, name: str, estimates: Estimates) -> int | float | None:
    """How much of that work a step of the case is, or any other exact number that it declares; None where unknown."""
    if name != "inputs":
        found = estimates.get((case, name))
        return None if found is None else found.value
    items, values = (declared(case, part, estimates) for part in ("items", "values"))
    return None if items is None or values is None else items * values


def work_ratios(case: str, against: str, estimates: Estimates) -> Ratios:
    """The case's work by the other's."""
    pairs = [(name, declared(case, name, estimates), declared(against, name, estimates)) for name in WORK]
    return tuple((name, _ratio(own, other)) for name, own, other in pairs if own is not None and other is not None)


def work_words(found: Iterable[Ratios]) -> str:
    """`36× the parameters and 0.25× to 4.1× the flops`, over the cases whose ratios these are; where all work that is
    known is equal, `equal parameters and flops`; empty where none is known."""
    by_name: dict[str, list[float]] = {}
    for ratios in found:
        for name, ratio in ratios:
            by_name.setdefault(name, []).append(ratio)
    unequal = [f"{_range(ratios)} the {name}" for name, ratios in by_name.items() if not _equal(ratios)]
    if unequal:
        return listed(unequal)
    return f"equal {listed(list(by_name))}" if by_name else ""


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def spread(values: Iterable[float]) -> float:
    """The largest by the smallest."""
    sizes = list(values)
    return _ratio(max(sizes), min(sizes))


def times(ratio: float) -> str:
    """36×, 4.1×; near 1 a digit more, so that 1.03 does not read as equal."""
    if math.isinf(ratio):
        return "∞×"
    return f"{significant(float(ratio), 3 if 0.95 < ratio < 2 else 2)}×"


def _ratio(own: float, other: float) -> float:
    if own == other:
        return 1.0
    return own / other if other > 0 else math.inf


def _equal(ratios: Sequence[float]) -> bool:
    return max(ratios) <= TOLERANCE and min(ratios) >= 1 / TOLERANCE


def _range(ratios: Sequence[float]) -> str:
    low, high = times(min(ratios)), times(max(ratios))
    return low if low == high else f"{low} to {high}"
