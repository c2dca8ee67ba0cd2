"""Files under /proc and /sys → what disturbed a trial. What the kernel lacks is `unknown`, never 0."""

import os
import resource
import time
from collections.abc import Callable, Mapping
from typing import Literal

Reading = float | Literal["unknown"]

CLEAR_PEAK = "5"
"""Written to clear_refs, it sets the peak of the resident memory back to its present size (proc(5))."""

_THROTTLE_FILES = ("/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpu/cpu.stat")


def _stolen() -> float:
    """Seconds that the hypervisor gave to others, over the processors this process may use (proc(5): field 8)."""
    tick = os.sysconf("SC_CLK_TCK")
    mine = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    with open("/proc/stat") as file:
        rows = [line.split() for line in file]
    return sum(float(row[8]) for row in rows if row and row[0] in mine) / tick


def _throttled() -> float:
    """How often the control group's quota has stopped it."""
    for path in _THROTTLE_FILES:
        if os.path.exists(path):
            with open(path) as file:
                return next(float(line.split()[1]) for line in file if line.startswith("nr_throttled"))
    raise FileNotFoundError("cpu.stat")


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
    """What happened in between: `steal` and `pressure` as shares of the time, `page_faults` a step, the others counted;
    `load` is the machine's load average over the last minute."""
    change = {name: _difference(before[name], after[name]) for name in before}
    clock = change.pop("clock")
    for name in ("steal", "pressure"):
        change[name] = _divided(change[name], clock)
    change["page_faults"] = _divided(change["page_faults"], float(steps))
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
