"""What every test shares."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenario import Said, Scenario, bench

DRIVER = Path("/dev/nvidiactl")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what needs a GPU where no driver of one is; `pytest -m cuda` runs all of it where there is one."""
    if DRIVER.exists():
        return
    for item in items:
        if item.get_closest_marker("cuda"):
            item.add_marker(pytest.mark.skip(reason=f"no NVIDIA driver ({DRIVER}) on this machine"))


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """An empty scenario in a project of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Scenario(folder)


@pytest.fixture
def say(scenario: Scenario, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`bench …` in the scenario's folder: say("run", file)."""
    monkeypatch.setenv("BENCH_LOCK", str(scenario.folder / "lock"))

    def run(*words: str | Path) -> Said:
        return bench(*words, folder=scenario.folder, monkeypatch=monkeypatch, capfd=capfd)

    return run
