"""Claims, records of facts and published runs that never happened."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bench.claims.measured import Published
from bench.records.claims import About, Check, Claim, ClaimKind, Evidence, Outcome
from bench.records.nouns import Case, Observation, Record, Status
from tests.analysis.made_up import analysed, case, survey, trials

SPREAD = (0.99, 1.0, 1.01, 0.995, 1.005, 1.0, 0.992, 1.008, 0.998, 1.002)
"""Ten trials whose intervals are about one per cent wide."""


def claim(*checks: Check, kind: ClaimKind = "measured", name: str = "D0-C1") -> Claim:
    """With a part for every one that a check names."""
    about: About | None = "count" if kind == "exact" else None
    because = "nobody can tell" if kind == "conceptual" else None
    parts = {check.part: f"It is so in {check.part}." for check in checks if check.part}
    return Claim(
        id=name, words="原文", says="It is so.", kind=kind, about=about, parts=parts, checks=checks, because=because
    )


def fact(name: str, status: Status = "ok", note: str | None = None, **observed: Observation) -> Record:
    return Record(schema=1, kind="fact", status=status, case=f"facts.{name}", note=note, observed=observed)


def line(outcome: Outcome, *, machine: str = "here", check: int = 1) -> Evidence:
    return Evidence(check=check, subject="a pair", outcome=outcome, machine=machine)


def case_of(name: str) -> Case:
    """`model=lstm,size=28` as a case; digits are a number."""
    terms = [part.partition("=") for part in name.split(",")]
    return case(levels={factor: int(level) if level.isdigit() else level for factor, _, level in terms})


def published(
    milliseconds: Mapping[str, float | Iterable[float] | None],
    *,
    machine: str = "here",
    device: str = "cpu",
    parameters: Mapping[str, int] | None = None,
    flops: Mapping[str, int] | None = None,
) -> Published:
    """A run of the suite `made_up`: a case's latency in every round, or in each; None where its survey failed."""
    records = []
    for name, value in milliseconds.items():
        if value is None:
            records.append(survey(name, status="failed", note="no such kernel"))
            continue
        known = {"flops": flops[name]} if flops else {}
        records.append(survey(name, {"items": 1, "parameters": (parameters or {}).get(name, 1), **known}))
        each = [value * factor for factor in SPREAD] if isinstance(value, int | float) else value
        records += trials(name, each)
    found = analysed([case_of(name) for name in milliseconds], records, metrics=("latency", "parameters"))
    made = replace(found.run, device=device, machine=replace(found.run.machine, name=machine))
    return Published(folder=f"made_up/{machine}", analysed=replace(found, run=made))
