"""A server's children look at the machine: on the fake device quickly, on the real one truly."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest

from bench.errors import BenchError
from bench.measure import fake, trial, weather
from bench.measure.client import Server, Setup
from bench.measure.processes import Channel, Json
from tests.measure.made_up import case, children, run, runner

CORES = tuple(sorted(os.sched_getaffinity(0)))


def server(device: str) -> Server:
    setup = Setup(
        device=device,
        launch="fork",
        preload=(),
        own_cores=CORES,
        allowed_cores=CORES,
        environment=dict(os.environ),
    )
    return Server(setup, allocator="retain", number=1)


@pytest.fixture(scope="module")
def pretended() -> Iterator[Server]:
    with closing(server("fake")) as started:
        yield started


def test_a_child_repeats_the_sentinel_as_often_as_it_is_asked(pretended: Server) -> None:
    seen = weather.weather(pretended, device="fake", cores=CORES[-1:], sentinels=5)
    assert len(seen.sentinels) == 5
    assert all(fake.SENTINEL <= value <= fake.SENTINEL * 1.01 for value in seen.sentinels)
    assert {"steal", "pressure", "throttled", "page_faults", "switches"} <= seen.noise.keys()
    assert seen.clock_resolution is None, "the fake clock stands"
    assert seen.retains is None, "nobody asked"


def test_the_allocator_is_proved_where_that_is_asked_for(pretended: Server) -> None:
    seen = weather.weather(pretended, device="fake", cores=CORES[-1:], sentinels=1, prove_allocator=True)
    assert seen.retains is True


class Scripted(Server):
    """Answers every request with the same lines."""

    def __init__(self, *lines: Json) -> None:
        self.lines = lines

    def ask(self, request: Mapping[str, object]) -> Iterator[Json]:
        yield from self.lines


DONE: Json = {"exit": 0, "signal": None, "timeout": False, "oom_kills": 0, "log": "", "seconds": 0.1, "survivors": 0}
REFUSED = Scripted(
    {"record": {"status": "failed", "note": "AttributeError: no such report (at /home/somebody/torch/version.py:3)"}},
    {"done": DONE},
)
CRASHED = Scripted({"done": {**DONE, "exit": None, "signal": "SIGSEGV"}})


@pytest.mark.parametrize(("answers", "reason"), [(REFUSED, "AttributeError"), (CRASHED, "ended by SIGSEGV")])
def test_libraries_that_cannot_be_asked_are_unknown_and_no_run_fails_for_it(answers: Server, reason: str) -> None:
    (said,) = weather.libraries(answers, device="cpu", cores=CORES).values()
    assert said.startswith("unknown: ")
    assert reason in said
    assert "somebody" not in said


@pytest.mark.parametrize("answers", [REFUSED, CRASHED])
def test_weather_that_cannot_be_measured_is_an_error(answers: Server) -> None:
    with pytest.raises(BenchError):
        weather.weather(answers, device="cpu", cores=CORES, sentinels=1)


def test_a_device_that_raises_while_it_is_looked_at_is_told_and_not_lost() -> None:
    class Refusing(fake.FakeDevice):
        def libraries(self) -> dict[str, str]:
            raise AttributeError("no such report")

    read, write = os.pipe()
    asked: Json = {"kind": "libraries", "round": 0, "attempt": 0, "side": "", "turns": None}
    trial.run(asked, Channel(write), Refusing(asked))
    os.close(write)
    with open(read) as lines:
        (record,) = (json.loads(line)["record"] for line in lines)
    assert record["status"] == "failed"
    assert "no such report" in record["note"]


def test_a_runner_asks_for_libraries_with_the_server_of_its_first_trial() -> None:
    before = children()
    measuring = runner(run([case(model="one")], rounds_per_server=1))
    assert measuring.libraries().keys() == {"openmp_library", "malloc_library"}
    records = list(measuring.measure())
    assert {(r.round, r.server) for r in records if r.kind == "timed"} == {(n, n) for n in range(1, 7)}
    assert children() == before


def test_a_resumed_runner_wastes_no_server_on_its_libraries() -> None:
    made = run([case(model="one")], rounds_per_server=1)
    done = list(runner(made).measure())[:4]
    going_on = runner(made, done=done)
    going_on.libraries()
    rest = list(going_on.measure())
    assert [r.server for r in rest] == [4, 5, 6]


def test_a_runner_that_measures_nothing_asks_nothing() -> None:
    assert runner(run([case(model="one", skip="not today")])).libraries() == {}


def test_a_runner_that_is_closed_before_it_measures_leaves_no_process() -> None:
    before = children()
    waiting = runner(run([case(model="one")]))
    waiting.libraries()
    assert children() != before
    waiting.close()
    assert children() == before


@pytest.mark.torch
def test_the_processor_s_libraries_and_its_weather_come_from_children() -> None:
    with closing(server("cpu")) as started:
        libraries = weather.libraries(started, device="cpu", cores=CORES[-1:])
        seen = weather.weather(started, device="cpu", cores=CORES, sentinels=3, prove_allocator=True)
    with closing(server("cuda:7")) as lacking, pytest.raises(BenchError, match="CUDA device"):
        weather.weather(lacking, device="cuda:7", cores=CORES[-1:], sentinels=1)
    assert {"mkl", "onednn", "openmp", "cpu_capability", "cudnn", "flag.matmul_precision"} <= libraries.keys()
    assert libraries["onednn"] != "unknown"
    assert libraries["openmp_library"] != "none"
    assert not any("/" in value for value in libraries.values())
    assert len(seen.sentinels) == 3
    assert min(seen.sentinels) > 0
    assert isinstance(seen.retains, bool)
    assert seen.clock_resolution
