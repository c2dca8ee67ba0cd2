"""A campaign's CSV file, to the end of which rows are added as a whole or not at all."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.evidence.rows import append, read

COLUMNS = ("case", "seconds")
ROWS = [{"case": "lstm", "seconds": "1"}, {"case": "cnn", "seconds": "2"}]


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a disk that is full: what fits is written, and the rest is not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_is_added_twice_is_read_as_one_table(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    assert read(file, dict) == []
    append(file, COLUMNS, ROWS[:1])
    append(file, COLUMNS, ROWS[1:])
    assert read(file, dict) == ROWS


@pytest.mark.parametrize("fits", [0, 8])
def test_a_file_that_had_no_room_for_its_first_row_has_its_header_later(tmp_path: Path, fits: int) -> None:
    file = tmp_path / "rows.csv"
    with pytest.raises(OSError, match=r"rows\.csv|File too large"), no_file_larger_than(fits):
        append(file, COLUMNS, ROWS)
    append(file, COLUMNS, ROWS)
    assert read(file, dict) == ROWS


@pytest.mark.parametrize("fits", [0, 1, 8])
def test_rows_for_which_there_is_no_room_leave_the_file_as_it_was(tmp_path: Path, fits: int) -> None:
    file = tmp_path / "rows.csv"
    append(file, COLUMNS, ROWS[:1])
    before = file.read_bytes()
    with pytest.raises(OSError, match=r"rows\.csv|File too large"), no_file_larger_than(len(before) + fits):
        append(file, COLUMNS, ROWS[1:] * 5)
    assert file.read_bytes() == before
    append(file, COLUMNS, ROWS[1:])
    assert read(file, dict) == ROWS
