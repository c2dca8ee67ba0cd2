"""Neighbouring cases along a factor, and whether time makes a step between them: inert values."""

from dataclasses import dataclass
from typing import Literal

Step = Literal["larger slower", "smaller slower", "none", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The case at a level of `factor` and the one at the next level. `others` are the levels that both have.

    `ratio`, with its interval, is the larger's latency by the smaller's, `work` the same of their flops. `step` says
    which of the two is slower by more than its work, and `excess` by how much: its time by the other's, divided by
    its work by the other's. `ran` is what tells how each ran. `stated`: a boundary that the suite names."""

    factor: str
    others: tuple[str, ...]
    smaller: str
    larger: str
    stated: bool
    ratio: float | None
    low: float | None
    high: float | None
    work: float | None
    step: Step
    excess: float | None = None
    ran: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
