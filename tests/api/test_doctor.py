"""What a look at the machine adds up to, from made-up children and from the fake device's."""

import fcntl
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench.api import doctor
from bench.api.doctor import MEASURED, diagnose, disturbed
from bench.errors import BenchError, Busy
from bench.measure.client import Server, Setup
from bench.measure.weather import Weather
from bench.records.nouns import Launch, Unknown
from bench.records.suite import Allocator

QUIET = 10_000_000


def child(*sentinels: int, steal: float | Unknown = 0.0, throttled: float | Unknown = 0.0) -> Weather:
    noise: dict[str, float | Unknown] = {"steal": steal, "throttled": throttled}
    return Weather(start=0.02, sentinels=sentinels, noise=noise, clock_resolution=50, retains=None)


def test_equal_sentinels_disturb_nothing() -> None:
    assert disturbed([child(*[QUIET] * 20) for _ in range(4)]) == 0


def test_a_trial_is_disturbed_when_the_worse_of_its_two_sentinels_is_over_the_limit() -> None:
    slow = round(QUIET * 1.2)
    before = child(slow, QUIET, QUIET, QUIET)
    after = child(QUIET, QUIET, QUIET, slow)
    assert disturbed([before, after, child(*[QUIET] * 4), child(*[QUIET] * 4)]) == 2 / 8


def test_a_slower_sentinel_within_the_limit_disturbs_nothing() -> None:
    assert disturbed([child(QUIET, round(QUIET * 1.14)), child(QUIET, QUIET), child(QUIET, QUIET)]) == 0


@pytest.mark.parametrize("lost", [child(*[QUIET] * 4, steal=0.02), child(*[QUIET] * 4, throttled=1.0)])
def test_a_child_that_lost_the_processor_is_disturbed_whatever_its_sentinels(lost: Weather) -> None:
    assert disturbed([lost, child(*[QUIET] * 4)]) == 0.5


def test_what_the_kernel_does_not_tell_disturbs_nothing() -> None:
    assert disturbed([child(*[QUIET] * 4, steal="unknown", throttled="unknown")]) == 0


def test_a_diagnosis_holds_facts_and_numbers_in_the_order_of_the_table() -> None:
    found = diagnose("fake")
    names = list(found.measured)
    assert names == [name for name in MEASURED if name in names]
    assert {"server_start", "child_start", "sentinel", "disturbed", "steal", "throttled"} <= set(names)
    assert ("sentinel_all" in names) == (len(os.sched_getaffinity(0)) > 1)
    assert "clock_resolution" not in names, "the fake clock stands"
    assert found.facts["allocator_retains"] == "yes"
    assert {"governor", "cpu_quota", "openmp_library"} <= found.facts.keys()


def test_the_cores_of_this_process_are_what_they_were(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCH_LOCK", str(tmp_path / "lock"))
    monkeypatch.setattr(doctor, "_setup", _refuse)
    before = os.sched_getaffinity(0)
    with pytest.raises(BenchError, match="no server today"):
        diagnose("cpu")
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize("launch", ["fork", "spawn"])
def test_children_are_started_as_it_is_asked_for(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that has opened a GPU cannot be forked from, and the doctor is whom one asks why nothing is measured."""
    told = []

    class Told(Server):
        def __init__(self, setup: Setup, *, allocator: Allocator, number: int) -> None:
            told.append(setup.launch)
            super().__init__(setup, allocator=allocator, number=number)

    monkeypatch.setattr(doctor, "Server", Told)
    monkeypatch.setattr(doctor, "CHILDREN", 1)
    assert diagnose("fake-cuda", launch=launch).measured["child_start"] != "unknown"
    assert told == [launch]


def _refuse(*_: object) -> None:
    raise BenchError("no server today")


def test_a_machine_that_is_measuring_is_not_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCH_LOCK", str(tmp_path / "lock"))
    with open(tmp_path / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            diagnose("cpu")


def test_cores_are_busy_only_between_two_readings_that_are_both_known() -> None:
    assert doctor._busy(None) is None
    assert doctor._busy(0, since="unknown") == "unknown"
    assert doctor._busy(10**6, since=1.0) == "unknown"


def test_a_card_is_told_by_its_lowest_clock_and_the_most_of_all_else() -> None:
    warm: dict[str, float | Unknown] = {"gpu_clock": 1980.0, "gpu_temperature": 50.0, "gpu_reasons": 0.0}
    hot: dict[str, float | Unknown] = {"gpu_clock": 1500.0, "gpu_temperature": 90.0, "gpu_reasons": 64.0}
    found = doctor._card([replace(child(QUIET), noise=noise) for noise in (warm, hot, warm, warm)])
    assert found == {"gpu_clock": 1500.0, "gpu_temperature": 90.0, "gpu_slowed": 0.25}
    assert set(found) <= set(MEASURED)


def test_a_machine_without_a_card_has_no_row_of_one() -> None:
    assert doctor._card([child(QUIET)]) == {}


def test_a_child_whose_card_slowed_down_is_disturbed() -> None:
    calm: dict[str, float | Unknown] = {"steal": 0.0, "throttled": 0.0}
    slowed = replace(child(*[QUIET] * 4), noise={**calm, "gpu_reasons": 4.0})
    assert disturbed([slowed, child(*[QUIET] * 4)]) == 0.5
