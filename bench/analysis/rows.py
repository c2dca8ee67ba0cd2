"""A run and its estimates → tidy rows, one for every case and metric, as measurements.csv holds them."""

from collections.abc import Iterable, Mapping

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
    factors = columns(run)[len(BEFORE) : -len(AFTER)]
    levels = {case.id: {factor: case.levels.get(factor) for factor in factors} for case in run.cases}
    return [_row(run, levels[estimate.case], estimate) for estimate in estimates]


def _row(run: Run, levels: Mapping[str, Cell], estimate: Estimate) -> dict[str, Cell]:
    """In the order of the columns; no factor has a column's name."""
    return {
        "run": run.name,
        "machine": run.machine.name,
        "device": run.device,
        "suite": run.suite.name,
        "case": estimate.case,
        **levels,
        "metric": estimate.metric,
        "unit": metric(estimate.metric).unit,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "rounds": estimate.rounds,
        "status": estimate.status,
        "note": estimate.note,
    }
