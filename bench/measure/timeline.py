"""A step and a device with a clock of its own → nanoseconds that the device worked for samples of it. No torch.

Why a pass of its own, after the one by the wall clock: the device works while the processor goes on, so its time is
told by marks in the order of its work, and it stands still between two kernels whenever the processor is late with the
second. Marks around the batch that the wall clock times would count that as the device's own. So the same batch is
launched once more while the device is held busy with nothing: when its turn comes, its work lies ready as far as the
queue reaches (about a thousand launches), and the marks tell what the device needs. What the wall clock says beyond
that is what launching costs. To hold the device and to time by the wall clock at once is impossible: the wall clock
would time the holding. nvbench holds the stream for the same reason (`blocking_kernel.cuh`)."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import Protocol

from bench.measure.sampler import MIN_SAMPLES, Clock, Step
from bench.statistics import median

HOLD_MARGIN, HOLD_LIMIT = 1.5, 20_000_000
"""The device is held for as long as launching a sample took before, and half as long again, because its cycles, by
which it is held, get shorter when its clock rises; not for longer, since it rests meanwhile and works faster after it.
After 20 ms of launches the queue is full, and what comes later cannot lie ready."""

LAUNCHES = 2
"""The first makes events and allocates what cools; the second tells how long launching takes."""

FLOOR_SAMPLES = 5

SHARE = 0.5
"""Samples by the device's own clock take half as long as those by the wall clock: they vary less."""


class Timeline(Protocol):
    """What a device must answer that keeps time itself. `finish` waits for all that was launched; everything else
    returns at once."""

    def hold(self, nanoseconds: int) -> None:
        """Has the device do nothing for so long before whatever is launched next, and forgets earlier marks."""
        ...

    def cool(self) -> None:
        """Has the device forget what its caches hold."""
        ...

    def mark(self) -> int:
        """The number of a moment in the order of the device's work."""
        ...

    def between(self, start: int, end: int) -> int:
        """Nanoseconds from one mark to the other, once the device has finished."""
        ...

    def finish(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The steps of a sample, for how many nanoseconds the device is held before them, and whether it cools before
    each."""

    loops: int
    hold: int
    cold: bool


def batch(step: Step, timeline: Timeline, clock: Clock, *, loops: int, cold: bool) -> Batch:
    """So many steps, with the device held until they are launched; that takes the processor as long as it took here."""
    launching = 0
    for _ in range(LAUNCHES):
        timeline.hold(0)
        began = clock.now()
        _launched(step, timeline, loops=loops, cold=cold)
        launching = clock.now() - began
        timeline.finish()
    return Batch(loops=loops, hold=round(min(HOLD_LIMIT, HOLD_MARGIN * launching)), cold=cold)


def time_on_device(
    step: Step,
    timeline: Timeline,
    times: list[int],
    batch: Batch,
    *,
    seconds: float,
    reset: Callable[[], None] | None = None,
) -> None:
    """Fills `times` with the nanoseconds of one sample after the other, until these and their holding come to
    `seconds`, three at least."""
    left = seconds * 1e9
    while left > 0 or len(times) < MIN_SAMPLES:
        took = held(step, timeline, batch)
        times.append(took)
        left -= batch.hold + took
        if reset is not None:
            reset()


def floor(timeline: Timeline, batch: Batch) -> float:
    """Nanoseconds that the marks of a sample count where there is no step between them: their own cost."""
    return median([held(_nothing, timeline, batch) for _ in range(FLOOR_SAMPLES)])


def held(step: Step, timeline: Timeline, batch: Batch) -> int:
    """Nanoseconds that the device needs for one sample, held before it."""
    timeline.hold(batch.hold)
    pairs = _launched(step, timeline, loops=batch.loops, cold=batch.cold)
    timeline.finish()
    return sum(timeline.between(start, end) for start, end in pairs)


def _launched(step: Step, timeline: Timeline, *, loops: int, cold: bool) -> list[tuple[int, int]]:
    """The pairs of marks of a sample: one around all its steps; where each step meets cold caches, one around each."""
    pairs = []
    result: object = None
    if cold:
        for _ in repeat(None, loops):
            timeline.cool()
            start = timeline.mark()
            result = step()
            pairs.append((start, timeline.mark()))
    else:
        start = timeline.mark()
        for _ in repeat(None, loops):
            result = step()
        pairs.append((start, timeline.mark()))
    del result  # kept until the next call, as samples by the wall clock keep theirs
    return pairs


def _nothing() -> None:
    """A step that does not work."""
