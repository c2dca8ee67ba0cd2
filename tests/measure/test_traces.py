"""What of a trace is handed on: its events, and nobody's host, name or folder."""

import getpass
import gzip
import json
from pathlib import Path

import pytest

from bench.errors import Unreadable
from bench.measure import traces
from bench.measure.traces import packed, read_trace
from bench.records.profile import STEP

EVENT = {"ph": "X", "cat": "cpu_op", "name": "aten::mm", "pid": 3, "tid": 3, "ts": 1.5, "dur": 0.25}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trace.json"


def read(file: Path, content: object, *roots: str) -> dict[str, object]:
    """The file that is made of it, as a person would open it."""
    file.write_text(json.dumps(content))
    found = json.loads(gzip.decompress(packed(read_trace(file, roots))))
    assert isinstance(found, dict)
    return found


def events(file: Path, *given: object, root: str = "") -> list[dict[str, object]]:
    """What becomes of those."""
    found = read(file, {"traceEvents": given}, root)["traceEvents"]
    assert isinstance(found, list)
    return found


def test_events_stay_what_they_were(file: Path) -> None:
    assert read(file, {"schemaVersion": 1, "traceEvents": [EVENT]}) == {"schemaVersion": 1, "traceEvents": [EVENT]}


def test_the_same_trace_is_the_same_file(file: Path) -> None:
    file.write_text(json.dumps({"traceEvents": [EVENT]}))
    assert packed(read_trace(file, ())) == packed(read_trace(file, ()))


def test_the_host_and_the_file_s_own_path_are_left_out(file: Path) -> None:
    spoken = {"host_name": "vm", "traceName": "/tmp/x/t.json", "trace_id": "38", "deviceProperties": [{"uuid": "8"}]}
    assert read(file, {**spoken, "traceEvents": []}) == {"traceEvents": []}


def test_paths_and_commands_in_names_and_arguments_are_cut(file: Path) -> None:
    hostile = {**EVENT, "name": "\x1b[2Jload /home/somebody/secret/x.bin", "args": {"/root/a/b": ["/work/net/lstm.py"]}}
    (event,) = events(file, hostile, root="/work/net")
    text = json.dumps(event)
    assert not any(word in text for word in ("somebody", "secret", "/root", "/work"))
    assert "lstm.py" in text
    assert str(event["name"]).startswith("\\x1b")


def test_the_name_of_a_step_stays_whoever_is_called_like_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "bench")
    found = events(file, {**EVENT, "name": STEP}, {**EVENT, "name": "bench at work"})
    assert [each["name"] for each in found] == [STEP, "… at work"]


def test_numbers_that_are_none_are_null(file: Path) -> None:
    file.write_text('{"traceEvents": [{"ph": "X", "ts": NaN, "args": {"x": [Infinity, 1]}}, 5]}')
    trace = read_trace(file, ())
    assert trace.events == ({"ph": "X", "ts": None, "args": {"x": [None, 1]}},)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "no JSON"),
        ('{"traceEvents": [', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no list of events"),
        ('{"traceEvents": {}}', "no list of events"),
    ],
    ids=["empty", "torn", "deep", "a list", "an object"],
)
def test_what_is_no_trace_cannot_be_read(file: Path, content: str, what: str) -> None:
    file.write_text(content)
    with pytest.raises(Unreadable, match=what):
        read_trace(file, ())


def test_a_trace_that_is_not_there_or_too_long_cannot_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        read_trace(file, ())
    monkeypatch.setattr(traces, "LONGEST", 5)
    file.write_text('{"traceEvents": []}')
    with pytest.raises(Unreadable, match="over 0 MiB"):
        read_trace(file, ())
