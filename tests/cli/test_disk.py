"""Disks that are full, read-only or broken while a run is measured: exit 74, and what was there stays."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7")
BENCH = f"{sys.executable} -m bench"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 kB, which the records of four cases fill."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", place], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a disk")
    yield place
    subprocess.run(["umount", place], check=True)


def four(scenario: Scenario) -> Path:
    for name in ("one", "two", "three", "four"):
        scenario.case(name)
    return scenario.written()


def assert_that_it_goes_on(run: Path, say: Say) -> None:
    """Nothing that was measured before the disk was full is measured again."""
    before = store.read(run).records
    assert before, "the disk was full too early to show anything"
    assert say("run", "--resume", run).code == 0
    after = store.read(run).records
    assert after[: len(before)] == before
    keys = [(record.kind, record.case, record.round, record.attempt) for record in after]
    assert len(keys) == len(set(keys)) == 28


def test_a_disk_that_fills_up_ends_the_run_which_goes_on_when_there_is_room(
    small: Path, scenario: Scenario, say: Say
) -> None:
    run = small / "run"
    said = say("run", four(scenario), *FAKE, "--out", run)
    assert said.code == 74
    assert f"{run / store.RECORDS}: No space left on device" in said.err
    assert "everything measured before this is kept" in said.err
    assert not list(run.glob(".*")), "no rubbish"
    subprocess.run(["mount", "-o", "remount,size=10m", small], check=True)
    assert_that_it_goes_on(run, say)


def test_a_read_only_disk_is_refused_before_anything_is_measured(small: Path, scenario: Scenario, say: Say) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    said = say("run", four(scenario), *FAKE, "--out", small / "run")
    assert said.code == 74
    assert f"{small / 'run'}: Read-only file system" in said.err


def test_a_disk_that_becomes_read_only_keeps_the_files_that_it_has(small: Path, scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").written()
    run = small / "run"
    subprocess.run(["mount", "-o", "remount,size=10m", small], check=True)
    assert say("run", file, *FAKE, "--out", run).code == 0
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    said = say("report", run)
    assert said.code == 74
    assert "Read-only file system" in said.err
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


def test_a_limit_on_the_size_of_files_ends_the_run_which_goes_on_without_it(scenario: Scenario, say: Say) -> None:
    run = scenario.folder / "run"
    words = f"ulimit -f 16; exec {BENCH} run {four(scenario)} {' '.join(FAKE)} --out {run}"
    done = subprocess.run(["bash", "-c", words], cwd=scenario.folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 74
    assert f"{run / store.RECORDS}: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert_that_it_goes_on(run, say)


def test_a_place_that_takes_no_folder_is_refused(scenario: Scenario, say: Say) -> None:
    said = say("run", four(scenario), *FAKE, "--out", "/proc/bench-run")
    assert said.code == 74
    assert "/proc/bench-run" in said.err
    assert "--out" in said.err


def test_a_disk_that_breaks_ends_the_run_at_once(scenario: Scenario, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """The eighth time that something is to reach the disk it does not."""
    flush, times = os.fsync, iter(range(1000))

    def fail(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith(store.RECORDS) and next(times) >= 7:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    said = say("run", four(scenario), *FAKE)
    monkeypatch.setattr(os, "fsync", flush)
    assert said.code == 74
    assert "Input/output error" in said.err
    (run,) = scenario.runs
    assert len(store.read(run).records) == 8
    assert not (run / "measurements.csv").exists()
    assert_that_it_goes_on(run, say)
