"""One measurement at a time."""

from pathlib import Path

import pytest

from bench.errors import BenchError, Busy
from bench.measure.lock import machine_lock


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
