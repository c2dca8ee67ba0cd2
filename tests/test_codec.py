"""Nouns survive the way to disk; strangers are refused by place and by name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import Unreadable
from bench.records.codec import decode, encode
from bench.records.nouns import SCHEMA, Record, Run
from tests.measure.made_up import case, run

NAMES = st.text(min_size=1, max_size=20)
NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
RECORDS = st.builds(
    Record,
    schema=st.just(SCHEMA),
    kind=st.sampled_from(["survey", "timed", "fact"]),
    status=st.sampled_from(["ok", "failed", "timeout"]),
    case=NAMES,
    round=st.integers(0, 100),
    loops=st.integers(1, 2**40),
    samples=st.lists(st.integers(1, 2**50), min_size=1, max_size=5).map(tuple),
    noise=st.dictionaries(NAMES, st.one_of(st.just("unknown"), st.floats(allow_nan=False, allow_infinity=False))),
    metrics=st.dictionaries(NAMES, NUMBERS),
    operators=st.lists(NAMES, max_size=3).map(tuple),
    note=st.one_of(st.none(), NAMES),
)


GOOD = {"schema": SCHEMA, "kind": "timed", "status": "ok", "case": "a", "loops": 1, "samples": [5]}


@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    line = encode(record)
    assert b"\n" not in line
    assert decode(Record, line, where="here") == record


def test_a_run_comes_back_as_it_was() -> None:
    made = run([case(model="one", size=28), case(model="two", size=1.5)])
    assert decode(Run, encode(made), where="here") == made


def test_the_schema_stands_first_in_every_line() -> None:
    assert encode(Record(schema=SCHEMA, kind="survey", status="ok", case="a")).startswith(b'{"schema":')


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rnd": 3}, "Record has no field 'rnd'"),
        ({"round": "3"}, "round"),
        ({"status": "fine"}, "status"),
        ({"schema": SCHEMA + 1}, f"schema {SCHEMA + 1} is newer"),
        ({"schema": SCHEMA + 1, "new": 1}, f"schema {SCHEMA + 1} is newer"),
        ({"case": None}, "case"),
        ({"loops": 0}, "a trial that is ok has samples"),
        ({"samples": []}, "a trial that is ok has samples"),
        ({"samples": [5, 0]}, "a trial that is ok has samples"),
    ],
)
def test_a_stranger_is_refused_with_its_place_and_its_reason(change: dict[str, object], words: str) -> None:
    line = json.dumps(GOOD | change).encode()
    with pytest.raises(Unreadable, match=words) as caught:
        decode(Record, line, where="records.jsonl:17")
    assert str(caught.value).startswith("records.jsonl:17: ")


@pytest.mark.parametrize("line", [b"\x00\xff", b"[" * 200_000, b'{"metrics":' * 200_000])
def test_what_is_no_json_is_refused(line: bytes) -> None:
    with pytest.raises(Unreadable, match=r"f:1"):
        decode(Record, line, where="f:1")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["metrics", "noise", "phases"])
def test_a_number_that_is_none_is_refused(field: str, number: str) -> None:
    line = json.dumps(GOOD)[:-1] + f', "{field}": {{"a": {number}}}}}'
    with pytest.raises(Unreadable, match=field):
        decode(Record, line.encode(), where="f:1")
