"""The committed claims against the committed runs: whatever an expectation says, another one gets another verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import assert_never

import pytest

from bench.api.claims import CLAIMS, observed, published_of
from bench.claims.measured import Published
from bench.claims.resolve import resolve
from bench.claims.resolve import verdict as verdict_of_lines
from bench.plan.claims import load_claims
from bench.records.claims import Check, Claim, ExactCheck, LawCheck, MissingCheck, RatioCheck, Resolved, TrendCheck
from bench.records.nouns import Observation, Record

ROOT = Path(__file__).resolve().parents[2]
DECIDED = ("supported", "refuted", "mixed")
HUGE = 1e18

pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(not (ROOT / CLAIMS).exists(), reason="no claims are filed yet"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The claims, what their facts observe now, and the published runs."""

    claims: tuple[Claim, ...]
    facts: Mapping[str, Record]
    runs: Sequence[Published]

    def resolved(self, claims: Sequence[Claim]) -> tuple[Resolved, ...]:
        return resolve(claims, self.facts, self.runs)


@cache
def world() -> World:
    claims = load_claims(ROOT / CLAIMS)
    facts = observed(ROOT / CLAIMS, claims, device="cpu", wait=600)
    return World(claims=claims, facts=facts, runs=published_of(ROOT / "results", claims))


def decided(kind: str) -> list[Resolved]:
    found = [each for each in world().resolved(world().claims) if each.claim.kind == kind and each.verdict in DECIDED]
    assert found
    return found


def other(value: Observation) -> Observation:
    """A value of the same type that is not alike under any tolerance."""
    match value:
        case bool():
            return not value
        case str():
            return f"{value} not"
        case tuple():
            return (*value, 1)
        case _:
            return value * 3 + 1


def seen(claim: Claim) -> Claim:
    """The claim as it would be if it said what was observed."""
    checks = tuple(
        replace(check, expect={name: world().facts[check.fact].observed[name] for name in check.expect})
        if isinstance(check, ExactCheck)
        else check
        for check in claim.checks
    )
    return replace(claim, checks=checks)


def perturbed(claim: Claim) -> Iterator[Claim]:
    """The claim once for each of its expectations, with another one in its place."""
    for place, check in enumerate(claim.checks):
        if isinstance(check, ExactCheck):
            for name, value in check.expect.items():
                changed = replace(check, expect={**check.expect, name: other(value)})
                yield replace(claim, checks=(*claim.checks[:place], changed, *claim.checks[place + 1 :]))


def opposite(check: Check, *, holds: bool) -> Check:
    """A bound that every number keeps, or none does."""
    match check:
        case RatioCheck():
            return replace(check, within=None, above=None, below=HUGE if holds else 1 / HUGE)
        case LawCheck():
            return replace(check, between=None, above=-HUGE if holds else HUGE, below=None)
        case TrendCheck():
            return replace(check, rises=check.falls, falls=check.rises)
        case ExactCheck() | MissingCheck():
            return check
        case _:
            assert_never(check)


def turned(claim: Claim, *, holds: bool) -> Claim:
    return replace(claim, checks=tuple(opposite(check, holds=holds) for check in claim.checks))


def verdict(claim: Claim) -> str:
    return world().resolved([claim])[0].verdict


def test_every_claim_has_a_verdict_and_a_hundred_exact_checks_decide() -> None:
    found = world().resolved(world().claims)
    assert len(found) == len(world().claims) == 156
    lines = [line for each in found for line in each.evidence if not line.machine]
    assert sum(line.outcome in ("holds", "fails") for line in lines) >= 100
    assert len(decided("exact")) >= 100


def test_every_fact_is_observed() -> None:
    assert {name: record.note for name, record in world().facts.items() if record.status != "ok"} == {}


def test_every_expectation_of_a_supported_claim_matters() -> None:
    for each in decided("exact"):
        if each.verdict == "supported":
            for changed in perturbed(each.claim):
                assert verdict(changed) != each.verdict, each.claim.id


def test_a_claim_that_said_what_was_observed_would_be_supported() -> None:
    for each in decided("exact"):
        assert verdict(seen(each.claim)) == "supported", each.claim.id


def test_another_expectation_turns_every_verdict_on_an_exact_claim() -> None:
    for each in decided("exact"):
        turned_over = [verdict(changed) for changed in (seen(each.claim), *perturbed(each.claim))]
        assert any(found != each.verdict for found in turned_over), each.claim.id


def test_another_bound_turns_every_verdict_on_a_measured_claim() -> None:
    for each in decided("measured"):
        turned_over = {verdict(turned(each.claim, holds=holds)) for holds in (True, False)}
        turned_over |= {verdict(seen(each.claim))}
        assert turned_over - {each.verdict}, each.claim.id


def test_every_check_of_what_was_measured_is_decided_on_the_processor_unless_it_names_another() -> None:
    for each in world().resolved(world().claims):
        for number, check in enumerate(each.claim.checks, start=1):
            if isinstance(check, RatioCheck | TrendCheck | LawCheck) and check.device != "cuda":
                lines = [line for line in each.evidence if line.check == number and line.device == "cpu"]
                assert verdict_of_lines(lines) in DECIDED, (each.claim.id, number)
