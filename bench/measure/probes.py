"""Files under /proc and /sys → what disturbed a trial. What the kernel lacks is `unknown`, never 0."""

import os
import resource
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from bench.measure.kernel import ROOT, group_files

Reading = float | Literal["unknown"]

CLEAR_PEAK = "5"
"""Written to clear_refs, it sets the peak of the resident memory back to its present size (proc(5))."""

_CLOCK_READINGS = 3


def _stolen() -> float:
    """Seconds that the hypervisor gave to others, over the processors this process may use (proc(5): field 8)."""
    tick = os.sysconf("SC_CLK_TCK")
    mine = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    with open("/proc/stat") as file:
        rows = [line.split() for line in file]
    return sum(float(row[8]) for row in rows if row and row[0] in mine) / tick


def _throttled() -> float:
    """How often a quota has stopped this process's control group or one above it."""
    return sum(map(throttles, quota_files()))


def throttles(stat: Path) -> float:
    """How often its quota has stopped the control group of that `cpu.stat`."""
    with open(stat) as file:
        return next(float(line.split()[1]) for line in file if line.startswith("nr_throttled"))


@cache
def quota_files() -> tuple[Path, ...]:
    """Found once: a process stays in its control groups. Only groups that may have a quota count how often it struck,
    which the root of version 2 does not.

    Raises FileNotFoundError where no group counts."""
    files = tuple(file for file in group_files(ROOT, "cpu", "cpu.stat") if "nr_throttled" in file.read_text())
    if not files:
        raise FileNotFoundError("cpu.stat")
    return files


def _suspended() -> float:
    """Seconds for which the machine has slept since some fixed moment: the boot clock goes on then, the monotonic one
    does not (clock_gettime(2)). Of a few readings the one counts that took the least time: whoever is interrupted
    between the clocks sees a difference that there is not."""
    readings = []
    for _ in range(_CLOCK_READINGS):
        before = time.monotonic_ns()
        boot = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        readings.append((time.monotonic_ns() - before, boot - before))
    return min(readings)[1] / 1e9


def _pressure() -> float:
    """Seconds in which some task waited for a processor."""
    with open("/proc/pressure/cpu") as file:
        return float(file.readline().rpartition("total=")[2]) / 1e6


def _faults() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def _switches() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


COUNTERS: dict[str, Callable[[], float]] = {
    "clock": time.monotonic,
    "steal": _stolen,
    "throttled": _throttled,
    "suspended": _suspended,
    "pressure": _pressure,
    "page_faults": _faults,
    "switches": _switches,
}


def read(name: str) -> Reading:
    """One counter now."""
    try:
        return COUNTERS[name]()
    except (OSError, ValueError, StopIteration, IndexError):
        return "unknown"


def snapshot() -> dict[str, Reading]:
    """All counters now."""
    return {name: read(name) for name in COUNTERS}


def noise(before: Mapping[str, Reading], after: Mapping[str, Reading], *, steps: int) -> dict[str, Reading]:
    """What happened in between: `steal` and `pressure` as shares of the time, `page_faults` a step, `suspended` in
    seconds to the millisecond, the others counted; `load` is the machine's load average over the last minute."""
    change = {name: _difference(before[name], after[name]) for name in before}
    clock = change.pop("clock")
    for name in ("steal", "pressure"):
        change[name] = _divided(change[name], clock)
    change["page_faults"] = _divided(change["page_faults"], float(steps))
    if change["suspended"] != "unknown":
        change["suspended"] = round(float(change["suspended"]), 3)
    change["load"] = os.getloadavg()[0]
    return change


def _difference(before: Reading, after: Reading) -> Reading:
    return "unknown" if before == "unknown" or after == "unknown" else float(after) - float(before)


def _divided(value: Reading, by: Reading) -> Reading:
    return "unknown" if value == "unknown" or by == "unknown" or not by else float(value) / float(by)


def forget_peak() -> bool:
    """Sets this process's memory peak back; whether the kernel can."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write(CLEAR_PEAK)
    except OSError:
        return False
    return True


def memory(field: Literal["VmRSS", "VmHWM"]) -> int:
    """Bytes that this process has resident now, or had at most."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":")) * 1024
