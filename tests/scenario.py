"""A suite for the fake device, written to a folder of its own, and the command line over it.

Scenario(folder).case("quick", takes=0.001).case("broken", fault="raise").run()
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from bench.cli import main
from bench.records.suite import Level
from bench.store import folder as store

BUILDER = """
LEVELS = {"name": (%s)}

def workload(name, **levels):
    raise AssertionError("the fake device builds nothing")
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


class Scenario:
    """Cases are levels of one factor, `name`; each bundles what scripts it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cases = folder, dict[str, dict[str, Level]]()
        (folder / "pyproject.toml").write_text("")

    def case(self, name: str, **levels: Level) -> Self:
        """One case more."""
        self.cases[name] = levels
        return self

    def written(self, **policy: Level) -> Path:
        """The suite's file. Its rounds share a server, whose start takes longer than all else of a run, unless told."""
        keys = {"rounds": 6, "max_rounds": 6, "rounds_per_server": 6, "timeout": 20, **policy}
        names = sorted({"takes", "fault"} & {key for levels in self.cases.values() for key in levels})
        defaults: dict[str, Level] = {"takes": 0.001, "fault": "none"}
        blocks: list[dict[str, list[Level]]] = [
            {"name": [name], **{key: [levels.get(key, defaults[key])] for key in names}}
            for name, levels in self.cases.items()
        ]
        placed = ", ".join(["name", *names])
        lines = [
            "title: A scenario",
            "question: What becomes of these cases?",
            f"policy: {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}",
            "base: {target: 'builder:workload', size: 1}",
            "factors:",
            *(
                f"  - {{{', '.join(f'{key}: {levels}' for key, levels in block.items())}, size: [1]}}"
                for block in blocks
            ),
            "metrics: [latency, parameters]",
            f"tables: [{{rows: [{placed}], columns: size, value: latency}}]",
        ]
        quoted = ", ".join(f'"{name}"' for name in self.cases)
        (self.folder / "builder.py").write_text(BUILDER % (quoted + ","))
        file = self.folder / "scenario.yaml"
        file.write_text("\n".join(lines) + "\n")
        return file

    @property
    def runs(self) -> list[Path]:
        """The runs that it has measured, oldest first; their names tell no two of one second apart."""
        made = [path.with_name(store.LOCAL) for path in store.runs_folder(self.folder).glob(f"*/{store.RUN}")]
        return [path.parent for path in sorted(made, key=lambda path: path.stat().st_mtime_ns)]


def bench(*words: str | Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Said:
    """The command line in this process, in that folder."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["bench", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capfd.readouterr()
    assert isinstance(ended.value.code, int)
    return Said(ended.value.code, said.out, said.err)


def started(words: Sequence[str | Path], *, folder: Path) -> subprocess.Popen[str]:
    """The command line in a process of its own, to be interrupted or killed."""
    return subprocess.Popen(
        [sys.executable, "-m", "bench", *map(str, words)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "BENCH_LOCK": str(folder / "lock")},
    )


def wait_until(condition: Callable[[], bool]) -> None:
    """Returns as soon as it holds; fails where it does not come about in a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come about in time")
