"""Nouns ↔ JSON, strictly: unknown fields, wrong types, NaN and a newer schema are refused by name."""

import json
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from bench.errors import Unreadable
from bench.records.nouns import SCHEMA

T = TypeVar("T")


_adapters: dict[type, TypeAdapter[Any]] = {}


def adapter(noun: type[T]) -> TypeAdapter[T]:
    """One adapter per noun: building it costs more than a thousand uses."""
    if noun not in _adapters:
        _adapters[noun] = TypeAdapter(noun)
    return cast("TypeAdapter[T]", _adapters[noun])


def encode(noun: object) -> bytes:
    """One line of JSON without its newline; what equals its default is left out."""
    return adapter(type(noun)).dump_json(noun, by_alias=True, exclude_defaults=True)


def decode(kind: type[T], line: bytes, *, where: str) -> T:
    """A noun from its line.

    Raises Unreadable, naming the place, the field and the reason."""
    try:
        return adapter(kind).validate_json(line, strict=True, by_alias=True)
    except ValidationError as error:
        newer = _schema(line)
        if newer is not None and newer > SCHEMA:
            message = f"schema {newer} is newer than this bench reads ({SCHEMA})"
            raise Unreadable(message, where=where, hint="update bench") from None
        raise Unreadable(_reason(kind.__name__, error), where=where) from None


def _schema(line: bytes) -> int | None:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):  # a line of brackets
        return None
    found = content.get("schema") if isinstance(content, dict) else None
    return found if isinstance(found, int) else None


def _reason(noun: str, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{noun} has no field {place!r}"
    return f"{noun} {place}: {first['msg']}" if place else f"{noun}: {first['msg']}"
