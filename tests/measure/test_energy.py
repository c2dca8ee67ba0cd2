"""Joules a step of a made-up card that takes 300 W whatever it does."""

import pytest

from bench.measure.card import NoCard
from bench.measure.energy import PATIENCE, POWER_SECONDS, SAMPLES, SECONDS, metered
from bench.measure.fake import FakeDevice
from bench.measure.fake_eyes import POWER, TICK, FakeCard
from bench.measure.probes import Reading

STEP = 2_000_000


class Counted:
    """Steps of 2 ms on a fake device."""

    def __init__(self) -> None:
        self.device = FakeDevice({"round": 1, "attempt": 0, "side": ""})
        self.device.fault = "card"
        self.steps = self.resets = 0

    def step(self) -> None:
        self.steps += 1
        self.device.time += STEP

    def reset(self) -> None:
        self.resets += 1


def test_energy_is_power_times_the_time_of_a_step() -> None:
    run = Counted()
    found = metered(run.step, run.device, run.device.card, loops=1)
    assert found["energy"] == pytest.approx(POWER * STEP / 1e9, rel=0.02)
    assert found["metered_power"] == POWER
    assert SECONDS <= found["metered_seconds"] <= SECONDS + 3 * TICK
    assert found["energy"] * found["metered_steps"] == pytest.approx(
        found["metered_power"] * found["metered_seconds"], rel=0.05
    )


def test_steps_before_the_counter_s_first_move_do_not_count() -> None:
    run = Counted()
    found = metered(run.step, run.device, run.device.card, loops=3)
    assert found["metered_steps"] < run.steps
    assert found["metered_steps"] % (3 * SAMPLES) == 0


def test_a_workload_that_wants_to_be_reset_is_between_batches() -> None:
    run = Counted()
    metered(run.step, run.device, run.device.card, loops=1, reset=run.reset)
    assert run.resets == run.steps / SAMPLES


def test_without_a_counter_nothing_is_known_and_no_step_is_made() -> None:
    run = Counted()
    assert metered(run.step, run.device, NoCard(), loops=1) == {}
    assert run.steps == 0


def test_a_counter_that_stands_does_not_count() -> None:
    run = Counted()

    class Standing(FakeCard):
        def energy(self) -> float:
            return 5.0

    assert metered(run.step, run.device, Standing(run.device.now, {}), loops=1) == {}
    assert run.device.time / 1e9 == pytest.approx(PATIENCE, rel=0.1)


def test_the_driver_is_asked_near_the_counter_s_moves_and_seldom_between() -> None:
    """Whoever waits for its answers launches nothing, and the card rests."""
    run = Counted()
    asked: list[int] = []

    class Asked(FakeCard):
        def energy(self) -> Reading:
            asked.append(run.device.time)
            return super().energy()

        def power(self) -> Reading:
            asked.append(run.device.time)
            return super().power()

    found = metered(run.step, run.device, Asked(run.device.now, {}), loops=1)
    between = [time for time in asked if 2 * TICK < time / 1e9 < SECONDS]
    assert len(between) <= SECONDS / POWER_SECONDS
    assert found["energy"] == pytest.approx(POWER * STEP / 1e9, rel=0.02)


def test_steps_that_wait_for_the_driver_s_answers_are_charged_little_of_what_the_card_takes_meanwhile() -> None:
    run = Counted()

    class Slow(FakeCard):
        def energy(self) -> Reading:
            run.device.time += STEP
            return super().energy()

        def power(self) -> Reading:
            run.device.time += STEP
            return super().power()

    found = metered(run.step, run.device, Slow(run.device.now, {}), loops=1)
    assert found["energy"] == pytest.approx(POWER * STEP / 1e9, rel=0.05)
