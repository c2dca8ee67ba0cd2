"""A run and its estimates → tidy rows, one for every case and metric, as measurements.csv holds them."""

from collections.abc import Iterable

from bench.records.metrics import metric
from bench.records.nouns import Estimate, Run

Cell = bool | int | float | str | None

BEFORE = ("run", "machine", "device", "suite", "case")
AFTER = ("metric", "unit", "value", "low", "high", "rounds", "status", "note")


def columns(run: Run) -> list[str]:
    """The columns in order, the suite's factors in the middle."""
    factors = dict.fromkeys(name for case in run.cases for name in case.levels)
    return [*BEFORE, *factors, *AFTER]


def measurements(run: Run, estimates: Iterable[Estimate]) -> list[dict[str, Cell]]:
    """One row an estimate, unrounded; what has no value keeps its row, with None and its status."""
    cases = {case.id: case for case in run.cases}
    order = columns(run)
    rows = [_row(run, cases[estimate.case].levels, estimate) for estimate in estimates]
    return [{column: row.get(column) for column in order} for row in rows]


def _row(run: Run, levels: dict[str, bool | int | float | str], estimate: Estimate) -> dict[str, Cell]:
    return {
        **levels,
        "run": run.name,
        "machine": run.machine.name,
        "device": run.device,
        "suite": run.suite.name,
        "case": estimate.case,
        "metric": estimate.metric,
        "unit": metric(estimate.metric).unit,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "rounds": estimate.rounds,
        "status": estimate.status,
        "note": estimate.note,
    }
