"""Terminals, languages, pipes and gits of every kind: no traceback, and the exit code is the run's."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario, started

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7")
SURROUNDINGS: dict[str, dict[str, str]] = {
    "LANG=C": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "NO_COLOR": {"NO_COLOR": "1"},
    "dumb": {"TERM": "dumb"},
    "narrow": {"COLUMNS": "40"},
    "nothing": {"TERM": ""},
}
VERBS = (
    ("show", "latest"),
    ("list",),
    ("compare", "latest", "--by", "name", "--against", "good"),
    ("doctor", "--device", "fake"),
)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A suite that was measured at least once, with a case that fails."""
    scenario = Scenario(tmp_path_factory.mktemp("project"))
    file = scenario.case("good").case("bad", fault="raise").written(rounds_per_server=1)
    process = started(["run", file, *FAKE], folder=scenario.folder)
    process.communicate(timeout=60)
    assert process.returncode == 3
    return file


def words(verb: tuple[str, ...], suite: Path) -> list[str]:
    return [sys.executable, "-m", "bench", *verb, *([str(suite)] if verb in (("list",), ("run",)) else [])]


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_every_verb_speaks_in_every_surrounding(suite: Path, name: str) -> None:
    environment = {**os.environ, **SURROUNDINGS[name]}
    for verb in VERBS:
        done = subprocess.run(words(verb, suite), cwd=suite.parent, capture_output=True, env=environment, timeout=60)
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False), (verb, done.stderr)
        assert done.stdout
        assert b"\x1b[3" not in done.stdout + done.stderr
    run = [*words(("run",), suite), *FAKE]
    done = subprocess.run(run, cwd=suite.parent, capture_output=True, env=environment, timeout=60)
    assert (done.returncode, b"Traceback" in done.stderr) == (3, False), done.stderr


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_a_run_on_a_terminal_ends_as_it_does_elsewhere(suite: Path, name: str) -> None:
    code, said = on_terminal([*words(("run",), suite), *FAKE], suite.parent, SURROUNDINGS[name])
    assert code == 3
    assert b"Traceback" not in said
    assert b"made to fail" in said
    if name in ("NO_COLOR", "dumb"):
        assert b"\x1b[3" not in said, "no colour"


def on_terminal(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, bytes]:
    """How a command ends on a terminal of its own, and everything that it writes there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    said = b""
    try:
        while data := os.read(ours, 1 << 16):
            said += data
    except OSError:
        assert said  # the other end is closed: that is how a terminal's output ends
    os.close(ours)
    return process.wait(timeout=60), said


@pytest.mark.parametrize("reader", ["head -1", "true"])
@pytest.mark.parametrize("verb", [("show", "latest"), ("list",), ("schema",)])
def test_whoever_reads_a_line_and_leaves_is_no_error(suite: Path, verb: tuple[str, ...], reader: str) -> None:
    command = f"set -o pipefail; {' '.join(words(verb, suite))} | {reader}"
    done = subprocess.run(["bash", "-c", command], cwd=suite.parent, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert not done.stderr


@pytest.mark.parametrize("script", ["exit 128", "sleep 600", "kill -9 $$", "printf '\\377\\n'"])
def test_a_git_that_cannot_tell_costs_a_run_nothing(
    scenario: Scenario, say: Say, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr("bench.measure.environment.GIT_SECONDS", 0.3)
    imposter = scenario.folder / "bin" / "git"
    imposter.parent.mkdir()
    imposter.write_text(f"#!/bin/sh\n{script}\n")
    imposter.chmod(0o755)
    monkeypatch.setenv("PATH", f"{imposter.parent}:{os.environ['PATH']}")
    assert say("run", scenario.case("one").written(), *FAKE).code == 0
    (start,) = store.read(scenario.runs[0]).starts
    assert start.git["revision"] in ("unknown", "�")
