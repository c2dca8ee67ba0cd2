"""Joules a step of a made-up card that takes 300 W whatever it does."""

import pytest

from bench.measure.card import NoCard
from bench.measure.energy import PATIENCE, SAMPLES, SECONDS, metered
from bench.measure.fake import FakeDevice
from bench.measure.fake_eyes import POWER, TICK, FakeCard

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
    assert SECONDS <= found["metered_seconds"] <= SECONDS + 2 * TICK
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
