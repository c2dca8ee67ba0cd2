"""`results/evidence/gate.csv` → what the gate makes of the pairs, as Markdown: `python -m tests.perf.gate.page`."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from math import exp
from pathlib import Path
from statistics import correlation, fmean

from bench.statistics import median
from tests.perf.gate.asked import answers, regression, verdicts
from tests.perf.gate.composing import AGREED, CALM, LIMITS, Dosed, Measured, Mirrored, Shown, shown
from tests.perf.gate.progress import progress
from tests.perf.gate.rows import LOADS, OUT, Row, pairs_of, read
from tests.perf.gate.shares import share
from tests.perf.gate.whole import OUT as WHOLES
from tests.perf.gate.whole import Whole, table
from tests.perf.gate.whole import read as read_wholes

NAMES = {
    "2": "+2 %",
    "3": "+3 %",
    "5": "+5 %",
    "fifth": "`fifth`",
    "most": "`most`",
    "sleep": "`sleep`",
}

HEAD = """# What the gate finds, and what it does not

Made by `python -m tests.perf.gate.measure`, then `python -m tests.perf.gate.page`, from `gate.csv`. A subject of 24
cases (recurrent, convolutional and dense networks, inference and training) in a repository of its own. A step is 100
equal parts of real work, and an even dose adds so many to every step, which the operations that a profiler counts
confirm exactly. `fifth`: 20 more in every fifth step; `most`: 20 more in 80 % of the steps, drawn; `sleep`: a sleep of
5 % of the step's time (of more in the shortest steps: a sleep has a length of its own). With the labels swapped the
dose is in the commit that the gate takes for the base, and not in the working tree.

The pairs were measured by the product's own loop, under each load: none, a spinning process on each core (`constant`),
such processes in random bursts of 2 s on average, and such processes in every second stretch of 20 s, as a tool would
meet them that measures a base first and the candidate after it (`candidate`). A case got
further pairs, up to 40, only where a gate at 1 % was not done with it. At limits of 2 and 3 % one may therefore be
inconclusive here that further pairs would have decided; and a dose at the limit or below it is not to be found.

They are put together to gates of 24 cases, one of which has a dose, and judged by the product's own rule for pairs.
These gates have no control: none was measured, so that none keeps a gate from its verdict here, and how often it would,
quiet or under load, their tables do not show. Whole gates have theirs: those below, and those of the pages
`gate_peers.md` and `gate_repositories.md`, which say how often it has fired.

`comparisons` are cases × judged metrics; an alarm is a metric that is called slower, or a case that is called faster.
Calm are doses whose own pairs have an sd of at most 1 %. `s a case` are the gate's seconds by its number of cases: the
mean over the gates and the longest. They are put together too: of the wall seconds that its surveys, servers and pairs
took, and of those of a control's pairs; a gate has besides an interpreter to start, worktrees to check out, the
control's survey, a file to be written for every record, and the judge's own time. In brackets: exact 95 % bounds of a
share (Clopper and Pearson). Shares are held against what was asked for by their point values. The rule takes a case's
pairs for independent of each other: under each load stands how far one is correlated with the next, and `gate_rule.md`
simulates what 0.3 would do.
"""


def page(rows: Sequence[Row], wholes: Sequence[Whole] = ()) -> Iterator[str]:
    """The lines of the page."""
    found = {load: one for load in LOADS if (one := shown(rows, load))}
    yield HEAD
    yield "## Measured so far\n"
    yield from progress(rows)
    yield "\n## Asked, and shown\n"
    yield from answers(found)
    yield "\n## Whole gates, beside those that are put together\n"
    yield from table(wholes, found)
    for load, one in found.items():
        yield f"\n## Load: {load}\n"
        yield from noise(rows, one)
        yield from equal_code(one)
        yield from doses(one)
        yield from mirrored(one)


def noise(rows: Sequence[Row], found: Shown) -> Iterator[str]:
    """What the cases of equal code are, how far their pairs lie apart, and whether one tells of the next."""
    for one in found.undosed:
        sds = [pairs.sd for pairs in one.cases.values()]
        counts = [len(pairs.sharp) for pairs in one.cases.values()]
        attempts = [row.attempts for row in rows if row.unit == one.unit and row.kind == "pair"]
        again = "" if one.unit.repeat == 1 else f", measurement {one.unit.repeat}"
        yield (
            f"Equal code{again}: {min(counts)} to {max(counts)} pairs a case, {fmean(attempts):.2f} attempts a pair; "
            f"the pairs of {sum(sd <= CALM for sd in sds)} of {len(sds)} cases have an sd of at most {CALM:.0%} "
            f"(median {median(sds):.2%}, largest {max(sds):.2%}). {carried(one)} {steps(rows, one)}\n"
        )


def carried(found: Measured) -> str:
    """How far a pair's log-ratio is carried on into the next one's. Of n independent ones the coefficient is about
    -1/n: the mean is taken from the same pairs (Kendall 1954)."""
    own = [pairs.sharp for pairs in found.cases.values()]
    lagged = median([correlation(sharp[:-1], sharp[1:]) for sharp in own])
    independent = median([-1 / len(sharp) for sharp in own])
    return (
        f"The median correlation of a pair with the next one is {lagged:+.2f} (of independent ones about "
        f"{independent:+.2f})."
    )


def steps(rows: Sequence[Row], found: Measured) -> str:
    """How long the steps are, and which metric is judged as the sharp one in how many cases."""
    own = pairs_of(rows, found.unit)
    long = [1000 * median([row.step for row in own[case]]) for case in found.cases]
    surveyed = [1000 * row.step for row in rows if row.kind == "survey" and row.unit == found.unit]
    metrics = Counter(own[case][0].metric for case in found.cases)
    return (
        f"A step takes {min(long):.2g} to {max(long):.2g} ms (a case's median; the surveys' one step: "
        f"{min(surveyed):.2g} to {max(surveyed):.2g} ms); sharp is "
        f"{', '.join(f'`{metric}` in {count} cases' for metric, count in sorted(metrics.items()))}."
    )


def equal_code(found: Shown) -> Iterator[str]:
    """The table of false alarms."""
    yield "| limit | comparisons | false alarms | called faster | `unchanged` | pairs a case | s a case |"
    yield "|--:|--:|--:|--:|--:|--:|--:|"
    for limit in LIMITS:
        decided = [decision for gate in found.equal[limit] for decision in gate.decisions.values()]
        names = [decision.verdict for decision in decided]
        cells = [
            f"{limit:.0%}",
            str(2 * len(decided)),
            share(sum(sum(decision.worse) for decision in decided), 2 * len(decided)),
            share(names.count("improvement"), len(names)),
            share(names.count("unchanged"), len(names)),
            f"{fmean(decision.sharp.pairs for decision in decided):.1f}",
            seconds([gate.seconds for gate in found.equal[limit]]),
        ]
        yield f"| {' | '.join(cells)} |"


def doses(found: Shown) -> Iterator[str]:
    """The table of what was found."""
    if not found.doses:
        return
    heads = "found | of the calm ones | inconclusive | `unchanged` | called faster | size"
    yield f"\n| limit | dose | {heads} | pairs | s a case |"
    yield "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for limit in LIMITS:
        for (dose, own), gates in found.doses.items():
            if own == limit:
                yield f"| {limit:.0%} | {NAMES[dose]} | {' | '.join(cells_of(gates))} |"


def cells_of(gates: Sequence[Dosed]) -> list[str]:
    """Of one dose at one limit. The size is the median over the cases, of the sharp metric's change and the mean's."""
    calm = [one for one in gates if one.sd <= CALM]
    found = [[exp(part.estimate) - 1 for part in (one.decision.sharp, one.decision.mean)] for one in gates]
    sizes = [median(part) for part in zip(*found, strict=True)]
    return [
        share(sum(map(regression, gates)), len(gates)),
        share(sum(map(regression, calm)), len(calm)),
        *(share(verdicts(gates, verdict), len(gates)) for verdict in ("inconclusive", "unchanged", "improvement")),
        " / ".join(f"{size:+.1%}" for size in sizes),
        f"{fmean(one.decision.sharp.pairs for one in gates):.1f}",
        seconds([one.seconds for one in gates]),
    ]


def mirrored(found: Shown) -> Iterator[str]:
    """The table of swapped labels, at the lowest limit."""
    if not found.mirrored:
        return
    near = f"within {100 * AGREED:g} points"
    heads = f"called faster | `unchanged` | called slower | sizes agree | {near} | sizes, dose in candidate / base"
    yield f"\n| labels swapped | {heads} |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for dose, both in found.mirrored.items():
        yield f"| {NAMES[dose]} in the base | {' | '.join(mirrored_cells(both))} |"


def mirrored_cells(both: Sequence[Mirrored]) -> list[str]:
    """Of one dose. The sizes are medians over the cases."""
    names = [one.back.verdict for one in both]
    sizes = (median([exp(part) - 1 for part in parts]) for parts in zip(*map(sizes_of, both), strict=True))
    return [
        *(share(names.count(verdict), len(both)) for verdict in ("improvement", "unchanged", "regression")),
        share(sum(one.agrees for one in both), len(both)),
        share(sum(one.gap <= AGREED for one in both), len(both)),
        " / ".join(f"{size:+.2%}" for size in sizes),
    ]


def sizes_of(one: Mirrored) -> tuple[float, float]:
    """The log-ratios of the sharp metric, dosed by undosed in both."""
    return one.there.sharp.estimate, -one.back.sharp.estimate


def seconds(values: Sequence[float]) -> str:
    """`6.1 (7.0)`: the mean and the largest."""
    return f"{fmean(values):.1f} ({max(values):.1f})"


def main(file: Path) -> None:
    """Prints the page of that CSV file, and of the whole gates beside it."""
    print("\n".join(page(read(file), read_wholes(file.with_name(WHOLES.name)))))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
