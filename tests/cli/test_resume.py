"""What must not have changed when a run is gone on with."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario, bench

Say = Callable[..., Said]

COMPARED = ("suite", "subject", "data", "torch", "python", "bench", "threads", "allocator", "machine")


def test_the_fingerprint_holds_what_is_compared_and_nothing_else(scenario: Scenario, say: Say) -> None:
    say("run", scenario.case("one").written(), "--device", "fake")
    assert sorted(store.read_run(scenario.runs[0]).fingerprint) == sorted(COMPARED)


@pytest.mark.parametrize("name", COMPARED)
def test_a_run_of_another_experiment_is_not_gone_on_with(scenario: Scenario, say: Say, name: str) -> None:
    say("run", scenario.case("one").written(), "--device", "fake")
    path = scenario.runs[0] / store.RUN
    content = json.loads(path.read_text())
    content["fingerprint"][name] = "another"
    path.write_text(json.dumps(content))
    said = say("run", "--resume", "latest")
    assert said.code == 2
    assert f"{name}: another → " in said.err
    assert "start a new run, or undo the change" in said.err


def cut(folder: Path) -> None:
    """Leaves the run its first records."""
    file = folder / store.RECORDS
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:3]))


@pytest.mark.parametrize("old", ["gone", "changed"])
def test_a_run_that_came_with_its_project_from_another_place_is_gone_on_with(
    scenario: Scenario,
    say: Say,
    *,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    old: str,
) -> None:
    """A machine with a GPU is lent for minutes, and the next has its copy of the project elsewhere."""
    file = scenario.case("one").written()
    say("run", file, "--device", "fake")
    there = tmp_path_factory.mktemp("lent") / "project"
    shutil.copytree(scenario.folder, there)
    (folder,) = store.runs_folder(there).iterdir()
    cut(folder)
    file.unlink() if old == "gone" else file.write_text(file.read_text().replace("A scenario", "Another"))
    said = bench("run", "--resume", "latest", folder=there, monkeypatch=monkeypatch, capfd=capfd)
    assert said.code == 0, said.err
    assert len(store.read(folder).records) == len(store.read(scenario.runs[0]).records)


def test_a_run_outside_its_project_is_gone_on_with_where_it_began(
    scenario: Scenario, say: Say, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere") / "run"
    say("run", scenario.case("one").written(), "--device", "fake", "--out", folder)
    cut(folder)
    assert say("run", "--resume", folder).code == 0
