"""One measurement at a time."""

import os
from pathlib import Path

import pytest

from bench.errors import BenchError, Busy, CannotStore
from bench.measure.lock import machine_lock, run_lock


@pytest.fixture(autouse=True)
def _own_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCK", str(tmp_path / "lock"))


def test_a_second_measurement_is_refused_and_told_who_holds_the_machine() -> None:
    with machine_lock("the first", wait=0), pytest.raises(Busy, match="the first"), machine_lock("second", wait=0):
        raise AssertionError("two at once")


def test_the_lock_is_free_again_afterwards() -> None:
    for name in ("one", "two"):
        with machine_lock(name, wait=0):
            held = Path(__file__).exists()
        assert held


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "lock").symlink_to(victim)
    with pytest.raises(BenchError, match="symbolic"), machine_lock("x", wait=0):
        raise AssertionError("followed")
    assert victim.read_text() == "precious"


def test_a_run_is_one_measurement_s_at_a_time_and_the_second_is_told_whose(tmp_path: Path) -> None:
    file = tmp_path / "run" / "lock"
    file.parent.mkdir()
    with run_lock(file, "the first"):
        with pytest.raises(Busy, match=f"process {os.getpid()}, the first") as caught, run_lock(file, "second"):
            raise AssertionError("two at once")
        assert caught.value.where == str(file.parent)
        assert caught.value.exit_code == 2
        with run_lock(tmp_path / "another", "the second"):
            assert file.read_text()
    with run_lock(file, "third"):
        assert "third" in file.read_text()
    assert not file.read_text(), "nobody holds it"


def test_a_run_that_cannot_be_locked_is_not_stored_to_either(tmp_path: Path) -> None:
    with pytest.raises(CannotStore, match="No such file"), run_lock(tmp_path / "gone" / "lock", "x"):
        raise AssertionError("locked")
