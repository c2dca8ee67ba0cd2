"""A scenario → suites of made-up trials, and how often the product's intervals hold the true value.

The product's own judge looks after 10 rounds, the cases that are precise leave, the others go on to 20, and the
product's own estimate is asked. The true value is the median over servers, processes and the weather that the run
itself had; beside it stands the long-run median, which no single run can promise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp

import numpy
from numpy.random import Generator

from bench.analysis.analysed import analyse
from bench.analysis.estimate import estimate
from bench.analysis.judge import RunJudge
from bench.records.nouns import SCHEMA, Case, Estimate, Machine, Record, Run
from bench.records.suite import Policy, Suite
from tests.evidence.noise import LATENCY, Scenario, drawn, true_median

CASES = 6
CALM = numpy.zeros(1)
"""Weather of the long run: its median."""


def case(number: int) -> Case:
    name = f"case={number}"
    return Case(id=name, target="made:up", levels={}, arguments={}, threads=1, allocator="retain")


RUN = Run(
    schema=SCHEMA,
    name="made-up",
    suite=Suite(name="made-up", title="t", question="q", factors=({"n": (1,)},)),
    suite_file="made-up.yaml",
    policy=Policy(),
    device="fake",
    launch="fork",
    isolate="case",
    seed=0,
    options={},
    machine=Machine(name="made-up", identity="0", facts={}),
    fingerprint={},
    cases=tuple(map(case, range(CASES))),
)


def record(name: str, number: int, log_latency: float) -> Record:
    sample = max(1, round(LATENCY * exp(log_latency)))
    return Record(schema=SCHEMA, kind="timed", status="ok", case=name, round=number, loops=1, samples=(sample,) * 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the product says of one case, and whether this one left at the first look."""

    case: str
    found: Estimate
    left: bool

    @property
    def there(self) -> bool:
        """Whether there is an interval."""
        return self.found.low is not None

    def holds(self, truth: float) -> bool:
        """Whether a median, in seconds, lies in it; a missing interval holds nothing."""
        low, high = self.found.low, self.found.high
        return low is not None and high is not None and low <= truth <= high


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Of so many cases of a scenario's suites: how many intervals hold their own run's median and the long-run one,
    how many intervals there are, and how many cases left at the first look."""

    scenario: str
    cases: int
    own: int
    long_run: int
    there: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was said of a case of a suite, beside its own run's median and the long-run one, in seconds."""

    said: Said
    own: float
    long_run: float


def said(run: Run, trials: Sequence[Record]) -> list[Said]:
    """Of each case, by all the trials that it would have if it never left."""
    policy = run.policy
    done = RunJudge(run.cases, policy).precise([trial for trial in trials if trial.round <= policy.rounds])
    analysed = analyse(run, [trial for trial in trials if trial.round <= policy.rounds or trial.case not in done])
    return [Said(case=c.id, found=estimate(analysed, c.id, "latency"), left=c.id in done) for c in run.cases]


def simulated(scenario: Scenario, noise: Generator) -> list[Judged]:
    """One suite of made-up trials."""
    policy = RUN.policy
    weather = scenario.weather(noise, policy.max_rounds)
    trials = [
        record(case.id, number, value)
        for case in RUN.cases
        for number, value in enumerate(drawn(scenario, noise, weather), start=1)
    ]
    return [
        Judged(
            said=one,
            own=true_median(scenario, noise, weather[: policy.rounds] if one.left else weather),
            long_run=true_median(scenario, noise, CALM),
        )
        for one in said(RUN, trials)
    ]


def counted(scenario: str, judged: Iterable[Judged]) -> Row:
    """The row of a scenario."""
    cases = list(judged)
    return Row(
        scenario=scenario,
        cases=len(cases),
        own=sum(one.said.holds(one.own) for one in cases),
        long_run=sum(one.said.holds(one.long_run) for one in cases),
        there=sum(one.said.there for one in cases),
        left=sum(one.said.left for one in cases),
    )
