"""A YAML file of claims → Claims, or every complaint about it at once with its line and column."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bench.errors import BenchError, Complaint, SuiteError
from bench.plan.complaints.claims import repeated, sound, suites_of
from bench.plan.complaints.shape import found, offences
from bench.plan.complaints.source import Offence, Source
from bench.plan.nearest import listed
from bench.plan.project import Project, find_project
from bench.plan.suite import load_suite, read_bytes
from bench.plan.targets import find_target
from bench.plan.yaml_text import Place, Plain, parse
from bench.records.claims import CHECKS, Check, Claim, ExactCheck
from bench.records.codec import adapter
from bench.records.suite import Suite

T = TypeVar("T")

NOUN = "file of claims"
FACTS = "facts"
"""The package in the suites' folder whose modules hold the facts: `d0:name` is `facts.d0:name`."""


def load_claims(path: Path) -> tuple[Claim, ...]:
    """The claims of a file, which lies in a folder of its own below that of the suites.

    Raises SuiteError with every complaint, BenchError where the file cannot be read."""
    document = parse(read_bytes(path), noun=NOUN, root=list)
    if not isinstance(document.data, list):
        raise SuiteError(str(path), document.complaints)
    project = find_project(path.resolve().parent)
    source = Source(document=document, single=False)
    read = [_Read(item, index) for index, item in enumerate(document.data)]
    claims = [each.claim for each in read if each.claim is not None]
    suites = {name: _suite(project, name) for name in suites_of(claims)}
    known = {name: suite for name, suite in suites.items() if isinstance(suite, Suite)}
    offended = [
        *(offence for each in read for offence in each.offences),
        *repeated([(each.index, each.claim.id) for each in read if each.claim is not None]),
        *(offence for each in read if each.claim is not None for offence in sound(each.claim, each.index, known)),
        *_unfound(read, suites),
        *_unfounded(read, project),
    ]
    names = {each.index: each.name for each in read}
    complaints = [*document.complaints, *(_told(source.complaint(offence), offence, names) for offence in offended)]
    if complaints:
        raise SuiteError(str(path), sorted(dict.fromkeys(complaints), key=lambda c: (c.line, c.column)))
    return tuple(claims)


def target_of(fact: str) -> str:
    """The function that a check names."""
    return f"{FACTS}.{fact}"


class _Read:
    """An item of the file: the claim, if it is one, and what is wrong with its shape."""

    def __init__(self, item: Plain, index: int) -> None:
        self.index, self.offences, self.name = index, list[Offence](), f"claim {index + 1}"
        self.claim: Claim | None = None
        if not isinstance(item, dict):
            self.offences.append(Offence(place=(index,), message=f"expected a claim, found {found(item)}"))
            return
        self.name = str(item.get("id", self.name))
        checks = list(self._checks(item.get("checks", [])))
        shell = self._shaped(Claim, {key: value for key, value in item.items() if key != "checks"}, (index,))
        if shell is not None and not self.offences:
            self.claim = replace(shell, checks=tuple(checks))

    def _checks(self, items: Plain) -> Iterator[Check]:
        if not isinstance(items, list):
            place: Place = (self.index, "checks")
            self.offences.append(Offence(place=place, message=f"expected a list of checks, found {found(items)}"))
            return
        for number, item in enumerate(items):
            place = (self.index, "checks", number)
            kinds = [noun for key, noun in CHECKS.items() if isinstance(item, dict) and key in item]
            if not isinstance(item, dict) or len(kinds) != 1:
                message = f"a check has exactly one of the keys {listed(CHECKS)}"
                self.offences.append(Offence(place=place, message=message))
            elif (check := self._shaped(kinds[0], item, place)) is not None:
                yield check

    def _shaped(self, noun: type[T], data: Mapping[str, Plain], place: Place) -> T | None:
        try:
            return adapter(noun).validate_json(json.dumps(data), strict=True)
        except ValidationError as error:
            self.offences += [replace(o, place=place + o.place) for o in offences(error, data, noun=noun)]
            return None


def _suite(project: Project, name: str) -> Suite | str:
    """The suite of that name in the folder, or why there is none."""
    try:
        return load_suite(project.folder / f"{name}.yaml")
    except SuiteError as error:
        return f"the suite has {error.what}: bench validate tells them"
    except BenchError as error:
        return error.what


def _unfound(read: Sequence[_Read], suites: Mapping[str, Suite | str]) -> Iterator[Offence]:
    for index, number, check in _numbered(read):
        reason = suites.get(getattr(check, "suite", ""))
        if isinstance(reason, str):
            yield Offence(place=(index, "checks", number, "suite"), message=reason)


def _unfounded(read: Sequence[_Read], project: Project) -> Iterator[Offence]:
    """Facts that no module defines; the source is read, never run."""
    reasons: dict[str, str] = {}
    for index, number, check in _numbered(read):
        if not isinstance(check, ExactCheck):
            continue
        if check.fact not in reasons:
            try:
                find_target(target_of(check.fact), project)
                reasons[check.fact] = ""
            except BenchError as error:
                reasons[check.fact] = error.what
        if reason := reasons[check.fact]:
            yield Offence(place=(index, "checks", number, "fact"), message=reason)


def _numbered(read: Sequence[_Read]) -> Iterator[tuple[int, int, Check]]:
    for each in read:
        for number, check in enumerate(each.claim.checks if each.claim is not None else ()):
            yield each.index, number, check


def _told(complaint: Complaint, offence: Offence, names: Mapping[int, str]) -> Complaint:
    """The complaint with the claim's id in the place of its number."""
    first = offence.place[0]
    assert isinstance(first, int)
    return replace(complaint, path=complaint.path.replace(f"[{first}]", names[first], 1))
