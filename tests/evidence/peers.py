"""Four tools, one machine, three loads, again and again → a CSV file of estimates, and a page: how far they lie apart.

`python -m tests.evidence.peers > results/evidence/peers.md` adds the estimates that are missing to
`results/evidence/peers.csv` and prints the page; `--only-table` measures nothing. A unit of work is one tool's
estimates of every case under one load in one repeat, about 40 s. Killed at any time, it goes on with the unit that it
was at: a unit's rows are written together. What a start decides, the seconds asked for and the revision, is a line of
`peers_starts.csv`, written when its first unit is there. QUIET_LOCK names a lock that is held during each unit, to keep
other work out."""

import argparse
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bench.measure.environment import git
from tests.evidence import peer_starts
from tests.evidence.load import load
from tests.evidence.peer_case import CASES, ROOT
from tests.evidence.peer_page import page
from tests.evidence.peer_starts import Start
from tests.evidence.peer_table import REPEATS, SEEN_LOADS, Row
from tests.evidence.peer_tools import TOOLS, measure, missing
from tests.evidence.repeats import quiet
from tests.evidence.rows import append as append_rows
from tests.evidence.rows import read as read_rows

OUT = ROOT / "results" / "evidence" / "peers.csv"
COLUMNS = tuple(field.name for field in fields(Row))
REVISION = 12
"""Characters of a revision's name that tell it from every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One tool's estimates of every case under one load in one repeat."""

    repeat: int
    load: str
    tool: str


def units(repeats: int) -> Iterator[Unit]:
    """In the order in which they are measured: the tools' is drawn anew in each repeat, under each load."""
    for repeat in range(1, repeats + 1):
        drawn = random.Random(repeat)
        for name in SEEN_LOADS:
            tools = list(TOOLS)
            drawn.shuffle(tools)
            yield from (Unit(repeat=repeat, load=name, tool=tool) for tool in tools)


def left_over(wanted: Iterator[Unit], rows: Sequence[Row]) -> list[Unit]:
    """The units of which an estimate is missing."""
    there = {(row.repeat, row.load, row.tool, row.metric, row.case) for row in rows}
    return [
        unit
        for unit in wanted
        if any(
            (unit.repeat, unit.load, unit.tool, metric, case) not in there
            for metric in TOOLS[unit.tool].metrics
            for case in CASES
        )
    ]


def measured(unit: Unit, seconds: float) -> list[Row]:
    """The load has the repeat's seed, so that all tools of a repeat meet the same bursts."""
    with quiet(), load(unit.load, unit.repeat):
        found = measure(unit.tool, seconds=seconds, seed=unit.repeat)
    return [
        Row(**asdict(unit), metric=metric, case=one.case, seconds_per_step=value, began=one.began, took=one.took)
        for one in found
        for metric, value in one.values.items()
    ]


def read(file: Path) -> list[Row]:
    """The rows that are there; none where the file is not."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Row:
    return Row(
        repeat=int(line["repeat"]),
        load=line["load"],
        tool=line["tool"],
        metric=line["metric"],
        case=line["case"],
        seconds_per_step=float(line["seconds_per_step"]),
        began=float(line["began"]),
        took=float(line["took"]),
    )


def append(file: Path, rows: Sequence[Row]) -> None:
    """All of them with one write, on disk when this returns: a unit is there as a whole or not at all."""
    append_rows(file, COLUMNS, map(asdict, rows))


def noted(rows: Sequence[Row], seconds: float) -> Start:
    """The start whose first unit's rows these are."""
    began = min(row.began for row in rows)
    return Start(began=began, seconds=seconds, revision=git(ROOT)["revision"][:REVISION])


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--seconds", type=float, default=10.0, help="wall seconds of an estimate of a case")
    parser.add_argument("--out", type=Path, default=OUT, help="the CSV file")
    parser.add_argument("--only-table", action="store_true", help="measure nothing")
    return parser.parse_args(given)


def main(given: Sequence[str]) -> None:
    """Measures what is missing, then prints the page."""
    asked = arguments(given)
    todo = [] if asked.only_table else left_over(units(asked.repeats), read(asked.out))
    if todo and (said := missing()):
        raise SystemExit(said)
    starts = peer_starts.beside(asked.out)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that loads and tools are ended
    for number, unit in enumerate(todo, start=1):
        rows = measured(unit, asked.seconds)
        if number == 1:
            peer_starts.append(starts, noted(rows, asked.seconds))
        append(asked.out, rows)
        took = sum({row.case: row.took for row in rows}.values())
        what = f"repeat {unit.repeat}, {unit.load}, {unit.tool}"
        print(f"{number} of {len(todo)}: {what}: {took:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(page(read(asked.out), peer_starts.read(starts))))


if __name__ == "__main__":
    main(sys.argv[1:])
