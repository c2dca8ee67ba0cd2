"""One suite with a process a trial and with a process a round → whether the two say the same of each case.

`python -m tests.evidence.isolate measure` adds the runs that are missing below `results/evidence/isolate/` (over a
minute each); `python -m tests.evidence.isolate` prints the page that `results/evidence/isolate.md` holds.

The runs take turns as case, round, round, case, so that a machine that drifts favours neither. All trials of one kind
are compared with all of the other by the rank-sum method, and, as a control, those of the first run of each kind with
those of the second: what two runs of one kind differ by is no difference between the kinds."""

import sys
from collections.abc import Sequence
from math import exp, log
from typing import Literal

from bench.analysis.analysed import Analysed, analyse
from bench.analysis.estimate import estimate
from bench.api.planning import Options
from bench.api.running import run
from bench.statistics import Shift, median, rank_sum
from bench.store import folder as store
from bench.store.publish import publish
from tests.evidence.repeats import CASES, POLICY, ROOT, SUITE, quiet

FOLDER = ROOT / "results" / "evidence" / "isolate"
Kind = Literal["case", "round"]
TURNS: tuple[tuple[Kind, int], ...] = (("case", 1), ("round", 1), ("round", 2), ("case", 2))
TIMED = ("latency", "undisturbed", "cpu_time")
ONCE = ("first_call", "peak_memory", "parameters", "flops", "operations")

HEAD = """# A process a trial, or a process a round

Made by `python -m tests.evidence.isolate measure`, then `python -m tests.evidence.isolate`: runs of one suite with
`isolate: case` and with `isolate: round`, in turns. The ratio is that of `round` by `case`, over all trials that
count, with its 95 % interval; the two agree where it holds 1. The controls are the second run of a kind by its first:
where these exclude 1 too, the machine changed more between two runs than its weather within one shows.
"""

ONCE_HEAD = """
## What is looked at once, in the survey

With `round` one process surveys all cases, one after the other: a first call finds loaded, and memory already taken,
what a case before it wanted. Such numbers compare within one kind only; counts are the same.
"""


def measure() -> None:
    """Adds the runs that are missing, one after the other."""
    for kind, turn in TURNS:
        folder = FOLDER / f"{kind}-{turn}"
        if (folder / store.RUN).exists():
            continue
        with quiet():
            options = Options(only=CASES, policy={**POLICY, "isolate": kind}, seed=turn)
            measured = run(SUITE, options, lambda _run, _record: None, wait=None)
        publish(store.read(measured), folder, machine=None)
        print(folder.name, flush=True)


def runs(kind: Kind) -> list[Analysed]:
    """The runs of that kind, in the order of their turns."""
    found = [store.read(path.parent) for path in sorted(FOLDER.glob(f"{kind}-*/run.json"))]
    return [analyse(one.run, one.records) for one in found]


def logs(found: Sequence[Analysed], case: str, metric: str) -> list[float]:
    """Of the trials that count, of all these runs."""
    return [log(value) for one in found for value in one.values[case, metric].values()]


def ratio(shift: Shift) -> str:
    """`1.012 (0.990 to 1.034)`."""
    if shift.low is None or shift.high is None:
        return f"{exp(shift.estimate):.3f} (no interval)"
    return f"{exp(shift.estimate):.3f} ({exp(shift.low):.3f} to {exp(shift.high):.3f})"


def holds_one(shift: Shift) -> bool:
    """Whether the interval holds a ratio of 1."""
    return shift.low is not None and shift.high is not None and shift.low <= 0 <= shift.high


def verdict(shift: Shift) -> str:
    """`yes`, or by how much they differ at least."""
    if holds_one(shift):
        return "yes"
    if shift.low is None or shift.high is None:
        return "too few trials"
    nearest = shift.low if shift.low > 0 else shift.high
    return f"no: by {abs(exp(nearest) - 1):.1%} at least"


def timed_row(case: str, metric: str, by_kind: dict[Kind, list[Analysed]]) -> tuple[str, bool]:
    """The table's row, and whether the two kinds agree."""
    one, other = (logs(by_kind[kind], case, metric) for kind in ("case", "round"))
    if not one or not other:
        return f"| {case} | {metric} | | | | not measured |", False
    shift = rank_sum(one, other)
    controls = [
        ratio(rank_sum(logs(found[:1], case, metric), logs(found[1:], case, metric))) for found in by_kind.values()
    ]
    return f"| {case} | {metric} | {ratio(shift)} | {' | '.join(controls)} | {verdict(shift)} |", holds_one(shift)


def once_row(case: str, by_kind: dict[Kind, list[Analysed]]) -> str:
    """Medians of what a survey finds, `round` by `case`: its process has met other cases before."""
    cells = []
    for metric in ONCE:
        one, other = (
            [value for found in by_kind[kind] if (value := estimate(found, case, metric).value)]
            for kind in ("case", "round")
        )
        cells.append(f"{median(other) / median(one):.3f}" if one and other else "–")
    return f"| {case} | {' | '.join(cells)} |"


def main() -> None:
    """Prints the page."""
    by_kind: dict[Kind, list[Analysed]] = {"case": runs("case"), "round": runs("round")}
    cases = list(by_kind["case"][0].cases)
    print(HEAD)
    print("| case | metric | round / case | case 2 / case 1 | round 2 / round 1 | agree |\n|---|---|--:|--:|--:|---|")
    rows = {metric: [timed_row(case, metric, by_kind) for case in cases] for metric in TIMED}
    for found in rows.values():
        print("\n".join(line for line, _ in found))
    print()
    for metric, found in rows.items():
        print(f"- {metric}: {sum(agrees for _, agrees in found)} of {len(found)} cases agree.")
    print(ONCE_HEAD)
    print(f"| case, round / case | {' | '.join(ONCE)} |\n|---|{'--:|' * len(ONCE)}")
    for case in cases:
        print(once_row(case, by_kind))


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure()
    else:
        main()
