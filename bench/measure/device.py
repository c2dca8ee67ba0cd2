"""What a device must answer for a trial, and the table of devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from bench.measure.eyes import Eyes
from bench.measure.sampler import Clock, Step
from bench.measure.timeline import Timeline
from bench.measure.workload import Builder


class Unavailable(Exception):
    """The device, a library or a compiler is missing: no fault of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One step under the profiler: the names of its events in order, repeated as often as they happened, and the bytes
    that it asked the allocator of tensors for."""

    events: list[str]
    allocated: int


class Device(Clock, Eyes, Protocol):
    """A clock that can also build, set up and look at what it times. `sentinel` is in nanoseconds."""

    def prepare(self, *, threads: int, seed: int) -> None:
        """Sets threads and seeds, and asserts them.

        Raises Unavailable where there is no such device."""
        ...

    def builder(self, case: Mapping[str, object]) -> Builder:
        """What builds the case's workload; importing it is a phase of its own."""
        ...

    def timeline(self) -> Timeline | None:
        """The device's own clock; None where its work is done when a step returns."""
        ...

    def opened(self) -> dict[str, float]:
        """What it has cost since this was last asked to make the device ready for any case, seconds by name: nothing
        of it is part of a case."""
        ...

    def forget(self) -> None:
        """Between two cases of a process: lets go of what the first has left to the libraries."""
        ...

    def sound(self) -> bool:
        """Whether another case can be measured in this process, after one that failed."""
        ...

    def sentinel(self) -> int: ...

    def finite(self, result: object) -> bool: ...

    def profile(self, step: Step) -> Seen:
        """What one step does beside taking time."""
        ...

    def trace(self, step: Step, *, steps: int, file: str) -> int:
        """The nanoseconds of so many steps under a profiler, whose trace the file then holds in Chrome's format,
        each step a range named STEP."""
        ...

    def retains(self) -> bool | None:
        """Whether the allocator keeps large blocks; None where that cannot be told."""
        ...

    def settings(self) -> dict[str, object]:
        """Everything global that can change what a step does."""
        ...

    def libraries(self) -> dict[str, str]:
        """Versions and switches of what the device computes with, found without executing an operation."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a kind of device is served: the module whose `main` runs in the child, and what its server imports first.

    `bounded`: the address space of its children can be; `gpu`: the `cuda` block of a suite is for it; `real`: it needs
    the machine for itself."""

    worker: str
    preload: tuple[str, ...]
    isolate: Literal["case", "round"]
    bounded: bool = True
    gpu: bool = False
    real: bool = True


# These three import no operation and start no thread; without them a child's first optimiser or profiler costs 1 s.
_TORCH = ("torch._dynamo", "torch.profiler")

DEVICES: dict[str, Kind] = {
    "cpu": Kind(worker="bench.measure.worker", preload=_TORCH, isolate="case"),
    # A CUDA context maps far more address space than it uses, so no bound on it can be set there.
    "cuda": Kind(worker="bench.measure.cuda", preload=_TORCH, isolate="round", bounded=False, gpu=True),
    "fake": Kind(worker="bench.measure.fake", preload=(), isolate="case", real=False),
    "fake-cuda": Kind(worker="bench.measure.fake_cuda", preload=(), isolate="round", gpu=True, real=False),
}


def kind_of(device: str) -> Kind:
    """`cuda:1` is a `cuda`."""
    return DEVICES[device.partition(":")[0]]
