"""The campaign's starts ⇄ `peers_starts.csv`, and with the rows → when, for how long and at which revision they arose.

A file of its own, because a row has no place for what a start decides: columns that older rows lack would make these
unreadable. A start's time is that at which its first row began, so that it lies among its rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from tests.evidence.peer_table import Row
from tests.evidence.rows import append as append_rows
from tests.evidence.rows import read as read_rows

APART = 3600.0
"""Seconds without a row after which the rows that follow belong to another stretch: other hours, another machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What `--seconds` said, and the revision of this repository; `began` is in seconds of the epoch."""

    began: float
    seconds: float
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Rows that were measured one after the other, and the starts among them."""

    rows: tuple[Row, ...]
    starts: tuple[Start, ...]

    @property
    def ended(self) -> float:
        """Seconds of the epoch."""
        return self.rows[-1].began + self.rows[-1].took

    @property
    def units(self) -> int:
        """How many tools' estimates of all cases under one load."""
        return len({(row.repeat, row.load, row.tool) for row in self.rows})


COLUMNS = tuple(field.name for field in fields(Start))


def beside(rows: Path) -> Path:
    """The file of the starts of those rows."""
    return rows.with_name(f"{rows.stem}_starts.csv")


def read(file: Path) -> list[Start]:
    """The starts that are there; none where the file is not."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Start:
    return Start(began=float(line["began"]), seconds=float(line["seconds"]), revision=line["revision"])


def append(file: Path, start: Start) -> None:
    append_rows(file, COLUMNS, [asdict(start)])


def stretches(rows: Iterable[Row], starts: Sequence[Start]) -> Iterator[Stretch]:
    """In the order of time; none without rows."""
    found: list[Row] = []
    for row in sorted(rows, key=lambda row: row.began):
        if found and row.began - found[-1].began - found[-1].took > APART:
            yield stretch(found, starts)
            found = []
        found.append(row)
    if found:
        yield stretch(found, starts)


def stretch(rows: Sequence[Row], starts: Sequence[Start]) -> Stretch:
    among = tuple(start for start in starts if rows[0].began <= start.began <= rows[-1].began)
    return Stretch(rows=tuple(rows), starts=among)


def table(rows: Iterable[Row], starts: Sequence[Start]) -> Iterator[str]:
    """A line of Markdown for each stretch."""
    yield "| measured, UTC | units | asked, s a case | revision |"
    yield "|---|--:|--:|---|"
    for one in stretches(rows, starts):
        asked = dict.fromkeys(f"{start.seconds:g}" for start in one.starts)
        revisions = dict.fromkeys(start.revision for start in one.starts)
        cells = (
            f"{moment(one.rows[0].began)} to {moment(one.ended)}",
            str(one.units),
            ", ".join(asked) or "not recorded",
            ", ".join(revisions) or "not recorded",
        )
        yield f"| {' | '.join(cells)} |"


def moment(epoch: float) -> str:
    """To the minute, UTC."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M")
