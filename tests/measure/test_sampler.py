"""The loop, with a clock that only steps move."""

from collections.abc import Iterator
from itertools import chain, cycle, repeat

import pytest

from bench.measure.sampler import MIN_SAMPLES, Samples, calibrate, resolution, time_steps, warm_up


class Scripted:
    """A clock and its step: every step takes the next of the given nanoseconds."""

    def __init__(self, takes: Iterator[int]) -> None:
        self.takes, self.time, self.steps, self.finished = takes, 0, 0, 0

    def now(self) -> int:
        return self.time

    def cpu(self) -> int:
        return self.time // 2

    def finish(self) -> None:
        self.finished += 1

    def step(self) -> int:
        self.time += next(self.takes)
        self.steps += 1
        return self.steps


def taken(clock: Scripted, *, loops: int, seconds: float) -> list[int]:
    samples = Samples()
    time_steps(clock.step, clock, samples, loops=loops, seconds=seconds)
    return samples.wall


def test_a_step_that_raises_leaves_the_samples_before_it() -> None:
    clock = Scripted(iter([1000] * 60))
    samples = Samples()
    with pytest.raises(StopIteration):
        time_steps(clock.step, clock, samples, loops=7, seconds=1.0)
    assert samples.wall == [7000] * 8
    assert len(samples.cpu) in (8, 9)


def test_a_sample_holds_the_asked_number_of_steps() -> None:
    clock = Scripted(repeat(1000))
    samples = Samples()
    time_steps(clock.step, clock, samples, loops=7, seconds=1e-4)
    wall = samples.wall
    assert set(wall) == {7000}
    assert set(samples.cpu) == {3500}
    assert clock.steps == 7 * len(wall)


def test_samples_are_taken_until_their_time_is_spent() -> None:
    clock = Scripted(repeat(1000))
    wall = taken(clock, loops=10, seconds=1e-3)
    assert len(wall) == 100


def test_a_long_step_still_gives_three_samples() -> None:
    clock = Scripted(repeat(10**9))
    wall = taken(clock, loops=1, seconds=0.1)
    assert len(wall) == MIN_SAMPLES == 3


def test_the_clock_is_asked_to_finish_once_a_sample_and_not_once_a_step() -> None:
    clock = Scripted(repeat(1000))
    wall = taken(clock, loops=50, seconds=1e-3)
    assert clock.finished == len(wall)


def test_the_last_result_comes_back_and_reset_runs_between_samples_untimed() -> None:
    clock = Scripted(repeat(1000))
    resets: list[int] = []

    def reset() -> None:
        clock.time += 5_000_000
        resets.append(clock.steps)

    samples = Samples()
    result = time_steps(clock.step, clock, samples, loops=2, seconds=1e-5, reset=reset)
    wall = samples.wall
    assert set(wall) == {2000}
    assert result == clock.steps
    assert resets == [2 * n for n in range(1, len(wall) + 1)]


def test_warming_up_takes_two_steps_at_least_and_its_time_at_least() -> None:
    clock = Scripted(repeat(10**9))
    assert warm_up(clock.step, clock, seconds=0.001) == (10**9, 10**9)
    clock = Scripted(repeat(1000))
    times = warm_up(clock.step, clock, seconds=1e-3)
    assert set(times) == {1000}
    assert clock.time >= 1e6
    assert len(times) < 20, "batches grow, so that a short step does not fill the record"


def test_a_slow_first_step_does_not_shorten_the_samples() -> None:
    clock = Scripted(iter([10**9, *repeat(1000, 10**5)]))
    warmup = warm_up(clock.step, clock, seconds=0.02)
    assert warmup[0] == 10**9
    assert calibrate(warmup, seconds=0.002) == 2000


@pytest.mark.parametrize("slow", [[10**9], [10**9, 10**8], [10**9, 10**8, 10**7]])
def test_slow_first_steps_do_not_end_the_warming_up(slow: list[int]) -> None:
    clock = Scripted(chain(slow, repeat(1000)))
    waited = clock.now

    def waiting() -> int:
        clock.time += 50_000  # nanoseconds between the end of a batch and its notice
        return waited()

    clock.now = waiting  # type: ignore[method-assign]
    warmup = warm_up(clock.step, clock, seconds=0.02)
    assert calibrate(warmup, seconds=0.002) == pytest.approx(2000, rel=0.02)


def test_a_long_step_is_warmed_up_by_as_few_steps_as_tell_that_it_is_steady() -> None:
    for takes, steps in (([10**9], 2), ([10**10, 10**9], 3), ([3 * 10**9, 2 * 10**9], 2)):
        clock = Scripted(chain(takes, repeat(takes[-1])))
        warm_up(clock.step, clock, seconds=0.02)
        assert clock.steps == steps, takes


def test_a_step_longer_than_a_sample_is_a_sample() -> None:
    assert calibrate((50_000_000,), seconds=0.002) == 1


def test_a_clocks_resolution_is_its_smallest_step() -> None:
    class Coarse(Scripted):
        def now(self) -> int:
            self.step()
            return self.time

    assert resolution(Coarse(cycle([0, 0, 90, 30, 60]))) == 30
    assert resolution(Coarse(repeat(0))) is None
