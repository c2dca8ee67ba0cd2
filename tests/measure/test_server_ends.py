"""A server that dies, hangs or is left: its parent hears of it, and nothing outlives it."""

import os
import secrets
import signal
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import BenchError, Internal
from bench.measure import client, device
from bench.measure.client import START_SECONDS, Server
from bench.measure.device import Kind
from bench.measure.processes import Json, descent, end_descent
from tests.evidence.kills import MARK, survivors
from tests.measure.made_up import children, setup, wait_until_gone

HANGING: Json = {
    "kind": "survey",
    "round": 0,
    "attempt": 0,
    "cases": [
        {
            "id": "a",
            "threads": 1,
            "cache": "hot",
            "arguments": {},
            "levels": {"fault": "hang"},
            "target": "made.up:workload",
        }
    ],
    "policy": {},
    "device": "fake",
    "seed": 7,
    "paths": [],
    "memory": None,
    "cores": sorted(os.sched_getaffinity(0)),
    "timeout": 600,
    "asked": 0.0,
    "prove_allocator": False,
    "calm": None,
    "patience": 0.0,
    "side": "",
}


def started() -> tuple[Server, int]:
    """A server, and its process."""
    made = Server(setup(), allocator="retain", number=1)
    (pid,) = children()
    return made, pid


class Interrupted(Exception):
    """As Ctrl-C interrupts."""


def ask_until_it_hangs(asked: Server, pid: int) -> int:
    """Asks a server for a child that hangs, and is interrupted when it is there; the child's process."""

    def look(*_: object) -> None:
        if descent(pid):
            raise Interrupted

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    try:
        next(asked.ask(HANGING))
    except Interrupted:
        (child,) = descent(pid)
        return child
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    raise AssertionError("it does not hang")


def test_a_server_that_has_died_meanwhile_is_told_when_it_is_asked() -> None:
    asked, pid = started()
    with closing(asked):
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(Internal, match="a server ended by itself"):
            next(asked.ask(HANGING))


def test_a_server_whose_start_is_interrupted_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: Server, __: float) -> Json:
        raise Interrupted

    monkeypatch.setattr(Server, "_await_ready", interrupt)
    with pytest.raises(Interrupted):
        started()
    assert not children()


def test_a_server_that_does_not_look_at_its_pipe_is_ended_with_its_descent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ENDING_SECONDS", 0.2)
    made, pid = started()
    child = ask_until_it_hangs(made, pid)
    os.kill(pid, signal.SIGSTOP)
    made.close()
    assert not children()
    wait_until_gone(child)


def test_a_case_that_hangs_ends_when_its_server_s_pipe_closes() -> None:
    made, pid = started()
    child = ask_until_it_hangs(made, pid)
    made.close()
    assert not children()
    wait_until_gone(child)


def test_a_whole_descent_can_be_ended_at_once() -> None:
    made, pid = started()
    child = ask_until_it_hangs(made, pid)
    end_descent(os.getpid())
    wait_until_gone(child)
    made.close()
    assert not children()


@pytest.fixture
def preloading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fake device as one that preloads what the suite asks for; the folder of such modules."""
    kind = Kind(worker="bench.measure.fake", preload=("json",), isolate="case", bounded=True)
    monkeypatch.setitem(device.DEVICES, "fake", kind)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    return tmp_path


def preload(folder: Path, text: str, *, seconds: float = START_SECONDS) -> Server:
    """A server whose suite asks for a sound module and then for that one."""
    (folder / "sound.py").write_text("")
    (folder / "unsound.py").write_text(text)
    told = replace(setup(), preload=("sound", "unsound"), start_seconds=seconds)
    return Server(told, allocator="retain", number=1)


HOLDS_ON = """
import subprocess, time
subprocess.Popen(["sleep", "600"], start_new_session=True)
time.sleep(600)
"""


def test_a_preload_that_does_not_come_to_an_end_is_ended_with_its_descent_and_named(
    preloading: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, began = secrets.token_hex(8), time.monotonic()
    monkeypatch.setenv(MARK, mark)
    with pytest.raises(BenchError, match=r"not ready after 1 s, .* imported unsound") as caught:
        preload(preloading, HOLDS_ON, seconds=1.0)
    assert time.monotonic() - began < 1 + 10
    assert (caught.value.exit_code, caught.value.where) == (2, "preload")
    assert "policy's preload" in caught.value.hint
    assert survivors(mark) == 0


@pytest.mark.parametrize("text", ["raise SystemExit(3)", "import os; os._exit(3)", "import os; os.abort()"])
def test_a_preload_that_ends_its_server_is_the_suite_s_error_and_named(preloading: Path, text: str) -> None:
    with pytest.raises(BenchError, match=r"a server ended by itself .* imported unsound") as caught:
        preload(preloading, text)
    assert (caught.value.exit_code, caught.value.where) == (2, "preload")
    assert not children()


def test_a_preload_that_closes_our_descriptors_and_goes_on_is_ended(
    preloading: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ENDING_SECONDS", 0.2)
    with pytest.raises(BenchError, match="imported unsound"):
        preload(preloading, "import os, time; os.closerange(3, 64); time.sleep(600)")
    assert not children()


def test_a_start_may_have_as_much_time_as_it_likes() -> None:
    with closing(Server(replace(setup(), start_seconds=1e12), allocator="retain", number=1)) as made:
        assert not made.ready["failed"]


def test_a_preload_that_fails_is_told_and_the_server_is_ready(preloading: Path) -> None:
    with closing(preload(preloading, "raise ValueError('no')")) as made:
        assert made.ready["failed"] == {"unsound": "ValueError: no"}


def test_a_server_that_is_not_ready_for_no_fault_of_the_suite_says_so() -> None:
    with pytest.raises(BenchError, match="not ready after 0 s") as caught:
        Server(replace(setup(), start_seconds=0.0), allocator="retain", number=1)
    assert (caught.value.exit_code, caught.value.where) == (2, "")
    assert not children()


def test_a_server_that_cannot_start_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Kind(worker="bench.measure.nothing", preload=(), isolate="case", bounded=True)
    monkeypatch.setitem(device.DEVICES, "fake", kind)
    with pytest.raises(Internal, match="a server ended by itself"):
        started()
    assert not children()
