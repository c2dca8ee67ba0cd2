"""What a device executed in one profiled step → how many kernels, how long any of them ran, and their names."""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 120
"""Characters of a name that are kept: what follows are the arguments of a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """A kernel, a copy or a fill on the device, from one microsecond of the profiler's to another."""

    name: str
    start: float
    end: float


def metrics(launched: Sequence[Launched]) -> dict[str, int | float]:
    """`kernels`, copies included; `kernel_time`, their times added up, and `kernel_busy`, the time in which any of them
    ran, both in seconds."""
    busy, until = 0.0, float("-inf")
    for each in sorted(launched, key=lambda one: one.start):
        busy += max(0.0, each.end - max(each.start, until))
        until = max(until, each.end)
    total = sum(each.end - each.start for each in launched)
    return {"kernels": len(launched), "kernel_time": total / 1e6, "kernel_busy": busy / 1e6}


def names(launched: Sequence[Launched]) -> list[str]:
    """Each once, in order; `void` says nothing."""
    return sorted({each.name.removeprefix("void ")[:LONGEST] for each in launched})
