"""A step and a stopwatch → warm-up, the number of steps a sample holds, samples. No progress, no file, no torch.

Samples by the device's own clock are `bench.measure.timeline`'s."""

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
    """Nanoseconds per step of growing batches, 1, 1, 2, 4 … steps, for so many seconds and at least two steps."""
    times: list[int] = []
    spent, batch, steps = 0, 1, 0
    while spent < seconds * 1e9 or steps < 2:
        start = clock.now()
        for _ in repeat(None, batch):
            step()
        clock.finish()
        took = clock.now() - start
        spent, steps = spent + took, steps + batch
        times.append(took // batch)
        batch = steps
    return tuple(times)


def calibrate(warmup: tuple[int, ...], *, seconds: float) -> int:
    """Steps in a sample of so many seconds; a longer step is a sample of its own."""
    return max(1, round(seconds * 1e9 / max(1, min(warmup[-2:]))))


@dataclass(frozen=True, slots=True)
class Samples:
    """Wall and CPU nanoseconds of each sample; a step that raises leaves those that were taken before."""

    wall: list[int] = field(default_factory=list)
    cpu: list[int] = field(default_factory=list)


Batch = Callable[[Step, Clock, int], tuple[int, object]]
"""How the steps of a sample are timed: their nanoseconds together, and the last one's result."""


def together(step: Step, clock: Clock, loops: int) -> tuple[int, object]:
    """One after the other, with one wait for their end."""
    result: object = None
    start = clock.now()
    for _ in repeat(None, loops):
        result = step()
    clock.finish()
    return clock.now() - start, result


def apart(cool: Callable[[], None]) -> Batch:
    """Each by itself, after `cool`, which the device has finished before the step's time begins."""

    def batch(step: Step, clock: Clock, loops: int) -> tuple[int, object]:
        took = 0
        result: object = None
        for _ in repeat(None, loops):
            cool()
            clock.finish()
            start = clock.now()
            result = step()
            clock.finish()
            took += clock.now() - start
        return took, result

    return batch


def time_steps(
    step: Step,
    clock: Clock,
    samples: Samples,
    *,
    loops: int,
    seconds: float,
    reset: Callable[[], None] | None = None,
    batch: Batch = together,
) -> object:
    """One timing pass with nothing else attached; fills `samples` and returns the last result.

    Samples are taken until their wall time reaches `seconds`, three at least. The CPU clock is read outside the wall
    clock's interval, because reading it is a system call; where steps are timed apart it counts what is between them
    too."""
    wall, cpu = samples.wall, samples.cpu
    result: object = None
    left = seconds * 1e9
    while left > 0 or len(wall) < MIN_SAMPLES:
        busy = clock.cpu()
        took, result = batch(step, clock, loops)
        cpu.append(clock.cpu() - busy)
        wall.append(took)
        left -= took
        if reset is not None:
            reset()
    return result
