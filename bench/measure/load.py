"""Cores and a seed → a background load on each of them in random bursts, gone when the context ends.

Run as a script, this module is one of its processes: `python load.py CORE SEED`. It needs the standard library alone,
and ends as soon as its standard input is closed, which the kernel does whatever ends the process that started it."""

import os
import random
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

WORK_SECONDS, REST_SECONDS = 1.0, 2.0
"""Means of exponentially distributed stretches: longer than a trial, so that one is disturbed as a whole as often as in
part, and shorter than the looks of a gate, so that each of its cases meets some."""

PIECE_SECONDS = 0.002
"""How long it computes before it looks whether it is to end."""

ENDING_SECONDS = 5.0


@contextmanager
def background_load(cores: Sequence[int], seed: int) -> Iterator[tuple[int, ...]]:
    """The ids of the processes, one a core and all at work: the core on which trials are timed may be among them, and
    then the load shares it now and then."""
    with ExitStack() as running:
        yield tuple(running.enter_context(_burdened(core, seed)) for core in cores)


@contextmanager
def _burdened(core: int, seed: int) -> Iterator[int]:
    command = [sys.executable, "-I", "-S", __file__, str(core), str(seed)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # a terminal's Ctrl-C is the parent's to answer
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            ready = process.stdout.readline()
            assert ready, f"{command} ended before it began"
            yield process.pid
        finally:
            process.stdin.close()
            try:
                process.wait(ENDING_SECONDS)
            except BaseException:  # it hangs, or a signal came in between
                process.kill()
                raise


def stretches(core: int, seed: int) -> Iterator[tuple[float, float]]:
    """Seconds of work and of rest, for ever, the same for the same core and seed."""
    drawn = random.Random(f"{seed}/{core}")
    while True:
        yield drawn.expovariate(1 / WORK_SECONDS), drawn.expovariate(1 / REST_SECONDS)


def over(seconds: float) -> bool:
    """Whether standard input is closed, or becomes so within so many seconds."""
    return bool(select.select([0], [], [], seconds)[0])


def works(seconds: float) -> bool:
    """Keeps the core busy for so many seconds; whether it came to their end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        piece = time.monotonic() + PIECE_SECONDS
        while time.monotonic() < piece:
            pass
        if over(0.0):
            return False
    return True


def main(core: int, seed: int) -> None:
    """Works and rests until standard input is closed."""
    os.sched_setaffinity(0, {core})
    print("ready", flush=True)
    for work, rest in stretches(core, seed):
        if not works(work) or over(rest):
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
