"""A run and its suite's file of today → the run with the tables, figures and words of that file.

What was asked and measured stays as it is: a table that is thought of after measuring need not be measured for."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.errors import BenchError
from bench.plan.suite import load_suite
from bench.records.suite import Suite
from bench.store.folder import put_run, read_run

SHOWN = ("title", "question", "metrics", "notes", "tables", "figures", "operators", "boundaries")


def present(folder: Path, file: Path) -> None:
    """Rewrites the folder's run.json.

    Raises SuiteError for a bad file, BenchError for one whose cases are others than the run's, CannotStore."""
    run, now = read_run(folder), load_suite(file)
    differing = [what for what, of in _IDENTITY.items() if of(now) != of(run.suite)]
    if differing:
        raise BenchError(
            f"its {' and '.join(differing)} differ from those of the run in {folder}",
            where=str(file),
            hint="only tables, figures and words can be changed after measuring; bench run measures the rest",
        )
    shown = {name: getattr(now, name) for name in SHOWN}
    put_run(folder, replace(run, suite=replace(run.suite, **shown)))


def _factors(suite: Suite) -> frozenset[str]:
    return frozenset(name for block in suite.factors for name in block)


_IDENTITY: dict[str, Callable[[Suite], object]] = {
    "name": lambda suite: suite.name,
    "base": lambda suite: suite.base,
    "factors": _factors,
}
"""What a table's words rest on. Levels may differ: a table of cases that a run has not is left out of its page."""
