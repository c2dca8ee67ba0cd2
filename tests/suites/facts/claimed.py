"""suites/claims/claims.yaml and the modules of facts → the exact checks of a document, and what a fact must be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from types import ModuleType
from typing import get_args

import yaml

from facts import Observed, Value

CLAIMS = Path(__file__).resolve().parents[3] / "suites" / "claims" / "claims.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One fact that a claim names, `module:function`, and the names of what it expects of it."""

    claim: str
    fact: str
    expected: frozenset[str]

    def missing(self) -> set[str]:
        """What the claim expects and the fact does not observe."""
        return set(self.expected) - set(observed(self.fact))


def checks(document: str) -> list[Check]:
    """Of the claims whose ids begin so, all that name a fact; measured claims may name one too."""
    return list(_checks(document, yaml.safe_load(CLAIMS.read_text(encoding="utf-8"))))


def facts_of(module: ModuleType) -> list[str]:
    """`module:function` of every public function that the module defines."""
    name = module.__name__.removeprefix("facts.")
    own = [made for made, function in getmembers(module, isfunction) if function.__module__ == module.__name__]
    return [f"{name}:{made}" for made in own if not made.startswith("_")]


def observed(fact: str) -> Observed:
    module, name = fact.split(":")
    found: Observed = getattr(import_module(f"facts.{module}"), name)()
    return found


def assert_flat(fact: str) -> None:
    """Fails unless the fact is a mapping of names to values or lists of values, and the same when observed again."""
    first = observed(fact)
    assert first == observed(fact)
    for name, value in first.items():
        assert isinstance(name, str)
        entries: Sequence[object] = value if isinstance(value, list) else [value]
        assert all(type(entry) in get_args(Value) for entry in entries), f"{name}: {value!r}"


def _checks(document: str, claims: list[Mapping[str, object]]) -> Iterator[Check]:
    for claim in claims:
        identifier, written = str(claim["id"]), claim.get("checks", [])
        assert isinstance(written, list)
        for check in written if identifier.startswith(f"{document}-") else []:
            if "fact" in check:
                yield Check(claim=identifier, fact=check["fact"], expected=frozenset(check["expect"]))
