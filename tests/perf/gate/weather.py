"""The name of a background load and a seed → processes that disturb this machine, gone when the context ends.

Beside the loads of `tests.evidence.load` there is `candidate`: a tool that measures all of the base, then all of the
candidate, in blocks of many seconds, would meet it whenever it measures the candidate. Every core is kept busy for a
block, then left alone for a block. Run as a script, this module is one such process: `python weather.py CORE SEED`."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

BLOCK_SECONDS = 20.0


@contextmanager
def alternating(core: int, seed: int) -> Iterator[None]:
    """One process that works in every second block; its first is drawn."""
    command = [sys.executable, "-I", "-S", __file__, str(core), str(seed), str(os.getpid())]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def candidate(seed: int) -> Iterator[None]:
    """One on each core that this process may use."""
    with ExitStack() as running:
        for core in sorted(os.sched_getaffinity(0)):
            running.enter_context(alternating(core, seed))
        yield


def main(core: str, seed: str, parent: str) -> None:
    """Disturbs until it is killed, or whoever started it is gone."""
    os.sched_setaffinity(0, {int(core)})
    begun = time.monotonic() - random.Random(seed).uniform(0, 2 * BLOCK_SECONDS)
    while os.getppid() == int(parent):
        place = (time.monotonic() - begun) % (2 * BLOCK_SECONDS)
        if place < BLOCK_SECONDS:
            spin(0.1)
        else:
            time.sleep(0.1)


def spin(seconds: float) -> None:
    """Keeps the core busy."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
