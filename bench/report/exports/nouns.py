"""What every format is written from: a run, one timed metric, and what became of each case in it."""

from dataclasses import dataclass

from bench.records.nouns import Case, Estimate, Record, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A trial that counts, and what it is worth in the metric: seconds a step, above 0."""

    record: Record
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case. `name` is its id, plain and unlike any other's; `trials` are in the order of rounds, none where the
    case has no value; `seconds` is how long its surveys and trials took, repeated ones included."""

    name: str
    case: Case
    estimate: Estimate
    trials: tuple[Timed, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """`started` in seconds since 1970; `revision` and `changed` are git's word of the subject at the first start,
    `changed` None where nobody knows."""

    run: Run
    metric: str
    started: float
    revision: str
    changed: bool | None
    outcomes: tuple[Outcome, ...]
