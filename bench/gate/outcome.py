"""A gate's run and its records → the outcome: a verdict on every case, on the control, and on the gate."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import exp, inf, log1p

from bench.gate.decide import LOOKS, MEAN, Decision, Evidence, needed
from bench.gate.exact import exact_changes, lost_note
from bench.gate.judge import base_surveys, decisions, sharp_metric
from bench.gate.pairs import log_ratios, pairs
from bench.gate.policy import compared, exit_code, limit_of, permitted
from bench.records.gate import Change, Control, Gate, GateVerdict, Judged, Standing, Verdict
from bench.records.nouns import CHANGE, CONTROL, Case, Finding, GateAsked, Record, Run, Side
from bench.statistics import signed_rank, signed_rank_p

CONTROL_ERROR = 0.0005
"""One-sided. The control is to find what makes equal code differ by a quarter of the limit, and nothing else."""

SAME = "all pairs are the same: the clock cannot tell them apart"

NO_CONTROL = Finding(
    code="no control",
    message="base against base was not measured, or in too few pairs for an interval",
    advice="let the gate come to its end; a longer budget leaves room for more pairs",
)


def outcome(run: Run, records: Sequence[Record]) -> Gate:
    """Everything that the gate's records say."""
    assert run.gate is not None
    cases = judged_cases(run, run.gate, records)
    control = control_of(run, run.gate, records)
    verdict = gate_verdict(cases, control, controlled=run.gate.controlled)
    return Gate(
        suite=run.suite.name,
        suite_file=run.suite_file,
        machine=run.machine.name,
        device=run.device,
        base=f"{run.gate.against} ({run.gate.revision[:12]})",
        candidate="the working tree",
        verdict=verdict,
        exit_code=exit_code(verdict, run.gate.policy, cases),
        cases=cases,
        control=control,
        findings=(*run.gate.notes, *_findings(run, records, control)),
        seconds=_seconds(records),
    )


def judged_cases(run: Run, asked: GateAsked, records: Sequence[Record]) -> tuple[Judged, ...]:
    """Every case of the candidate's suite, then those that only the base's has."""
    decided = decisions(run, asked.policy, records)
    by_case: dict[str, list[Record]] = {}
    for record in records:
        by_case.setdefault(record.case, []).append(record)
    found = [_case(run, case, by_case.get(case.id, []), decided.get(case.id)) for case in run.cases]
    here = {case.id for case in run.cases}
    found += [Judged(case=case, verdict="removed") for case in asked.removed if case not in here]
    return tuple(permitted(judged, asked.policy) for judged in found)


def gate_verdict(cases: Sequence[Judged], control: Control | None, *, controlled: bool) -> GateVerdict:
    """A control that finds a change where there is none takes every other finding's worth; a gate that has compared
    nothing has found nothing, and one that was to have a control does not pass without what it says."""
    unsure = any(not case.allowed and case.verdict not in ("improvement", "unchanged") for case in cases)
    unsure = unsure or (controlled and (control is None or control.low is None))
    if any(change.worse for case in cases for change in case.changes if not change.pairs):
        return "regression"  # what is known without timing no control can doubt
    if not compared(cases) or (control is not None and control.fired):
        return "inconclusive"
    if any(case.verdict == "regression" for case in cases):
        return "regression"
    return "inconclusive" if unsure else "pass"


def control_of(run: Run, asked: GateAsked, records: Sequence[Record]) -> Control | None:
    """What the control's pairs say in its sharp metric; None where it was not measured."""
    cases, surveys = {case.id: case for case in run.cases}, base_surveys(records)
    for case, found in pairs(records, CONTROL).items():
        sharp = sharp_metric(run, cases[case], surveys.get(case))
        differences = log_ratios(found, sharp)
        if not differences:
            continue
        edge = log1p(limit_of(cases[case], sharp, asked.policy)) / 4
        shift = signed_rank(differences, error=Fraction(5, 100))
        ps = [signed_rank_p([sign * d for d in differences], above=edge) for sign in (1, -1)]
        return Control(
            case=case,
            ratio=exp(shift.estimate),
            low=None if shift.low is None else exp(shift.low),
            high=None if shift.high is None else exp(shift.high),
            pairs=len(differences),
            fired=min(ps) <= CONTROL_ERROR,
        )
    return None


def _case(run: Run, case: Case, records: Sequence[Record], decision: Decision | None) -> Judged:
    standing, note = _standing(run, case, records)
    if standing is not None:
        return Judged(case=case.id, verdict=standing, note=note)
    assert run.gate is not None
    surveys = {record.side: record for record in records if record.kind == "survey"}
    known = (surveys["base"].metrics, surveys["candidate"].metrics)
    exact = exact_changes(case, *known, metrics=run.suite.metrics, policy=run.gate.policy)
    if broken := _flaky(records):
        worse = any(change.worse for change in exact)
        return Judged(case=case.id, verdict="regression" if worse else "failed", changes=tuple(exact), note=broken)
    timed = [] if decision is None else _changes(run, case, surveys, decision)
    worse = any(change.worse for change in (*timed, *exact))
    lost = lost_note(*known, metrics=run.suite.metrics)
    verdict: Verdict | Standing = "inconclusive" if decision is None else decision.verdict
    verdict = "regression" if worse else "incomparable" if lost else verdict
    return Judged(
        case=case.id,
        verdict=verdict,
        changes=(*timed, *exact),
        needed=needed(decision) if decision is not None and verdict == "inconclusive" else None,
        note=lost or _failure(records) or (_open(decision, records) if verdict == "inconclusive" else None),
    )


def _standing(run: Run, case: Case, records: Sequence[Record]) -> tuple[Verdict | Standing | None, str | None]:
    """Why a case could not be judged, None where it could."""
    assert run.gate is not None
    if case.skip is not None:
        return ("removed" if case.id in run.gate.removed else "skipped"), case.skip
    if case.id in run.gate.changed:
        return "incomparable", f"the suite changed what the case is: {run.gate.changed[case.id]}"
    foreign = [record for record in records if "foreign_modules" in record.metrics]
    if foreign:
        return "incomparable", foreign[0].note
    surveys: dict[Side, Record] = {record.side: record for record in records if record.kind == "survey"}
    if case.id in run.gate.added and "candidate" in surveys and surveys["candidate"].status == "ok":
        return "added", None
    sides: tuple[Side, ...] = ("candidate",) if case.id in run.gate.added else ("base", "candidate")
    for side in sides:
        survey = surveys.get(side)
        if survey is None:
            return "inconclusive", "the gate ended before it was surveyed"
        if survey.status == "skipped":
            return "skipped", survey.note
        if survey.status != "ok":
            return "failed", f"{survey.status} on the {side}: {survey.note or ''}".rstrip(": ")
    return None, None


def flaky(trials: int, failed: Sequence[Record], on_base: Sequence[Record]) -> str | None:
    """What to say of a case that failed in some of the candidate's trials and in none of the base's; None of others.
    A verdict on the trials that are left would be one on code that works."""
    if on_base or not failed:
        return None
    last, often = failed[-1], f"in {len(failed)} of {trials} trials"
    return f"{last.status} on the candidate {often}, on the base in none: {last.note or ''}".rstrip(": ")


def _flaky(records: Sequence[Record]) -> str | None:
    """Where no pair in turns was ever whole, one that failed may have failed for want of what is there only once, and a
    coin has decided on which side: it says nothing of the code."""
    own = [r for r in records if r.kind == "timed" and r.side in CHANGE]
    shared = any(r.noise.get("turns") for r in own if r.status == "ok" and not r.noise.get("company"))
    trials = [[r for r in own if r.side == side and (shared or "turns" not in r.noise)] for side in CHANGE]
    on_base, failed = ([record for record in each if record.status != "ok"] for each in trials)
    return flaky(len(trials[1]), failed, on_base)


def _failure(records: Sequence[Record]) -> str | None:
    """What went wrong with a trial of a case that was surveyed well, if anything did."""
    failed = [r for r in records if r.kind == "timed" and r.side in CHANGE and r.status != "ok"]
    return f"{failed[-1].status} on the {failed[-1].side}: {failed[-1].note or ''}".rstrip(": ") if failed else None


def _open(decision: Decision | None, records: Sequence[Record]) -> str | None:
    """Why pairs have not decided a case, where it is not their noise."""
    same = decision is not None and decision.sharp.pairs and decision.sharp.high == inf
    return SAME if same else _shortage(records)


def _shortage(records: Sequence[Record]) -> str | None:
    """Why an undecided case has fewer pairs than it could have, if so: a signal or the budget ended the gate."""
    most = max((r.round for r in records if r.kind == "timed" and r.side in CHANGE), default=0)
    return f"the gate ended after {most} pairs" if most < LOOKS[-1].pairs else None


def _changes(run: Run, case: Case, surveys: Mapping[Side, Record], decision: Decision) -> list[Change]:
    assert run.gate is not None
    metrics = (sharp_metric(run, case, surveys["base"]), MEAN)
    parts = zip(metrics, (decision.sharp, decision.mean), decision.worse, strict=True)
    return [
        _change(case, metric, evidence, worse=worse, limit=limit_of(case, metric, run.gate.policy))
        for metric, evidence, worse in parts
        if evidence.pairs
    ]


def _change(case: Case, metric: str, evidence: Evidence, *, worse: bool, limit: float) -> Change:
    return Change(
        case=case.id,
        metric=metric,
        limit=limit,
        ratio=exp(evidence.estimate),
        low=exp(evidence.low) if evidence.high < inf else None,
        high=exp(evidence.high) if evidence.high < inf else None,
        pairs=evidence.pairs,
        worse=worse,
    )


def _findings(run: Run, records: Sequence[Record], control: Control | None) -> list[Finding]:
    assert run.gate is not None
    if control is None or control.low is None or control.high is None:
        paired = any(record.kind == "timed" and record.side == "candidate" for record in records)
        return [_no_control(records)] if paired and run.gate.controlled else []
    case = next(case for case in run.cases if case.id == control.case)
    sharp = sharp_metric(run, case, base_surveys(records).get(case.id))
    half = log1p(limit_of(case, sharp, run.gate.policy)) / 2
    found = []
    if control.fired:
        found.append(
            Finding(
                code="control fired",
                message="base against base differs: whatever made it differ may have made every case differ",
                advice="measure again; if it stays, look for what the two worktrees do not share",
                cases=(control.case,),
            )
        )
    if control.low < exp(-half) or control.high > exp(half):
        found.append(
            Finding(
                code="control too noisy",
                message=f"base against base is bounded to no better than half the limit in {control.pairs} pairs",
                advice="raise the limit, or measure in a calmer hour: bench doctor says how calm it is",
                cases=(control.case,),
            )
        )
    return found


def _no_control(records: Sequence[Record]) -> Finding:
    failed = [record for record in records if record.side in CONTROL and record.status != "ok"]
    if not failed:
        return NO_CONTROL
    why = f"{failed[-1].status}: {failed[-1].note or ''}".rstrip(": ")
    return Finding(
        code=NO_CONTROL.code,
        message=f"base against base could not be measured: {why}",
        advice="gate again; if it stays, look for what a second worktree of the base lacks",
        cases=(failed[-1].case,),
    )


def _seconds(records: Sequence[Record]) -> float | None:
    """From the first record's beginning to the last one's end."""
    begun = [record for record in records if record.started]
    return None if not begun else begun[-1].started + begun[-1].phases.get("total", 0.0) - begun[0].started
