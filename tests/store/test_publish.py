"""Publishing keeps the sources of a run, compressed, and never mixes machines."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import BenchError, Incomparable
from bench.records.codec import encode
from bench.records.nouns import Machine
from bench.store import folder as store
from bench.store.publish import publish, published, published_folder
from tests.store.test_folder import RECORDS, RUN


def stored(tmp_path: Path, *, identity: str = "0" * 16) -> store.Stored:
    folder = tmp_path / f"run-{identity}"
    made = replace(RUN, machine=Machine(name="machine", identity=identity, facts={}))
    store.create(folder, made, {"suite": "/home/somebody/s.yaml", "data": ""})
    journal = store.journal(folder)
    for record in RECORDS:
        journal.append(encode(record))
    journal.close()
    return store.read(folder)


def test_a_published_run_reads_like_the_run_and_holds_no_local_path(tmp_path: Path) -> None:
    run = stored(tmp_path)
    home = published_folder(tmp_path / "results", run, None)
    publish(run, home, machine=None)
    again = store.read(home)
    assert (again.run, again.records) == (run.run, run.records)
    assert home == tmp_path / "results" / "made-up" / "machine"
    assert not any(b"/home/somebody" in path.read_bytes() for path in home.iterdir())
    assert published(tmp_path / "results") == [home]


def test_publishing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    run = stored(tmp_path)
    home = published_folder(tmp_path / "results", run, None)
    publish(run, home, machine=None)
    first = {path.name: path.read_bytes() for path in home.iterdir()}
    publish(run, home, machine=None)
    assert {path.name: path.read_bytes() for path in home.iterdir()} == first


def test_a_run_of_another_machine_is_not_replaced_unless_a_name_is_given(tmp_path: Path) -> None:
    results = tmp_path / "results"
    one, two = stored(tmp_path), stored(tmp_path, identity="f" * 16)
    publish(one, published_folder(results, one, None), machine=None)
    with pytest.raises(Incomparable, match="another machine"):
        published_folder(results, two, None)
    home = published_folder(results, two, "other")
    publish(two, home, machine="other")
    assert store.read(home).run.machine.name == "other"


def test_a_damaged_run_is_not_published(tmp_path: Path) -> None:
    run = replace(stored(tmp_path), damage="records.jsonl:2: wrong")
    with pytest.raises(BenchError, match="not published"):
        publish(run, tmp_path / "results" / "x", machine=None)
