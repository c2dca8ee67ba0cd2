"""A run that is interrupted or killed, and what is left of it."""

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from bench.measure.client import ENDING_SECONDS
from bench.store import folder as store
from tests.evidence.kills import JOBS, campaign, journal, key, marked, survivors
from tests.scenario import Scenario, started, wait_until

ANSWERED, GONE, TRIES = 0.2, 5.0, 3
"""Seconds, as a person at the keyboard is promised, and how often they are looked at: a machine may be busy once."""

WORDS = ("--device", "fake", "--seed", "7")

PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background ignores it
import bench
from bench.errors import Stopped
try:
    bench.run(sys.argv[1], device="fake")
except Stopped:
    print("stopped")
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("heard")
"""


def wait_for_records(scenario: Scenario, count: int) -> Path:
    wait_until(lambda: any(journal(folder).count(b"\n") >= count for folder in scenario.runs))
    return scenario.runs[0]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_run_with_its_code_and_says_how_to_go_on(
    scenario: Scenario, number: signal.Signals, code: int
) -> None:
    file = scenario.case("one", takes=0.001).case("two", takes=0.001).written(rounds_per_server=1)
    process = started(["run", file, *WORDS], folder=scenario.folder)
    folder = wait_for_records(scenario, 3)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert f"bench run --resume {folder}" in err
    assert "Traceback" not in err
    assert not store.read(folder).torn


def hanging(scenario: Scenario, mark: str) -> tuple[subprocess.Popen[str], Path]:
    """A run whose second case hangs: its parent, its server and the case's process are there, one record is on disk."""
    file = scenario.case("one").case("stuck", fault="hang").written(timeout=600)
    process = started(["run", file, *WORDS], folder=scenario.folder)
    folder = wait_for_records(scenario, 1)
    wait_until(lambda: len(list(marked(mark))) == 3)
    return process, folder


def stop_server(parent: subprocess.Popen[str]) -> None:
    """Its server stops where it is, and does not see that its pipe closes. A child that is not the server's program yet
    must not be stopped: whoever starts a program waits, deaf to signals, until it has begun."""
    servers: list[int] = []
    deadline = time.monotonic() + 30
    while not servers and time.monotonic() < deadline:
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        servers = [pid for pid in map(int, children) if b"bench.measure.server" in _command(pid)]
    assert servers
    for pid in servers:
        os.kill(pid, signal.SIGSTOP)


def _command(pid: int) -> bytes:
    """The command line of a process, empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def interrupt_and_hear(process: subprocess.Popen[str]) -> None:
    """Ctrl-C, and what is said to it."""
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    told = iter(process.stderr.readline, "")
    assert any("stopped by SIGINT: ending what runs; once more ends it at once" in line for line in told)


def test_one_ctrl_c_ends_a_case_that_hangs_and_everything_else(scenario: Scenario, mark: str) -> None:
    process, folder = hanging(scenario, mark)
    interrupt_and_hear(process)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert survivors(mark) == 0
    assert (store.read(folder).torn, store.read(folder).damage) == (False, "")


def test_one_ctrl_c_is_answered_at_once_and_everything_is_gone_soon(scenario: Scenario, mark: str) -> None:
    answers, ends = [], []
    for _ in range(TRIES):
        process, _folder = hanging(scenario, mark)
        began = time.monotonic()
        interrupt_and_hear(process)
        answers.append(time.monotonic() - began)
        wait_until(lambda: not list(marked(mark)))
        ends.append(time.monotonic() - began)
        process.communicate(timeout=30)
        if answers[-1] < ANSWERED and ends[-1] < GONE:
            break
    assert min(answers) < ANSWERED
    assert min(ends) < GONE


def test_one_ctrl_c_is_answered_before_a_server_that_does_not_obey_is_ended(scenario: Scenario, mark: str) -> None:
    process, folder = hanging(scenario, mark)
    stop_server(process)
    interrupt_and_hear(process)
    assert process.poll() is None
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert survivors(mark) == 0
    assert len(store.read(folder).records) == 1


def test_two_ctrl_c_end_everything_without_waiting(scenario: Scenario, mark: str) -> None:
    process, folder = hanging(scenario, mark)
    stop_server(process)
    began = time.monotonic()
    interrupt_and_hear(process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - began < ENDING_SECONDS
    assert process.returncode == 130
    assert f"bench run --resume {folder}" in err
    assert "Traceback" not in err
    assert survivors(mark) == 0
    assert (store.read(folder).torn, store.read(folder).damage) == (False, "")


def test_a_terminal_that_is_closed_ends_the_run(scenario: Scenario, mark: str) -> None:
    file = scenario.case("one").case("stuck", fault="hang").written(timeout=600)
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", "run", str(file), *WORDS],
        cwd=scenario.folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    wait_for_records(scenario, 1)
    os.close(ours)
    assert process.wait(timeout=30) == 129
    assert survivors(mark) == 0


def test_ctrl_c_held_down_ends_the_run_with_its_code(scenario: Scenario, mark: str) -> None:
    """Also while Python ends: it would put its own handlers back, and these end the process by the signal."""
    process, folder = hanging(scenario, mark)
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        process.send_signal(signal.SIGINT)
        time.sleep(0.0005)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "stopped by SIGINT" in err
    assert "Traceback" not in err
    assert survivors(mark) == 0
    assert (store.read(folder).torn, store.read(folder).damage) == (False, "")


def test_a_run_that_was_interrupted_twice_is_gone_on_with(scenario: Scenario, mark: str) -> None:
    file = scenario.case("one").case("two").written(rounds=30, max_rounds=30, rounds_per_server=1)
    process = started(["run", file, *WORDS], folder=scenario.folder)
    folder = wait_for_records(scenario, 4)
    stop_server(process)  # so that it cannot come to its end before the signals come
    interrupt_and_hear(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    again = started(["run", "--resume", "latest"], folder=scenario.folder)
    _, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    keys = [key(record) for record in store.read(folder).records]
    assert len(keys) == len(set(keys))
    assert len([found for found in keys if found[3] == 0]) == 62
    assert survivors(mark) == 0


def test_a_run_that_is_being_measured_is_not_gone_on_with_by_another(scenario: Scenario, mark: str) -> None:
    process, folder = hanging(scenario, mark)
    before = journal(folder)
    for _ in range(2):
        other = started(["run", "--resume", folder], folder=scenario.folder)
        _, err = other.communicate(timeout=30)
        assert other.returncode == 2
        assert f"{folder}: this run is being measured: process {process.pid}," in err
        assert journal(folder) == before
        assert process.poll() is None
    interrupt_and_hear(process)
    process.communicate(timeout=30)
    assert process.returncode == 130


def test_a_program_that_was_stopped_while_it_measured_hears_signals_again(scenario: Scenario, mark: str) -> None:
    file = scenario.case("one").case("stuck", fault="hang").written(timeout=600)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(file)], cwd=scenario.folder, stdout=subprocess.PIPE, text=True
    )
    wait_for_records(scenario, 1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert out.split() == ["stopped", "heard"]
    assert survivors(mark) == 0


@pytest.mark.parametrize(("device", "kills"), [("fake", 20), pytest.param("torch", 1, marks=pytest.mark.torch)])
def test_killed_at_any_moment_a_run_goes_on_where_it_was_and_measures_nothing_twice(
    tmp_path: Path, device: str, kills: int
) -> None:
    """A tenth of `tests/evidence/kills.py`."""
    tally = campaign(JOBS[device](tmp_path), kills=kills, seed=1)
    assert tally.kills == kills
    assert (tally.lost, tally.doubled, tally.missing, tally.survivors) == (0, 0, 0, 0)


def test_a_finished_run_that_is_resumed_measures_nothing(scenario: Scenario) -> None:
    file = scenario.case("one", takes=0.001).written()
    started(["run", file, *WORDS], folder=scenario.folder).communicate(timeout=60)
    before = store.read(scenario.runs[0]).records
    again = started(["run", "--resume", "latest"], folder=scenario.folder)
    again.communicate(timeout=60)
    assert again.returncode == 0
    assert store.read(scenario.runs[0]).records == before


@pytest.mark.parametrize("change", ["suite", "subject"])
def test_a_run_whose_suite_or_subject_has_changed_is_not_gone_on_with(scenario: Scenario, change: str) -> None:
    file = scenario.case("one", takes=0.001).written()
    started(["run", file, *WORDS], folder=scenario.folder).communicate(timeout=60)
    if change == "suite":
        file.write_text(file.read_text().replace("A scenario", "Another scenario"))
    else:
        (scenario.folder / "builder.py").write_text((scenario.folder / "builder.py").read_text() + "\n# changed\n")
    process = started(["run", "--resume", "latest"], folder=scenario.folder)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"{change}: " in err
    assert "→" in err
