import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.report.csv_text import Value, csv_text
from tests.report.golden import same_as_golden
from tests.report.samples import HOSTILE


def cell(value: Value) -> str:
    head, row = csv.reader(io.StringIO(csv_text([{"a": value, "b": 1}], ["a", "b"])))
    assert head == ["a", "b"]
    return row[0]


def test_rows_are_written_in_the_order_of_the_columns() -> None:
    rows: list[dict[str, Value]] = [
        {"case": "model=lstm,size=28", "fused": True, "value": 0.00019000049, "rounds": 10, "note": None},
        {"case": "model=cnn,size=28", "fused": False, "value": None, "rounds": 0, "note": HOSTILE},
        {"case": "=1+1", "fused": -1, "value": 123456789, "rounds": 1e-9, "note": 'said "no"\nand left'},
    ]
    assert same_as_golden("measurements.csv", csv_text(rows, ["case", "value", "fused", "rounds", "note"]))


def test_whole_numbers_stay_whole_and_others_have_six_digits() -> None:
    assert [cell(value) for value in (11_689_512, 0.123456789, 1e-9, True, None)] == [
        "11689512",
        "0.123457",
        "1e-09",
        "true",
        "",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-cmd", "@sum", "\t=1", "\r=1", "-", "=", "+1+1", "-1e", "1\n=2"])
def test_no_text_is_a_formula(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1e-9", "0.5", "lstm", "a=b"])
def test_numbers_and_plain_words_are_left_alone(text: str) -> None:
    assert cell(text) == text


@given(st.text())
def test_any_text_stays_one_cell_of_one_line(text: str) -> None:
    written = csv_text([{"a": text, "b": 1}], ["a", "b"])
    assert written.count("\n") == 2
    assert list(csv.reader(io.StringIO(written)))[1][1] == "1"


def test_a_row_that_lacks_a_column_is_refused() -> None:
    with pytest.raises(KeyError):
        csv_text([{"a": 1}], ["a", "b"])
