"""A verb that measures while another process holds the machine."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scenario import Said, Scenario, started

Say = Callable[..., Said]
HOLD = """
import sys
from bench.measure.lock import machine_lock
with machine_lock("somebody's run", wait=0):
    print("held", flush=True)
    sys.stdin.read()
"""
DOCTOR = ("doctor", "--device", "cpu")


@pytest.fixture
def holder(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """Another process that measures until its standard input ends."""
    monkeypatch.setenv("BENCH_LOCK", str(scenario.folder / "lock"))
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_off_a_terminal_a_verb_is_refused_at_once_and_told_by_whom(holder: subprocess.Popen[str], say: Say) -> None:
    said = say(*DOCTOR)
    assert said.code == 2
    assert f"another measurement is running here: process {holder.pid}, somebody's run" in said.err
    assert "--wait SECONDS" in said.err
    assert "waiting" not in said.err


def test_a_verb_waits_as_long_as_it_is_told_to_and_says_for_whom(holder: subprocess.Popen[str], say: Say) -> None:
    said = say(*DOCTOR, "--wait", "0.1")
    assert said.code == 2
    waiting, refused, _ = said.err.splitlines()
    assert waiting == f"waiting for another measurement: process {holder.pid}, somebody's run"
    assert refused.startswith("bench: another measurement is running here: ")


@pytest.mark.parametrize("verb", ["run", "doctor"])
def test_a_verb_that_waited_goes_on_when_the_machine_is_free(
    holder: subprocess.Popen[str], scenario: Scenario, verb: str
) -> None:
    words = ("run", scenario.case("one").written()) if verb == "run" else ("doctor",)
    process = started([*words, "--wait", "600"], folder=scenario.folder)
    assert process.stderr is not None
    assert f"process {holder.pid}" in process.stderr.readline()
    holder.communicate()
    deadline, lock = time.monotonic() + 60, scenario.folder / "lock"
    while not lock.read_text().startswith(f"process {process.pid}, "):
        assert process.poll() is None
        assert time.monotonic() < deadline
    process.terminate()
    process.communicate(timeout=60)
