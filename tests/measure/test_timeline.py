"""Samples by a device's own clock, with a device that works while the processor goes on."""

from dataclasses import dataclass, field

import pytest

from bench.measure.sampler import MIN_SAMPLES, Samples, time_apart, time_steps
from bench.measure.timeline import FLOOR_SAMPLES, HOLD_LIMIT, Batch, batch, floor, held, time_on_device

LAUNCH, WORK, MARK, COOL = 5_000, 2_000, 300, 40_000


@dataclass(slots=True)
class Scripted:
    """A processor that takes LAUNCH for whatever it launches, and a device that does it in its order. `told` is what
    was asked of it."""

    time: int = 0
    free: int = 0
    marks: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def now(self) -> int:
        return self.time

    def cpu(self) -> int:
        return self.time

    def launched(self, what: str, work: int) -> None:
        self.told.append(what)
        self.time += LAUNCH
        self.free = max(self.free, self.time) + work

    def hold(self, nanoseconds: int) -> None:
        self.marks = []
        self.launched("hold", nanoseconds)

    def cool(self) -> None:
        self.launched("cool", COOL)

    def mark(self) -> int:
        self.launched("mark", MARK)
        self.marks.append(self.free)
        return len(self.marks) - 1

    def between(self, start: int, end: int) -> int:
        assert self.told[-1] == "finish", "the device has not finished"
        return self.marks[end] - self.marks[start]

    def finish(self) -> None:
        self.told.append("finish")
        self.time = max(self.time, self.free)

    def step(self) -> int:
        self.launched("step", WORK)
        return self.told.count("step")


HOT, COLD = Batch(loops=3, hold=1_000_000, cold=False), Batch(loops=3, hold=1_000_000, cold=True)


def test_a_hot_sample_is_all_its_steps_between_two_marks_and_waits_once() -> None:
    device = Scripted()
    held(device.step, device, HOT)
    assert device.told == ["hold", "mark", "step", "step", "step", "mark", "finish"]


def test_a_cold_sample_cools_before_every_step_outside_its_marks_and_waits_once() -> None:
    device = Scripted()
    held(device.step, device, COLD)
    assert device.told == ["hold", *(["cool", "mark", "step", "mark"] * 3), "finish"]


@pytest.mark.parametrize(("sample", "marks"), [(HOT, 1), (COLD, 3)])
def test_a_device_that_is_held_long_enough_shows_its_work_and_its_marks_and_no_launching(
    sample: Batch, marks: int
) -> None:
    device = Scripted()
    assert held(device.step, device, sample) == 3 * WORK + marks * MARK
    assert floor(device, sample) == marks * MARK
    assert device.told.count("hold") == 1 + FLOOR_SAMPLES


def test_a_device_that_is_not_held_waits_for_the_processor_between_its_steps() -> None:
    device = Scripted()
    assert held(device.step, device, Batch(loops=3, hold=0, cold=False)) > 3 * LAUNCH


@pytest.mark.parametrize(("cold", "launches"), [(False, 50 + 2), (True, 50 * 4)])
def test_the_device_is_held_for_as_long_as_launching_a_sample_takes_and_half_as_long_again(
    *, cold: bool, launches: int
) -> None:
    device = Scripted()
    made = batch(device.step, device, device, loops=50, cold=cold)
    assert made == Batch(loops=50, hold=round(1.5 * launches * LAUNCH), cold=cold)
    marks = 50 if cold else 1
    assert held(device.step, device, made) == 50 * WORK + marks * MARK, "it is held long enough"


def test_the_device_is_never_held_longer_than_its_queue_is() -> None:
    device = Scripted()
    assert batch(device.step, device, device, loops=10_000, cold=False).hold == HOLD_LIMIT


def test_samples_are_taken_until_they_and_their_holding_take_their_time() -> None:
    device, times = Scripted(), list[int]()
    time_on_device(device.step, device, times, HOT, seconds=0.01)
    assert len(times) == 10
    assert set(times) == {3 * WORK + MARK}


def test_there_are_three_samples_at_least_and_reset_runs_after_each() -> None:
    device, times, resets = Scripted(), list[int](), list[int]()
    time_on_device(
        device.step, device, times, HOT, seconds=1e-9, reset=lambda: resets.append(device.told.count("finish"))
    )
    assert len(times) == MIN_SAMPLES
    assert resets == [1, 2, 3]


def test_by_the_wall_clock_a_sample_waits_for_the_device_at_its_end_alone() -> None:
    device, samples = Scripted(), Samples()
    result = time_steps(device.step, device, samples, loops=3, seconds=1e-9)
    assert device.told == ["step", "step", "step", "finish"] * MIN_SAMPLES
    assert (samples.wall, result) == ([3 * LAUNCH + WORK] * MIN_SAMPLES, 3 * MIN_SAMPLES)


def test_by_the_wall_clock_a_cold_step_is_timed_alone_and_the_cooling_is_over_before() -> None:
    device, samples, resets = Scripted(), Samples(), list[int]()
    result = time_apart(
        device.step,
        device,
        samples,
        cool=device.cool,
        loops=3,
        seconds=1e-9,
        reset=lambda: resets.append(device.told.count("step")),
    )
    assert device.told == ["cool", "finish", "step", "finish"] * 3 * MIN_SAMPLES
    assert (samples.wall, result) == ([3 * (LAUNCH + WORK)] * MIN_SAMPLES, 3 * MIN_SAMPLES)
    assert (samples.cpu, resets) == ([], [3, 6, 9])
