"""Sizes of noise, fitted or round → scenarios: where a made-up trial's log-latency comes from.

It is the sum of a server's part, shared by nothing else (a server a round), a process's part, and the weather of its
round. Sizes are shares of the latency: of the first scenarios they are fitted to the committed runs of
`results/evidence/repeats/`, of the others they are round numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, sqrt

import numpy
from numpy.random import Generator
from numpy.typing import NDArray

from tests.evidence.repeats import Noise

LATENCY = 1_000_000
"""Nanoseconds without noise."""

DRAWS = 1001
"""Draws of a case's own distribution from which the true median is taken: a tenth of the intervals' width."""

Part = Callable[[Generator, int], NDArray[numpy.float64]]
"""So many draws of a part of a trial's log-latency."""
Weather = Part
"""That of so many rounds in a row."""


def normal(size: float) -> Part:
    """A part with that standard deviation."""
    return lambda noise, count: noise.normal(0.0, size, count)


def heavy(size: float, freedom: float = 3.0) -> Part:
    """Student's t, scaled, with so many degrees of freedom."""
    return lambda noise, count: size * noise.standard_t(freedom, count)


def skewed(size: float) -> Part:
    """Never faster than the code, often slower: exponential."""
    return lambda noise, count: noise.exponential(size, count)


def modes(apart: float, within: float) -> Part:
    """A server is in one of two modes, with equal odds."""
    return lambda noise, count: apart * (noise.random(count) < 0.5) + noise.normal(0.0, within, count)


def calm(noise: Generator, rounds: int) -> NDArray[numpy.float64]:
    """No weather."""
    return numpy.zeros(rounds)


def drifting(noise: Generator, rounds: int) -> NDArray[numpy.float64]:
    """The machine slows down by 3 % over 20 rounds, or speeds up."""
    return numpy.asarray(noise.choice((-1, 1)) * 0.03 / 20 * numpy.arange(rounds), numpy.float64)


def changeable(size: float, carried: float) -> Weather:
    """Each round's weather keeps a share of the last one's: autoregressive, with that stationary sd."""

    def weather(noise: Generator, rounds: int) -> NDArray[numpy.float64]:
        found = noise.normal(0.0, size, rounds)
        for n in range(1, rounds):
            found[n] = carried * found[n - 1] + sqrt(1 - carried**2) * found[n]
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
        Scenario(
            name="as measured, servers in two modes 50 % apart",
            server=modes(0.4, 0.003),
            process=own,
            weather=weather,
        ),
        Scenario(name="as measured, drift instead of weather", server=normal(0.003), process=own, weather=drifting),
    )


def seeded(name: str) -> Generator:
    """Every scenario has draws of its own."""
    return numpy.random.default_rng(list(name.encode()))


def drawn(scenario: Scenario, noise: Generator, weather: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    """A trial's log-latency for each of those rounds."""
    return scenario.server(noise, len(weather)) + scenario.process(noise, len(weather)) + weather


def true_median(scenario: Scenario, noise: Generator, weather: NDArray[numpy.float64]) -> float:
    """Seconds: the median of the distribution from which the case's trials were drawn."""
    return LATENCY / 1e9 * exp(numpy.median(drawn(scenario, noise, numpy.resize(weather, DRAWS))))
