"""What a run is made of: cases, trials, records, estimates, comparisons, findings. Inert values, no behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol

from pydantic import Field

from bench.records.suite import FORBID_EXTRA, Allocator, Cache, GateSpec, Level, Policy, Suite

SCHEMA = 1
"""1 (2026-11): the first."""

Schema = Annotated[int, Field(ge=1, le=SCHEMA)]

Status = Literal["ok", "skipped", "unavailable", "failed", "timeout", "oom", "crashed", "invalid", "cancelled"]
Kind = Literal["survey", "timed", "fact", "peak"]
Unknown = Literal["unknown"]
Launch = Literal["fork", "spawn"]
Observation = Level | tuple[Level | tuple[Level, ...], ...]
"""What a fact sees: a truth value, a number, a text, or a list of them, as matrices of lists."""
Side = Literal["", "base", "candidate", "reference", "control"]
"""Of a gate: the two revisions; a pair of its control is the base as `reference` and, from a second worktree, as
`control`."""
CHANGE: tuple[Side, Side] = ("base", "candidate")
CONTROL: tuple[Side, Side] = ("reference", "control")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One combination of levels. `levels` are the columns, `arguments` the keywords that the builder gets."""

    __pydantic_config__ = FORBID_EXTRA

    id: str
    target: str
    levels: dict[str, Level]
    arguments: dict[str, Level]
    threads: int
    allocator: Allocator
    cache: Cache = "hot"
    skip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One case to be timed in one round."""

    case: Case
    round: int
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of a survey, a trial, a fact or a peak. Times are integers in nanoseconds: `warmup` of one step each,
    `samples` and `cpu` of `loops` steps each, and so `device`, of samples of their own by the clock of a device that
    has one; `phases` are seconds; a probe that the kernel lacks is `unknown`, never 0. `operators` and `kernels` name
    what ran on the host and on a device in a profiled step; `facts` are words: how products of float32 are rounded, the
    type of most numbers. In a gate `round` is the number of the pair, `side` and `position` (1 or 2) tell its two
    trials apart. Of a fact `case` is its target, and `observed` what it saw, by name; of a peak it is how many threads
    it had, and `metrics` are rates."""

    __pydantic_config__ = FORBID_EXTRA

    schema: Schema
    kind: Kind
    status: Status
    case: str
    round: int = 0
    attempt: int = 0
    server: int = 0
    sequence: int = 0
    started: float = 0.0
    loops: int = 0
    warmup: tuple[int, ...] = ()
    samples: tuple[int, ...] = ()
    cpu: tuple[int, ...] = ()
    device: tuple[int, ...] = ()
    phases: dict[str, float] = field(default_factory=dict)
    noise: dict[str, float | Unknown] = field(default_factory=dict)
    metrics: dict[str, int | float] = field(default_factory=dict)
    operators: tuple[str, ...] = ()
    kernels: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    settings: str = ""
    note: str | None = None
    side: Side = ""
    position: int = 0
    observed: dict[str, Observation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind == "timed" and self.status == "ok" and (self.loops < 1 or min(self.samples, default=0) < 1):
            raise ValueError("a trial that is ok has samples, each of a step or more and longer than nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """`name` is for people and folders; `identity` is a hash of models, counts, memory and virtualisation."""

    __pydantic_config__ = FORBID_EXTRA

    name: str
    identity: str
    facts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A remark on a result, with advice; `cases` are those it is about, none for the whole run."""

    __pydantic_config__ = FORBID_EXTRA

    code: str
    message: str
    advice: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAsked:
    """What a gate's `run.json` has beside other runs': the base, as asked for and as a revision's full name, and the
    policy that holds. `added` are the ids of cases that only the candidate's suite has, `removed` those that only the
    base's has, `changed` says by id what a case means otherwise than in the base's; `notes` are findings about the two
    trees. `controlled`: the base is to be measured against itself as well."""

    __pydantic_config__ = FORBID_EXTRA

    against: str
    revision: str
    policy: GateSpec
    controlled: bool = True
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: dict[str, str] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`run.json`: what was asked, written once before the first survey. `fingerprint` is what resuming compares."""

    __pydantic_config__ = FORBID_EXTRA

    schema: Schema
    name: str
    suite: Suite
    suite_file: str
    policy: Policy
    device: str
    launch: Launch
    isolate: Literal["case", "round"]
    seed: int
    options: dict[str, str]
    machine: Machine
    fingerprint: dict[str, str]
    cases: tuple[Case, ...]
    gate: GateAsked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A line of `starts.jsonl`: the world at a start or a resume."""

    __pydantic_config__ = FORBID_EXTRA

    schema: Schema
    started: float
    boot: str
    git: dict[str, str]
    environment: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its 95 % interval (absent where the trials are too few, or the metric is exact) and the trials
    behind it. What has no value has a status that says why."""

    case: str
    metric: str
    value: int | float | None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    status: Status = "ok"
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`ratio` above 1 means worse than `against`; its interval is of ratios of the same rounds where it is `paired`."""

    case: str
    against: str
    metric: str
    ratio: float | None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    paired: bool = True


class Judge(Protocol):
    """What the measuring loop asks of the analysis, so that neither room knows the other."""

    def disturbed(self, records: Sequence[Record]) -> set[tuple[str, int]]:
        """(case, round) of the trials whose best attempt so far was disturbed."""
        ...

    def calm(self, records: Sequence[Record]) -> Mapping[int, float]:
        """By threads: the sentinel in nanoseconds over which a trial is disturbed, as far as is known yet. The records
        of the last call come first."""
        ...

    def precise(self, records: Sequence[Record]) -> set[str]:
        """The cases whose latency has reached the policy's precision."""
        ...


class PairJudge(Protocol):
    """What the loop that measures pairs asks of the gate."""

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many pairs of a case to ask whether it is still undecided."""
        ...

    def disturbed(self, records: Sequence[Record], number: int, sides: tuple[Side, Side]) -> set[str]:
        """The cases whose pair of that number, of these sides, is to be measured again; `records` are all there are."""
        ...

    def undecided(self, records: Sequence[Record], number: int) -> set[str]:
        """The cases that so many pairs have left open."""
        ...

    def calmest(self, records: Sequence[Record]) -> str | None:
        """The case that serves as the control."""
        ...
