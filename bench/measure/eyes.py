"""What a device must be able to see beside taking time: memory, traffic, kernels, peaks, rounding, its card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.measure.card import Card
from bench.measure.kernels import Launched
from bench.measure.memory import Peak
from bench.measure.probes import Reading
from bench.measure.sampler import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The fewest `bytes` that a step moves, 0 where that cannot be seen; `dtype` is that of most of what its operators
    read, as `float32`, `tf32` where its products of float32 may be rounded to it, and empty where none reads floats.
    `products`: which of a GPU's libraries these are of, as torch's switches call them (`matmul`, `conv`, `rnn`)."""

    bytes: int
    dtype: str
    products: frozenset[str] = frozenset()


class Eyes(Protocol):
    """None of it is asked while something is timed."""

    @property
    def card(self) -> Card: ...

    @property
    def memory(self) -> Peak: ...

    def probes(self) -> dict[str, Reading]:
        """The kernel's counters now, as `bench.measure.probes` has them."""
        ...

    def traffic(self, step: Step) -> Traffic:
        """Of one step."""
        ...

    def kernels(self, step: Step) -> list[Launched] | None:
        """What the device executed in one step, copies and fills included; None where nothing lies below operators."""
        ...

    def rounding(self) -> dict[str, float]:
        """Errors of fixed computations in float32 under the switches as they are, as shares of the largest value; empty
        where there is nothing to prove."""
        ...

    def peaks(self, precisions: Sequence[str]) -> dict[str, float]:
        """The bandwidth of memory (`bench.records.roofline.COPY`) in bytes a second and, by precision, operations a
        second in products of large matrices, with the threads that are set."""
        ...
