"""Rows of a campaign → the end of its CSV file, so that a killed campaign goes on where it was."""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def append(file: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """All of them with one write, on disk when this returns: they are there as a whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    if not file.exists():
        writer.writeheader()
    writer.writerows(rows)
    with file.open("ab", buffering=0) as end:
        end.write(text.getvalue().encode())
        os.fsync(end.fileno())
