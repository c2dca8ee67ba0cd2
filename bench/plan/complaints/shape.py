"""What pydantic says about the data of a suite → one offence per place, in words for who wrote the suite."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import get_type_hints

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bench.plan.complaints.source import Offence
from bench.plan.nearest import nearest
from bench.plan.yaml_text import Place
from bench.records.suite import FigureSpec, GateKeys, LimitSpec, Overlay, Skip, Suite, TableSpec

EXPECTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "dataclass_type": "a mapping",
}
LEVEL_TYPES = {"bool_type", "int_type", "float_type", "string_type"}
NAME = "a name is a letter or _, then letters, digits and _, at most 64 of them"
PATTERNS: dict[str | int, str] = {
    "memory": "expected a size such as 80% or 2GB",
    "fact": "expected module:function, such as d0:shapes",
    "id": "expected 1 to 64 letters, digits and _ . + -",
    "part": "expected 1 to 40 letters, digits, spaces and _ ' -, a letter or digit first",
}
"""What texts look like under keys whose texts are no names."""
SHARES: dict[str | int, str] = {
    "precision": "a share of the value such as 2% or 0.02",
    "limit": "a share above 0 such as 3% or 0.03",
}
NOUNS: dict[str | int, type] = {
    "quick": Overlay,
    "cuda": Overlay,
    "tables": TableSpec,
    "figures": FigureSpec,
    "skip": Skip,
    "gate": GateKeys,
    "limits": LimitSpec,
}
"""What stands under these keys."""


def offences(error: ValidationError, data: object, *, noun: type = Suite) -> list[Offence]:
    """One offence per place: the members of a union say together what was expected there."""
    places: dict[tuple[Place, bool], list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        on_key = detail["loc"][-1:] == ("[key]",) or detail["type"] == "unexpected_keyword_argument"
        place = _place(detail["loc"], data, missing=detail["type"] == "missing")
        if not _echo(detail, _at(data, place)):
            places.setdefault((place, on_key), []).append(detail)
    return [
        Offence(
            place=place,
            message=_message(details, _at(data, place), place=place, noun=noun),
            on_key=on_key,
            surplus=details[0]["type"] == "unexpected_keyword_argument",
        )
        for (place, on_key), details in places.items()
    ]


def keys_of(noun: type) -> tuple[str, ...]:
    """The keys of a noun as they are written in YAML."""
    hints = get_type_hints(noun, include_extras=True)
    names = {field.name: getattr(hints[field.name], "__metadata__", ()) for field in fields(noun)}
    aliases = {n: i.alias for n, extras in names.items() for i in extras if isinstance(i, FieldInfo) and i.alias}
    return tuple(aliases.get(name, name) for name in names)


def _place(loc: Sequence[int | str], data: object, *, missing: bool) -> Place:
    """A location of pydantic's without its own additions (tags, members of unions, `[key]`), as the data goes."""
    parts = [part for part in loc if part != "[key]"]
    start = next((n for n, part in enumerate(parts[:2]) if part in ("factors", "blocks")), None)
    if (
        start is not None
    ):  # ("factors", 0, name, tag, …), ("cuda", "blocks", 0, name, tag, …), ("quick", "factors", name, tag, …)
        tag = start + (2 if parts[:2][-1] == "factors" and start else 3)
        parts = parts[:tag] + parts[tag + 1 :]
    place: list[str | int] = []
    for index, part in enumerate(parts):
        if _has(data, part):
            data = _at(data, (part,))
            place.append(part)
        elif missing and index == len(parts) - 1:
            place.append(part)
    return tuple(place)


def _has(data: object, part: int | str) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def _at(data: object, place: Place) -> object:
    for part in place:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    return data


def _echo(detail: ErrorDetails, value: object) -> bool:
    """A collection whose items are refused counts as too short, too."""
    return detail["type"] == "too_short" and isinstance(value, list | dict) and len(value) > 0


def _message(details: list[ErrorDetails], value: object, *, place: Place, noun: type) -> str:
    kinds = {detail["type"] for detail in details}
    first = details[0]
    context = first.get("ctx", {})
    if kinds >= LEVEL_TYPES:
        return f"expected a level (text, a number, true or false), found {found(value)}"
    if first["type"] != "missing" and place and (share := SHARES.get(place[-1])):
        return f"expected {share}, found {found(value)}"
    if kinds <= EXPECTED.keys():
        expected = dict.fromkeys(EXPECTED[detail["type"]] for detail in details)
        return f"expected {' or '.join(expected)}, found {found(value)}"
    match first["type"]:
        case "missing":
            return "is missing"
        case "unexpected_keyword_argument":
            return _unknown(place, noun)
        case "literal_error":
            words = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
            return f"expected {context['expected']}, found {found(value)}" + _hint(value, words)
        case "too_short" | "string_too_short":
            return "must not be empty"
        case "string_pattern_mismatch":
            key = "part" if place[-2:-1] == ("parts",) else place[-1] if place else ""
            return f"{PATTERNS[key]}, found {found(value)}" if key in PATTERNS else NAME
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"must be {_bound(first['type'], context)}, found {found(value)}"
        case _:
            return first["msg"][:1].lower() + first["msg"][1:]


def _bound(kind: str, context: Mapping[str, object]) -> str:
    sign, key = {
        "greater_than": ("more than", "gt"),
        "greater_than_equal": ("at least", "ge"),
        "less_than": ("less than", "lt"),
        "less_than_equal": ("at most", "le"),
    }[kind]
    bound = context[key]
    return f"{sign} {bound:g}" if isinstance(bound, int | float) else f"{sign} {bound}"


def _hint(value: object, words: Sequence[str]) -> str:
    near = nearest(value, words) if isinstance(value, str) else ""
    return near if near.startswith("; did") else ""


def _unknown(place: Place, noun: type) -> str:
    if place == ("name",):
        return "a suite's name is its file's name"
    inner = next((NOUNS[part] for part in reversed(place[:-1]) if part in NOUNS), noun)
    known = [key for key in keys_of(inner) if inner is not Suite or key != "name"]
    return f"unknown key{nearest(str(place[-1]), known)}"


def found(value: object) -> str:
    """A value of YAML in a sentence."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {value if len(value) <= 40 else value[:37] + '…'!r}"
        case list():
            return "a list"
        case _:
            return "a mapping"
