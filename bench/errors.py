"""What a person can do wrong, and what the machine can refuse: one tree; each error knows its exit code."""

from collections.abc import Sequence
from dataclasses import dataclass


class Told(BaseException):
    """`where: what`, then a hint: what ends a verb, with a message for whoever called it."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.hint = what, where, hint

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\nhint: {self.hint}" if self.hint else head


class BenchError(Told, Exception):
    """Something is wrong; a room that catches it tells it in other words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One offence in a file, at a line and a column that count from 1 (0: the whole file)."""

    line: int
    column: int
    path: str
    message: str


class SuiteError(BenchError):
    """Every complaint about a suite, at once."""

    def __init__(self, file: str, complaints: Sequence[Complaint]) -> None:
        super().__init__(f"{len(complaints)} complaint(s)", where=file)
        self.file, self.complaints = file, tuple(complaints)

    def __str__(self) -> str:
        return "\n".join(self._line(c) for c in self.complaints)

    def _line(self, c: Complaint) -> str:
        place = f"{self.file}:{c.line}:{c.column}" if c.line else self.file
        return f"{place}: {c.path}: {c.message}" if c.path else f"{place}: {c.message}"


class Busy(BenchError):
    """Another measurement holds the machine."""


class NothingSelected(BenchError):
    """The selection leaves no case."""

    exit_code = 5


class Unreadable(BenchError):
    """A run, a record or a file of results that cannot be read."""


class Incomparable(BenchError):
    """Numbers that cannot mean the same."""

    exit_code = 4


class CannotStore(BenchError):
    """The disk is full, the folder read-only, the device broken."""

    exit_code = 74


class Internal(BenchError):
    """A part of the harness itself failed: its server died, its protocol broke."""

    exit_code = 70


class Stopped(Told):
    """A signal ended the run; what was measured is stored.

    No Exception: it comes wherever the main thread is, also within a library that takes every Exception for a no, as
    click does while it asks whether it writes to a terminal, and the run would go on."""

    def __init__(self, signal_number: int, what: str, *, hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.exit_code = 128 + signal_number
