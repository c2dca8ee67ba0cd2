"""A step and a stopwatch → warm-up, the number of steps a sample holds, samples. No progress, no file, no torch.

Samples by a device's own clock are `bench.measure.timeline`'s."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from typing import Protocol

Step = Callable[[], object]

MIN_SAMPLES = 3


class Clock(Protocol):
    """What time is it, and are you finished? Both times in nanoseconds."""

    def now(self) -> int: ...
    def cpu(self) -> int: ...
    def finish(self) -> None: ...


def resolution(clock: Clock) -> int | None:
    """The smallest step in nanoseconds that a thousand readings show, which is what the clock can tell apart: the
    reading takes its time too. None for a clock that stands."""
    readings = [clock.now() for _ in range(1000)]
    return min((late - early for early, late in pairwise(readings) if late > early), default=None)


def warm_up(step: Step, clock: Clock, *, seconds: float) -> tuple[int, ...]:
    """Nanoseconds per step of growing batches, 1, 1, 2, 4 … steps, for so many seconds and at least two steps.

    Only what is steady counts and lets batches grow: neither the first step nor one that took less than half as long as
    the one before it, for the next may take less again. First steps load code, choose algorithms, compile, capture
    graphs. If these took all the seconds, what a sample holds would follow from a single step and the wait for it, and,
    where cases share a process, from which of them came first."""
    times: list[int] = []
    spent, batch, steps = 0, 1, 0
    while spent < seconds * 1e9 or steps < 2:
        start = clock.now()
        for _ in repeat(None, batch):
            step()
        clock.finish()
        took = clock.now() - start
        steady = bool(times) and 2 * (took // batch) >= times[-1]
        steps += batch
        times.append(took // batch)
        if steady:
            spent, batch = spent + took, steps
    return tuple(times)


def calibrate(warmup: tuple[int, ...], *, seconds: float) -> int:
    """Steps in a sample of so many seconds; a longer step is a sample of its own."""
    return max(1, round(seconds * 1e9 / max(1, min(warmup[-2:]))))


@dataclass(frozen=True, slots=True)
class Samples:
    """Wall and CPU nanoseconds of each sample; a step that raises leaves those that were taken before."""

    wall: list[int] = field(default_factory=list)
    cpu: list[int] = field(default_factory=list)


def time_steps(
    step: Step,
    clock: Clock,
    samples: Samples,
    *,
    loops: int,
    seconds: float,
    reset: Callable[[], None] | None = None,
) -> object:
    """One timing pass with nothing else attached; fills `samples` and returns the last result.

    Samples are taken until their wall time reaches `seconds`, three at least. The CPU clock is read outside the wall
    clock's interval, because reading it is a system call."""
    wall, cpu = samples.wall, samples.cpu
    result: object = None
    left = seconds * 1e9
    while left > 0 or len(wall) < MIN_SAMPLES:
        busy = clock.cpu()
        start = clock.now()
        for _ in repeat(None, loops):
            result = step()
        clock.finish()
        took = clock.now() - start
        cpu.append(clock.cpu() - busy)
        wall.append(took)
        left -= took
        if reset is not None:
            reset()
    return result


def time_apart(
    step: Step,
    clock: Clock,
    samples: Samples,
    *,
    cool: Callable[[], None],
    loops: int,
    seconds: float,
    reset: Callable[[], None] | None = None,
) -> object:
    """As `time_steps`, but each step of a sample is timed by itself, after `cool`, which is over when its time begins.

    The processor's time would be that of `cool` too, and is left out."""
    wall = samples.wall
    result: object = None
    left = seconds * 1e9
    while left > 0 or len(wall) < MIN_SAMPLES:
        took = 0
        for _ in repeat(None, loops):
            cool()
            clock.finish()
            start = clock.now()
            result = step()
            clock.finish()
            took += clock.now() - start
        wall.append(took)
        left -= took
        if reset is not None:
            reset()
    return result
