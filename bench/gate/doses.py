"""A gate over doses, its records and its outcome → what was injected and found, whether it was injected, what it cost.

Its cases have the factors `kind` and `dose`: of a step of 100 equal parts the candidate does `dose` parts more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.gate.judge import series
from bench.gate.pairs import pairs
from bench.gate.sensitivity import CASES, Noise, noise
from bench.records.gate import Gate, Judged
from bench.records.nouns import CHANGE, Record, Run

PARTS = 100
LARGEST = 5
"""The dose that a machine must find to be of use."""

COUNTED = "operations"
"""What the profiler counts of a step: the parts are operators, and nothing else is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed:
    """A case: its kind of step, the extra work of its candidate in per cent, what the gate says."""

    kind: str
    dose: int
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds: of the surveys of a case, of a pair with its repeats, of the servers of a round."""

    survey: float
    pair: float
    servers: float

    def of_case(self, count: int) -> float:
        """Of a case that takes so many pairs in a gate of 24, which share the servers and a control of 24 pairs, that
        has servers of its own, each for twice as many pairs."""
        return self.survey + self.pair + self.servers / 2 + count * (self.pair + self.servers / CASES)


def dosed(run: Run, gate: Gate) -> tuple[Dosed, ...]:
    """The gate's cases, by kind and dose."""
    judged = {each.case: each for each in gate.cases}
    found = [_dosed(case.levels["kind"], case.levels["dose"], judged[case.id]) for case in run.cases]
    kinds = list(dict.fromkeys(each.kind for each in found))
    return tuple(sorted(found, key=lambda each: (kinds.index(each.kind), each.dose)))


def undosed(run: Run, records: Sequence[Record]) -> list[str]:
    """What is wrong with the doses: cases that could not be surveyed, or whose candidate's operators are not to the
    base's as 100 parts and the dose are to 100."""
    surveys = {(record.case, record.side): record for record in records if record.kind == "survey"}
    return [
        f"{case.id}: {wrong}"
        for case in run.cases
        if (wrong := _wrong([surveys.get((case.id, side)) for side in CHANGE], case.levels["dose"]))
    ]


def noise_of(run: Run, records: Sequence[Record], kind: str) -> Noise:
    """What the pairs of that kind of step differ by."""
    assert run.gate is not None
    own = {case.id for case in run.cases if case.levels["kind"] == kind}
    return noise(found for case, found in series(run, run.gate.policy, records).items() if case in own)


def cost_of(run: Run, records: Sequence[Record], kind: str) -> Cost | None:
    """What that kind of step costs; None without a pair of it."""
    own = {case.id for case in run.cases if case.levels["kind"] == kind}
    count = sum(len(found) for case, found in pairs(records).items() if case in own)
    if not count:
        return None
    timed = [record for record in records if record.kind == "timed"]
    surveys = [record for record in records if record.kind == "survey"]
    whole = timed[-1].started + _seconds(timed[-1:]) - surveys[0].started
    return Cost(
        survey=_seconds(record for record in surveys if record.case in own) / len(own),
        pair=_seconds(record for record in timed if record.case in own and record.side in CHANGE) / count,
        servers=max(0.0, whole - _seconds(records)) / max(record.round for record in timed if record.side in CHANGE),
    )


def faults(name: str, cases: Sequence[Dosed], *, limit: float) -> Iterator[str]:
    """What a gate that can be trusted does not say: that equal code is worse or more work better, or that a dose of
    twice the limit is none."""
    for case in cases:
        verdict = case.judged.verdict
        alarm = verdict == "improvement" or (verdict == "regression" and case.dose == 0)
        missed = verdict == "unchanged" and case.dose >= 200 * limit
        if alarm or missed:
            yield f"{name}: {case.kind} steps with {case.dose} % more work were called {verdict}"


def overlooked(cases: Sequence[Dosed]) -> list[str]:
    """The kinds of step whose largest dose was not found."""
    return [each.kind for each in cases if each.dose == LARGEST and each.judged.verdict != "regression"]


def _dosed(kind: object, dose: object, judged: Judged) -> Dosed:
    assert isinstance(dose, int)
    return Dosed(kind=str(kind), dose=dose, judged=judged)


def _wrong(surveys: Sequence[Record | None], dose: object) -> str:
    """Empty where the dose is what it should be."""
    assert isinstance(dose, int)
    counts = []
    for survey, side in zip(surveys, CHANGE, strict=True):
        if survey is None or survey.status != "ok":
            return f"not surveyed on the {side}" + (f": {survey.note}" if survey and survey.note else "")
        counts.append(survey.metrics.get(COUNTED, 0))
    base, candidate = counts
    if base <= 0 or candidate * PARTS != base * (PARTS + dose):
        return f"{candidate} operators after {base}, where {PARTS + dose} parts after {PARTS} were asked for"
    return ""


def _seconds(records: Iterator[Record] | Sequence[Record]) -> float:
    return sum(record.phases.get("total", 0.0) for record in records)
