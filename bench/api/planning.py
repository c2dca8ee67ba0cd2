"""A suite's file and what was asked → the cases to measure, under which policy. Reads files; measures nothing."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.errors import BenchError
from bench.measure.device import kind_of
from bench.measure.energy import SECONDS as METERED
from bench.measure.timeline import SHARE
from bench.plan.matrix import expand, resolve
from bench.plan.patterns import refused_label
from bench.plan.project import Project, find_project
from bench.plan.select import select
from bench.plan.suite import load_suite
from bench.plan.targets import find_target
from bench.records.metrics import ENERGY, shown
from bench.records.nouns import Case, Launch
from bench.records.suite import Level, Policy, PolicyKeys, Suite

DEVICE = re.compile(r"cpu|fake|fake-cuda|cuda(:[0-9]{1,4})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person may ask beside the suite. `policy` holds policy keys, `levels` the levels that replace a factor's;
    `only` selects cases in pytest's -k grammar; without a `seed` each run draws one."""

    only: str | None = None
    levels: Mapping[str, Sequence[Level]] = field(default_factory=dict)
    quick: bool = False
    policy: PolicyKeys = field(default_factory=dict)
    device: str = "cpu"
    launch: Launch = "fork"
    seed: int | None = None
    data: Path | None = None
    machine: str | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be measured. `asked` is the suite as read, without what the options changed."""

    asked: Suite
    suite: Suite
    policy: Policy
    project: Project
    file: Path
    cases: tuple[Case, ...]
    seed: int
    options: Options


def plan(file: Path, options: Options) -> Plan:
    """Raises SuiteError with every complaint, BenchError for an option that does not fit, NothingSelected."""
    gpu = kind_of(check_device(options.device)).gpu
    if options.machine is not None:
        check_machine(options.machine)
    asked = load_suite(file)
    overlays = [*(["cuda"] if gpu else []), *(["quick"] if options.quick else [])]
    suite, policy = resolve(asked, overlays=overlays, levels=options.levels, policy=options.policy)
    cases = expand(suite, policy)
    return Plan(
        asked=asked,
        suite=suite,
        policy=policy,
        project=find_project(file),
        file=file,
        cases=select(cases, options.only) if options.only else cases,
        seed=secrets.randbelow(2**31) if options.seed is None else options.seed,
        options=options,
    )


def check_device(device: str) -> str:
    """The kind of a device: `cuda:1` is a `cuda`.

    Raises BenchError where there is no such device."""
    if not DEVICE.fullmatch(device):
        raise BenchError(f"there is no device {device!r}", hint="cpu, cuda, cuda:1 … or fake")
    return device.partition(":")[0]


def check_machine(name: str) -> None:
    """Raises BenchError for a machine's name that could not name its folder below `results/`."""
    reason = refused_label(name)
    if reason is None and name.startswith("."):
        reason = f"{name!r} begins with a dot: such a folder is hidden, or another one"
    if reason is not None:
        raise BenchError(reason, where="--machine")


def notes(plan: Plan) -> tuple[str, ...]:
    """What is no error and worth knowing: a target that hides another, levels that cannot be checked."""
    targets = dict.fromkeys(case.target for case in plan.cases)
    return tuple(note for target in targets for note in find_target(target, plan.project).notes)


STEPS_OF_A_TRIAL, STEPS_OF_A_SURVEY, PROFILING = 10, 5, 60
"""So many steps a trial and a survey take the time of, however long one is. A trial makes those of its warm-up, three
samples and, on a GPU, what looks whether they lie ready. A survey makes five, two of them under profilers, which take
30 µs for each operator and each kernel that they see, of which there are ten for every launch: so many times the
launching of a step."""
OPENING = 1.0
"""Seconds that a GPU's context and libraries take, in every process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Seconds that somebody knows of a case before it is measured: of a step, to launch its kernels one by one and to
    work them off, which go on beside each other; of each of its processes, to build what it works on."""

    launching: float = 0.0
    working: float = 0.0
    building: float = 0.0

    @property
    def step(self) -> float:
        return max(self.launching, self.working)


def expected_seconds(plan: Plan, *, foreseen: Mapping[str, Foreseen] | None = None) -> float:
    """A guess before anything is known: 3.3 s a server and 0.1 s a trial beside what is timed, 0.5 s a survey; on a GPU
    a trial is timed by two clocks, and metered where the suite shows energy, and a process is a context. `foreseen`: by
    case, where somebody knows more."""
    kind = kind_of(plan.options.device)
    if not kind.real:
        return 0.0
    measured = [case for case in plan.cases if case.skip is None]
    policy, allocators = plan.policy, {case.allocator for case in measured}
    servers = len(allocators) * (1 + policy.rounds / policy.rounds_per_server)
    processes = (1 + policy.rounds) * len(measured if (policy.isolate or kind.isolate) == "case" else allocators)
    timed = policy.trial_seconds * (1 + SHARE * kind.gpu) + 0.1
    hot = sum(case.cache == "hot" for case in measured) if kind.gpu and ENERGY in shown(plan.suite) else 0
    guess = 3.3 * servers + len(measured) * (0.5 + policy.rounds * timed) + kind.gpu * OPENING * processes
    guess += hot * policy.rounds * METERED
    guess += sum(_beyond(foreseen[case.id], policy.rounds) for case in measured) if foreseen else 0.0
    return min(guess, policy.max_seconds or guess)


def _beyond(known: Foreseen, rounds: int) -> float:
    """What a case takes for being large: building, long steps, and profilers that see many launches."""
    steps = STEPS_OF_A_SURVEY + rounds * STEPS_OF_A_TRIAL
    return known.step * steps + known.launching * PROFILING + known.building * (1 + rounds)
