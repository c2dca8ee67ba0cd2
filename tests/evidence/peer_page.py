"""Estimates of many repeats and the campaign's starts → the page that says how far each tool's estimates lie apart."""

from collections.abc import Iterable, Iterator, Sequence

from bench.statistics import median
from tests.evidence.peer_aims import sentence, why
from tests.evidence.peer_starts import Start
from tests.evidence.peer_starts import table as measured
from tests.evidence.peer_table import REPEATS, SEEN_LOADS, Estimates, Row, table
from tests.evidence.peer_tools import OURS, TOOLS

HEAD = """# Repeated estimates of four tools, side by side

Made by `python -m tests.evidence.peers` from `peers.csv` and `peers_starts.csv`. Each estimate has fresh processes; the
tools take turns in random order on one machine, under the same scripted load: nothing, a spinning process on every
core, or such processes that spin and sleep in turns of 2 s on average. The cells say how far the repeated estimates of
a case lie apart: the standard deviation of their logarithms, and a robust one in brackets (1.4826 × the median distance
from the median); of 8 repeats it is uncertain by a quarter. `all` is the geometric mean over the cases; `against quiet`
how many times longer a tool's estimates are than in quiet (geometric mean over the cases of the ratio of medians);
`wall` the median of the seconds that an estimate of a case took, the starts of its processes included.

Two rows of ours are no metrics of bench and are not judged: `min` is the least sample of all trials that count, as the
minima of others are taken, and `sentinel` the median of the sentinels around the same trials, which is how long a
fixed computation took that has nothing to do with the case.
"""

AIMED = 10.0
"""Seconds a case and tool that the comparison was meant to have."""

MEASURED = f"""
## What was measured, and when

The comparison is meant to give every tool {AIMED:g} s a case.
"""

UNEQUAL = """
Rows of several stretches mix the weather of several hours, and ours what bench did at each revision: a spread is then
of both too. Of bench the peers use no more than the network that they time and the loads. When a row was measured is in
`peers.csv`.

Ours has its suite's own policy, and the seconds of all cases together are its budget: it ends earlier where every case
is as precise as the suite asks. pyperf takes what its default takes, whatever is asked."""

READING = """
## What is behind a miss

The rows `min` and `sentinel` of ours were added to find out. `min` comes from the very trials whose `latency` and
`undisturbed` stand above it. Where it lies as close together as the best minimum of the others, neither our processes
nor our samples nor the choice of trials spread the two: what they ask of the trials does. A minimum needs one sample
that the machine left alone, in all of a repeat; `undisturbed` a tenth of the samples in half of the trials; `latency`
half of the samples in half of the trials. In a repeat in which the machine slows more than these, a number that says
how long a step takes there has to be larger, and a minimum does not say it. The sentinels say that the machine does
so: a computation of fixed size lies that far apart from repeat to repeat.

Under load the kernel gives the core to the spinning process and to the measured one in turns of a few milliseconds. A
mean, and a block of many steps, takes in the turns of the other in every repeat: it repeats as well as the load does
because it measures the load too, as `against quiet` shows. A sample of ours lasts about 2 ms, or one step: it falls
within a turn or is stretched by one. While under half of the samples of most trials are stretched, their median is
close to the quiet value; where over half are, it is about twice that. So `latency` has two states under load, and a
repeat in the other state makes the spread. `undisturbed` escapes as long as a tenth of the samples do; those of a step
that is longer than a turn (the CNN at batch 64: 15 ms) do not, and it says how much of the load each of them met. That
part is a reading of the rows."""


def page(rows: Sequence[Row], starts: Sequence[Start]) -> Iterator[str]:
    """The lines of the page."""
    found = Estimates(rows)
    yield HEAD
    yield f"{found.repeats} of {REPEATS} repeats done."
    yield MEASURED
    yield from measured(rows, starts)
    yield UNEQUAL
    yield ""
    yield walls(rows)
    missed = False
    for load in SEEN_LOADS:
        yield f"\n## Load: {load}\n"
        yield from table(found, load)
        yield ""
        yield from (f"- {sentence(found, load, metric)}" for metric in OURS)
        reasons = [one for metric in OURS for one in why(found, load, metric)]
        if reasons:
            missed = True
            yield "\nWhere the aim is missed, why:\n"
            yield from (f"- {one}" for one in reasons)
    if missed:
        yield READING


def walls(rows: Iterable[Row]) -> str:
    """Median seconds of an estimate by tool, in quiet."""
    quiet = [row for row in rows if row.load == "quiet"]
    found = {tool: [row.took for row in quiet if row.tool == tool] for tool in TOOLS}
    said = ", ".join(f"{tool} {median(took):.1f} s" for tool, took in found.items() if took)
    return f"Wall time of an estimate of a case in quiet, median: {said or 'none yet'}."
