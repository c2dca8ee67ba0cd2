"""What a profile is made of: what a step spends its time in, of each case. Inert values; times are seconds a step."""

from dataclasses import dataclass
from typing import Literal

from bench.records.nouns import Status

STEP = "bench: step"
"""The range of a trace that a step is."""

Seen = Literal["operator", "range", "runtime"]
"""An operator is a call into torch's library, a range is what code marks by a name, with the Python that is in it, a
runtime call is one to the device's driver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """What happens on the host under one name: calls a step; `own` is without, `total` with what it calls itself."""

    name: str
    kind: Seen
    calls: float
    own: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """What a device executes under one name, copies included: launches a step, and their time."""

    name: str
    launches: float
    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """From the first kernel to the last: how long the device was `busy` with any of them and `idle` with none, how
    often it was idle, and the longest of these gaps, in seconds. `late` is the part of the idle time that ended with a
    kernel which the host began to launch only after the gap had begun."""

    busy: float
    idle: float
    count: float
    longest: float
    late: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The events of some steps of a trace by name, most time first. `watched`: a step of these `steps`. `inside`: how
    long any operator ran on any thread, and `outermost` how many a step are in no other. `compiled`: whether one of
    them is a graph that was made of operators and has none of its own. `recurrent`: the algorithms by which cuDNN ran
    recurrent layers, as far as kernels tell."""

    steps: int
    watched: float
    inside: float
    outermost: float
    compiled: bool
    operators: tuple[Operator, ...]
    kernels: tuple[Kernel, ...] = ()
    recurrent: tuple[str, ...] = ()
    gaps: Gaps | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One case: a `step` as it is (the lower decile of samples) and, from the same process, a trace of so many `steps`,
    what is in it, and its file. What has no trace has a status that says why."""

    case: str
    status: Status
    note: str | None = None
    steps: int = 0
    step: float = 0.0
    traced: Traced | None = None
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """What was profiled of a suite at one time."""

    name: str
    title: str
    machine: str
    device: str
    seed: int
    profiles: tuple[Profile, ...] = ()
