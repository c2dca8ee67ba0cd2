"""What others have published, and what stands beside it in a run: inert values."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A published `value` in the metric's base unit, and as it is `written`; with a case to compare `against`, a plain
    ratio."""

    suite: str
    case: str
    against: str | None
    metric: str
    value: float
    written: str
    source: str
    hardware: str
    conditions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A condition of theirs that is not ours; `ours` is None where the run has nothing of that name."""

    name: str
    theirs: str
    ours: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What was published, and the run's own value with its interval (None where it has none), in the same unit."""

    quoted: Quoted
    value: float | None
    low: float | None
    high: float | None
    differences: tuple[Difference, ...]
