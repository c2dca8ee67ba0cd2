"""A run folder keeps what it was given, and says what it lost."""

import errno
import gzip
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.errors import BenchError, CannotStore, Unreadable
from bench.records.codec import encode
from bench.records.nouns import Record, Start
from bench.store import folder as store
from bench.store.files import Appender, write
from bench.store.seal import sealed, unsealed
from tests.measure.made_up import case, run

RUN = run([case(model="one")])
RECORDS = tuple(
    Record(schema=1, kind="timed", status="ok", case="model=one", round=n, sequence=n, loops=1, samples=(1, 2, 3))
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


def written(line: bytes, old: bytes, new: bytes) -> bytes:
    """The line as somebody would have sealed it who has written something else."""
    return sealed(unsealed(line.rstrip(), where="").replace(old, new)) + b"\n"


def test_a_line_without_a_seal_is_read_as_the_first_version_wrote_it(made: Path) -> None:
    path = made / store.RECORDS
    path.write_bytes(b"".join(encode(record) + b"\n" for record in RECORDS))
    assert store.read(made).records == RECORDS


def test_a_damaged_line_ends_the_records_and_is_named(made: Path) -> None:
    path = made / store.RECORDS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + written(lines[1], b'"ok"', b'"ko"') + lines[2])
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


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG])
def test_whatever_the_disk_refuses_is_exit_74_with_its_reason_and_place(
    made: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    journal = store.journal(made)
    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(CannotStore, match=os.strerror(error)) as caught:
        journal.append(b"{}")
    monkeypatch.undo()
    journal.close()
    assert caught.value.exit_code == 74
    assert caught.value.where == str(made / store.RECORDS)
    assert store.read(made).records == RECORDS


def test_a_write_that_is_interrupted_leaves_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "table.md", b"new")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("bit", range(8))
def test_a_journal_that_decayed_at_any_bit_keeps_the_lines_before_and_names_the_one(made: Path, bit: int) -> None:
    path = made / store.RECORDS
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for place in range(first, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        stored = store.read(made)
        number = whole[:place].count(b"\n") + 1
        assert stored.records == RECORDS[: number - 1]
        assert f"{path}:{number}: " in stored.damage


def test_a_file_of_which_not_even_the_first_record_can_be_read_is_refused(made: Path) -> None:
    (made / store.RECORDS).write_bytes(b"PK\x03\x04 somebody else's\n" * 10)
    with pytest.raises(Unreadable, match=rf"{store.RECORDS}:1: ") as caught:
        store.read(made)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", [store.RUN, store.RECORDS, store.LOCAL])
def test_a_gigabyte_of_nothing_is_refused_and_not_taken_into_memory(made: Path, name: str) -> None:
    with open(made / name, "wb") as file:
        file.truncate(1 << 30)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="over 64 MiB"):
        store.read_local(made) if name == store.LOCAL else store.read(made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300 << 20


def test_a_gigabyte_behind_sound_records_leaves_them_readable(made: Path) -> None:
    os.truncate(made / store.RECORDS, 1 << 30)
    stored = store.read(made)
    assert stored.records == RECORDS
    assert f"{store.RECORDS}:4: a line of over 64 MiB" in stored.damage


def packed(made: Path, spoil: Callable[[bytes], bytes]) -> Path:
    """Puts the journal's place a compressed one, of more than a block, that somebody has spoilt."""
    lines = (made / store.RECORDS).read_bytes()
    (made / store.RECORDS).unlink()
    file = made / f"{store.RECORDS}.gz"
    stored = b"".join(gzip.compress(part, mtime=0) for part in (lines, os.urandom(4096).hex().encode() + b"\n"))
    file.write_bytes(spoil(stored))
    return file


def test_a_compressed_journal_that_is_cut_off_keeps_the_lines_before(made: Path) -> None:
    file = packed(made, lambda content: content[:-20])
    stored = store.read(made)
    assert stored.records == RECORDS
    assert f"{file}:4: " in stored.damage


def test_a_compressed_journal_whose_bytes_have_changed_is_refused(made: Path) -> None:
    file = packed(made, lambda content: content[:12] + b"\xff" * 30 + content[42:])
    with pytest.raises(Unreadable, match=f"{file}:1: "):
        store.read(made)


def test_a_run_of_a_newer_bench_is_refused_and_says_to_update(made: Path) -> None:
    file = made / store.RUN
    file.write_bytes(file.read_bytes().replace(b'"schema":1', b'"schema":2', 1))
    with pytest.raises(Unreadable, match="schema 2 is newer") as caught:
        store.read(made)
    assert (caught.value.exit_code, caught.value.hint) == (2, "update bench")


def test_records_of_a_newer_bench_are_named_and_left_out(made: Path) -> None:
    path = made / store.RECORDS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + written(lines[1], b'"schema":1', b'"schema":2') + lines[2])
    stored = store.read(made)
    assert stored.records == RECORDS[:1]
    assert f"{path}:2: schema 2 is newer" in stored.damage


def test_a_start_that_cannot_be_read_is_damage_and_the_records_are_there(made: Path) -> None:
    (made / store.STARTS).write_bytes(b"nonsense\n")
    stored = store.read(made)
    assert (stored.starts, stored.records) == ((), RECORDS)
    assert f"{store.STARTS}:1: " in stored.damage
