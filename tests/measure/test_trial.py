"""A trial in this process, on the fake device: what its record says, whatever the clocks do."""

import time
from dataclasses import asdict

import pytest

from bench.measure import trial
from bench.measure.fake import FakeDevice
from bench.measure.processes import Channel, Json
from bench.records.suite import Policy
from tests.measure.made_up import case

HOUR = 3600.0


class Kept(Channel):
    """Keeps what a child would send."""

    def __init__(self) -> None:
        super().__init__(-1)
        self.records: list[Json] = []

    def _write(self, message: Json) -> None:
        if isinstance(record := message.get("record"), dict):
            self.records.append(record)


def timed(fault: str = "none") -> Json:
    """The record of one trial."""
    request: Json = {
        "kind": "timed",
        "round": 1,
        "attempt": 0,
        "cases": [asdict(case(takes=0.001, fault=fault))],
        "policy": asdict(Policy(trial_seconds=0.02)),
        "device": "fake",
        "seed": 7,
        "asked": time.monotonic(),
        "calm": None,
        "patience": 0.0,
        "side": "",
        "loops": None,
        "tree": None,
        "turns": None,
        "energy": False,
    }
    kept = Kept()
    trial.run(request, kept, FakeDevice(request))
    (record,) = kept.records
    return record


def test_a_wall_clock_that_is_set_by_hours_changes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = timed()
    wall, steps = time.time, iter(n * HOUR for n in (1, -1) * 1000)
    monkeypatch.setattr(time, "time", lambda: wall() + next(steps))
    stepped = timed()
    assert stepped["status"] == plain["status"] == "ok"
    assert (stepped["samples"], stepped["warmup"]) == (plain["samples"], plain["warmup"])
    phases = stepped["phases"]
    assert isinstance(phases, dict)
    assert all(0 <= seconds < 60 for seconds in phases.values())


def test_a_machine_that_sleeps_while_samples_are_taken_is_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    boot, device = time.clock_gettime_ns, FakeDevice.cpu
    slept: list[float] = []

    def fall_asleep(self: FakeDevice) -> int:
        slept.append(90.0)
        return device(self)

    monkeypatch.setattr(FakeDevice, "cpu", fall_asleep)
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: boot(clock) + (90_000_000_000 if slept else 0))
    noise = timed()["noise"]
    assert isinstance(noise, dict)
    assert noise["suspended"] == pytest.approx(90.0, abs=0.01)


@pytest.mark.parametrize("fault", ["still", "backwards"])
def test_a_sample_that_took_no_time_makes_the_trial_invalid_and_is_kept(fault: str) -> None:
    record = timed(fault)
    samples = record["samples"]
    assert isinstance(samples, list)
    assert record["status"] == "invalid"
    assert min(samples) <= 0
