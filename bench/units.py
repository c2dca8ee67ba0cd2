"""Units, and how numbers in them are written and read."""

import math
import re
from collections.abc import Iterable

SCALES: dict[str, tuple[tuple[float, str], ...]] = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "byte": ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B")),
    "flop/s": ((1e12, "Tflop/s"), (1e9, "Gflop/s"), (1e6, "Mflop/s"), (1.0, "flop/s")),
    "byte/s": ((1e12, "TB/s"), (1e9, "GB/s"), (1e6, "MB/s"), (1.0, "B/s")),
    "J": ((1.0, "J"), (1e-3, "mJ"), (1e-6, "µJ")),
    "1": ((1e12, "10¹²"), (1e9, "10⁹"), (1e6, "10⁶"), (1.0, "")),
    "items/s": ((1.0, "items/s"),),
}

_ROUNDING = 1 - 1e-9
"""A mean by logarithms may come out a last digit too small: a million of something would be less than a mega of it."""

_SIZES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def common_scale(values: Iterable[float], unit: str) -> tuple[float, str]:
    """The one scale in which a table's numbers read best, by their geometric mean: (divisor, label)."""
    sizes = [abs(v) for v in values if v and math.isfinite(v)]
    scales = SCALES.get(unit, ((1.0, unit),))
    if not sizes:
        return next(scale for scale in scales if scale[0] == 1)
    geometric = math.exp(sum(map(math.log, sizes)) / len(sizes))
    return next((scale for scale in scales if geometric >= scale[0] * _ROUNDING), scales[-1])


def significant(value: float, digits: int = 3) -> str:
    """A number at so many significant digits, without an exponent: 0.190, 13.3, 1,230; whole numbers stay whole."""
    if not math.isfinite(value):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return _at(value, _place(value, digits))


def alike(value: float, others: Iterable[float], digits: int = 3) -> tuple[str, ...]:
    """A number as `significant` writes it, then others rounded to the same decimal place: 0.190, 0.188, 0.193."""
    if isinstance(value, int) or not math.isfinite(value):
        return significant(value, digits), *(significant(other, digits) for other in others)
    place = _place(value, digits)
    return _at(value, place), *(_at(other, place) for other in others)


def _place(value: float, digits: int) -> int:
    """The decimal place of the last significant digit, negative left of the point."""
    if value == 0:
        return 0
    exponent = f"{value:.{digits - 1}e}".partition("e")[2]
    return digits - 1 - int(exponent)


def _at(value: float, place: int) -> str:
    return f"{round(value, place):,.{max(0, place)}f}"


def compact(value: float) -> str:
    """A number for CSV: whole numbers exactly, others at 6 significant digits."""
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def duration(seconds: float) -> str:
    """A span of time for a person: 850 ms, 12 s, 3 min 5 s."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def parse_share(value: object) -> object:
    """`2%` → 0.02; a number stays, and what is neither is left for the validator to refuse."""
    if isinstance(value, str) and (match := re.fullmatch(r"(\d+(?:\.\d+)?)%", value)):
        return float(match[1]) / 100
    return value


def parse_memory(text: str, available: int) -> int:
    """`80%` of what is available, or `2GB`, in bytes."""
    if text.endswith("%"):
        return int(available * float(text[:-1]) / 100)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?B)", text)
    assert match, text
    return int(float(match[1]) * _SIZES[match[2]])
