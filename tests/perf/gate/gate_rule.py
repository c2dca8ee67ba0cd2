"""Made-up log-ratios → how often the gate's rule errs and what it finds: `python -m tests.perf.gate.gate_rule [GATES]`.

The product's own `decide` judges them; the page goes to standard output as Markdown; `results/evidence/gate_rule.md`
is what it printed for the default number of gates. Only the ratio of a pair's sd to the limit matters, so that one
limit does for all.

The sharp metric has the noise that a row names. The mean has noise of its own of the same kind, twice as large, drawn
independently: what alarms falsely does so in as many independent ways as there are comparisons, which is the worst."""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log1p, sqrt
from statistics import fmean

from bench.gate.decide import LOOKS, Decision, Series, decide
from tests.perf.gate.shares import clopper_pearson, share

CASES, LIMIT, GATES = 24, 0.01, 400
RATIOS = (0.5, 1.0, 1.5, 2.0)
MEAN_NOISE = 2.0
FOUND = (1.5, 2.0)
EQUIVALENT = (1.0, 1.2, 1.5)
FAMILIES_PER_GATE = 0.1
"""Families of 24 changed cases for each gate: each gives 24 answers about `unchanged`."""

PAIRS = LOOKS[-1].pairs
STILL = (0.0,) * PAIRS

HEAD = f"""# The gate's rule, simulated

Made by `python -m tests.perf.gate.gate_rule`. A gate has {CASES} cases, each judged in its sharp metric and its mean,
and looks at {", ".join(str(look.pairs) for look in LOOKS)} pairs; the limit is {LIMIT:.0%}, and only the ratio of a
pair's sd to it matters. `sd` is that of the sharp metric's log-ratio of a pair; the mean's is {MEAN_NOISE:g} times as
large. Found is a change of one case beside {CASES - 1} that stand still. In brackets: exact 95 % bounds of a share
(Clopper and Pearson). All is seeded.
"""

Noise = Callable[[random.Random, float], list[float]]


def normal(drawn: random.Random, size: float) -> list[float]:
    """Independent and normal, with that sd."""
    return [drawn.gauss(0.0, size) for _ in range(PAIRS)]


def heavy(drawn: random.Random, size: float) -> list[float]:
    """Student's t with three degrees of freedom, scaled to that sd."""
    return [size / sqrt(3) * drawn.gauss(0.0, 1.0) / sqrt(drawn.gammavariate(1.5, 2.0) / 3) for _ in range(PAIRS)]


def carried(drawn: random.Random, size: float, share_carried: float = 0.3) -> list[float]:
    """Each pair keeps that share of the last one's: autoregressive, normal, with that stationary sd."""
    found = [drawn.gauss(0.0, size)]
    while len(found) < PAIRS:
        found.append(share_carried * found[-1] + drawn.gauss(0.0, size * sqrt(1 - share_carried**2)))
    return found


NOISES: dict[str, Noise] = {"normal": normal, "heavy tails": heavy, "autocorrelated, 0.3": carried}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Where a row's log-ratios come from."""

    name: str
    ratio: float

    @property
    def drawn(self) -> random.Random:
        """A generator that gives the row the same numbers every time."""
        return random.Random(f"{self.name}/{self.ratio}")

    def series(self, drawn: random.Random, *, sharp: float = 0.0, mean: float | None = None) -> Series:
        """A case whose metrics have changed by those shares; the mean as much as the sharp metric unless told."""
        noise, size = NOISES[self.name], self.ratio * LIMIT
        shift, other = log1p(sharp), log1p(sharp if mean is None else mean)
        return Series(
            sharp=[shift + d for d in noise(drawn, size)],
            mean=[other + d for d in noise(drawn, MEAN_NOISE * size)],
            limits=(LIMIT, LIMIT),
        )


def gate(weather: Weather, drawn: random.Random, change: float) -> list[Decision]:
    """What becomes of 24 cases that have all changed by that share."""
    return list(decide({str(n): weather.series(drawn, sharp=change) for n in range(CASES)}).values())


def found(weather: Weather, drawn: random.Random, change: float) -> bool:
    """Whether one changed case is a regression beside 23 whose p-values are 1: the least help that Holm can give."""
    still = {str(n): Series(sharp=STILL, mean=STILL, limits=(LIMIT, LIMIT)) for n in range(1, CASES)}
    return decide({"0": weather.series(drawn, sharp=change), **still})["0"].verdict == "regression"


def unchanged(weather: Weather, drawn: random.Random, change: float) -> int:
    """How many of 24 cases are `unchanged` although the sharp metric has changed by that share. The mean has not: only
    the sharp metric's interval stands in the way."""
    cases = {str(n): weather.series(drawn, sharp=change, mean=0.0) for n in range(CASES)}
    return sum(decision.verdict == "unchanged" for decision in decide(cases).values())


def alarmed(decisions: Sequence[Decision]) -> bool:
    """Whether the gate would fail."""
    return any(decision.verdict == "regression" for decision in decisions)


def rates(weather: Weather, gates: int) -> list[str]:
    """The cells of the first table: false alarms, what equal code costs, what is found."""
    drawn = weather.drawn
    equal = [gate(weather, drawn, 0.0) for _ in range(gates)]
    shifted = [gate(weather, drawn, LIMIT / 2) for _ in range(gates)]
    each = [decision for decisions in equal for decision in decisions]
    return [
        share(sum(map(alarmed, equal)), gates),
        share(sum(map(alarmed, shifted)), gates),
        f"{sum(decision.verdict == 'unchanged' for decision in each) / len(each):.1%}",
        f"{fmean(decision.sharp.pairs for decision in each):.1f}",
        *(share(sum(found(weather, drawn, times * LIMIT) for _ in range(gates)), gates) for times in FOUND),
    ]


def equivalences(weather: Weather, families: int) -> list[str]:
    """The cells of the second table."""
    drawn = weather.drawn
    of = families * CASES
    return [share(sum(unchanged(weather, drawn, times * LIMIT) for _ in range(families)), of) for times in EQUIVALENT]


def page(gates: int) -> Iterator[str]:
    """The lines of the page."""
    rows = [Weather(name=name, ratio=ratio) for name in NOISES for ratio in RATIOS]
    families = max(1, round(FAMILIES_PER_GATE * gates))
    yield HEAD
    yield f"{gates} gates a cell: a cell without any event is bounded by {clopper_pearson(0, gates)[1]:.2%}.\n"
    powers = " | ".join(f"found at {times:g} × limit" for times in FOUND)
    alarms = "false alarm in a gate, equal code | … every case shifted by limit / 2"
    yield f"| noise | sd / limit | {alarms} | equal code `unchanged` | pairs a case | {powers} |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for row in rows:
        yield f"| {row.name} | {row.ratio:g} | {' | '.join(rates(row, gates))} |"
    yield "\n## `unchanged` although it has changed\n"
    yield "Of a case whose sharp metric has changed by so much and whose mean has not.\n"
    yield f"| noise | sd / limit | {' | '.join(f'at {times:g} × limit' for times in EQUIVALENT)} |"
    yield "|---|--:|--:|--:|--:|"
    for row in rows:
        yield f"| {row.name} | {row.ratio:g} | {' | '.join(equivalences(row, families))} |"


def main(gates: int) -> None:
    """Prints the page."""
    for line in page(gates):
        print(line, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else GATES)
