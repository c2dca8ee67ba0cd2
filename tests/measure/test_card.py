"""Which card a device means, what two readings of it add up to, and that a processor needs nothing of NVIDIA's."""

import subprocess
import sys

import pytest

from bench.measure import card
from bench.measure.card import NoCard, card_named, chosen_card, noise
from bench.measure.client import environment
from bench.measure.probes import Reading
from bench.records.card import COUNTED, throttles

QUIET: card.Readings = {
    "clock": 1980.0,
    "memory_clock": 2619.0,
    "reasons": 0.0,
    "temperature": 40.0,
    "power": 100.0,
    "memory": 1e9,
    "others": 0.0,
}


@pytest.mark.parametrize(
    ("device", "visible", "meant"),
    [
        ("cuda", None, "0"),
        ("cuda:3", None, "3"),
        ("cuda", "2,0", "2"),
        ("cuda:1", "2,0", "0"),
        ("cuda:2", "2,0", None),
        ("cuda", "", None),
        ("cuda:1", "0,-1,1", None),
        ("cuda:1", "GPU-aa, GPU-bb", "GPU-bb"),
        ("cuda", "MIG-cc", "MIG-cc"),
    ],
)
def test_a_number_means_a_place_among_the_visible_cards(device: str, visible: str | None, meant: str | None) -> None:
    assert chosen_card(device, visible) == meant


def test_a_hidden_card_is_none_and_says_so() -> None:
    hidden = card_named("cuda:1", {card.VISIBLE: "0"})
    assert hidden.read() == {}
    assert (hidden.energy(), hidden.power()) == ("unknown", "unknown")
    assert hidden.facts() == {"gpu_driver": "unknown: CUDA_VISIBLE_DEVICES hides cuda:1"}


def test_servers_number_cards_as_the_driver_s_library_does() -> None:
    given = environment({"CUDA_DEVICE_ORDER": "FASTEST_FIRST"}, "retain")
    assert given["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


def test_a_profiler_leaves_the_card_when_it_ends_whatever_the_shell_says() -> None:
    assert environment({"TEARDOWN_CUPTI": "0"}, "system")["TEARDOWN_CUPTI"] == "1"


def test_of_two_readings_the_worse_counts() -> None:
    after: card.Readings = {**QUIET, "clock": 1200.0, "reasons": 4.0, "temperature": 60.0, "others": 1.0}
    found = noise({**QUIET, "reasons": 64.0, "power": 300.0}, after)
    assert found["gpu_clock"] == 1200.0
    assert found["gpu_memory_clock"] == 2619.0
    assert found["gpu_reasons"] == 68.0
    assert (found["gpu_temperature"], found["gpu_power"], found["gpu_others"]) == (60.0, 300.0, 1.0)


def test_what_one_reading_does_not_tell_the_other_does() -> None:
    silent: card.Readings = dict.fromkeys(QUIET, "unknown")
    assert noise(silent, QUIET) == noise(QUIET, silent) == noise(QUIET, QUIET)
    assert set(noise(silent, silent).values()) == {"unknown"}


def counting(**counted: Reading) -> card.Readings:
    """A card that is well when it is asked and has been slowed down before, for so many nanoseconds."""
    return {**QUIET, **dict.fromkeys(COUNTED, 5e12), **counted}


def test_what_slowed_a_card_between_two_readings_counts_although_neither_shows_it() -> None:
    found = noise(counting(), counting(slowed_power_cap=5e12 + 30e6))
    assert throttles(float(found["gpu_reasons"])) == ("power cap",)
    assert found["gpu_slowed"] == pytest.approx(0.03)
    assert not any("slowed_" in name for name in found)


def test_what_held_at_an_end_and_what_was_counted_are_both_named_once() -> None:
    before = {**counting(), "reasons": float(0x60)}
    found = noise(before, counting(slowed_hardware_thermal_slowdown=6e12, slowed_power_cap=6e12))
    assert found["gpu_reasons"] == float(0x64)


def test_what_slowed_a_card_before_a_trial_is_none_of_its_reasons() -> None:
    found = noise(counting(), counting())
    assert (found["gpu_reasons"], found["gpu_slowed"]) == (0.0, 0.0)


def test_a_card_that_counts_nothing_says_so() -> None:
    unknown: card.Readings = dict.fromkeys(COUNTED, "unknown")
    silent = counting(**unknown)
    found = noise(silent, silent)
    assert (found["gpu_reasons"], found["gpu_slowed"]) == (0.0, "unknown")


def test_without_a_card_nothing_is_noted() -> None:
    assert noise(NoCard().read(), NoCard().read()) == {}
    assert NoCard().facts() == {}


def test_a_package_that_is_missing_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "NVML", "bench.measure.no_such_module")
    (said,) = card_named("cuda", {}).facts().values()
    assert "nvidia-ml-py" in said
    assert "\n" not in said


PARENT = """
import sys
from bench.measure.machine import machine
machine("cpu", None)
print([name for name in sys.modules if "nvml" in name])
"""

CHILD = """
import sys
from bench.measure import worker
worker.HostDevice({"device": "cpu"}).card.read()
print([name for name in sys.modules if name == "bench.measure.nvml"])
"""
"""Torch itself imports NVIDIA's package where it is installed."""


@pytest.mark.parametrize("script", [PARENT, pytest.param(CHILD, marks=pytest.mark.torch)])
def test_a_run_on_a_processor_loads_nothing_of_the_driver_s(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr
