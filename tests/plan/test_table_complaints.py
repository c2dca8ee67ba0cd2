"""What a table may not ask for beside its layout, and by which factors operators are named."""

from pathlib import Path

import pytest

from bench.plan.suite import load_suite
from tests.plan.written import BASE, FACTORS, HEAD, about, write

TABLE = "tables: [{{rows: batch, columns: model, value: {value}, gaps: {gaps}}}]\n"


@pytest.mark.parametrize("metric", ["parameters", "compile"])
def test_gaps_of_what_comes_from_no_trials_are_refused(tmp_path: Path, metric: str) -> None:
    (found,) = about(tmp_path, TABLE.format(value=metric, gaps="true"))
    assert f"tables[0].gaps: {metric!r} comes from no trials: no interval separates its values" in found


def test_gaps_are_there_or_not(tmp_path: Path) -> None:
    (found,) = about(tmp_path, TABLE.format(value="latency", gaps="3"))
    assert "tables[0].gaps: expected true or false" in found


@pytest.mark.parametrize(
    ("operators", "expected"),
    [
        ("mode", "operators: no factor 'mode'; did you mean 'model'?"),
        ("[model, batch, model]", "operators[2]: 'model' is there twice"),
    ],
)
def test_operators_are_named_by_factors(tmp_path: Path, operators: str, expected: str) -> None:
    (found,) = about(tmp_path, f"operators: {operators}\n")
    assert expected in found


def test_a_suite_has_gaps_and_operators(tmp_path: Path) -> None:
    text = HEAD + BASE + FACTORS + TABLE.format(value="latency", gaps="true") + "operators: model\n"
    suite = load_suite(write(tmp_path, text))
    assert (suite.tables[0].gaps, suite.operators) == (True, ("model",))
