"""Counters: what they mean, and that a missing one is unknown."""

import mmap
import time
from pathlib import Path

import pytest

from bench.measure import probes
from bench.measure.fake import FakeDevice


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


@pytest.mark.parametrize(("slept", "seen"), [(0.0, 0.0), (1e-6, 0.0), (0.5, 0.5)])
def test_a_machine_that_slept_in_between_is_seen_by_the_boot_clock(
    monkeypatch: pytest.MonkeyPatch, slept: float, seen: float
) -> None:
    before, boot = probes.snapshot(), time.clock_gettime_ns
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: boot(clock) + round(slept * 1e9))
    assert probes.noise(before, probes.snapshot(), steps=1)["suspended"] == seen


def test_whoever_is_interrupted_between_the_two_clocks_has_not_slept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of a few readings is held up for a tenth of a second on its way from one clock to the other."""
    before, monotonic = probes.snapshot(), time.monotonic_ns
    late = iter([0, 100_000_000])
    monkeypatch.setattr(time, "monotonic_ns", lambda: monotonic() + next(late, 100_000_000))
    boot = time.clock_gettime_ns
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: boot(clock) + 100_000_000)
    assert probes.noise(before, probes.snapshot(), steps=1)["suspended"] == 0.0


def test_a_quota_s_strikes_are_counted_in_a_group_s_own_file(tmp_path: Path) -> None:
    stat = tmp_path / "cpu.stat"
    stat.write_text("nr_periods 9\nnr_throttled 4\nthrottled_time 7\n")
    assert probes.throttles(stat) == 4


def test_a_quota_counts_that_struck_this_group_or_one_above(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = [tmp_path / "own", tmp_path / "above"]
    for file, strikes in zip(files, (1, 2), strict=True):
        file.write_text(f"nr_throttled {strikes}\n")
    root = tmp_path / "root"
    root.write_text("usage_usec 5\n")
    monkeypatch.setattr(probes, "group_files", lambda *_: [*files, root])
    probes.quota_files.cache_clear()
    before = probes.snapshot()
    files[1].write_text("nr_throttled 5\n")
    assert probes.noise(before, probes.snapshot(), steps=1)["throttled"] == 3
    probes.quota_files.cache_clear()


def test_without_a_group_that_counts_throttling_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "group_files", lambda *_: [])
    probes.quota_files.cache_clear()
    assert probes.read("throttled") == "unknown"


def test_of_a_made_up_time_the_machine_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests count trials on the fake device: in a noisy hour some would be repeated."""
    monkeypatch.setitem(probes.COUNTERS, "steal", time.monotonic)
    device = FakeDevice({"round": 1, "attempt": 0, "kind": "timed", "side": ""})
    before = device.probes()
    found = probes.noise(before, device.probes(), steps=1)
    assert (found["steal"], found["throttled"]) == (0.0, 0.0)
    assert probes.noise(probes.snapshot(), probes.snapshot(), steps=1)["steal"] != 0.0
