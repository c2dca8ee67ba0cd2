"""When to stop: objects with two verbs, `add` and `done`, that see numbers and nothing else."""

from collections.abc import Callable


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
