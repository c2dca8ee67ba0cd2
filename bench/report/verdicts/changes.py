"""A Change → words for its size, its bounds, what lies behind it. Names are left as they are: writers make them inert.

A number is rounded so that it says no more than is known: an estimate to the nearest, the bounds of an interval
outwards, and each to as many decimal places as tell it from the limit, so that no regression reads `+3.0 %, limit 3 %`.
"""

from collections.abc import Callable, Sequence
from math import ceil, floor, isnan

from bench.records.gate import Change, Judged, Unit
from bench.records.metrics import metric
from bench.units import common_scale, significant

UNKNOWN = "unknown"
MOST_PLACES = 3
MOST_DIGITS = 17
"""Two floats that differ have different texts at so many significant digits."""


def timed(judged: Judged) -> tuple[Change, ...]:
    """The sharp metric, then the mean; empty where the case was not timed on both sides."""
    return tuple(change for change in judged.changes if metric(change.metric).source != "exact")


def exact(judged: Judged) -> tuple[Change, ...]:
    """The exact metrics that differ."""
    return tuple(change for change in judged.changes if metric(change.metric).source == "exact")


def size(change: Change) -> str:
    """`+8.3 %` for a ratio of 1.083; `unknown` without a ratio."""
    return UNKNOWN if change.ratio is None else f"{_percent(change.ratio, change.limit, round)} %"


def interval(change: Change) -> str:
    """`+6.1 to +10.4`, in per cent; empty where there is none."""
    if change.low is None or change.high is None:
        return ""
    return f"{_percent(change.low, change.limit, _down)} to {_percent(change.high, change.limit, _up)}"


def limit_words(limit: float) -> str:
    """`3 %` for a share of 0.03."""
    return f"{100 * limit:g} %"


def amounts(change: Change) -> tuple[str, str]:
    """An exact metric's value on either side with its unit, at as many digits as tell the two apart."""
    values = (change.base, change.candidate)
    unit = metric(change.metric).unit
    divisor, label = (1.0, "") if unit == "1" else common_scale([v for v in values if v is not None], unit)
    texts = ("", "")
    for digits in range(3, MOST_DIGITS + 1):
        base, candidate = (_amount(value, divisor, digits) for value in values)
        texts = (f"{base} {label}".rstrip(), f"{candidate} {label}".rstrip())
        if base != candidate:
            break
    return texts


def brief(change: Change) -> str:
    """`mean_latency +8.0 %`; of an exact metric `flops 1,000 → 1,200 (+20.0 %)`, and its limit where it has one."""
    if metric(change.metric).source != "exact":
        return f"{change.metric} {size(change)}"
    base, candidate = amounts(change)
    share = "" if change.ratio is None else f" ({size(change)})"
    margin = f", limit {limit_words(change.limit)}" if change.limit else ""
    return f"{change.metric} {base} → {candidate}{share}{margin}"


def whole(change: Change) -> str:
    """`undisturbed +8.3 % (interval +6.1 to +10.4), limit 3 %, 24 pairs`, of a timed metric."""
    bounds = interval(change)
    parts = [f"{change.metric} {size(change)} ({f'interval {bounds}' if bounds else 'no interval'})"]
    parts.append(f"limit {limit_words(change.limit)}")
    parts += [counted(change.pairs, change.unit)] if change.pairs else []
    return ", ".join(parts)


def unit(cases: Sequence[Judged]) -> Unit:
    """What the cases count."""
    return next((change.unit for judged in cases for change in timed(judged)), "pair")


def counted(number: int, noun: str) -> str:
    """`1 pair`, `24 pairs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _percent(ratio: float, limit: float, rounded: Callable[[float], int]) -> str:
    share = 100 * (ratio - 1)
    if isnan(share):
        return UNKNOWN
    if abs(share) == float("inf"):
        return "+∞"
    text = ""
    for places in range(1, MOST_PLACES + 1):
        text = f"{rounded(share * 10**places) / 10**places:+,.{places}f}"
        if text[1:] != f"{100 * limit:,.{places}f}":
            break
    return text.replace("-", "−")


def _down(value: float) -> int:
    return floor(round(value, 6))  # 100 × (1.061 − 1) is 6.0999…94: the last digits of a float are no news


def _up(value: float) -> int:
    return ceil(round(value, 6))


def _amount(value: float | None, divisor: float, digits: int) -> str:
    if value is None:
        return UNKNOWN
    scaled = value / divisor
    return significant(int(scaled) if divisor == 1 and scaled.is_integer() else scaled, digits)
