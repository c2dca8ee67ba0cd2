"""What the kernel counts of processes that it has ended for want of memory, from made-up control groups."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bench.measure import processes
from bench.measure.processes import oom_kills
from tests.measure.made_up_kernel import tree

SECOND = {
    "proc/self/cgroup": "0::/job/step\n",
    "sys/fs/cgroup/job/step/memory.events": "low 0\nhigh 0\nmax 7\noom 4\noom_kill 3\noom_group_kill 0\n",
    "sys/fs/cgroup/job/memory.events": "oom_kill 9\n",
}
FIRST = {
    "proc/self/cgroup": "5:memory:/job\n4:cpu,cpuacct:/job\n",
    "sys/fs/cgroup/memory/job/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
}
OLD = {
    "proc/self/cgroup": "0::/job\n",
    "sys/fs/cgroup/job/memory.events": "low 0\noom 4\n",
    "sys/fs/cgroup/memory.events": "oom_kill 5\n",
}


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Which file counts is looked up once a process."""
    processes._oom_counter.cache_clear()
    yield
    processes._oom_counter.cache_clear()


@pytest.mark.parametrize(("files", "kills"), [(SECOND, 3), (FIRST, 2), (OLD, 5)])
def test_the_nearest_control_group_that_counts_is_asked(
    files: Mapping[str, str], kills: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "ROOT", tree(tmp_path, files))
    assert oom_kills() == kills


def test_the_counter_is_read_anew_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(tmp_path, SECOND)
    monkeypatch.setattr(processes, "ROOT", root)
    before = oom_kills()
    (root / "sys/fs/cgroup/job/step/memory.events").write_text("oom_kill 4\n")
    assert oom_kills() - before == 1


def test_without_a_control_group_the_machine_s_own_count_is_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "ROOT", tree(tmp_path, {}))
    assert oom_kills() >= 0
