"""Rows of a campaign ⇄ its CSV file, to the end of which they are added: a killed campaign goes on where it was."""

import csv
import errno
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

Row = TypeVar("Row")


def read(file: Path, parsed: Callable[[dict[str, str]], Row]) -> list[Row]:
    """The rows that are there, each parsed from its line; none where the file is not."""
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as lines:
        return [parsed(line) for line in csv.DictReader(lines)]


def append(file: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """All of them with one write, on disk when this returns: they are there as a whole or not at all.

    Raises OSError where there is no room for all of them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    if not file.exists() or not file.stat().st_size:  # empty where even the first row found no room
        writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    with file.open("ab", buffering=0) as end:
        before = end.tell()
        if end.write(content) < len(content):
            end.truncate(before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        os.fsync(end.fileno())
