"""Figures in a run's folder: written with it, compared by the values that they show."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.api.drawing import differing_figures, write_figures
from bench.api.reporting import derive, differences, report
from bench.report.figures.values import stored_hash, values_hash
from tests.report.figures.test_values import FIGURE, y
from tests.scenario import Said, Scenario

FILE = "figures/1-latency-by-size.svg"


def test_what_was_written_does_not_differ(tmp_path: Path) -> None:
    write_figures(tmp_path, [FIGURE])
    assert stored_hash((tmp_path / FILE).read_text("utf-8")) == values_hash(FIGURE)
    assert differing_figures(tmp_path, [FIGURE]) == []


def test_a_missing_figure_and_one_of_other_values_differ(tmp_path: Path) -> None:
    assert differing_figures(tmp_path, [FIGURE]) == [FILE]
    write_figures(tmp_path, [y(0.0013)])
    assert differing_figures(tmp_path, [FIGURE]) == [FILE]
    (tmp_path / FILE).write_bytes(b"\xff no svg")
    assert differing_figures(tmp_path, [FIGURE]) == [FILE]


def test_another_version_of_matplotlib_may_write_another_text(tmp_path: Path) -> None:
    write_figures(tmp_path, [FIGURE])
    file = tmp_path / FILE
    file.write_text(file.read_text("utf-8").replace("<path", "<path  "), "utf-8")
    assert differing_figures(tmp_path, [FIGURE]) == []


def test_what_an_earlier_suite_drew_differs_and_is_taken_away(tmp_path: Path) -> None:
    write_figures(tmp_path, [FIGURE])
    (tmp_path / "figures" / "2-old.svg").write_text("<svg/>")
    (tmp_path / "figures" / "notes.txt").write_text("a person's own")
    assert differing_figures(tmp_path, [FIGURE]) == ["figures/2-old.svg"]
    write_figures(tmp_path, [FIGURE])
    assert sorted(file.name for file in (tmp_path / "figures").iterdir()) == ["1-latency-by-size.svg", "notes.txt"]


@pytest.fixture
def measured(scenario: Scenario, say: Callable[..., Said]) -> Path:
    """A run of two cases whose suite asks for a figure."""
    file = scenario.case("quick", takes=0.001).case("slow", takes=0.002).written(trial_seconds=0.01)
    file.write_text(file.read_text() + "figures: [{x: name, y: latency, series: takes}]\n")
    assert say("run", file, "--device", "fake").code == 0
    return scenario.runs[0]


def test_a_run_has_its_figures_and_its_page_shows_them(measured: Path) -> None:
    assert [file.name for file in (measured / "figures").iterdir()] == ["1-latency-by-name.svg"]
    assert "(figures/1-latency-by-name.svg)" in (measured / "table.md").read_text("utf-8")
    assert differences(report(measured)) == []


def test_a_figure_that_is_gone_is_reported_and_made_again(measured: Path, say: Callable[..., Said]) -> None:
    (measured / "figures/1-latency-by-name.svg").unlink()
    said = say("report", "--check", measured)
    assert (said.code, "figures/1-latency-by-name.svg differ" in said.out) == (1, True)
    derive(measured)
    assert say("report", "--check", measured).code == 0


def test_publishing_leaves_no_figure_of_an_earlier_run(
    measured: Path, scenario: Scenario, say: Callable[..., Said]
) -> None:
    name = report(measured).stored.run.machine.name
    old = scenario.folder / "results" / "scenario" / name / "figures" / "9-old.svg"
    old.parent.mkdir(parents=True)
    old.write_text("<svg/>")
    assert say("report", "--publish", measured).code == 0
    assert [file.name for file in old.parent.iterdir()] == ["1-latency-by-name.svg"]


def test_reading_measuring_and_checking_load_no_matplotlib() -> None:
    script = "import sys, bench.cli.run, bench.cli.show, bench.cli.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0
