"""A YAML file → Suite, or every complaint about it at once with its line and column."""

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from bench.errors import BenchError, Complaint, SuiteError
from bench.plan.checks import check
from bench.plan.complaints.gate import booleans
from bench.plan.complaints.policies import BLOCKS, policy_keys
from bench.plan.complaints.shape import offences
from bench.plan.complaints.source import Offence, Source
from bench.plan.patterns import refused_label
from bench.plan.project import find_project
from bench.plan.yaml_text import MAX_BYTES, Place, Plain, parse
from bench.records.codec import adapter
from bench.records.suite import Suite

OPTIONAL = ("exclude", "skip", "tables", "figures", "metrics", "operators", "roofline", "boundaries", "notes", "gate")
"""Sections that can be set aside while the rest is checked; without `exclude` no layout can be."""
LAYOUTS = ("tables", "figures")
HARMLESS = ("scale", "as", "equal", "kind", "gaps")
"""Keys of a table or a figure of which no other check knows."""
LIMITS: Place = ("gate", "limits")
"""Set aside whole: an entry without its misspelt key would lack that key."""
TEXTS = ("title", "question")


def load_suite(path: Path) -> Suite:
    """The suite of a file; its name is the file's.

    Raises SuiteError with every complaint, BenchError where the file cannot be read."""
    raw = read_bytes(path)
    document = parse(raw)
    if not isinstance(document.data, dict):
        raise SuiteError(str(path), document.complaints)
    single = isinstance(document.data.get("factors"), dict)
    source = Source(document=document, single=single)
    data = _prepared(document.data, single=single)
    misshapen = [
        *_named(path, data),
        *policy_keys(data),
        *_misshapen(data),
        *booleans(data.get("gate"), place=("gate",)),
    ]
    suite = _validated(data, name=path.stem) if not misshapen else _salvaged(data, misshapen, name=_sound(path.stem))
    found = misshapen + (check(suite, source, find_project(path)) if suite is not None else [])
    complaints = _once([*document.complaints, *map(source.complaint, found)])
    if complaints or suite is None:
        raise SuiteError(str(path), complaints)
    return suite


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of YAML.

    Raises BenchError where it cannot be read, or is longer than anybody would write."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise BenchError("no regular file; a suite is a file of YAML", where=str(path))
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BenchError(f"cannot be read: {reason}", where=str(path)) from None
    if len(raw) > MAX_BYTES:
        raise BenchError(f"larger than {MAX_BYTES:,} bytes; a suite is a page of YAML", where=str(path))
    return raw


def _prepared(data: dict[str, Plain], *, single: bool) -> dict[str, Plain]:
    return {**data, "factors": [data["factors"]]} if single else data


def _sound(stem: str) -> str:
    return "suite" if refused_label(stem) else stem


def _named(path: Path, data: dict[str, Plain]) -> list[Offence]:
    reason = refused_label(path.stem)
    found = [Offence(place=(), message=f"the file's name is the suite's name: {reason}")] if reason else []
    if "name" in data:
        found.append(
            Offence(place=("name",), message="a suite's name is its file's name; take this key out", on_key=True)
        )
    return found


def _validated(data: dict[str, Plain], *, name: str) -> Suite:
    return adapter(Suite).validate_json(json.dumps({**data, "name": name}), strict=True)


def _misshapen(data: dict[str, Plain]) -> list[Offence]:
    try:
        _validated(data, name="suite")
    except ValidationError as error:
        return offences(error, data)
    return []


def _salvaged(data: dict[str, Plain], misshapen: Iterable[Offence], *, name: str) -> Suite | None:
    """What is sound in a suite that has offences, so that its other offences can be told in the same breath; nothing
    where factors are in doubt, because most of what followed would be wrong."""
    rest: dict[str, Plain] = json.loads(json.dumps(data))
    for offence in misshapen:
        place = offence.place
        if place in ((), ("name",)):
            rest.pop("name", None)
        elif any(place[: len(block)] == block for block in BLOCKS):
            _drop(rest, next(block for block in BLOCKS if place[: len(block)] == block))
        elif place[: len(LIMITS)] == LIMITS:
            _drop(rest, LIMITS)
        elif offence.surplus or place[-1] in HARMLESS:
            _drop(rest, place)
        elif place[0] in TEXTS:
            rest[str(place[0])] = "-"
        elif place[0] in OPTIONAL:
            for section in (place[0], *(LAYOUTS if place[0] == "exclude" else ())):
                rest.pop(str(section), None)
        else:
            return None
    return _validated(rest, name=name)


def _drop(data: Plain, place: Place) -> None:
    for part in place[:-1]:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    if isinstance(data, dict):
        data.pop(str(place[-1]), None)


def _once(complaints: Iterable[Complaint]) -> list[Complaint]:
    """In the order of the file, and about each place what was found first: of one mistake others follow."""
    found = list(dict.fromkeys(complaints))
    first: dict[str, str] = {}
    for complaint in found:
        first.setdefault(complaint.path, complaint.message)
    told = [c for c in found if not c.path or first[c.path] == c.message]
    return sorted(told, key=lambda c: (c.line, c.column))
