"""`bench report RUN --suite FILE`: tables and figures thought of after measuring."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
TABLE = "tables: [{rows: [name], columns: size, value: latency}]"


@pytest.fixture
def suite(scenario: Scenario, say: Say) -> Path:
    """That of a run of two cases."""
    file = scenario.case("one").case("two").written()
    assert say("run", file, "--device", "fake").code == 0
    return file


def edited(suite: Path, old: str, new: str) -> Path:
    text = suite.read_text()
    assert old in text
    suite.write_text(text.replace(old, new))
    return suite


def test_a_table_thought_of_afterwards_needs_no_measuring(suite: Path, scenario: Scenario, say: Say) -> None:
    (run,) = scenario.runs
    records = (run / store.RECORDS).read_bytes()
    edited(suite, TABLE, TABLE.replace("latency}", "latency}, {rows: [name], columns: size, value: parameters}"))
    edited(suite, "A scenario", "Another title")
    assert "Another title" not in (run / "table.md").read_text()
    assert say("report", run, "--suite", suite).code == 0
    page = (run / "table.md").read_text()
    assert page.startswith("# Another title\n")
    assert "parameters by name and size" in page
    assert (run / store.RECORDS).read_bytes() == records
    assert say("report", run, "--check").code == 0


def test_what_a_run_did_not_measure_is_not_invented(suite: Path, scenario: Scenario, say: Say) -> None:
    edited(suite, "name: ['two']", "name: ['three']")
    (suite.parent / "builder.py").write_text((suite.parent / "builder.py").read_text().replace('"two"', '"three"'))
    assert say("report", scenario.runs[0], "--suite", suite).code == 0
    assert "three" not in (scenario.runs[0] / "table.md").read_text()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [("size: 1}", "size: 2}", "base"), ("- {name: [", "- {other: [1], name: [", "factors")],
)
def test_a_file_about_other_cases_is_refused_and_changes_nothing(
    suite: Path, scenario: Scenario, say: Say, *, old: str, new: str, what: str
) -> None:
    (run,) = scenario.runs
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    said = say("report", run, "--suite", edited(suite, old, new))
    assert said.code == 2
    assert f"its {what} differ from those of the run" in said.err
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()} == before


def test_which_runs_has_to_be_said(suite: Path, say: Say) -> None:
    said = say("report", "--suite", suite)
    assert said.code == 2
    assert "--suite takes the runs to change" in said.err
