"""A Gate, its cases, its control → plain sentences. Names are left as they are: whoever writes them makes them inert.

A sign stands for a verdict by its shape and beside its word, so that nothing depends on colour."""

from collections import Counter

from bench.records.gate import Change, Control, Gate, GateVerdict, Judged, Standing, Verdict
from bench.records.nouns import Finding
from bench.report.verdicts.changes import brief, counted, exact, interval, size, timed, unit, whole
from bench.report.verdicts.order import RANKS, is_open, is_permitted, is_regression
from bench.units import duration

SIGNS: dict[Verdict | Standing, str] = {
    "regression": "▲",
    "improvement": "▼",
    "unchanged": "=",
    "inconclusive": "?",
    "incomparable": "≠",
    "failed": "!",
    "added": "+",
    "removed": "−",
    "skipped": "·",
}
GATE_SIGNS: dict[GateVerdict, str] = {"pass": "✓", "regression": "✗", "inconclusive": "?"}

_STANDINGS: dict[Verdict | Standing, str] = {
    "added": "only the candidate has it",
    "removed": "only the base has it",
    "failed": "could not be measured",
    "incomparable": "cannot be compared",
    "skipped": "skipped",
}
_TALLIED: dict[Verdict | Standing, str] = {"regression": "worse", "improvement": "better"}


def sentence(judged: Judged) -> str:
    """What became of a case: its changes, what made it worse first, then what remains to be said."""
    changes = sorted(timed(judged), key=lambda change: not change.worse)
    told = [whole(change) if change.worse or i == 0 else brief(change) for i, change in enumerate(changes)]
    said = "; ".join([*told, *([beside] if (beside := beside_times(judged)) else [])])
    return said or "nothing was measured"


def beside_times(judged: Judged) -> str:
    """What a table of the timed changes leaves unsaid; empty where that is nothing."""
    remark = remark_on(judged)
    return "; ".join([*map(brief, exact(judged)), *([remark] if remark else [])])


def remark_on(judged: Judged) -> str:
    """What no number of the case says: why it was not judged, what would settle it, which metric made it worse."""
    parts = [part for part in (_STANDINGS.get(judged.verdict), judged.note) if part]
    parts = [": ".join(parts)] if parts else []
    worse = [change.metric for change in judged.changes if change.worse]
    if worse and worse != [change.metric for change in timed(judged)[:1]]:
        parts.append(f"worse in {', '.join(worse)}")
    if judged.verdict == "inconclusive":
        parts.append(_what_would_do(judged))
    if is_permitted(judged):
        parts.append("the policy allows it")
    return "; ".join(parts)


def headline(gate: Gate) -> str:
    """`regression: 2 of 24 cases are worse than allowed (1 failed, 21 unchanged)`."""
    total = counted(len(gate.cases), "case")
    if gate.verdict == "regression":
        worse = sum(is_regression(judged, gate) for judged in gate.cases)
        said = f"{worse} of {total} {'is' if worse == 1 else 'are'} worse than allowed"
    elif gate.verdict == "pass":
        said = f"none of {total} is worse than allowed"
    else:
        said = _why_inconclusive(gate, total)
    left = {"regression"} if gate.verdict == "regression" else set()
    rest = tally(tuple(judged for judged in gate.cases if judged.verdict not in left))
    lenient = "; the policy lets it pass" if gate.verdict == "inconclusive" and gate.exit_code == 0 else ""
    return f"{gate.verdict}: {said}{f' ({rest})' if rest else ''}{lenient}"


def tally(cases: tuple[Judged, ...]) -> str:
    """`1 failed, 21 unchanged`."""
    counts = Counter(judged.verdict for judged in cases)
    return ", ".join(
        f"{counts[verdict]} {_TALLIED.get(verdict, verdict)}" for verdict in sorted(counts, key=RANKS.__getitem__)
    )


def general_doubt(gate: Gate) -> str:
    """Why a gate is inconclusive where no single case is to blame; empty where there is no such reason."""
    if gate.verdict != "inconclusive":
        return ""
    if gate.ended_by is not None:
        return f"the gate did not come to its end: {gate.ended_by}"
    if gate.control is not None and gate.control.fired:
        return "the control found a change where there is none, so no change can be believed"
    if any(is_open(judged, gate) for judged in gate.cases):
        return ""
    return "the findings say why" if any(timed(judged) for judged in gate.cases) else "nothing was compared"


def control_words(control: Control) -> str:
    """What base against base showed. Its size is given like a case's; it has no limit of its own."""
    change = Change(case=control.case, metric="", limit=0.0, ratio=control.ratio, low=control.low, high=control.high)
    bounds = interval(change)
    spread = f"interval {bounds}" if bounds else "no interval"
    said = "it found a change where there is none" if control.fired else "it found no change"
    return f"base against base, {control.case}: {size(change)} ({spread}), {counted(control.pairs, 'pair')}; {said}"


def compared(gate: Gate) -> str:
    """Which revisions."""
    return f"{gate.candidate} against {gate.base}"


def measured(gate: Gate) -> str:
    """Where, and for how long."""
    time = "" if gate.seconds is None else f"; {duration(gate.seconds)}"
    return f"{gate.machine}; device {gate.device}{time}"


def finding_words(finding: Finding) -> str:
    """A remark with its advice."""
    return f"{finding.code}: {finding.message}. Advice: {finding.advice}."


def _why_inconclusive(gate: Gate, total: str) -> str:
    undecided = sum(is_open(judged, gate) for judged in gate.cases)
    reasons = [general_doubt(gate), f"{undecided} of {total} could not be judged" if undecided else ""]
    return "; ".join(reason for reason in reasons if reason)


def _what_would_do(judged: Judged) -> str:
    if judged.needed is not None:
        return f"undecided: about {counted(judged.needed, unit([judged]))} would do"
    return "undecided" if judged.note else f"undecided, and how many {unit([judged])}s would do cannot be said"
