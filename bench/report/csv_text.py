"""Tidy rows and their columns → CSV text, byte for byte the same whenever the rows are.

Why text is guarded: a spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula (CWE-1236).
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bench.records.levels import level_text
from bench.report.inert import one_line
from bench.units import compact

Value = bool | int | float | str | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def csv_text(rows: Iterable[Mapping[str, Value]], columns: Sequence[str]) -> str:
    """A head line and a line a row, `\\n` after each; every row has every column, None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_text(column) for column in columns])
    writer.writerows(
        [_text(value) if isinstance(value, str) else _number(value) for value in map(row.__getitem__, columns)]
        for row in rows
    )
    return out.getvalue()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return level_text(value) if isinstance(value, bool) else compact(value)


@lru_cache(maxsize=1024)
def _text(text: str) -> str:
    """Most columns of a row say what the row above says."""
    guarded = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{one_line(text)}" if guarded else one_line(text)
