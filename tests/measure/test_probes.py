"""Counters: what they mean, and that a missing one is unknown."""

import mmap

import pytest

from bench.measure import probes


def test_page_faults_are_counted_per_step() -> None:
    before = probes.snapshot()
    block = mmap.mmap(-1, 4096 * 400)
    for page in range(400):
        block[page * 4096] = 1
    after = probes.snapshot()
    faults = probes.noise(before, after, steps=4)["page_faults"]
    assert isinstance(faults, float)
    assert faults >= 100
    block.close()


def test_a_probe_that_the_kernel_lacks_is_unknown_and_never_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> float:
        raise FileNotFoundError("cpu.stat")

    monkeypatch.setitem(probes.COUNTERS, "throttled", missing)
    found = probes.noise(probes.snapshot(), probes.snapshot(), steps=1)
    assert found["throttled"] == "unknown"
    assert found["page_faults"] != "unknown"


def test_steal_is_a_share_of_the_time() -> None:
    before: dict[str, probes.Reading] = dict.fromkeys(probes.COUNTERS, 0.0)
    after: dict[str, probes.Reading] = {**before, "clock": 2.0, "steal": 0.5, "pressure": 1.0}
    found = probes.noise(before, after, steps=1)
    assert (found["steal"], found["pressure"]) == (0.25, 0.5)


def test_the_memory_peak_can_be_forgotten_and_seen_again() -> None:
    if not probes.forget_peak():
        pytest.skip("this kernel cannot reset the peak (no clear_refs)")
    before = probes.memory("VmHWM")
    block = mmap.mmap(-1, 64 << 20)
    for page in range(0, 64 << 20, 4096):
        block[page] = 1
    assert probes.memory("VmHWM") - before > 60 << 20
    block.close()
