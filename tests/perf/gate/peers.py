"""Five tools, two revisions of three cases, again and again → a CSV file of what each said, and a page.

`python -m tests.perf.gate.peers > results/evidence/gate_peers.md` adds what is missing to
`results/evidence/gate_peers.csv` and prints the page; `--only-table` measures nothing. A unit of work is one tool's
answer about the three cases at one dose under one load in one repeat: about a minute, pyperf's two. Killed at any
time, it goes on with the unit that it was at: a unit's rows are written together. QUIET_LOCK names a lock that is held
during each unit, to keep other work out. Every tool has an environment of its own, made below `--places` when it is
missing."""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.evidence.load import load
from tests.evidence.repeats import quiet
from tests.evidence.rows import append as append_rows
from tests.evidence.rows import read as read_rows
from tests.perf.gate.controls import CONTROLS
from tests.perf.gate.peer_answers import Answer, Site
from tests.perf.gate.peer_files.cases import CASES
from tests.perf.gate.peer_places import environment, repository
from tests.perf.gate.peer_table import COLUMNS, DOSES, REPEATS, SEEN_LOADS, Row, Unit, page
from tests.perf.gate.peer_tools import TOOLS
from tests.perf.gate.rows import OUT as PAIRS

OUT = PAIRS.with_name("gate_peers.csv")


def units(repeats: int) -> Iterator[Unit]:
    """In the order in which they are measured: tools and doses are drawn anew in each repeat, under each load."""
    for repeat in range(1, repeats + 1):
        drawn = random.Random(repeat)
        for name in SEEN_LOADS:
            both = [(tool, dose) for tool in TOOLS for dose in DOSES]
            drawn.shuffle(both)
            yield from (Unit(load=name, dose=dose, repeat=repeat, tool=tool) for tool, dose in both)


def measured(unit: Unit, places: Path) -> list[Row]:
    """The load has the repeat's seed, so that all tools of a repeat meet the same bursts; it ends before the answers
    are read."""
    tool = TOOLS[unit.tool]
    with quiet():
        python = environment(places, unit.tool, tool.packages)
        site = Site(python=python, places=places, repository=repository(places, unit.dose))
        tool.prepare(site)
        with load(unit.load, unit.repeat):
            began = time.monotonic()
            text = tool.measure(site)
            took = time.monotonic() - began
        found = tool.judge(site, text)
    assert sorted(found) == sorted(CASES), f"{unit}: answers about {', '.join(found)}:\n{text}"
    return [
        Row(
            unit=unit,
            case=case,
            change=one.change,
            worse=one.worse,
            worse_at_limit=one.worse_at_limit,
            seconds=took,
            control=one.control,
        )
        for case, one in found.items()
    ]


def read(file: Path) -> list[Row]:
    """The rows that are there; none where the file is not."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Row:
    """Of one line."""
    answers: dict[str, Answer] = {"worse": "worse", "not worse": "not worse", "undecided": "undecided"}
    return Row(
        unit=Unit(load=line["load"], dose=line["dose"], repeat=int(line["repeat"]), tool=line["tool"]),
        case=line["case"],
        change=float(line["change"]),
        worse=answers[line["worse"]],
        worse_at_limit=answers[line["worse_at_limit"]],
        seconds=float(line["seconds"]),
        control=CONTROLS[line["control"]],
    )


def append(file: Path, rows: Sequence[Row]) -> None:
    """All of them with one write, on disk when this returns: a unit is there as a whole or not at all."""
    append_rows(file, COLUMNS, map(written, rows))


def written(row: Row) -> dict[str, object]:
    """Changes to a hundredth of a per cent, times to a tenth of a second."""
    own = {"case": row.case, "worse": row.worse, "worse_at_limit": row.worse_at_limit, "control": row.control}
    return {**asdict(row.unit), **own, "change": f"{row.change:.4f}", "seconds": f"{row.seconds:.1f}"}


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """What may be asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS), help="only these")
    parser.add_argument("--loads", nargs="+", choices=SEEN_LOADS, default=SEEN_LOADS, help="only these")
    parser.add_argument("--doses", nargs="+", choices=DOSES, default=DOSES, help="only these")
    parser.add_argument("--most", type=int, help="units, then stop")
    parser.add_argument("--places", type=Path, default=Path(tempfile.gettempdir(), "bench-peers"))
    parser.add_argument("--out", type=Path, default=OUT, help="the CSV file")
    parser.add_argument("--only-table", action="store_true", help="measure nothing")
    return parser.parse_args(given)


def main(given: Sequence[str]) -> None:
    """Measures what is missing, then prints the page."""
    asked = arguments(given)
    there = {row.unit for row in read(asked.out)}
    wanted = [
        one
        for one in units(asked.repeats)
        if one.tool in asked.tools and one.load in asked.loads and one.dose in asked.doses and one not in there
    ]
    todo = [] if asked.only_table else wanted[: asked.most]
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that loads and tools are ended
    for number, unit in enumerate(todo, start=1):
        rows = measured(unit, asked.places.resolve())
        append(asked.out, rows)
        what = f"repeat {unit.repeat}, {unit.load}, +{unit.dose} %, {unit.tool}"
        print(f"{number} of {len(todo)}: {what}: {rows[0].seconds:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(page(read(asked.out))))


if __name__ == "__main__":
    main(sys.argv[1:])
