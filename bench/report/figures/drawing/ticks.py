"""The ends of an axis → few, round, plainly written ticks."""

from collections.abc import Sequence
from math import ceil, floor, log10

from bench.report.figures.nouns import Axis
from bench.units import common_scale, significant

MOST = 7
"""More ticks than these are thinned out."""

_MANTISSAS = ((1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
_THOUSANDS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def log_ticks(low: float, high: float) -> list[float]:
    """From the densest of the usual sets that has no more than `MOST` ticks; evenly spaced where not even two fit."""
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    for mantissas in _MANTISSAS:
        found = [m * 10.0**decade for decade in decades for m in mantissas if low <= m * 10.0**decade <= high]
        if len(found) <= MOST:
            return found if len(found) > 2 else linear_ticks(low, high)
    powers = [10.0**decade for decade in decades if low <= 10.0**decade <= high]
    return powers[:: ceil(len(powers) / MOST)]


def linear_ticks(low: float, high: float) -> list[float]:
    """At multiples of 1, 2, 2.5 or 5 times a power of ten."""
    if high <= low:
        return [low]
    power = 10.0 ** floor(log10((high - low) / (MOST - 1)))
    step = next(step * power for step in _STEPS if (high - low) / (step * power) <= MOST - 1)
    return [number * step for number in range(ceil(low / step), floor(high / step) + 1)]


def spread_out(levels: Sequence[float], *, log: bool, width: float, letters: float) -> list[float]:
    """The levels of an axis that have room for their labels, of `letters` points a character on `width` points; the
    first always has."""
    places = [log10(level) if log else level for level in levels]
    span = places[-1] - places[0] if places else 0.0
    kept: list[float] = []
    end = float("-inf")
    for level, place in zip(levels, places, strict=True):
        middle = (place - places[0]) / span * width if span else 0.0
        half = len(tick_text(level)) * letters / 2
        if middle - half >= end:
            kept.append(level)
            end = middle + half + letters
    return kept


def tick_text(value: float, axis: Axis | None = None) -> str:
    """`0.02`, `1,000`; what has no unit is `20k`, `1.5M`; on a wide axis `30 µs`. Levels have no axis: `12,544`."""
    if axis is None and value == round(value):
        return f"{round(value):,}"
    if axis is not None and axis.wide:
        divisor, unit = common_scale([value * (1 + 1e-9)], axis.unit)
        return f"{value / divisor:.4g} {unit}"
    if axis is not None and not axis.unit:
        for size, letter in _THOUSANDS:
            if abs(value) >= size:
                return f"{value / size:.4g}{letter}"
    return f"{value:.4g}" if abs(value) < 1000 else significant(float(value), 4)
