"""A load and a dose → further rows of `results/evidence/gate.csv`.

`python -m tests.perf.gate.measure --load quiet --dose 2` measures one unit; without a load and a dose whatever is
missing, in the order of its worth. What is measured is the product's: worktrees, servers, proof, surveys, pairs
in random order, repeats of disturbed ones; only the judge is another (`judging.py`), and there is no control.
Killed at any time, it goes on with the round that it was at. A unit that cannot be measured is told, the others are
measured, and the exit code is 1. QUIET_LOCK names a lock that is held meanwhile, to keep other work out."""

import argparse
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from random import Random

from bench.api.alone import Site
from bench.api.planning import Options, Plan, plan
from bench.errors import Stopped
from bench.gate.decide import LOOKS
from bench.records.nouns import Case
from tests.evidence.repeats import quiet
from tests.perf.gate.judging import Patient, settled
from tests.perf.gate.repository import SUITE, repository, sides
from tests.perf.gate.rows import LOADS, OUT, Row, Unit, append, pairs_of, read
from tests.perf.gate.session import gated, session, short

PARTS = 100
"""Of a step of the subject's without a dose."""

LOADED = ("bursts", "candidate", "constant")
EVEN, UNEVEN, MIRRORED = ("2", "3"), ("fifth", "most", "sleep"), ("swapped-2", "swapped-3")
WORTH = (
    *(Unit(load="quiet", dose=dose) for dose in ("0", "2", MIRRORED[0], "3")),
    *(Unit(load=load, dose="0") for load in LOADED),
    *(Unit(load="quiet", dose=dose) for dose in UNEVEN),
    *(Unit(load=load, dose="3") for load in LOADED),
    *(Unit(load=load, dose="0", repeat=2) for load in LOADS),
    *(Unit(load=load, dose="2") for load in LOADED),
    *(Unit(load=load, dose=dose) for dose in UNEVEN for load in LOADED),
    *(Unit(load=load, dose=MIRRORED[1]) for load in LOADED),
)
"""What is measured when nothing is named, in this order: first what answers whole criteria in minutes, then whether
equal code alarms under load, then the dear units."""


class Stuck(Exception):
    """A session has added nothing to a unit that lacks pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which cases, in pytest's -k grammar, how many pairs of each at least and at most, and the CSV file."""

    cases: str | None
    least: int
    pairs: int
    out: Path


def measure(unit: Unit, asked: Asked) -> None:
    """Adds the unit's missing rounds."""
    with repository(unit.dose) as folder:
        planned = plan(folder / SUITE, Options(only=asked.cases))
        while (todo := missing(planned.cases, unit, asked)) is not None:
            before, cases = todo
            seed = Random(f"{unit}/{before}").randrange(2**31)
            with quiet():
                add(replace(planned, cases=cases, seed=seed), unit, asked, before=before)
            if missing(planned.cases, unit, asked) == todo:
                raise Stuck(f"cannot be measured: {', '.join(short(case.id) for case in cases)}")


def campaign(units: Sequence[Unit], asked: Asked) -> list[Unit]:
    """Measures one after the other what is missing, and returns what could not be measured."""
    failed = []
    for unit in units:
        try:
            measure(unit, asked)
        except Exception:  # noqa: BLE001 - a campaign takes hours: whatever ends a unit, the others are to be measured
            traceback.print_exc()
            failed.append(unit)
    return failed


def missing(cases: Sequence[Case], unit: Unit, asked: Asked) -> tuple[int, tuple[Case, ...]] | None:
    """Of the cases that want further pairs those with the fewest, and how many these are."""
    known = pairs_of(read(asked.out), unit)
    rows = {case.id: known.get(short(case.id), []) for case in cases}
    counts = {case: own[-1].pair if own else 0 for case, own in rows.items()}
    least = min(asked.least, asked.pairs)
    wanting = [
        case
        for case in cases
        if counts[case.id] < least or (counts[case.id] < asked.pairs and not settled(rows[case.id]))
    ]
    fewest = min((counts[case.id] for case in wanting), default=0)
    return (fewest, tuple(case for case in wanting if counts[case.id] == fewest)) if wanting else None


def add(planned: Plan, unit: Unit, asked: Asked, *, before: int) -> None:
    """One session: surveys, then rounds until every case has its pairs; each is written when it is over."""
    site, known = Site.of(planned), pairs_of(read(asked.out), unit)
    made = gated(planned, site)
    judge = Patient(
        made,
        least=asked.least,
        most=asked.pairs,
        before=before,
        rows={case.id: known.get(short(case.id), []) for case in made.cases},
    )
    began = time.monotonic()
    with closing(session(planned, site, judge, unit)) as found:  # no load may outlast a unit that has failed
        for rows in found:
            checked(rows, unit.dose)
            append(asked.out, rows)
            pairs = [row.pair for row in rows if row.kind == "pair"]
            what = f"pair {pairs[0]} of {len(pairs)} cases" if pairs else "surveys"
            print(f"{unit.load}, {unit.dose}: {what}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def checked(rows: Sequence[Row], dose: str) -> None:
    """An even dose must be in the operations that the profiler counted, exactly."""
    if not all(side.isdigit() for side in sides(dose)):
        return
    base, candidate = (PARTS + int(side) for side in sides(dose))
    counted = {row.case: exp(row.sharp) for row in rows if row.kind == "survey"}
    wrong = [f"{case} {ratio:.6f}" for case, ratio in counted.items() if abs(ratio - candidate / base) > 1e-9]
    assert not wrong, f"operations by the base's: {', '.join(wrong)}"


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", choices=LOADS, help="together with --dose; else everything that is missing")
    parser.add_argument("--dose", choices=("0", "2", "3", "5", *UNEVEN, *MIRRORED))
    parser.add_argument("--repeat", type=int, default=1, help="a further measurement of the same unit")
    parser.add_argument("--pairs", type=int, default=LOOKS[-1].pairs, help="of a case, at most")
    parser.add_argument("--least", type=int, default=LOOKS[1].pairs, help="pairs of a case that 1 %% is sure of before")
    parser.add_argument("--cases", help="in pytest's -k grammar")
    parser.add_argument("--out", type=Path, default=OUT, help="the CSV file")
    found = parser.parse_args(given)
    if (found.load is None) != (found.dose is None):
        parser.error("--load and --dose go together")
    return found


def main(given: Sequence[str]) -> None:
    """Measures what was asked for."""
    said = arguments(given)
    asked = Asked(cases=said.cases, least=said.least, pairs=said.pairs, out=said.out)
    units = [Unit(load=said.load, dose=said.dose, repeat=said.repeat)] if said.load else WORTH
    try:
        failed = campaign(units, asked)
    except Stopped as stopped:  # it has said so already
        sys.exit(stopped.exit_code)
    if failed:
        sys.exit("\n".join(f"not measured: {unit}" for unit in failed))


if __name__ == "__main__":
    main(sys.argv[1:])
