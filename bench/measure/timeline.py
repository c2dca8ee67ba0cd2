"""A step and a device with a clock of its own → nanoseconds that the device worked for samples of it. No torch.

Why a pass of its own, after the one by the wall clock: the device works while the processor goes on, so its time is
told by marks in the order of its work, and it stands still between two kernels whenever the processor is late with the
second. Marks around the batch that the wall clock times would count that as the device's own. So the same batch is
launched once more while the device is held busy with nothing: when its turn comes, all of its work lies ready, and the
marks tell what the device needs. What the wall clock says beyond that is what launching costs. To hold the device and
to time by the wall clock at once is impossible: the wall clock would time the holding. nvbench holds the stream for the
same reason (`blocking_kernel.cuh`).

Why every sample proves that its work lay ready: the queue takes about a thousand launches, and then the processor has
to wait until the device goes on; a step may wait for the device by itself; the processor may be interrupted. In each of
these cases the device comes to a sample's first mark before its last step is launched, and the marks would count the
processor's time as the device's. Whether it has is looked at as soon as the last step is launched, which waits for
nothing; such a sample is late and does not count. A sample then has fewer steps than one by the wall clock. Where not
even one step lies ready, the device's time of it stays unknown: a number would be the processor's."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import Protocol

from bench.measure.sampler import MIN_SAMPLES, Clock, Step
from bench.statistics import median

HOLD_MARGINS, HOLD_LIMIT = (1.5, 4.0), 20_000_000
"""The device is held for as long as launching a sample took before, and half as long again, because its cycles, by
which it is held, get shorter when its clock rises; for longer where that was too short, because its clock was read at
rest; never for longer than 20 ms, since it rests meanwhile and works faster after it."""

LAUNCHES = 2
"""The first makes events and allocates what cools; the second tells how long launching takes."""

LATE_SAMPLES = 3
"""So many late samples more than others, and the pass is given up."""

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

    def passed(self, mark: int) -> bool:
        """Whether the device has come to that mark already."""
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


def sampled(
    step: Step,
    timeline: Timeline,
    clock: Clock,
    times: list[int],
    *,
    loops: int,
    cold: bool,
    seconds: float,
    reset: Callable[[], None] | None = None,
) -> dict[str, float]:
    """Fills `times` with samples of at most so many steps, and returns what belongs to them: `device_loops`, how many
    steps they hold, `mark_floor`, what their marks count without a step, and `device_late`, how many did not count.
    Without any sample the last stands alone."""
    made = batch(step, timeline, clock, loops=loops, cold=cold)
    bare = None if made is None else floor(timeline, made)
    if made is None or bare is None:
        return {"device_late": 1.0}
    late = time_on_device(step, timeline, times, made, seconds=seconds, reset=reset)
    return {"device_late": float(late), **({"device_loops": float(made.loops), "mark_floor": bare} if times else {})}


def batch(step: Step, timeline: Timeline, clock: Clock, *, loops: int, cold: bool) -> Batch | None:
    """As many of the steps as lie ready while the device is held: all, or half of them, or a quarter …; None where not
    even one does. Launching takes the processor as long as it took here."""
    while loops:
        launching = _launching(step, timeline, clock, loops=loops, cold=cold)
        for margin in HOLD_MARGINS if launching < HOLD_LIMIT else ():
            made = Batch(loops=loops, hold=round(min(HOLD_LIMIT, margin * launching)), cold=cold)
            if held(step, timeline, made) is not None:
                return made
        loops //= 2
    return None


def _launching(step: Step, timeline: Timeline, clock: Clock, *, loops: int, cold: bool) -> int:
    """Nanoseconds; once is enough to see that they are too many."""
    launching = 0
    for _ in range(LAUNCHES):
        timeline.hold(0)
        began = clock.now()
        _launched(step, timeline, loops=loops, cold=cold)
        launching = clock.now() - began
        timeline.finish()
        if launching >= HOLD_LIMIT:
            break
    return launching


def time_on_device(
    step: Step,
    timeline: Timeline,
    times: list[int],
    batch: Batch,
    *,
    seconds: float,
    reset: Callable[[], None] | None = None,
) -> int:
    """Fills `times` with the nanoseconds of one sample after the other, until these and their holding come to
    `seconds`, three at least; returns how many were late. Where most are, there are no times."""
    late, left = 0, seconds * 1e9
    while left > 0 or len(times) < MIN_SAMPLES:
        took = held(step, timeline, batch)
        left -= batch.hold + (took or 0)
        if took is None:
            late += 1
        else:
            times.append(took)
        if reset is not None:
            reset()
        if late > LATE_SAMPLES + len(times):
            times.clear()
            break
    return late


def floor(timeline: Timeline, batch: Batch) -> float | None:
    """Nanoseconds that the marks of a sample count where there is no step between them: their own cost."""
    found = [took for _ in range(FLOOR_SAMPLES) if (took := held(_nothing, timeline, batch)) is not None]
    return median(found) if found else None


def held(step: Step, timeline: Timeline, batch: Batch) -> int | None:
    """Nanoseconds that the device needs for one sample, held before it; None where it did not find it ready."""
    timeline.hold(batch.hold)
    pairs = _launched(step, timeline, loops=batch.loops, cold=batch.cold)
    late = timeline.passed(pairs[0][0])
    timeline.finish()
    return None if late else sum(timeline.between(start, end) for start, end in pairs)


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
