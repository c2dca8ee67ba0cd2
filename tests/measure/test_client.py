"""The parent's end of a server."""

import os
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import psutil
import pytest

from bench.errors import BenchError
from bench.measure import device
from bench.measure.client import Server
from bench.measure.device import Kind
from bench.measure.processes import opened_gpu
from bench.measure.request import Place, ask
from bench.records.nouns import Case, Status, Trial
from tests.measure.made_up import case, children, run, setup

SECONDS, SHARE = 4.0, 0.01


@pytest.mark.parametrize(
    ("on", "timed", "ended"),
    [
        ("fake", case(fault="hang"), "timeout"),
        pytest.param(
            "cpu", replace(case(kind="Sound"), target="torch_subject:workload"), "ok", marks=pytest.mark.torch
        ),
    ],
)
def test_parent_and_server_use_under_one_percent_of_a_core_while_a_trial_goes_on(
    on: str, timed: Case, ended: Status
) -> None:
    made = replace(run([timed], timeout=SECONDS if ended == "timeout" else 60.0, trial_seconds=SECONDS), device=on)
    with closing(Server(replace(setup(), device=on), allocator="retain", number=1)) as server:
        (pid,) = children()
        began = time.process_time() + processor_seconds(pid)
        (record,) = ask(server, made, place(setup().allowed_cores), [Trial(case=timed, round=1)])
        used = time.process_time() + processor_seconds(pid) - began
    assert record.status == ended
    assert record.phases["total"] >= SECONDS
    assert used < SHARE * record.phases["total"]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (("/dev/null", "pipe:[1]", "/dev/nvidia0", "/dev/nvidiactl"), "/dev/nvidia0"),
        (("/dev/null", "/home/dev/nvidia0"), ""),
        ((), ""),
    ],
)
def test_a_process_that_has_opened_a_gpu_is_told_by_its_descriptors(
    tmp_path: Path, links: tuple[str, ...], expected: str
) -> None:
    for number, link in enumerate(links):
        (tmp_path / str(number)).symlink_to(link)
    assert opened_gpu(tmp_path) == expected


ASKS_FOR_A_GPU = """
import sys
sys.modules["__main__"].opened_gpu = lambda: "/dev/nvidiactl"
"""


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU whose worker asks for it when it is imported: what a server finds then is made up."""
    (tmp_path / "asking_worker.py").write_text(ASKS_FOR_A_GPU)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    kind = Kind(worker="asking_worker", preload=(), isolate="round", gpu=True, real=False)
    monkeypatch.setitem(device.DEVICES, "fake-cuda", kind)


def started(launch: Literal["fork", "spawn"], on: str) -> Server:
    return Server(replace(setup(launch), device=on), allocator="retain", number=1)


@pytest.mark.usefixtures("asking")
def test_a_server_that_has_opened_the_gpu_is_not_forked_from() -> None:
    with pytest.raises(BenchError, match=r"/dev/nvidiactl while it imported") as caught:
        started("fork", "fake-cuda")
    assert (caught.value.exit_code, caught.value.where) == (2, "preload")
    assert "--launch spawn" in caught.value.hint
    assert not children()


@pytest.mark.usefixtures("asking")
def test_a_server_that_starts_interpreters_imports_nothing_that_could_open_the_gpu() -> None:
    with closing(started("spawn", "fake-cuda")) as server:
        assert server.ready["gpu"] == ""


def place(cores: tuple[int, ...]) -> Place:
    return Place(paths=(str(Path(__file__).parent),), memory=8 << 30, cores=cores)


def processor_seconds(pid: int) -> float:
    """In steps of a hundredth of a second."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
