"""When is it enough: objects with two verbs, `add` and `done`, that see numbers and nothing else.

They stand below the rooms because two of these ask: the analysis, which cases are precise, and the measuring loop,
whether another round fits."""

from bisect import insort
from collections.abc import Callable

from bench.statistics import median_interval, ordered_median


class Precision:
    """A case is done when half the exact interval of its median is at most `share` of the median."""

    def __init__(self, share: float, *, looks: int) -> None:
        self._share, self._looks = share, looks
        self._ordered: list[float] = []

    def add(self, value: float) -> None:
        """A trial gave that value."""
        insort(self._ordered, value)

    def interval(self) -> tuple[float, float] | None:
        """None while the values do not bound their median."""
        return median_interval(self._ordered, looks=self._looks)

    def done(self) -> bool:
        """Whether the values so far are precise enough."""
        interval = self.interval()
        if interval is None:
            return False
        low, high = interval
        return (high - low) / 2 <= self._share * ordered_median(self._ordered)


class Budget:
    """The suite's `max_seconds`, from its start: a piece of work begins only if the longest so far would still fit."""

    def __init__(self, seconds: float | None, now: Callable[[], float]) -> None:
        self._now, self._began, self._seconds, self._longest = now, now(), seconds, 0.0

    def add(self, seconds: float) -> None:
        """A piece of work took so long."""
        self._longest = max(self._longest, seconds)

    def done(self, *, pieces: int = 1) -> bool:
        """Whether so many further pieces would not fit."""
        if self._seconds is None:
            return False
        return self._now() - self._began + pieces * self._longest > self._seconds
