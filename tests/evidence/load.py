"""The name of a background load and a seed → processes that disturb this machine, gone when the context ends.

`with load("bursts", 3): …` is how a measurement is put under load. The processes are ended by whoever started them,
also after an exception, and the kernel ends them where that one is killed. Run as a script, this module is one of them:
`python load.py CORE ACT MEAN SEED`. It needs the standard library alone, so that a load begins within 50 ms."""

import ctypes
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from math import inf
from typing import Literal

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)

BURST_SECONDS = 2.0
STREAMED_BYTES = 256 * 2**20
"""Read or written in one pass: larger than any cache here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A process on each of those cores: all that are allowed, the last, where the harness measures, or the first, where
    it does not if there are two. `mean`: of its stretches of work and of sleep, seconds; without one it never sleeps.
    """

    cores: Literal["all", "first", "last"]
    act: Literal["spin", "stream"] = "spin"
    mean: float = inf


LOADS: dict[str, tuple[Source, ...]] = {
    "quiet": (),
    "constant": (Source(cores="all"),),
    "bursts": (Source(cores="all", mean=BURST_SECONDS),),
    "memory": (Source(cores="first", act="stream"),),
    "core": (Source(cores="last", mean=BURST_SECONDS),),
}

Process = subprocess.Popen[bytes]


@contextmanager
def load(kind: str, seed: int) -> Iterator[list[Process]]:
    """The load's processes, running: each has done its preparations when the context begins.

    Raises KeyError for a kind that LOADS does not name."""
    with ExitStack() as running:
        yield [running.enter_context(disturber(core, s, seed)) for s in LOADS[kind] for core in cores(s)]


@contextmanager
def disturber(core: int, source: Source, seed: int) -> Iterator[Process]:
    """One process of a load. The seed and the core decide its stretches."""
    command = [sys.executable, "-I", "-S", __file__, str(core), source.act, str(source.mean), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready, f"{' '.join(command)} ended before it began"
        yield process
    finally:
        process.kill()
        process.communicate()


def cores(source: Source) -> list[int]:
    """Where a source has its processes."""
    allowed = sorted(os.sched_getaffinity(0))
    return {"all": allowed, "first": allowed[:1], "last": allowed[-1:]}[source.cores]


def die_with_parent() -> None:
    """Between fork and exec: the kernel is to kill this process when the one that started it ends, however it ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def stretches(mean: float, seed: str) -> Iterator[tuple[bool, float]]:
    """Whether to work, and for how many seconds, for ever: in turns, beginning with either, exponentially long."""
    drawn = random.Random(seed)
    first = drawn.random() < 0.5
    for works in cycle((first, not first)):
        yield works, drawn.expovariate(1 / mean)


def spin(until: float) -> None:
    """Keeps the core busy without touching memory."""
    while time.monotonic() < until:
        pass


def streamer() -> Callable[[float], None]:
    """What copies one half of a large block onto the other, back and forth; every page is there already."""
    halves = [memoryview(bytearray(b"\1") * (STREAMED_BYTES // 2)) for _ in range(2)]

    def stream(until: float) -> None:
        while time.monotonic() < until:
            halves[0][:] = halves[1]
            halves.reverse()

    return stream


def main(core: str, act: str, mean: str, seed: str) -> None:
    """Disturbs until it is killed."""
    os.sched_setaffinity(0, {int(core)})
    work = streamer() if act == "stream" else spin
    print("ready", flush=True)
    if float(mean) == inf:
        work(inf)
    for works, seconds in stretches(float(mean), f"{seed}/{core}"):
        if works:
            work(time.monotonic() + seconds)
        else:
            time.sleep(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
