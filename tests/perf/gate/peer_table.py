"""What five tools said of equal code and of a dose → false alarms, detections, wall time, as Markdown; and our aim."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.statistics import median
from tests.perf.gate.controls import Control, firings
from tests.perf.gate.peer_answers import LIMIT, RULE, Answer
from tests.perf.gate.peer_files.cases import CASES
from tests.perf.gate.peer_tools import OURS, SECONDS, TOOLS
from tests.perf.gate.shares import share

REPEATS = 4
SEEN_LOADS = ("quiet", "bursts")
EQUAL, DOSE = "0", "5"
DOSES = (EQUAL, DOSE)
COLUMNS = ("load", "dose", "repeat", "tool", "case", "change", "worse", "worse_at_limit", "seconds", "control")

HEAD = f"""# Five tools and a slow-down of {DOSE} %

Made by `python -m tests.perf.gate.peers` from `gate_peers.csv`. Each tool compares two commits of one repository, whose
three cases ({", ".join(f"`{case}`" for case in CASES)}) have a step of 100 equal parts
of real work: the second commit has as many, or {DOSE} more. Every tool is used as its documentation tells its users,
with one thread, in an environment of its own beside one torch. They take turns in random order on one machine: in
quiet, and under a process on each core that spins and sleeps in turns of 2 s on average. Our gate judges time alone
here: the suite does not ask for the number of operations, which would give the dose away.

`asv`: `asv continuous` with environments of its own (virtualenv), whose install command writes a .pth file. Its default
factor of 1.1 is to let {DOSE} % pass; here it has {1 + RULE:g}. pyperf has no limit: whatever is significant is slower.
torch.utils.benchmark (`blocked_autorange`, medians) and pytest-benchmark measure each case on each revision for
{SECONDS:g} s, more than they would by default; else all is each tool's default. A limit equal to the dose finds it half
the time, so the table also says what the same measurements come to at {LIMIT:.0%}, the limit of our gate (pyperf:
`--min-speed {100 * LIMIT:g}`). `size` is the median of the changes that were seen at +{DOSE} %, with the smallest and
the largest; `wall` the median of the seconds for all three cases on both revisions, the making of environments left
out. In brackets: exact 95 % bounds of a share (Clopper and Pearson).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One tool's answer about all cases at one dose under one load in one repeat."""

    load: str
    dose: str
    repeat: int
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """About one case. `seconds` and `control` are the unit's."""

    unit: Unit
    case: str
    change: float
    worse: Answer
    worse_at_limit: Answer
    seconds: float
    control: Control = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What a tool has said under one load, of equal code and of the dose, at its own rule."""

    alarms: int
    equal: int
    found: int
    dosed: int
    seconds: float


def page(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the page."""
    yield HEAD
    done = len({row.unit for row in rows})
    yield f"{done} of {REPEATS * len(SEEN_LOADS) * len(DOSES) * len(TOOLS)} units done.\n"
    yield "## Asked, and shown\n"
    yield "At their wall time or less, fewer false alarms (where they have any) and more detections (or as many, where"
    yield "it finds all) than each of them.\n"
    for load in SEEN_LOADS:
        yield from (f"- {sentence(rows, load, tool)}" for tool in TOOLS if tool != OURS)
    for load in SEEN_LOADS:
        yield f"\n## Load: {load}\n"
        yield from table(rows, load)
        yield f"\n{firings(list(controls(rows, load).values()))} A gate whose control fires leaves its cases undecided."


def controls(rows: Sequence[Row], load: str) -> dict[Unit, Control]:
    """Of our gates under that load."""
    return {row.unit: row.control for row in rows if (row.unit.load, row.unit.tool) == (load, OURS)}


def table(rows: Sequence[Row], load: str) -> Iterator[str]:
    """A row for each tool."""
    limited = f"false alarms at {LIMIT:.0%} | found at {LIMIT:.0%}"
    yield f"| tool | rule | false alarms | found | undecided | {limited} | size | wall, s |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    for tool in TOOLS:
        equal, dosed = (chosen(rows, load, tool, dose) for dose in DOSES)
        own = [*equal, *dosed]
        cells = [
            tool,
            TOOLS[tool].rule,
            share(sum(row.worse == "worse" for row in equal), len(equal)),
            share(sum(row.worse == "worse" for row in dosed), len(dosed)),
            str(sum(row.worse == "undecided" for row in own)),
            f"{sum(row.worse_at_limit == 'worse' for row in equal)} of {len(equal)}",
            f"{sum(row.worse_at_limit == 'worse' for row in dosed)} of {len(dosed)}",
            sizes([row.change for row in dosed]),
            f"{median([row.seconds for row in own]):.0f}" if own else "–",
        ]
        yield f"| {' | '.join(cells)} |"


def sizes(changes: Sequence[float]) -> str:
    """`+5.1 % (+3.9 to +6.0 %)`."""
    if not changes:
        return "–"
    low, middle, high = (100 * value for value in (min(changes), median(changes), max(changes)))
    return f"{middle:+.1f} % ({low:+.1f} to {high:+.1f} %)"


def sentence(rows: Sequence[Row], load: str, tool: str) -> str:
    """How ours compares with that tool."""
    own, other = summed(rows, load, OURS), summed(rows, load, tool)
    if own is None or other is None:
        return f"{load}, {tool}: not measured."
    fewer = own.alarms < other.alarms or own.alarms == other.alarms == 0
    more = own.found > other.found or own.found == other.found == other.dosed
    met = fewer and more and own.seconds <= other.seconds
    return (
        f"{load}, {tool}: false alarms {own.alarms} against {other.alarms} of {other.equal}, found {own.found} against "
        f"{other.found} of {other.dosed}, {own.seconds:.0f} s against {other.seconds:.0f} s: "
        f"{'met' if met else '**not met**'}."
    )


def summed(rows: Sequence[Row], load: str, tool: str) -> Sum | None:
    """None until it has as many answers as every other tool is to have."""
    equal, dosed = (chosen(rows, load, tool, dose) for dose in DOSES)
    if min(len(equal), len(dosed)) < REPEATS * len(CASES):
        return None
    return Sum(
        alarms=sum(row.worse == "worse" for row in equal),
        equal=len(equal),
        found=sum(row.worse == "worse" for row in dosed),
        dosed=len(dosed),
        seconds=median([row.seconds for row in (*equal, *dosed)]),
    )


def chosen(rows: Sequence[Row], load: str, tool: str, dose: str) -> list[Row]:
    """Of one tool under one load at one dose."""
    return [row for row in rows if (row.unit.load, row.unit.tool, row.unit.dose) == (load, tool, dose)]
