"""What `bench` does with errors that are nobody's fault, and with an output that cannot be written."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import cli
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
BENCH = f"{sys.executable} -m bench"


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], cwd=folder, capture_output=True, text=True)


def test_a_fault_of_ours_is_exit_70_and_one_line(say: Say, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(cli.cli, "main", fail)
    said = say("list", scenario.case("one").written())
    assert said.code == 70
    assert "nobody thought of this" in said.err
    assert "Traceback" not in said.err


def test_output_for_which_there_is_no_room_is_exit_74(scenario: Scenario) -> None:
    file = scenario.case("one").written()
    done = shell(f"{BENCH} list {file} > /dev/full", scenario.folder)
    assert done.returncode == 74
    assert "Traceback" not in done.stderr


def test_whoever_has_read_enough_is_no_error(scenario: Scenario) -> None:
    for n in range(300):
        scenario.case(f"case-{n}-with-a-name-that-fills-the-pipe-{'x' * 20}")
    done = shell(f"{BENCH} list {scenario.written()} | true", scenario.folder)
    assert done.returncode == 0
    assert not done.stderr


def test_a_lock_that_cannot_be_made_says_what_to_do(scenario: Scenario) -> None:
    file = scenario.case("one").written()
    environment = {**os.environ, "BENCH_LOCK": str(file / "lock")}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "run", str(file)],
        cwd=scenario.folder,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 2
    assert "BENCH_LOCK" in done.stderr
