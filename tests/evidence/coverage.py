"""Simulated suites → how often the intervals hold the true value: `python -m tests.evidence.coverage [SUITES]`.

Every scenario makes up the trials of suites of six cases, lets the product's own judge look after 10 rounds, lets the
cases that are precise leave, goes on to 20 with the others, and asks the product's own estimate. The true value is the
median over servers, processes and the weather that the run itself had; beside it stands the coverage of the long-run
median, which no single run can promise. A missing interval counts as a miss. The table goes to standard output as
Markdown; `results/evidence/coverage.md` is what it printed for 2,000 suites.

The noise: a trial's log-latency is the sum of a server's part, shared by nothing else (a server a round), a process's
part, and the weather of its round. Sizes are shares of the latency: of the first scenarios they are fitted to the
committed runs of `results/evidence/repeats/`, of the others they are round numbers."""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, sqrt
from statistics import median

from bench.analysis.analysed import analyse
from bench.analysis.estimate import estimate
from bench.analysis.judge import RunJudge
from bench.records.nouns import SCHEMA, Case, Estimate, Machine, Record, Run
from bench.records.suite import Policy, Suite
from tests.evidence.repeats import Noise, described, fit, load

CASES, LATENCY = 6, 1_000_000
HEAD = """# What the intervals cover, simulated

Made by `python -m tests.evidence.coverage 2000`. An interval's stated coverage is 95 %; "this run's median" is the
median over servers and processes under the weather that the run had. The noise of the first two rows is fitted to the
runs in `results/evidence/repeats/`; the next add to it what those runs did not have. The others have noise of one kind
each, in round numbers. A missing interval is a miss.
"""

DRAWS = 1001
"""Draws of a case's own distribution from which the true median is taken: a tenth of the intervals' width."""

Part = Callable[[random.Random], float]
Weather = Callable[[random.Random, int], list[float]]


def normal(size: float) -> Part:
    """A part with that standard deviation."""
    return lambda noise: noise.gauss(0.0, size)


def heavy(size: float, freedom: float = 3.0) -> Part:
    """Student's t, scaled, with so many degrees of freedom."""
    return lambda noise: size * noise.gauss(0.0, 1.0) / sqrt(noise.gammavariate(freedom / 2, 2.0) / freedom)


def skewed(size: float) -> Part:
    """Never faster than the code, often slower: exponential."""
    return lambda noise: noise.expovariate(1 / size)


def modes(apart: float, within: float) -> Part:
    """A server is in one of two modes, with equal odds."""
    return lambda noise: apart * (noise.random() < 0.5) + noise.gauss(0.0, within)


def calm(noise: random.Random, rounds: int) -> list[float]:
    """No weather."""
    return [0.0] * rounds


def drifting(noise: random.Random, rounds: int) -> list[float]:
    """The machine slows down by 3 % over 20 rounds, or speeds up."""
    slope = 0.03 / 20 * noise.choice((-1, 1))
    return [slope * n for n in range(rounds)]


def changeable(size: float, carried: float) -> Weather:
    """Each round's weather keeps a share of the last one's: autoregressive, with that stationary sd."""

    def weather(noise: random.Random, rounds: int) -> list[float]:
        found = [noise.gauss(0.0, size)]
        while len(found) < rounds:
            found.append(carried * found[-1] + noise.gauss(0.0, size * sqrt(1 - carried**2)))
        return found

    return weather


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Where a trial's noise comes from."""

    name: str
    server: Part
    process: Part
    weather: Weather = calm


SCENARIOS = (
    Scenario(name="process 0.6 %", server=normal(0.0), process=normal(0.006)),
    Scenario(name="server 0.6 %, process 0.6 %", server=normal(0.006), process=normal(0.006)),
    Scenario(name="server 2 %, process 0.6 %", server=normal(0.02), process=normal(0.006)),
    Scenario(name="two modes 50 % apart", server=modes(0.4, 0.003), process=normal(0.006)),
    Scenario(name="heavy tails", server=normal(0.003), process=heavy(0.01)),
    Scenario(name="skewed, 3 %", server=normal(0.003), process=skewed(0.03)),
    Scenario(name="drift", server=normal(0.003), process=normal(0.006), weather=drifting),
    Scenario(name="autocorrelated", server=normal(0.003), process=normal(0.006), weather=changeable(0.01, 0.9)),
)


def fitted(found: Noise) -> tuple[Scenario, ...]:
    """The noise of the committed runs, of a case like most and of the worst."""
    weather, own = changeable(found.round, found.carried), heavy(found.own, found.tails)
    worst = heavy(found.own_worst, found.tails_worst)
    return (
        Scenario(name="as measured", server=normal(0.0), process=own, weather=weather),
        Scenario(name="as measured, the worst case", server=normal(0.0), process=worst, weather=weather),
        Scenario(name="as measured, servers 2 %", server=normal(0.02), process=own, weather=weather),
        Scenario(name="as measured, servers in two modes 50 % apart", server=modes(0.4, 0.003), process=own),
        Scenario(name="as measured, drift instead of weather", server=normal(0.003), process=own, weather=drifting),
    )


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


def record(name: str, round: int, log_latency: float) -> Record:
    sample = round_to_nanoseconds(LATENCY * exp(log_latency))
    return Record(schema=SCHEMA, kind="timed", status="ok", case=name, round=round, loops=1, samples=(sample,) * 3)


def round_to_nanoseconds(value: float) -> int:
    return max(1, round(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """What one suite says of one case, and the weather of the rounds that the case was measured in."""

    found: Estimate
    weather: list[float]

    def holds(self, truth: float) -> bool:
        """Whether a median, in nanoseconds, lies in it; a missing interval holds nothing."""
        low, high = self.found.low, self.found.high
        return low is not None and high is not None and low * 1e9 <= truth <= high * 1e9


def covered(scenario: Scenario, noise: random.Random) -> list[tuple[bool, bool, bool]]:
    """Of each case of one suite: whether it has an interval, whether that holds the run's own median, and the
    long-run one."""
    found = []
    for each in intervals(scenario, noise):
        own = true_median(scenario, noise, each.weather)
        long_run = true_median(scenario, noise, [0.0])
        found.append((each.found.low is not None, each.holds(own), each.holds(long_run)))
    return found


def intervals(scenario: Scenario, noise: random.Random) -> list[Interval]:
    """One suite: of each case what the product says."""
    policy = RUN.policy
    weather = scenario.weather(noise, policy.max_rounds)
    trial = {
        (c.id, n): scenario.server(noise) + scenario.process(noise) + weather[n - 1]
        for n in range(1, policy.max_rounds + 1)
        for c in RUN.cases
    }
    first = [record(name, n, value) for (name, n), value in trial.items() if n <= policy.rounds]
    done = RunJudge(RUN.cases, policy).precise(first)
    rest = [record(name, n, value) for (name, n), value in trial.items() if n > policy.rounds and name not in done]
    analysed = analyse(RUN, [*first, *rest])
    return [
        Interval(
            found=estimate(analysed, c.id, "latency"),
            weather=weather[: policy.rounds if c.id in done else policy.max_rounds],
        )
        for c in RUN.cases
    ]


def true_median(scenario: Scenario, noise: random.Random, weather: list[float]) -> float:
    """Nanoseconds: the median of the distribution from which the case's trials were drawn."""
    draws = [scenario.server(noise) + scenario.process(noise) + weather[i % len(weather)] for i in range(DRAWS)]
    return LATENCY * exp(median(draws))


def main(suites: int) -> None:
    """Prints the page."""
    measured = fit(load())
    print(HEAD)
    print("\n".join(described(measured)) + "\n")
    looks = f"looks at {RUN.policy.rounds} and {RUN.policy.max_rounds} rounds"
    print(f"{suites:,} suites of {CASES} cases a scenario, {looks}")
    print("\n| noise | covers this run's median | covers the long-run median | has an interval |\n|---|--:|--:|--:|")
    for scenario in (*fitted(measured), *SCENARIOS):
        noise = random.Random(scenario.name)
        found = [one for _ in range(suites) for one in covered(scenario, noise)]
        there, own, long_run = (sum(column) / len(found) for column in zip(*found, strict=True))
        print(f"| {scenario.name} | {own:.1%} | {long_run:.1%} | {there:.1%} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
