"""What a gate says: changes that were judged, verdicts on cases, the outcome. Inert values, no behaviour."""

from dataclasses import dataclass
from typing import Literal

from bench.records.nouns import Finding

Verdict = Literal["regression", "improvement", "unchanged", "inconclusive", "incomparable"]
Standing = Literal["added", "removed", "failed", "skipped"]
"""What keeps a case from being judged: only one side has it, one side could not measure it, or the suite skips it."""

Unit = Literal["pair", "trial", "round"]
"""What was counted: of two revisions pairs of trials, of stored runs trials a side, of pytest-benchmark its rounds."""

GateVerdict = Literal["pass", "regression", "inconclusive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One metric of one case, candidate by base: `ratio` above 1 means worse, with the bounds of its interval at the
    look that decided it. `pairs` counts what `unit` says. An exact metric has neither interval nor pairs; `base` and
    `candidate` are in its unit.
    `limit` is a share. `worse` says whether this metric alone makes the case a regression."""

    case: str
    metric: str
    limit: float
    ratio: float | None
    low: float | None = None
    high: float | None = None
    pairs: int = 0
    unit: Unit = "pair"
    base: float | None = None
    candidate: float | None = None
    worse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of a case. `changes`: the sharp metric first, then `mean_latency`, then exact metrics that differ.
    `needed`: the pairs that would do where the case is inconclusive and that can be said. `note`: why it could not be
    judged. `allowed`: the policy lets it pass."""

    case: str
    verdict: Verdict | Standing
    changes: tuple[Change, ...] = ()
    needed: int | None = None
    note: str | None = None
    allowed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Base against base, from two worktrees. `fired`: the gate found a change where there is none."""

    case: str
    ratio: float
    low: float | None
    high: float | None
    pairs: int
    fired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The outcome. `base` and `candidate` name what was compared, for people; `seconds` is the wall time between the
    first and the last record; `exit_code` is 0, 1 or 4. `ended_by`: what kept the gate from its end, which then has no
    cases, and the exit code of that; None where it came to its end."""

    suite: str
    suite_file: str
    machine: str
    device: str
    base: str
    candidate: str
    verdict: GateVerdict
    exit_code: int
    cases: tuple[Judged, ...]
    control: Control | None = None
    findings: tuple[Finding, ...] = ()
    seconds: float | None = None
    ended_by: str | None = None

    def file_of(self, case: str) -> str:
        """Where a reader finds that case: its own file, with which the names of pytest's benchmarks begin, or the
        suite's."""
        file, separator, _ = case.partition("::")
        return file if separator else self.suite_file
