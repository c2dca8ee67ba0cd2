"""A load is there inside its context and gone after it, whatever happens."""

import os
import signal
import subprocess
import sys
import time
from itertools import islice

import psutil
import pytest

from tests.evidence.load import LOADS, load, stretches

LOADED = [kind for kind, sources in LOADS.items() if sources]
PARENT = """
import sys
from tests.evidence.load import load
with load("constant", 1) as processes:
    print(*(process.pid for process in processes), flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("kind", LOADED)
def test_the_processes_of_a_load_are_gone_after_its_context(kind: str) -> None:
    with load(kind, 1) as processes:
        assert processes
        assert [process.poll() for process in processes] == [None] * len(processes)
    assert {process.returncode for process in processes} == {-signal.SIGKILL}


def test_the_processes_of_a_load_are_gone_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), load("constant", 1) as processes:
        _ = 1 / len([process for process in processes if process.poll() is not None])
    assert {process.returncode for process in processes} == {-signal.SIGKILL}


def test_the_processes_of_a_load_die_with_a_parent_that_is_killed() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        processes = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(processes) == len(os.sched_getaffinity(0))
        parent.kill()
    deadline = time.monotonic() + 30
    while any(runs(process) for process in processes):
        assert time.monotonic() < deadline


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_quiet_load_has_no_processes() -> None:
    with load("quiet", 1) as processes:
        assert processes == []


def test_constant_and_bursts_keep_every_core_and_the_others_theirs() -> None:
    allowed = sorted(os.sched_getaffinity(0))
    places = {"constant": allowed, "bursts": allowed, "memory": allowed[:1], "core": allowed[-1:]}
    assert set(places) == set(LOADED)
    for kind, expected in places.items():
        with load(kind, 1) as processes:
            assert [psutil.Process(process.pid).cpu_affinity() for process in processes] == [[c] for c in expected]


def test_stretches_take_turns_are_as_long_as_asked_and_depend_on_the_seed_alone() -> None:
    drawn = list(islice(stretches(2.0, "1/0"), 4000))
    works = [working for working, _ in drawn]
    assert works[::2] == [works[0]] * 2000
    assert works[1::2] == [not works[0]] * 2000
    assert sum(seconds for _, seconds in drawn) / len(drawn) == pytest.approx(2.0, rel=0.1)
    assert drawn == list(islice(stretches(2.0, "1/0"), 4000))
    assert drawn != list(islice(stretches(2.0, "1/1"), 4000))
