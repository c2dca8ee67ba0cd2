"""The child on the fake device: real processes, made-up work, made-up times. Imports neither torch nor the subject.

Order, stopping, storage, kills and reports are tested with it in milliseconds. Two levels script it where a suite has
them: `takes`, the seconds of a step (else a number drawn from the case's name), and `fault`, which really happens."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Mapping

from bench.measure import trial
from bench.measure.processes import Channel, Json
from bench.measure.sampler import Step
from bench.measure.workload import Builder, Workload

SENTINEL = 10_000_000


def main(request: Json, channel: Channel) -> None:
    """What the server calls in a fresh child."""
    trial.run(request, channel, FakeDevice(request))


def _raise() -> None:
    raise ValueError("made to fail")


def _hang() -> None:
    while True:
        time.sleep(1)


def _flood() -> None:
    line = b"x" * 4096
    while True:
        os.write(1, line)


def _orphan() -> None:
    """A grandchild with a session of its own, which outlives its parent if nobody ends it."""
    if os.fork() == 0:
        os.setsid()
        _hang()


def _scribble() -> None:
    """Guesses the descriptor on which records are sent."""
    for descriptor in range(3, 30):
        with contextlib.suppress(OSError):
            os.write(descriptor, b'{"record": {}}\n')


def _exit() -> None:
    raise SystemExit(0)


def _memory() -> None:
    raise MemoryError("made to exceed its memory")


FAULTS: dict[str, Callable[[], object]] = {
    "none": lambda: None,
    "raise": _raise,
    "exit": _exit,
    "vanish": lambda: os._exit(3),
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "hang": _hang,
    "flood": _flood,
    "orphan": _orphan,
    "fork": os.fork,
    "scribble": _scribble,
    "patricide": lambda: os.kill(os.getppid(), signal.SIGKILL),
    "memory": _memory,
    "close": lambda: os.closerange(0, 64),
    "print": lambda: print("x" * 100_000),
}


class FakeWorkload:
    """A step moves the device's clock and nothing else."""

    items = 1
    values = 1
    parameters = 1000
    flops = 2000
    sequential_steps = 1

    def __init__(self, device: "FakeDevice", seconds: float) -> None:
        self.device, self.seconds = device, seconds

    def step(self) -> float:
        """Takes `seconds`, give or take 1 %, and now and then a tenth more."""
        noise = self.device.random
        factor = noise.uniform(0.99, 1.01) * (1.1 if noise.random() < 0.05 else 1.0)
        self.device.time += max(1, round(self.seconds * 1e9 * factor))
        return self.seconds


class FakeDevice:
    """A clock that only made-up work moves."""

    def __init__(self, request: Json) -> None:
        self.request, self.time = request, 0
        self.random = random.Random()

    def now(self) -> int:
        """Made-up nanoseconds."""
        return self.time

    def cpu(self) -> int:
        """The fake processor never waits."""
        return self.time

    def finish(self) -> None:
        """Nothing is asynchronous here."""

    def prepare(self, *, threads: int, seed: int) -> None:
        """Times differ from trial to trial, and are the same again for the same seed, round and attempt."""
        self.random.seed(f"{seed}/{self.request['round']}/{self.request['attempt']}/{self.request['kind']}")

    def builder(self, case: Mapping[str, object]) -> Builder:
        """A function that makes up a workload from the case's levels and does what its `fault` says."""
        levels = case["levels"]
        assert isinstance(levels, dict)
        drawn = random.Random(str(case["id"])).uniform(0.0005, 0.003)
        fault = str(levels.get("fault", "none"))
        if fault == "flaky":  # surveyed well, and fails in its trials
            fault = "none" if self.request["kind"] == "survey" else "raise"

        def workload(**_: object) -> Workload:
            FAULTS[fault]()
            return FakeWorkload(self, float(levels.get("takes", drawn)))

        return workload

    def sentinel(self) -> int:
        """A quiet machine."""
        return SENTINEL + self.random.randrange(100_000)

    def finite(self, result: object) -> bool:
        """As real devices do for a float."""
        return result == result and result not in (float("inf"), float("-inf"))

    def profile(self, step: Step) -> list[str]:
        """One operator."""
        step()
        return ["aten::fake"]

    def retains(self) -> bool | None:
        """The fake allocator does what it is asked to."""
        return True

    def settings(self) -> dict[str, object]:
        """Nothing global."""
        return {}

    def libraries(self) -> dict[str, str]:
        """It computes nothing."""
        return {}
