"""The committed claims against the committed runs: whatever an expectation says, another one turns a verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import assert_never

import pytest

from bench.api.claims import CLAIMS, observed, published_of
from bench.claims.bounds import Bounds, of_law, of_ratio
from bench.claims.exact import alike
from bench.claims.measured import Published
from bench.claims.resolve import resolve
from bench.claims.resolve import verdict as verdict_of_lines
from bench.plan.claims import load_claims
from bench.records.claims import (
    Check,
    Claim,
    ClaimVerdict,
    Evidence,
    ExactCheck,
    LawCheck,
    MeasuredCheck,
    MissingCheck,
    RatioCheck,
    Resolved,
    TrendCheck,
    UnverifiableCheck,
)
from bench.records.nouns import Observation, Record

ROOT = Path(__file__).resolve().parents[2]
DECIDED = ("supported", "refuted", "mixed")

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


def expectations() -> Iterator[tuple[Claim, int, str]]:
    """Every claim, check and name of what a fact is to observe."""
    for claim in world().claims:
        for place, check in enumerate(claim.checks):
            if isinstance(check, ExactCheck):
                yield from ((claim, place, name) for name in check.expect)


def bounds() -> Iterator[tuple[Claim, int]]:
    """Every claim and check of what was measured, as far as there are runs of its suite."""
    published = {run.analysed.run.suite.name for run in world().runs}
    for claim in world().claims:
        for place, check in enumerate(claim.checks):
            if isinstance(check, RatioCheck | TrendCheck | LawCheck) and check.suite in published:
                yield claim, place


def changed(claim: Claim, place: int, check: Check) -> Claim:
    return replace(claim, checks=(*claim.checks[:place], check, *claim.checks[place + 1 :]))


def expecting(claim: Claim, place: int, name: str, value: Observation) -> Claim:
    check = claim.checks[place]
    assert isinstance(check, ExactCheck)
    return changed(claim, place, replace(check, expect={**check.expect, name: value}))


def perturbed(claim: Claim, place: int, name: str) -> Claim:
    """With what was observed where the claim expects something else, with something else where it expects that."""
    check = claim.checks[place]
    assert isinstance(check, ExactCheck)
    observed, expected = world().facts[check.fact].observed[name], check.expect[name]
    holds = alike(observed, expected, within=check.within)
    return expecting(claim, place, name, other(expected) if holds else observed)


def turned_round(check: Check) -> list[MeasuredCheck]:
    """The same bound from its other side; of two bounds each, of which what lies outside of both keeps one."""
    match check:
        case RatioCheck():
            bounds, bare = of_ratio(check), replace(check, within=None, between=None, above=None, below=None)
            return [*_sides(bare, bounds)]
        case LawCheck():
            return [*_sides(replace(check, between=None, above=None, below=None), of_law(check))]
        case TrendCheck():
            return [replace(check, rises=check.falls, falls=check.rises)]
        case ExactCheck() | MissingCheck() | UnverifiableCheck():
            return []
        case _:
            assert_never(check)


def _sides(bare: RatioCheck | LawCheck, bounds: Bounds) -> Iterator[RatioCheck | LawCheck]:
    if bounds.above is not None:
        yield replace(bare, below=bounds.above)
    if bounds.below is not None:
        yield replace(bare, above=bounds.below)


def lines_of(claim: Claim, place: int) -> list[Evidence]:
    (found,) = world().resolved([claim])
    return [line for line in found.evidence if line.check == place + 1]


def at_the_bound(line: Evidence, check: Check) -> bool:
    """An exact number that is the bound itself keeps it from neither side."""
    bounds = of_ratio(check) if isinstance(check, RatioCheck) else None
    return bounds is not None and line.low == line.high and line.value in (bounds.above, bounds.below)


def verdict(claim: Claim, part: str) -> ClaimVerdict:
    return world().resolved([claim])[0].parts[part]


def measured_check(name: str, suite: str) -> tuple[Claim, int, RatioCheck]:
    (claim,) = (claim for claim in world().claims if claim.id == name)
    for place, check in enumerate(claim.checks):
        if isinstance(check, RatioCheck) and check.suite == suite:
            return claim, place, check
    raise AssertionError(name)


def test_every_claim_has_a_verdict_and_a_hundred_exact_checks_decide() -> None:
    found = world().resolved(world().claims)
    assert len(found) == len(world().claims) == 156
    lines = [line for each in found for line in each.evidence if not line.machine]
    assert sum(line.outcome in ("holds", "fails") for line in lines) >= 100
    assert len(decided("exact")) >= 100


def test_every_fact_is_observed() -> None:
    assert {name: record.note for name, record in world().facts.items() if record.status != "ok"} == {}


def test_another_expectation_turns_the_verdict_on_its_part() -> None:
    """Each of them, one at a time: none stands there for nothing."""
    idle = [
        (claim.id, name)
        for claim, place, name in expectations()
        if verdict(perturbed(claim, place, name), claim.checks[place].part) == verdict(claim, claim.checks[place].part)
    ]
    assert idle == []


def test_a_bound_that_is_turned_round_turns_every_line_that_it_decides() -> None:
    """Each of them, one at a time, at its own value: a bound beyond all numbers would tell less."""
    idle, decided_lines = [], 0
    for claim, place in bounds():
        check = claim.checks[place]
        others = [lines_of(changed(claim, place, other), place) for other in turned_round(check)]
        for line, *turned in zip(lines_of(claim, place), *others, strict=True):
            outcomes = {each.outcome for each in turned}
            if line.outcome == "holds":
                good = outcomes == {"fails"}
            elif line.outcome == "fails":
                good = "holds" in outcomes or at_the_bound(line, check) or line.note.startswith("no such law")
            else:
                continue
            decided_lines += 1
            if not good:
                idle.append((claim.id, place, line.subject))
    assert decided_lines > 100
    assert idle == []


def test_a_verdict_on_measured_parts_turns_with_their_bounds() -> None:
    """What all lines of a part support they refute the other way round, and the reverse."""
    turns = {"supported": "refuted", "refuted": "supported"}
    seen = set()
    for claim, place in bounds():
        check, before = claim.checks[place], verdict(claim, claim.checks[place].part)
        alone = sum(other.part == check.part for other in claim.checks) == 1
        others = turned_round(check)
        if alone and before in turns and len(others) == 1:
            seen.add(before)
            assert verdict(changed(claim, place, others[0]), check.part) == turns[before], (claim.id, place)
    assert seen == set(turns)


def test_a_claim_that_said_what_was_observed_would_be_supported() -> None:
    for each in decided("exact"):
        claim = each.claim
        for place, check in enumerate(claim.checks):
            assert isinstance(check, ExactCheck)
            for name in check.expect:
                claim = expecting(claim, place, name, world().facts[check.fact].observed[name])
        assert world().resolved([claim])[0].verdict == "supported", claim.id


def test_what_a_page_has_lost_or_does_not_show_is_not_held_against_its_document() -> None:
    found = {each.claim.id: each for each in world().resolved(world().claims) if each.verdict == "unverifiable"}
    assert list(found) == ["D1-C22", "D1-C24", "D1-C25", "D1-C26", "D1-C35", "D3-C14"]
    for each in found.values():
        assert [line.note for line in each.evidence if line.outcome == "unverifiable"]
        assert set(each.parts) == {"", *each.claim.ours}


def test_code_is_run_as_it_is_printed_as_a_question_of_ours_and_does_not_run() -> None:
    found = [each for each in world().resolved(world().claims) if "as printed" in each.parts]
    assert {each.parts["as printed"] for each in found} == {"refuted"}
    assert all("as printed" in each.claim.ours for each in found)


def test_a_question_of_ours_has_no_say_in_the_verdict_on_what_the_document_says() -> None:
    asked = [claim for claim in world().claims if claim.ours]
    assert asked
    for claim in asked:
        bare = replace(claim, ours={}, checks=tuple(check for check in claim.checks if check.part not in claim.ours))
        (whole,), (without,) = world().resolved([claim]), world().resolved([bare])
        assert whole.verdict == without.verdict, claim.id
        assert set(whole.parts) == {*without.parts, *claim.ours}


def test_time_grows_with_the_steps_where_they_are_many_and_not_where_they_are_few() -> None:
    claim, _, _ = measured_check("D0-C7", "sequence_law")
    assert verdict(claim, "784 steps by 196") == "supported"
    assert verdict(claim, "56 steps by 14") == "refuted"


def test_a_network_that_does_not_iterate_would_refute_that_time_grows_with_the_steps() -> None:
    claim, place, check = measured_check("D0-C7", "sequence_law")
    pixels = replace(check, compare={"length": (196,)}, to={"length": 49}, where={"model": ("cnn",)})
    assert verdict(changed(claim, place, pixels), check.part) == "refuted"


def test_networks_that_do_unequal_work_are_not_compared_in_silence() -> None:
    """Of one arithmetic nothing is said; of another, how much more it is."""
    (found,) = world().resolved([claim for claim in world().claims if claim.id == "D1-C10"])
    notes = {line.subject: line.note for line in found.evidence if line.unit and "slicing=pixel" in line.subject}
    assert notes
    for subject, note in notes.items():
        assert ("the flops" in note) == ("match=hidden" in subject and "model=gru" not in subject), (subject, note)


def test_convolutions_that_wait_for_one_another_would_refute_that_they_need_not() -> None:
    claim, place, check = measured_check("D1-C11", "convolution")
    one_by_one = replace(check, where={"implementation": ("channel_loop",)})
    assert verdict(claim, check.part) == "supported"
    assert verdict(changed(claim, place, one_by_one), check.part) == "refuted"


def test_every_check_of_what_was_measured_is_decided_on_the_processor_unless_it_names_another() -> None:
    for claim, place in bounds():
        (each,) = world().resolved([claim])
        if getattr(claim.checks[place], "device", None) != "cuda":
            lines = [line for line in each.evidence if line.check == place + 1 and line.device == "cpu"]
            assert verdict_of_lines(lines) in DECIDED, (claim.id, place + 1)


def test_what_was_not_measured_yet_is_named() -> None:
    measured = {(claim.id, place + 1) for claim, place in bounds()}
    for each in world().resolved(world().claims):
        for line in each.evidence:
            check = each.claim.checks[line.check - 1]
            if isinstance(check, RatioCheck | TrendCheck | LawCheck) and (each.claim.id, line.check) not in measured:
                assert line.note.startswith(f"no published run of {check.suite}")
