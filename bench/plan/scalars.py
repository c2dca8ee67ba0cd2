"""One plain scalar of YAML → its value, or the explanation of what YAML 1.1 would make of it.

Why: YAML 1.1 and 1.2 differ, and readers follow either; a suite may only say what both read alike."""

import math
import re
from collections.abc import Callable

Scalar = None | bool | int | float | str

DIGITS = 18
"""An integer of at most this many digits fits 64 bits, whatever reads it."""

CONSTANTS: dict[str, bool | None] = {"": None, "~": None}
for _word, _value in (("null", None), ("true", True), ("false", False)):
    CONSTANTS.update(dict.fromkeys((_word, _word.capitalize(), _word.upper()), _value))

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"([-+]?[0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?")


def _truth(text: str) -> str:
    value = "true" if text.lower() in ("yes", "on", "y") else "false"
    return f"YAML 1.1 means {value} by it; write {value}, or {text!r} for the text"


def _sexagesimal(text: str) -> str:
    value = 0.0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        value = value * 60 + float(part)
    value = -value if text.startswith("-") else value
    return f"YAML 1.1 reads base 60 and makes it {value:g}; write {value:g}, or {text!r} for the text"


def _leading_zero(text: str) -> str:
    if re.fullmatch(r"[-+]?[0-7]+", text):
        octal, decimal = str(int(text, 8))[:DIGITS], text.lstrip("+-0")[:DIGITS] or "0"
        return (
            f"YAML 1.1 reads base 8 and makes it {octal}; write {decimal} or {octal}, or {text[:DIGITS]!r} for the text"
        )
    return f"a leading zero makes it text in YAML 1.1; write the number without it, or {text[:DIGITS]!r} for the text"


def _underscores(text: str) -> str:
    plain = text.replace("_", "")
    return f"YAML 1.1 drops the underscores; write {plain}, or {text!r} for the text"


def _other_base(text: str) -> str:
    return f"YAML 1.1 and 1.2 read numbers of another base differently; write it in base 10, or {text!r} for the text"


def _date(text: str) -> str:
    return f"YAML 1.1 makes it a date; write {text!r} for the text"


def _not_finite(text: str) -> str:
    return f"YAML reads a number that is not finite; write a finite one, or {text!r} for the text"


def _almost_a_number(text: str) -> str:
    value = float(text)
    if not math.isfinite(value):
        return _not_finite(text)
    return f"YAML 1.1 makes it text, not a number; write {_digits(value)}, or {text!r} for the text"


def _digits(value: float) -> str:
    """A number as YAML 1.1 and 1.2 both read it: with a point where it has an exponent."""
    text = f"{value:.15g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}" if e else text


def _reserved(text: str) -> str:
    return f"YAML 1.1 reserves {text}; write {text!r} for the text"


SURPRISES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = tuple(
    (re.compile(pattern), explain)
    for pattern, explain in (
        (r"(?i:yes|no|on|off|y|n)", _truth),
        (r"[-+]?[0-9][0-9_]{0,30}(:[0-5]?[0-9]){1,8}(\.[0-9_]{0,30})?", _sexagesimal),
        (r"[-+]?0[xXbBoO][0-9a-fA-F_]+", _other_base),
        (r"[-+]?0[0-9]+", _leading_zero),
        (r"[-+]?([0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?|[0-9]*\.[0-9_]*_[0-9_]*)([eE][-+]?[0-9]+)?", _underscores),
        (
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*",
            _date,
        ),
        (r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", _not_finite),
        (r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", _almost_a_number),
        (r"=|<<", _reserved),
    )
)


def read_plain(text: str) -> tuple[Scalar, str | None]:
    """The value of an unquoted scalar, and the complaint about it where YAML's versions disagree on that value (then
    the value is the text as it stands)."""
    if text in CONSTANTS:
        return CONSTANTS[text], None
    if _INTEGER.fullmatch(text):
        digits = len(text.lstrip("+-"))
        return (int(text), None) if digits <= DIGITS else (text, f"an integer of {digits} digits; at most {DIGITS}")
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text), None
    for pattern, explain in SURPRISES:
        if pattern.fullmatch(text):
            return text, explain(text)
    return text, None
