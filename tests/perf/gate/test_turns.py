"""What is kept of pairs in turns and of adjacent ones, and what the page makes of it."""

from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from bench.records.nouns import CHANGE, Record
from tests.evidence.rows import append
from tests.gate.made_up import a_gate, pair, survey
from tests.measure.made_up import case
from tests.perf.gate.judging import Patient
from tests.perf.gate.turns import ADJACENT, LOADS, TURNS, Row, closer, page, read, rows_of, written

CASE = case(model="lstm", mode="inference", size="small")


def measured(number: int, *, turns: float, attempt: int = 0) -> list[Record]:
    """A pair whose candidate takes 3 % longer, of which each half took a second."""
    return [
        replace(r, noise={**r.noise, "turns": turns}, position=n, samples=r.samples[:9], phases={"total": 1.0})
        for n, r in enumerate(pair(CASE.id, number, log(1.03), attempt=attempt), 1)
    ]


def found() -> list[Row]:
    """Of a pair in turns, and of an adjacent one that was measured twice."""
    records = [
        *(survey(CASE.id, side) for side in CHANGE),
        *measured(1, turns=9.0),
        *measured(2, turns=0.0),
        *measured(2, turns=0.0, attempt=1),
    ]
    return list(rows_of("quiet", Patient(a_gate(CASE), least=2, most=2), records))


def test_a_row_says_how_its_trials_were_measured_and_what_that_cost() -> None:
    in_turns, adjacent = found()
    assert (in_turns.manner, in_turns.attempts, in_turns.seconds) == (TURNS, 1, 2.0)
    assert (adjacent.manner, adjacent.attempts, adjacent.seconds) == (ADJACENT, 2, 4.0)
    assert in_turns.neighbours == pytest.approx(log(1.03), abs=1e-6)
    assert adjacent.neighbours is None
    assert [row.deciles for row in (in_turns, adjacent)] == pytest.approx([log(1.03)] * 2, abs=1e-6)
    assert in_turns.case == "lstm-inference-small"


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = found()
    append(tmp_path / "turns.csv", tuple(Row.__slots__), map(written, rows))
    again = read(tmp_path / "turns.csv")
    assert [(row.load, row.case, row.round, row.manner, row.neighbours is None) for row in again] == [
        (row.load, row.case, row.round, row.manner, row.neighbours is None) for row in rows
    ]
    assert [row.deciles for row in again] == pytest.approx([row.deciles for row in rows], abs=1e-6)


def spread(load: str) -> list[Row]:
    """Two pairs of each manner, whose deciles are twice as far apart as neighbours."""
    return [
        replace(
            row,
            load=load,
            round=row.round + round(1 + sign),
            deciles=row.deciles + 2e-5 * sign,
            neighbours=None if row.neighbours is None else row.neighbours + 1e-5 * sign,
        )
        for row in found()
        for sign in (-1, 1)
    ]


def test_neighbours_are_set_beside_the_deciles_of_the_same_pairs() -> None:
    assert closer([row for row in spread("quiet") if row.manner == TURNS]) == pytest.approx(0.5)


def test_the_page_has_a_line_for_each_load_manner_and_ratio() -> None:
    rows = [row for load in LOADS[:2] for row in spread(load)]
    lines = [line for line in page(rows) if line.startswith(("| quiet", "| constant", "| bursts"))]
    assert [line.split(" | ")[:3] for line in lines] == [
        [f"| {load}", *rest]
        for load in LOADS[:2]
        for rest in (
            (ADJACENT, "deciles"),
            (ADJACENT, "mean"),
            (TURNS, "deciles"),
            (TURNS, "neighbours"),
            (TURNS, "mean"),
        )
    ]
    assert all("+3.0%" in line for line in lines)
    assert list(page(rows))[-1].endswith("quiet 0.50, constant 0.50.")
