"""A gate that is interrupted or killed: what is stored, and that its worktrees and processes are gone."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.measure.revisions import PREFIX
from bench.store import folder as store
from tests.evidence.kills import journal, survivors
from tests.gate_scenario import FAKE, GateScenario, Told
from tests.scenario import Said, started, wait_until

Gate = Callable[..., Told]
Verb = Callable[..., Said]
AGAINST = ("--against", "HEAD")


def trees_on_disk(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "temporary").glob(f"{PREFIX}*"))


def at_work(repo: GateScenario, *, records: int) -> subprocess.Popen[str]:
    """A gate that has so many records and is far from its end: its last case hangs."""
    file = repo.case("one").case("stuck", fault="hang").committed(timeout=600)
    process = started(["gate", file, *AGAINST, *FAKE], folder=repo.folder)
    wait_until(lambda: any(journal(folder).count(b"\n") >= records for folder in repo.runs))
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_gate_with_its_code_its_records_kept_and_its_worktrees_gone(
    repo: GateScenario, verb: Verb, mark: str, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = at_work(repo, records=2)
    assert len(repo.trees()) == 2
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert "2 records are stored; a gate is not gone on with: start it again" in err
    assert "Traceback" not in err
    assert (repo.trees(), trees_on_disk(tmp_path), survivors(mark)) == ([], [], 0)
    assert not store.read(repo.latest).torn
    refused = verb("run", "--resume", "latest")
    assert (refused.code, refused.out) == (2, "")
    assert "a gate's run" in refused.err


def test_what_was_measured_before_a_signal_is_shown_and_is_no_pass(
    repo: GateScenario, verb: Verb, tmp_path: Path
) -> None:
    """In the middle of its pairs."""
    file = repo.case("one", fault="wild").committed()
    process = started(["gate", file, *AGAINST, *FAKE], folder=repo.folder)
    wait_until(lambda: any(journal(folder).count(b"\n") >= 9 for folder in repo.runs))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert (repo.trees(), trees_on_disk(tmp_path)) == ([], [])
    shown = verb("show", "latest")
    assert shown.code == 0
    assert "inconclusive" in shown.out
    assert "max_seconds" not in shown.out, "nobody asked for it"


def test_two_ctrl_c_leave_nothing_either(repo: GateScenario, mark: str, tmp_path: Path) -> None:
    process = at_work(repo, records=2)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert any("once more ends it at once" in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert (repo.trees(), trees_on_disk(tmp_path), survivors(mark)) == ([], [], 0)


def test_what_a_killed_gate_leaves_the_next_one_deletes(
    repo: GateScenario, gate: Gate, mark: str, tmp_path: Path
) -> None:
    process = at_work(repo, records=2)
    process.kill()
    process.communicate(timeout=60)
    wait_until(lambda: survivors(mark) == 0)
    assert (len(repo.trees()), len(trees_on_disk(tmp_path))) == (2, 1)
    assert gate("scenario.yaml", "-k", "one").verdicts == {"one": "unchanged"}
    assert (repo.trees(), trees_on_disk(tmp_path)) == ([], [])


def test_a_gate_leaves_the_worktrees_of_another_that_is_at_work(
    repo: GateScenario, gate: Gate, mark: str, tmp_path: Path
) -> None:
    """The fake device takes no lock: both are at work."""
    process = at_work(repo, records=2)
    before = repo.trees()
    assert gate("scenario.yaml", "-k", "one").verdicts == {"one": "unchanged"}
    assert repo.trees() == before
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert (repo.trees(), trees_on_disk(tmp_path), survivors(mark)) == ([], [], 0)


HOLD = """
import sys
from bench.measure.lock import machine_lock
with machine_lock("somebody's run", wait=0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_machine_that_another_measurement_holds_is_not_gated_on(
    repo: GateScenario, verb: Verb, tmp_path: Path
) -> None:
    file = repo.case("one").committed()
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        said = verb("gate", file, *AGAINST, "--device", "cpu")
        holder.communicate()
    assert (said.code, said.out, repo.runs) == (2, "", [])
    assert "somebody's run" in said.err
    assert (repo.trees(), trees_on_disk(tmp_path)) == ([], [])
