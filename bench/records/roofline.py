"""What a roofline is made of: the peaks of a device, and every case against them. Inert values in base units."""

from dataclasses import dataclass
from typing import Literal

COPY = "copy"
"""The peak that is no precision's: bytes a second, those read and those written, of a copy within memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roof:
    """The peaks of a device with so many threads: bytes a second, and operations a second by precision."""

    threads: int
    bandwidth: float
    rates: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A case under its roof. `intensity` in operations a byte; `attained` with its interval, and `bound`, in operations
    a second; `limit` is what bounds it. Where it has no place, `why` says so and the numbers are 0.

    Shares of the latency, where the device says what it ran: `busy`, in which it ran anything, and `launch`, in which
    it had nothing to run because the processor had not launched it."""

    case: str
    threads: int
    precision: str = ""
    intensity: float = 0.0
    attained: float = 0.0
    low: float | None = None
    high: float | None = None
    bound: float = 0.0
    limit: Literal["", "memory", "arithmetic"] = ""
    why: str = ""
    busy: float | None = None
    launch: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roofline:
    """Roofs by threads, and the cases in the order of the run."""

    roofs: tuple[Roof, ...]
    cases: tuple[Placed, ...]

    @property
    def idling(self) -> bool:
        """Whether of any case it is known when the device was idle."""
        return any(placed.busy is not None for placed in self.cases)
