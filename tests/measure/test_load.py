"""The background load: where it runs, when it works, and that nothing is left of it."""

import os
import signal
import subprocess
import sys
from itertools import islice

import pytest

from bench.measure.load import REST_SECONDS, WORK_SECONDS, background_load, stretches
from bench.statistics import median
from tests.measure.made_up import children, wait_until_gone

ABANDONING = """
import os, signal
from bench.measure.load import background_load
with background_load([{core}], 1) as (pid,):
    print(pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_there_is_a_process_on_each_core_and_none_afterwards() -> None:
    cores = sorted(os.sched_getaffinity(0))
    before = set(children())
    with background_load(cores, 1) as pids:
        assert set(children()) - before == set(pids)
        assert [os.sched_getaffinity(pid) for pid in pids] == [{core} for core in cores]
    assert set(children()) == before


def test_a_load_ends_with_the_error_that_ends_what_it_burdens() -> None:
    with pytest.raises(ValueError, match="enough"), background_load([min(os.sched_getaffinity(0))], 1) as (pid,):
        raise ValueError("enough")
    assert pid not in children()


def test_a_ctrl_c_is_not_for_the_load() -> None:
    with background_load([min(os.sched_getaffinity(0))], 1) as (pid,):
        assert os.getsid(pid) == pid


def test_a_load_ends_when_whoever_started_it_is_killed() -> None:
    script = ABANDONING.format(core=min(os.sched_getaffinity(0)))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL
    wait_until_gone(int(done.stdout))


def test_seed_and_core_decide_the_stretches() -> None:
    one, again, other, elsewhere = (
        list(islice(stretches(core, seed), 5)) for core, seed in ((0, 1), (0, 1), (0, 2), (1, 1))
    )
    assert one == again
    assert one != other
    assert one != elsewhere


def test_stretches_last_as_long_as_they_say() -> None:
    work, rest = zip(*islice(stretches(0, 1), 2000), strict=True)
    assert sum(work) / len(work) == pytest.approx(WORK_SECONDS, rel=0.1)
    assert sum(rest) / len(rest) == pytest.approx(REST_SECONDS, rel=0.1)
    assert median(work) < sum(work) / len(work), "exponential"
