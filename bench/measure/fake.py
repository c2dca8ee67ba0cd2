"""The child on the fake device: real processes, made-up work, made-up times. Imports neither torch nor the subject.

Order, stopping, storage, kills and reports are tested with it in milliseconds. Two levels script it where a suite has
them: `takes`, the seconds of a step (else a number drawn from the case's name), and `fault`: something that really
happens while the workload is built, or something that its clock, its steps, its results or the machine make believe."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from math import inf, nan
from pathlib import Path
from typing import cast

from bench.measure import fake_trace, trial
from bench.measure.device import Seen
from bench.measure.fake_eyes import CARDS, FakeEyes
from bench.measure.processes import Channel, Json
from bench.measure.sampler import Step
from bench.measure.timeline import Timeline
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


def _scribble(said: bytes = b'{"record": {}}') -> None:
    """Guesses the descriptor on which records are sent."""
    for descriptor in range(3, 30):
        with contextlib.suppress(OSError):
            os.write(descriptor, said + b"\n")


def _scribble_on() -> None:
    while True:
        _scribble()
        time.sleep(0.05)


def _exit() -> None:
    raise SystemExit(0)


def _memory() -> None:
    raise MemoryError("made to exceed its memory")


def _allocate() -> None:
    """Two gigabytes, written to, unless it is stopped before."""
    blocks = []
    for _ in range(200):
        blocks.append(b"x" * (10 << 20))


FAULTS: dict[str, Callable[[], object]] = {
    "none": lambda: None,
    "raise": _raise,
    "exit": _exit,
    "vanish": lambda: os._exit(3),
    "abort": os.abort,
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "hang": _hang,
    "flood": _flood,
    "orphan": _orphan,
    "fork": os.fork,
    "scribble": _scribble,
    "impostor": lambda: _scribble(b'{"record": {}, "child": 7, "done": {}}'),
    "scribble_on": _scribble_on,
    "patricide": lambda: os.kill(os.getppid(), signal.SIGKILL),
    "memory": _memory,
    "allocate": _allocate,
    "close": lambda: os.closerange(0, 64),
    "print": lambda: print("x" * 100_000),
}
"""What happens where the workload is built."""

CLOCKS: dict[str, Callable[[int], float]] = {
    "still": lambda last: last,
    "backwards": lambda last: last - 1,
    "nan_time": lambda _: nan,
    "infinite_time": lambda _: inf,
}
"""What the clock says at the end of a trial's second sample, which began at `last`."""

PACES: dict[str, Callable[[int], float]] = {
    "drift": lambda round_: 1.05**round_,
    "bimodal": lambda round_: 2.0 if round_ % 2 else 1.0,
}
"""How many times longer than before steps take in a round."""

WEATHERS: dict[str, Callable[[int, int], bool]] = {
    "gust": lambda round_, attempt: round_ == 2 and attempt == 0,
    "storm": lambda round_, _: round_ > 2,
}
"""Whether the sentinel shows a disturbed machine in that round and attempt."""

SIDES: dict[str, dict[str, float]] = {
    "slower": {"candidate": 1.05},
    "faster": {"candidate": 0.95},
    "haunted": {"control": 1.05},
    "stutter": {"candidate": 1.0},
    "outgrown": {"candidate": 1.0},
    "broken": {"candidate": 1.0},
    "stuck": {"candidate": 1.0},
    "wild": {},
}
"""How many times longer than the others' the steps of a gate's side take; `stutter` is a fifth of them at twice the
time, `outgrown` more parameters, `broken` an error, `stuck` no end; `wild` differs by a tenth from trial to trial."""

RESULTS: dict[str, float] = {"nan_result": nan, "infinite_result": inf}
METRICS: dict[str, dict[str, float]] = {"nan_metric": {"made_up": nan}, "infinite_metric": {"made_up": -inf}}
"""What a step returns, and what the workload says of itself."""

LATE: dict[str, Callable[["FakeDevice"], bool]] = {
    "raise_in_warm_up": lambda device: device.sentinels == 0 and device.time > 0,
    "raise_in_samples": lambda device: device.readings > 2 * 16,
}
"""Whether a step of a trial fails now: after the first of all, or in the seventeenth sample, of whose clock each of the
sixteen before it took two readings."""

COARSE = "coarse"
TICK = 100_000
"""Nanoseconds that a coarse clock can tell apart; it takes one of a hundred to be read."""

PRETENCES = (*CLOCKS, *PACES, *WEATHERS, *SIDES, *RESULTS, *METRICS, *LATE, COARSE, *CARDS, *fake_trace.FAULTS)


class FakeWorkload:
    """A step moves the device's clock and nothing else."""

    items = 1
    values = 1
    parameters = 1000
    flops = 2000
    sequential_steps = 1

    def __init__(self, device: "FakeDevice", seconds: float, fault: str) -> None:
        self.device, self.seconds = device, seconds
        self.result, self.own = RESULTS.get(fault, seconds), METRICS.get(fault, {})
        self.stutters = fault == "stutter" and device.side == "candidate"
        self.fails = LATE[fault] if fault in LATE and device.request["kind"] == "timed" else None
        if fault == "outgrown" and device.side == "candidate":
            self.parameters = 1001

    def step(self) -> float:
        """Takes `seconds`, give or take 1 %, and now and then a tenth more."""
        if self.fails is not None and self.fails(self.device):
            _raise()
        noise = self.device.random
        factor = noise.uniform(0.99, 1.01) * (1.1 if noise.random() < 0.05 else 1.0)
        factor *= 2.0 if self.stutters and noise.random() < 0.2 else 1.0
        self.device.time += max(1, round(self.seconds * 1e9 * factor))
        return self.result

    def metrics(self) -> dict[str, float]:
        """None, unless it is told to have some."""
        return self.own


class FakeDevice(FakeEyes):
    """A clock that only made-up work moves."""

    def __init__(self, request: Json) -> None:
        self.request: Json = request
        self.time: int = 0
        self.round, self.attempt = cast("int", request["round"]), cast("int", request["attempt"])
        self.random, self.side = random.Random(), str(request["side"])
        self.fault = "none"
        self.sentinels: int = 0
        self.readings: int = 0
        self.last: int = 0

    def now(self) -> int:
        """Made-up nanoseconds; after the first sentinel samples are timed, and the clock may fail."""
        if self.fault == COARSE:
            self.time += TICK // 100
            return self.time - self.time % TICK
        self.readings += self.sentinels > 0
        if self.readings == 4 and self.fault in CLOCKS:
            return cast("int", CLOCKS[self.fault](self.last))
        self.last = self.time
        return self.time

    def cpu(self) -> int:
        """The fake processor never waits."""
        return self.time

    def finish(self) -> None:
        """Nothing is asynchronous here."""

    def prepare(self, *, threads: int, seed: int) -> None:
        """Times differ from trial to trial, and are the same again for the same seed, round and attempt."""
        self.random.seed(f"{seed}/{self.request['round']}/{self.request['attempt']}/{self.request['kind']}{self.side}")

    def builder(self, case: Mapping[str, object]) -> Builder:
        """A function that makes up a workload from the case's levels and does what its `fault` says."""
        levels = case["levels"]
        assert isinstance(levels, dict)
        drawn = random.Random(str(case["id"])).uniform(0.0005, 0.003)
        fault = str(levels.get("fault", "none"))
        if fault == "flaky":  # surveyed well, and fails in its trials
            fault = "none" if self.request["kind"] == "survey" else "raise"
        if fault == "shaky":  # fails in one trial of the candidate
            fault = "raise" if (self.side, self.round, self.attempt) == ("candidate", 2, 0) else "none"
        self.fault = fault
        pace = PACES[fault](self.round) if fault in PACES else SIDES.get(fault, {}).get(self.side, 1.0)
        if fault == "wild":
            pace *= self.random.gauss(1.0, 0.1)
        if self.side == "candidate":
            fault = {"broken": "raise", "stuck": "hang"}.get(fault, fault)

        def workload(**_: object) -> Workload:
            if fault not in PRETENCES:
                FAULTS[fault]()
            return FakeWorkload(self, pace * float(levels.get("takes", drawn)), fault)

        return workload

    def timeline(self) -> Timeline | None:
        """Its steps are over when they return."""
        return None

    def opened(self) -> dict[str, float]:
        """It is there."""
        return {}

    def forget(self) -> None:
        """It remembers nothing."""

    def sound(self) -> bool:
        """Whatever a case breaks is the case's."""
        return True

    def sentinel(self) -> int:
        """A quiet machine, unless told otherwise."""
        self.sentinels += 1
        disturbed = self.fault in WEATHERS and WEATHERS[self.fault](self.round, self.attempt)
        return SENTINEL * (2 if disturbed else 1) + self.random.randrange(100_000)

    def finite(self, result: object) -> bool:
        """As real devices do for a float."""
        return result == result and result not in (float("inf"), float("-inf"))

    def profile(self, step: Step) -> Seen:
        """One operator, and a page."""
        step()
        return Seen(events=["aten::fake"], allocated=4096)

    def trace(self, step: Step, *, steps: int, file: str) -> int:
        """Made-up events; watching takes time here too."""
        began, spans = self.time, []
        for _ in range(steps):
            start = self.time
            step()
            self.time = start + round((self.time - start) * fake_trace.STRETCH)
            spans.append((start, self.time))
        if self.fault != "traceless":
            Path(file).write_text(fake_trace.fake_trace(spans, self.fault))
        return self.time - began

    def retains(self) -> bool | None:
        """The fake allocator does what it is asked to."""
        return True

    def settings(self) -> dict[str, object]:
        """Nothing global."""
        return {}

    def libraries(self) -> dict[str, str]:
        """It computes nothing."""
        return {}
