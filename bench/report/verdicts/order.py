"""Cases of a gate → worst first, and which of them keep it from passing."""

from collections.abc import Iterable
from math import inf

from bench.records.gate import Gate, Judged, Standing, Verdict
from bench.report.verdicts.changes import timed

RANKS: dict[Verdict | Standing, int] = {
    "regression": 0,
    "failed": 1,
    "incomparable": 2,
    "removed": 3,
    "inconclusive": 4,
    "added": 6,
    "improvement": 7,
    "skipped": 8,
    "unchanged": 9,
}
ALLOWED = 5
"""What the policy lets pass stands behind what it does not."""
PERMITTED: tuple[Verdict | Standing, ...] = ("failed", "incomparable", "removed")
"""What passes only where the policy says so; other standings pass anyway."""


def worst_first(cases: Iterable[Judged]) -> tuple[Judged, ...]:
    """Regressions, what could not be judged, and so on; among equals the largest change first, then by name."""
    return tuple(sorted(cases, key=lambda judged: (_rank(judged), -_size(judged), judged.case)))


def is_regression(judged: Judged, gate: Gate) -> bool:
    """Whether the case is a regression that can be believed: where the control fired, none can."""
    return judged.verdict == "regression" and gate.verdict == "regression"


def is_open(judged: Judged, gate: Gate) -> bool:
    """Whether the case could not be judged, or not believed, and so keeps the gate from passing."""
    if judged.verdict in PERMITTED:
        return not judged.allowed
    return judged.verdict == "inconclusive" or (judged.verdict == "regression" and not is_regression(judged, gate))


def is_permitted(judged: Judged) -> bool:
    """Whether the case passes because the policy says so."""
    return judged.verdict in PERMITTED and judged.allowed


def _rank(judged: Judged) -> int:
    return ALLOWED if is_permitted(judged) else RANKS[judged.verdict]


def _size(judged: Judged) -> float:
    """The largest ratio of what is worse, else the sharp metric's. From nothing to something is more than any ratio."""
    worse = [change for change in judged.changes if change.worse]
    return max((inf if c.ratio is None else c.ratio for c in worse or timed(judged)[:1]), default=0.0)
