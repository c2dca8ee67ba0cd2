"""A server that dies, hangs or is left: its parent hears of it, and nothing outlives it."""

import os
import signal
from contextlib import closing

import pytest

from bench.errors import Internal
from bench.measure import client
from bench.measure.client import Server
from bench.measure.processes import Json, descent, end_descent
from tests.measure.made_up import children, setup, wait_until_gone

HANGING: Json = {
    "kind": "survey",
    "round": 0,
    "attempt": 0,
    "cases": [{"id": "a", "threads": 1, "arguments": {}, "levels": {"fault": "hang"}, "target": "made.up:workload"}],
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
    def interrupt(_: Server) -> Json:
        raise Interrupted

    monkeypatch.setattr(Server, "_read", interrupt)
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
