"""Samples by a device's own clock, with a device that works while the processor goes on."""

from collections import deque
from dataclasses import dataclass, field

import pytest

from bench.measure.sampler import MIN_SAMPLES, Samples, time_apart, time_steps
from bench.measure.timeline import FLOOR_SAMPLES, LATE_SAMPLES, Batch, batch, floor, held, sampled, time_on_device

LAUNCH, WORK, MARK, COOL, QUEUE = 5_000, 2_000, 300, 40_000, 1024


@dataclass(slots=True)
class Scripted:
    """A processor that takes LAUNCH for whatever it launches, and a device that does it in its order; while QUEUE
    launches wait, so does the processor. `parts` are a step's launches; `told` is what was asked."""

    time: int = 0
    free: int = 0
    parts: int = 1
    queue: deque[int] = field(default_factory=deque)
    marks: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def now(self) -> int:
        return self.time

    def cpu(self) -> int:
        return self.time

    def launched(self, what: str, work: int) -> None:
        self.told.append(what)
        self.time += LAUNCH
        while self.queue and self.queue[0] <= self.time:
            self.queue.popleft()
        if len(self.queue) >= QUEUE:
            self.time = self.queue.popleft()
        self.free = max(self.free, self.time) + work
        self.queue.append(self.free)

    def hold(self, nanoseconds: int) -> None:
        self.marks = []
        self.launched("hold", nanoseconds)

    def cool(self) -> None:
        self.launched("cool", COOL)

    def mark(self) -> int:
        self.launched("mark", MARK)
        self.marks.append(self.free)
        return len(self.marks) - 1

    def passed(self, mark: int) -> bool:
        assert self.told[-1] == "mark", "it is asked when the last step is launched"
        return self.marks[mark] <= self.time

    def between(self, start: int, end: int) -> int:
        assert self.told[-1] == "finish", "the device has not finished"
        return self.marks[end] - self.marks[start]

    def finish(self) -> None:
        self.told.append("finish")
        self.time = max(self.time, self.free)

    def step(self) -> int:
        for _ in range(self.parts):
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


@pytest.mark.parametrize("hold", [0, 2 * LAUNCH])
def test_a_sample_that_the_device_begins_before_all_of_it_is_launched_is_none(hold: int) -> None:
    device = Scripted()
    assert held(device.step, device, Batch(loops=30, hold=hold, cold=False)) is None
    assert device.told[-1] == "finish"


@pytest.mark.parametrize(("cold", "launches"), [(False, 50 + 2), (True, 50 * 4)])
def test_the_device_is_held_for_as_long_as_launching_a_sample_takes_and_half_as_long_again(
    *, cold: bool, launches: int
) -> None:
    device = Scripted()
    made = batch(device.step, device, device, loops=50, cold=cold)
    assert made is not None
    assert made == Batch(loops=50, hold=round(1.5 * launches * LAUNCH), cold=cold)
    marks = 50 if cold else 1
    assert held(device.step, device, made) == 50 * WORK + marks * MARK, "it is held long enough"


def counted(device: Scripted, *, loops: int, cold: bool = False) -> tuple[list[int], dict[str, float]]:
    times: list[int] = []
    return times, sampled(device.step, device, device, times, loops=loops, cold=cold, seconds=0.01)


@pytest.mark.parametrize(
    ("parts", "loops", "cold", "held_loops"),
    [(1, 10_000, False, 625), (300, 7, False, 3), (1, 1000, True, 250), (1000, 1, False, 1)],
)
def test_a_sample_has_as_many_steps_as_the_queue_has_room_for(
    parts: int, loops: int, *, cold: bool, held_loops: int
) -> None:
    """A longer one would count the launching of what comes after the queue as the device's time."""
    times, told = counted(Scripted(parts=parts), loops=loops, cold=cold)
    marks = held_loops if cold else 1
    assert set(times) == {held_loops * parts * WORK + marks * MARK}
    assert told == {"device_loops": held_loops, "mark_floor": marks * MARK, "device_late": 0}


@pytest.mark.parametrize("parts", [1_100, 3_000, 10_000])
def test_a_step_of_more_launches_than_the_queue_holds_has_no_time_by_the_device_s_clock(parts: int) -> None:
    """10,000 launches of 5 µs with 2 µs of work each took 45 ms by the marks, held for 20 ms before; the work is 20."""
    assert counted(Scripted(parts=parts), loops=3) == ([], {"device_late": 1})


def test_a_step_that_waits_for_the_device_has_no_time_by_its_clock() -> None:
    device, times = Scripted(), list[int]()

    def step() -> None:
        device.step()
        device.finish()
        device.step()

    told = sampled(step, device, device, times, loops=4, cold=False, seconds=0.01)
    assert (times, told) == ([], {"device_late": 1})


def interrupted(device: Scripted, every: int) -> list[int]:
    """Times of three steps each, where the processor loses 2 ms in every so many steps."""
    times: list[int] = []

    def step() -> None:
        device.step()
        device.time += 2_000_000 if device.told.count("step") % every == 0 else 0

    late = time_on_device(step, device, times, HOT, seconds=0.01)
    assert late >= min(len(times), LATE_SAMPLES)
    return times


def test_a_sample_in_which_the_processor_was_interrupted_does_not_count() -> None:
    times = interrupted(Scripted(), every=9)
    assert len(times) >= MIN_SAMPLES
    assert set(times) == {3 * WORK + MARK}


def test_where_most_samples_are_late_none_counts() -> None:
    assert interrupted(Scripted(), every=3) == []


def test_a_device_whose_cycles_are_shorter_than_they_seemed_is_held_for_longer() -> None:
    class Woken(Scripted):
        def hold(self, nanoseconds: int) -> None:
            Scripted.hold(self, nanoseconds // 2)

    device = Woken()
    made = batch(device.step, device, device, loops=50, cold=False)
    assert made is not None
    assert made.loops == 50
    assert held(device.step, device, made) == 50 * WORK + MARK


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
