"""What the tests of the command line share, above all those of `bench gate`."""

import secrets
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.measure import pairing
from bench.measure.processes import tell
from tests.evidence.kills import MARK, marked
from tests.gate_scenario import FAKE, GateScenario, Told, told
from tests.measure.made_up_repository import without_settings
from tests.scenario import Said, bench


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """What every process of a run or a gate inherits; a test that fails leaves none behind."""
    value = secrets.token_hex(8)
    monkeypatch.setenv(MARK, value)
    yield value
    for pid in marked(value):
        tell(pid, signal.SIGKILL)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GateScenario:
    """An empty repository, with temporary files of its own and without anybody's settings of git."""
    without_settings(monkeypatch)
    temporary, folder = tmp_path / "temporary", tmp_path / "project"
    for each in (temporary, folder):
        each.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("BENCH_LOCK", str(folder / "lock"))
    return GateScenario(folder)


@pytest.fixture
def verb(repo: GateScenario, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`bench …` in the repository: verb("show", "latest")."""

    def run(*words: str | Path, folder: Path | None = None) -> Said:
        return bench(*words, folder=folder or repo.folder, monkeypatch=monkeypatch, capfd=capfd)

    return run


@pytest.fixture
def gate(verb: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """`bench gate … --json` on the fake device, with a control of six pairs, the fewest that have an interval, and
    a server for all of them, as starting servers takes longer than all else: gate(file, "--against", "HEAD")."""
    monkeypatch.setattr(pairing, "CONTROL_PAIRS", 6)
    monkeypatch.setattr(pairing, "ROUNDS_PER_SERVER", 40)

    def run(*words: str | Path, against: str = "HEAD", folder: Path | None = None) -> Told:
        return told(verb("gate", *words, "--against", against, *FAKE, "--json", folder=folder))

    return run
