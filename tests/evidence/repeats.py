"""One suite measured again and again → whether its intervals hold what further rounds find, and how noisy trials are.

`python -m tests.evidence.repeats measure [COUNT]` adds the runs that are missing below `results/evidence/repeats/`
(over a minute each; killed, it goes on where it was); without `measure` it prints the page that
`results/evidence/repeats.md` holds. Nothing differs between the runs: 20 of them have their intervals judged, by the
median of the six that follow. These have other weather than each of the 20 had, so that no share of hits is promised.
What the trials vary by is fitted here too, for the simulation in `coverage.py`."""

import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from math import log
from pathlib import Path
from statistics import correlation, stdev

from scipy.stats import t as student

from bench.analysis.analysed import Analysed, analyse
from bench.analysis.estimate import estimate, half_width
from bench.api.planning import Options
from bench.api.running import run
from bench.records.nouns import Estimate
from bench.statistics import median, quantile
from bench.store import folder as store
from bench.store.publish import publish

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "results" / "evidence" / "repeats"
SUITE = ROOT / "suites" / "rnn_vs_cnn.yaml"
CASES = "(rnn or lstm or cnn) and size=28 and inference"
JUDGED, FURTHER, ROUNDS = 20, 6, 10
POLICY: dict[str, bool | int | float | str | tuple[str, ...]] = {
    "rounds": ROUNDS,
    "max_rounds": ROUNDS,
    "trial_seconds": 0.1,
}
METRICS = ("latency", "undisturbed")
NORMAL = 0.6745
"""The median of the absolute value of a standard normal variable."""

HEAD = f"""# The same suite, {JUDGED} times

Made by `python -m tests.evidence.repeats measure`, then `python -m tests.evidence.repeats`. Every run has {ROUNDS}
rounds of six cases; "further" is the median of the {FURTHER * ROUNDS} rounds of {FURTHER} more runs. Nothing differs
between the runs but the machine's weather, which no interval of one run can show.
"""


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps out whatever else takes the lock that QUIET_LOCK names, for instance the tests of the one who measures."""
    path = os.environ.get("QUIET_LOCK")
    if path is None:
        yield
        return
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def measure(most: int) -> None:
    """Adds the runs that are missing, one after the other, at most so many."""
    wanted = [FOLDER / f"{number:02}" for number in range(1, JUDGED + FURTHER + 1)]
    missing = [folder for folder in wanted if not (folder / store.RUN).exists()]
    for folder in missing[:most]:
        with quiet():
            options = Options(only=CASES, policy=POLICY, seed=int(folder.name))
            measured = run(SUITE, options, lambda _run, _record: None, wait=None)
        publish(store.read(measured), folder, machine=None)
        print(folder.name, flush=True)


def load() -> list[Analysed]:
    """The runs that are there, in their order."""
    found = [store.read(path.parent) for path in sorted(FOLDER.glob("*/run.json"))]
    return [analyse(one.run, one.records) for one in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What the logarithm of a trial's latency varies by. `round` is shared by the cases of a round (the weather, and
    what servers do to all), `carried` its correlation with the round before; `own` is a case's and a trial's, robust,
    with the degrees of freedom of the t distribution that has such tails, for a case like most and for the worst."""

    round: float
    carried: float
    own: float
    tails: float
    own_worst: float
    tails_worst: float


def fit(runs: Sequence[Analysed]) -> Noise:
    """Takes the log-latencies apart: case, run and round, own part."""
    cases = list(runs[0].cases)
    rounds: list[list[float]] = []
    own: dict[str, list[float]] = {case: [] for case in cases}
    for one in runs:
        logs = {case: {r: log(v) for r, v in one.values[case, "latency"].items()} for case in cases}
        middle = {case: median(list(values.values())) for case, values in logs.items()}
        shared = {}
        for number in range(1, ROUNDS + 1):
            parts = {case: logs[case][number] - middle[case] for case in cases if number in logs[case]}
            shared[number] = median(list(parts.values())) if parts else 0.0
            for case, part in parts.items():
                own[case].append(part - shared[number])
        rounds.append(list(shared.values()))
    scales = {case: median([abs(part) for part in parts]) / NORMAL for case, parts in own.items()}
    by_scale = sorted(cases, key=lambda case: scales[case])
    typical, worst = by_scale[len(by_scale) // 2], by_scale[-1]
    early = [value for one in rounds for value in one[:-1]]
    late = [value for one in rounds for value in one[1:]]
    return Noise(
        round=stdev([value for one in rounds for value in one]),
        carried=correlation(early, late),
        own=scales[typical],
        tails=freedom(own[typical]),
        own_worst=scales[worst],
        tails_worst=freedom(own[worst]),
    )


def described(noise: Noise) -> list[str]:
    """A Markdown table of it."""
    return [
        "| part of a trial's log-latency | size |",
        "|---|--:|",
        f"| shared by the cases of a round, sd | {noise.round:.2%} |",
        f"| … correlation with the round before | {noise.carried:.2f} |",
        f"| own, a case like most: robust sd | {noise.own:.2%} |",
        f"| … tails like Student's t with so many degrees of freedom | {noise.tails:g} |",
        f"| own, the worst case: robust sd | {noise.own_worst:.2%} |",
        f"| … tails like Student's t with so many degrees of freedom | {noise.tails_worst:g} |",
    ]


def freedom(parts: Sequence[float]) -> float:
    """Degrees of freedom of the t distribution whose absolute values have the same ratio of upper decile to median."""
    sizes = [abs(part) for part in parts]
    ratio = quantile(sizes, 0.9) / median(sizes)
    choices = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 30.0)
    return min(choices, key=lambda df: abs(float(student.ppf(0.95, df) / student.ppf(0.75, df)) - ratio))


def holds(found: Estimate, value: float) -> bool:
    """Whether the interval holds the value; a missing interval does not."""
    return found.low is not None and found.high is not None and found.low <= value <= found.high


def overlap(one: Estimate, other: Estimate) -> bool | None:
    """Whether two intervals have a value in common; None where one is missing."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return None
    return one.low <= other.high and other.low <= one.high


def row(case: str, metric: str, judged: Sequence[Analysed], further: Sequence[Analysed]) -> str:
    """The table's row of a case in one metric."""
    found = [estimate(one, case, metric) for one in judged]
    truth = median([value for one in further for value in one.values[case, metric].values()])
    widths = [width for one in found if (width := half_width(one)) is not None]
    pairs = [both for a, b in combinations(found, 2) if (both := overlap(a, b)) is not None]
    spread = stdev([log(one.value) for one in found if one.value])
    cells = [
        f"{sum(holds(one, truth) for one in found)} of {len(found)}",
        str(len(widths)),
        f"{median(widths):.1%}" if widths else "–",
        f"{sum(pairs)} of {len(pairs)}",
        f"{spread:.1%}",
    ]
    return f"| {case} | {metric} | {' | '.join(cells)} |"


def summed(metric: str, judged: Sequence[Analysed], further: Sequence[Analysed]) -> str:
    """A sentence about all cases together."""
    there = held = 0
    for case in judged[0].cases:
        truth = median([value for one in further for value in one.values[case, metric].values()])
        found = [estimate(one, case, metric) for one in judged]
        there += sum(one.low is not None for one in found)
        held += sum(holds(one, truth) for one in found)
    every = len(judged) * len(judged[0].cases)
    share = f"{held / there:.0%}" if there else "none"
    return f"- {metric}: {there} of {every} have an interval, {held} of these ({share}) hold the further median."


def main() -> None:
    """Prints the page."""
    runs = load()
    judged, further = runs[:JUDGED], runs[JUDGED:]
    print(HEAD)
    print(f"{len(judged)} runs judged, {len(further)} further ones.\n")
    print(
        "| case | metric | further median held by | intervals | median half-width | pairs of runs that overlap | sd |"
    )
    print("|---|---|--:|--:|--:|--:|--:|")
    for case in runs[0].cases:
        for metric in METRICS:
            print(row(case, metric, judged, further))
    print()
    for metric in METRICS:
        print(summed(metric, judged, further))
    print("\n## What a trial's latency varies by\n")
    print("\n".join(described(fit(runs))))


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(int(sys.argv[2]) if len(sys.argv) > 2 else JUDGED + FURTHER)
    else:
        main()
