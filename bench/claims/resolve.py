"""Claims, what their facts observed and what was published → each claim's verdict with its evidence.

Why a third: intervals of noisy cases straddle a bound now and then, which says nothing; but where most of what a claim
speaks of is open, the few lines that happen to be decided do not speak for it.

Why parts: a sentence that says two things, one of which holds, is neither true nor false, and its reader wants to know
which of them holds. So each has a verdict, and the claim's follows from theirs by the same rule that makes one of many
checks. What the document does not say and we ask all the same, what a thing costs as a rule, with a bound that we have
chosen, is shown with a verdict of its own: the document is neither right nor wrong by it.

Why unverifiable, beside the verdicts of the design: a line of which the page has lost a piece, and a name in another
library than ours, are not wrong because they do not run here. Counted as refuted they would make the documents worse
than they are; so they are told apart from what no check decides in principle (conceptual) and from what has not been
measured yet (unresolved)."""

from collections.abc import Collection, Mapping, Sequence

from bench.claims.exact import exact
from bench.claims.measured import Published, measured
from bench.records.claims import (
    Check,
    Claim,
    ClaimVerdict,
    Evidence,
    ExactCheck,
    MissingCheck,
    Resolved,
    UnverifiableCheck,
)
from bench.records.nouns import Record

OPEN_SHARE = 1 / 3
LISTED = ("count", "shape")
"""What else their facts saw is evidence, too: it goes into the table of parameters."""


def resolve(claims: Sequence[Claim], facts: Mapping[str, Record], runs: Sequence[Published]) -> tuple[Resolved, ...]:
    """Every claim, in their order. `facts` are records of kind `fact` by the names that checks give them."""
    return tuple(_resolved(claim, facts, runs) for claim in claims)


def verdict(lines: Sequence[Evidence]) -> ClaimVerdict:
    """Of one check on one machine, or of one fact: all that is decided says the same, and no more than a third is
    open; mixed where one line holds and another fails."""
    counted = [line.outcome for line in lines if line.outcome != "also"]
    if "unverifiable" in counted:
        return "unverifiable"
    holds, fails = counted.count("holds"), counted.count("fails")
    if holds and fails:
        return "mixed"
    if not holds + fails or counted.count("open") > OPEN_SHARE * len(counted):
        return "unresolved"
    return "supported" if holds else "refuted"


def together(verdicts: Collection[ClaimVerdict]) -> ClaimVerdict:
    """Of the checks of a part, and of the parts of a claim: one that fails where another holds is enough to be mixed,
    one that nobody has decided leaves the rest undecided, and what cannot be judged leaves it to what can."""
    judged = [verdict for verdict in verdicts if verdict != "unverifiable"]
    if verdicts and not judged:
        return "unverifiable"
    if "mixed" in judged or {"supported", "refuted"} <= set(judged):
        return "mixed"
    return "unresolved" if "unresolved" in judged or not judged else judged[0]


def _resolved(claim: Claim, facts: Mapping[str, Record], runs: Sequence[Published]) -> Resolved:
    if claim.kind == "conceptual":
        return Resolved(claim=claim, verdict="conceptual")
    evidence = [_evidence(check, i, facts, runs, claim=claim) for i, check in enumerate(claim.checks, start=1)]
    parts = _by_part(claim, [_over_machines(lines) for lines in evidence])
    said = [lines for check, lines in zip(claim.checks, evidence, strict=True) if check.part not in claim.ours]
    machines = dict.fromkeys(line.machine for lines in said for line in lines if line.machine)
    return Resolved(
        claim=claim,
        verdict=together([found for part, found in parts.items() if part not in claim.ours]),
        parts=parts,
        evidence=tuple(line for lines in evidence for line in lines),
        machines={machine: _on(machine, said) for machine in machines},
    )


def _by_part(claim: Claim, verdicts: Sequence[ClaimVerdict]) -> dict[str, ClaimVerdict]:
    """From those on the checks of each; parts come in the order in which the claim names them, ours last."""
    decided = list(zip(claim.checks, verdicts, strict=True))
    return {
        part: together([verdict for check, verdict in decided if check.part == part])
        for part in (*(claim.parts or ("",)), *claim.ours)
    }


def _evidence(
    check: Check, number: int, facts: Mapping[str, Record], runs: Sequence[Published], *, claim: Claim
) -> tuple[Evidence, ...]:
    match check:
        case ExactCheck():
            return tuple(exact(check, number, facts.get(check.fact), also=_beside(claim, check, facts)))
        case MissingCheck():
            return (Evidence(check=number, subject=check.needs, outcome="open", note=f"needs {check.needs}"),)
        case UnverifiableCheck():
            return (Evidence(check=number, subject="the document", outcome="unverifiable", note=check.unverifiable),)
        case _:
            return measured(check, number, runs)


def _beside(claim: Claim, check: ExactCheck, facts: Mapping[str, Record]) -> set[str]:
    """What the fact of a count or a shape saw and no check of the claim expects, told once: at its last check."""
    same = [each for each in claim.checks if isinstance(each, ExactCheck) and each.fact == check.fact]
    if claim.about not in LISTED or check is not same[-1] or check.fact not in facts:
        return set()
    return set(facts[check.fact].observed) - {name for each in same for name in each.expect}


def _over_machines(lines: Sequence[Evidence]) -> ClaimVerdict:
    """Each machine by itself; one that leaves it open does not take from what another has decided."""
    machines = dict.fromkeys(line.machine for line in lines)
    verdicts = [verdict([line for line in lines if line.machine == machine]) for machine in machines]
    decided = [found for found in verdicts if found != "unresolved"]
    return together(decided or verdicts)


def _on(machine: str, evidence: Sequence[Sequence[Evidence]]) -> ClaimVerdict:
    """What this machine's runs say, as far as they say anything."""
    own = [[line for line in lines if line.machine == machine] for lines in evidence]
    return together([verdict(lines) for lines in own if lines])
