"""The parent's end of a server."""

import time

import psutil

from bench.measure.client import Server
from bench.measure.request import Place, ask
from bench.records.nouns import Trial
from tests.measure.made_up import case, children, run, setup

SECONDS, SHARE = 4.0, 0.01


def test_parent_and_server_use_under_one_percent_of_a_core_while_a_child_is_busy() -> None:
    busy, told = case(fault="hang"), setup()
    server = Server(told, allocator="retain", number=1)
    try:
        (pid,) = children()
        began = time.process_time() + processor_seconds(pid)
        (record,) = ask(server, run([busy], timeout=SECONDS), place(told.allowed_cores), [Trial(case=busy, round=0)])
        used = time.process_time() + processor_seconds(pid) - began
    finally:
        server.close()
    assert record.status == "timeout"
    assert record.phases["total"] >= SECONDS
    assert used < SHARE * record.phases["total"]


def place(cores: tuple[int, ...]) -> Place:
    return Place(paths=(), memory=8 << 30, cores=cores)


def processor_seconds(pid: int) -> float:
    """In steps of a hundredth of a second."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
