"""Two stored runs of one machine and a policy → the outcome of a gate.

The trials of two runs share no pairs, and nothing removes what the machine did differently in the two hours: the
intervals hold what differs between the servers of a run, not what differs between the runs. That is why the limit is
wider than against a revision, and why there is no control."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.analysis.analysed import Analysed
from bench.analysis.machine_checks import servers_left_out
from bench.analysis.values import UNKNOWN
from bench.gate.alike import refuse_unlike, unlike
from bench.gate.decide import MEAN
from bench.gate.exact import exact_changes, lost_note
from bench.gate.judge import sharp_metric
from bench.gate.outcome import flaky, gate_verdict
from bench.gate.policy import exit_code, limit_of, permitted
from bench.gate.unpaired import Sides, change, judged, too_few
from bench.records.gate import Gate, Judged
from bench.records.nouns import Case, Finding, Record
from bench.records.suite import GateSpec

STEADY = 0.10
"""Below this limit two runs of equal code give alarms of their own. Of 26 runs of one suite on one machine
(`results/evidence/repeats`), each against each other, 0.5 % of the gates alarmed at 10 %, 5 % at 5 %, 8 % at 3 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What is compared, under which policy."""

    base: Analysed
    candidate: Analysed
    policy: GateSpec

    @property
    def sides(self) -> tuple[tuple[str, Analysed], tuple[str, Analysed]]:
        """Both, by name."""
        return ("base", self.base), ("candidate", self.candidate)


def judge_runs(base: Analysed, candidate: Analysed, policy: GateSpec) -> Gate:
    """Every case of the candidate, then those that only the base has.

    Raises Incomparable where the runs' numbers cannot mean the same."""
    refuse_unlike(base.run, candidate.run)
    runs = Runs(base=base, candidate=candidate, policy=policy)
    ids = dict.fromkeys((*candidate.cases, *base.cases))
    standing = {case: _standing(runs, case) for case in ids}
    timed = {case: _sides(runs, case) for case, found in standing.items() if found is None}
    doubts = {case: _doubt(runs, sides) for case, sides in timed.items()}
    family = [sides for case, sides in timed.items() if doubts[case] is None]
    decided = judged(family)
    cases = tuple(
        permitted(found or _with_exact(runs, doubts[case] or decided[case]), policy) for case, found in standing.items()
    )
    verdict = gate_verdict(cases, None, controlled=False)
    return Gate(
        suite=base.run.suite.name,
        suite_file=base.run.suite_file,
        machine=base.run.machine.name,
        device=base.run.device,
        base=base.run.name,
        candidate=candidate.run.name,
        verdict=verdict,
        exit_code=exit_code(verdict, policy, cases),
        cases=cases,
        findings=_findings(runs, family),
    )


def _standing(runs: Runs, case: str) -> Judged | None:
    """What keeps a case from being compared, None where both runs have it and have surveyed it."""
    old, new = runs.base.cases.get(case), runs.candidate.cases.get(case)
    if new is None:
        return Judged(case=case, verdict="removed")
    if new.skip is not None:  # what the base measured and the candidate skips is gone: no change loosens its own gate
        gone = old is not None and old.skip is None
        return Judged(case=case, verdict="removed" if gone else "skipped", note=new.skip)
    if old is None:
        return _unsurveyed("candidate", runs.candidate, case) or Judged(case=case, verdict="added")
    if old.skip is not None:
        return Judged(case=case, verdict="skipped", note=f"on the base: {old.skip}")
    if fields := unlike(old, new):
        return Judged(case=case, verdict="incomparable", note="; ".join(fields))
    found = (_unsurveyed(name, side, case) for name, side in runs.sides)
    return next((each for each in found if each is not None), None)


def _unsurveyed(name: str, side: Analysed, case: str) -> Judged | None:
    """A step that is too long to be measured skips a case on the base; on the candidate it is a failure, or a change
    that is slow enough would pass."""
    survey = side.surveys.get(case)
    if survey is None or survey.status == "cancelled":
        return Judged(case=case, verdict="inconclusive", note=f"the {name} ended before it was surveyed")
    if survey.status == "ok":
        return None
    note = f"{survey.status} on the {name}: {survey.note or ''}".rstrip(": ")
    skipped = survey.status == "skipped" and name == "base"
    return Judged(case=case, verdict="skipped" if skipped else "failed", note=note)


def _sides(runs: Runs, case: str) -> list[Sides]:
    """The sharp metric and the mean, on the trials that count."""
    own = runs.candidate.cases[case]
    metrics = (sharp_metric(runs.base.run, own, runs.base.surveys.get(case)), MEAN)
    return [
        Sides(
            case=case,
            metric=metric,
            limit=limit_of(own, metric, runs.policy),
            base=list(runs.base.values[case, metric].values()),
            candidate=list(runs.candidate.values[case, metric].values()),
            unit="trial",
        )
        for metric in metrics
    ]


def _doubt(runs: Runs, sides: Sequence[Sides]) -> Judged | None:
    """A case whose trials allow no verdict, and why."""
    case = sides[0].case
    for name, side in runs.sides:
        counted, failed = side.counted[case], _failed(side, case)
        if not counted.trials and failed:
            note = f"{failed[-1].status} on the {name}: {failed[-1].note or ''}".rstrip(": ")
            return Judged(case=case, verdict="failed", note=note)
        if not counted.trials:
            return Judged(case=case, verdict="inconclusive", note=f"the {name} ended before it was timed")
    if broken := _flaky(runs, case):
        return Judged(case=case, verdict="failed", note=broken)
    for each in sides:
        if not each.fewest:
            return Judged(case=case, verdict="inconclusive", note=f"{each.metric}: {UNKNOWN[each.metric]}")
        if min(*each.base, *each.candidate) <= 0:
            return Judged(case=case, verdict="inconclusive", note=f"{each.metric}: a time of 0 s has no ratio")
    disturbed = [
        f"disturbed: {side.counted[case].disturbed} of {len(side.counted[case].trials)} trials on the {name}"
        for name, side in runs.sides
        if side.counted[case].disturbed
    ]
    if not disturbed:
        return None
    return Judged(case=case, verdict="inconclusive", changes=tuple(map(change, sides)), note="; ".join(disturbed))


def _with_exact(runs: Runs, found: Judged) -> Judged:
    """With the exact metrics that differ, which need no trials, and with the trials that failed."""
    case = runs.candidate.cases[found.case]
    known = (runs.base.surveys[case.id].metrics, runs.candidate.surveys[case.id].metrics)
    metrics = runs.base.run.suite.metrics
    exact = exact_changes(case, *known, metrics=metrics, policy=runs.policy)
    worse = found.verdict == "regression" or any(each.worse for each in exact)
    lost = lost_note(*known, metrics=metrics)
    return replace(
        found,
        verdict="regression" if worse else "incomparable" if lost else found.verdict,
        changes=(*found.changes, *exact),
        note=lost or found.note or _failures(runs, case),
    )


def _failures(runs: Runs, case: Case) -> str | None:
    """How many trials of a case that has others failed."""
    told = []
    for name, side in runs.sides:
        failed = _failed(side, case.id)
        if failed:
            told.append(f"{failed[-1].status}: {len(failed)} trials on the {name}")
    return "; ".join(told) or None


def _flaky(runs: Runs, case: str) -> str | None:
    counted, failed = runs.candidate.counted[case], _failed(runs.candidate, case)
    trials = len(counted.trials) + len(counted.left_out) + len(failed)
    return flaky(trials, failed, _failed(runs.base, case))


def _failed(side: Analysed, case: str) -> list[Record]:
    """The trials that failed; that a person or a budget ended the run is no failure."""
    return [record for record in side.counted[case].failed if record.status != "cancelled"]


def _findings(runs: Runs, family: Sequence[Sequence[Sides]]) -> tuple[Finding, ...]:
    shared = (servers_left_out(runs.base), servers_left_out(runs.candidate))
    found = dict.fromkeys((_tight(family), too_few(family), *shared))
    return tuple(finding for finding in found if finding is not None)


def _tight(family: Sequence[Sequence[Sides]]) -> Finding | None:
    tight = {sides.case: sides.limit for metrics in family for sides in metrics if sides.limit < STEADY}
    if not tight:
        return None
    return Finding(
        code="limit within drift",
        message=f"{len(tight)} cases have a limit below {STEADY:.0%}, by which two runs of equal code can differ: "
        "nothing removes what the machine did differently between them",
        advice="measure again before you believe an alarm, or compare side by side: bench gate SUITE --against",
        cases=tuple(tight),
    )
