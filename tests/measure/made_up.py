"""Runs for the fake device, made without a suite's file, and a runner over them."""

import os
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bench.measure.client import Setup
from bench.measure.request import Place
from bench.measure.runner import Means, Runner
from bench.records.nouns import SCHEMA, Case, Machine, Record, Run
from bench.records.suite import Level, Policy, Suite


class Steady(random.Random):
    """Draws that make the fake device's steps take what they are told to."""

    def uniform(self, a: float, b: float) -> float:
        return 1.0

    def random(self) -> float:
        return 0.5


def case(*, allocator: str = "retain", threads: int = 1, skip: str | None = None, **levels: Level) -> Case:
    """A case of the fake device; `takes` and `fault` script it."""
    name = ",".join(f"{key}={value}" for key, value in levels.items())
    return Case(
        id=name,
        target="made.up:workload",
        levels=levels,
        arguments=levels,
        threads=threads,
        allocator="system" if allocator == "system" else "retain",
        skip=skip,
    )


def run(cases: Iterable[Case], **policy: object) -> Run:
    """A run of the fake device over those cases."""
    settings = replace(Policy(rounds=6, max_rounds=6, timeout=20.0), **policy)  # type: ignore[arg-type]
    return Run(
        schema=SCHEMA,
        name="20261121T000000Z-made-up-machine-0000",
        suite=Suite(name="made-up", title="Made up", question="Is it?", factors=({"a": (1,)},)),
        suite_file="suites/made-up.yaml",
        policy=settings,
        device="fake",
        launch="fork",
        isolate=settings.isolate or "case",
        seed=7,
        options={},
        machine=Machine(name="machine", identity="0" * 16, facts={}),
        fingerprint={},
        cases=tuple(cases),
    )


@dataclass(slots=True)
class ScriptedJudge:
    """Says what it was told to say: `bad` (case, round) are disturbed until their attempts reach the number given."""

    bad: dict[tuple[str, int], int] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    limits: Mapping[int, float] = field(default_factory=dict)

    def disturbed(self, records: Sequence[Record]) -> set[tuple[str, int]]:
        last: dict[tuple[str, int], int] = {}
        for record in records:
            if record.kind == "timed":
                key = (record.case, record.round)
                last[key] = max(last.get(key, 0), record.attempt)
        return {key for key, attempt in last.items() if attempt < self.bad.get(key, 0)}

    def calm(self, records: Sequence[Record]) -> Mapping[int, float]:
        return self.limits

    def precise(self, records: Sequence[Record]) -> set[str]:
        return set(self.done)


def shuffled(cases: Sequence[Case], *, round: int) -> tuple[Case, ...]:
    """A random order for each round, the same each time."""
    order = list(cases)
    random.Random(round).shuffle(order)
    return tuple(order)


def setup(launch: Literal["fork", "spawn"] = "fork") -> Setup:
    """What servers of the fake device are told."""
    cores = tuple(sorted(os.sched_getaffinity(0)))
    return Setup(
        device="fake", launch=launch, preload=(), own_cores=cores, allowed_cores=cores, environment=dict(os.environ)
    )


def runner(
    made: Run, *, judge: ScriptedJudge | None = None, done: Sequence[Record] = (), memory: int = 8 << 30
) -> Runner:
    """A runner on this machine's fake device."""
    told = setup(made.launch)
    place = Place(paths=(), memory=memory, cores=told.allowed_cores)
    means = Means(setup=told, place=place, order=shuffled, judge=judge or ScriptedJudge())
    return Runner(made, means, done)


def measured(
    made: Run, *, judge: ScriptedJudge | None = None, done: Sequence[Record] = (), memory: int = 8 << 30
) -> list[Record]:
    """Everything that a runner measures."""
    return list(runner(made, judge=judge, done=done, memory=memory).measure())


def children() -> list[int]:
    """The living children of this process."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and fields[0] != "Z":
            found.append(int(name))
    return found


def wait_until_gone(pid: int) -> None:
    """An orphan that was killed is there until its new parent has seen it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except OSError:
            return
        time.sleep(0.005)
    raise AssertionError(f"process {pid} is still there")
