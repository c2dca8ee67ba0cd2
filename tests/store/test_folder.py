"""A run folder keeps what it was given, and says what it lost."""

import os
from pathlib import Path

import pytest

from bench.errors import BenchError, CannotStore, Unreadable
from bench.records.codec import encode
from bench.records.nouns import Record, Start
from bench.store import folder as store
from bench.store.files import Appender, write
from tests.measure.made_up import case, run

RUN = run([case(model="one")])
RECORDS = tuple(
    Record(schema=1, kind="timed", status="ok", case="model=one", round=n, sequence=n, samples=(1, 2, 3))
    for n in (1, 2, 3)
)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    store.create(folder, RUN, {"suite": "s.yaml", "data": ""})
    journal = store.journal(folder)
    for record in RECORDS:
        journal.append(encode(record))
    journal.close()
    return folder


def test_a_run_is_read_as_it_was_written(made: Path) -> None:
    stored = store.read(made)
    assert (stored.run, stored.records, stored.torn, stored.damage) == (RUN, RECORDS, False, "")


def test_a_journal_cut_off_at_any_byte_keeps_every_whole_line_and_goes_on_from_there(made: Path) -> None:
    path = made / store.RECORDS
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        complete = whole[:cut].count(b"\n")
        stored = store.read(made)
        assert stored.records == RECORDS[:complete]
        assert stored.torn == (cut > 0 and whole[cut - 1 : cut] != b"\n")
        journal = store.journal(made)
        for record in RECORDS[complete:]:
            journal.append(encode(record))
        journal.close()
        assert path.read_bytes() == whole


def test_a_start_that_was_cut_off_is_left_out_and_the_next_one_is_whole(made: Path) -> None:
    start = Start(schema=1, started=1.0, boot="b", git={}, environment={})
    store.add_start(made, start)
    with open(made / store.STARTS, "ab") as file:
        file.write(b'{"schema":1,"sta')
    assert store.read(made).starts == (start,)
    store.add_start(made, start)
    assert store.read(made).starts == (start, start)


def test_a_damaged_line_ends_the_records_and_is_named(made: Path) -> None:
    path = made / store.RECORDS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b'"ok"', b'"ko"') + lines[2])
    stored = store.read(made)
    assert stored.records == RECORDS[:1]
    assert f"{store.RECORDS}:2" in stored.damage
    assert "status" in stored.damage


def test_a_folder_that_is_no_run_is_unreadable_and_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"run\.json"):
        store.read(tmp_path)


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("data")
    with pytest.raises(BenchError, match="not empty"):
        store.create(tmp_path, RUN, {})
    assert [p.name for p in tmp_path.iterdir()] == ["precious"]


def test_a_place_where_nothing_can_be_stored_is_exit_74(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStore) as caught:
        store.create(tmp_path / "file" / "run", RUN, {})
    assert caught.value.exit_code == 74


def test_a_full_disk_stops_the_journal_with_exit_74() -> None:
    appender = Appender(Path("/dev/full"))
    with pytest.raises(CannotStore, match="No space left") as caught:
        appender.append(b"{}")
    appender.close()
    assert caught.value.exit_code == 74


def test_a_failed_write_leaves_what_stood_there_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.md"
    write(path, b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CannotStore):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["table.md"]


def test_runs_are_found_by_path_prefix_and_latest(tmp_path: Path) -> None:
    runs = store.runs_folder(tmp_path)
    for name in ("2026-a", "2026-b", "2027-c"):
        store.create(runs / name, RUN, {})
    assert store.find(str(runs / "2026-a"), tmp_path).name == "2026-a"
    assert store.find("2026-b", tmp_path).name == "2026-b"
    assert store.find("latest", tmp_path).name == "2027-c"
    assert (tmp_path / ".bench" / ".gitignore").read_text() == "*\n"
    with pytest.raises(BenchError, match="2 runs begin with '2026'"):
        store.find("2026", tmp_path)
    with pytest.raises(BenchError, match="no run 'nothing'"):
        store.find("nothing", tmp_path)


def test_a_project_without_runs_says_so(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="none yet"):
        store.find("latest", tmp_path)


def test_names_of_runs_begin_with_the_time_and_differ() -> None:
    one, two = (store.name_of_run("suite", "epyc-2c", now=0.0) for _ in range(2))
    assert one.startswith("19700101T000000Z-suite-epyc-2c-")
    assert one != two
