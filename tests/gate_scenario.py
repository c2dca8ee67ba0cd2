"""A scenario in a repository of its own: what is committed is the base, what is then written the candidate."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bench.records.nouns import Record
from bench.records.suite import Level
from bench.store import folder as store
from tests.measure.made_up_repository import commit, git
from tests.scenario import Said, Scenario

FAKE = ("--device", "fake", "--seed", "7")


class GateScenario(Scenario):
    """Cases as in every scenario; `fault` may also be what happens to one side."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        git(folder, "init", "-q", "-b", "main")
        (folder / ".gitignore").write_text("lock\n__pycache__/\n")

    def suite(self, *, gate: str = "", more: str = "", **policy: Level) -> Path:
        """The suite's file, with that `gate:` block and whatever other sections."""
        file = self.written(**policy)
        block = f"gate: {{{gate}}}\n" if gate else ""
        file.write_text(file.read_text() + block + more)
        return file

    def committed(self, *, gate: str = "", more: str = "", **policy: Level) -> Path:
        """The same, and everything in the folder is a commit."""
        file = self.suite(gate=gate, more=more, **policy)
        commit(self.folder, {})
        return file

    @property
    def latest(self) -> Path:
        """The youngest run."""
        return self.runs[-1]

    @property
    def records(self) -> tuple[Record, ...]:
        """The youngest run's."""
        return store.read(self.latest).records

    def trees(self) -> list[str]:
        """The worktrees that git knows beside this one."""
        lines = git(self.folder, "worktree", "list", "--porcelain").splitlines()
        return [line for line in lines if line.startswith("worktree ")][1:]


@dataclass(frozen=True, slots=True)
class Told:
    """What `bench gate --json` said."""

    said: Said
    whole: Mapping[str, object]

    @property
    def code(self) -> int:
        return self.said.code

    @property
    def verdict(self) -> str:
        return str(self.whole["verdict"])

    @property
    def cases(self) -> dict[str, dict[str, object]]:
        """By the level of `name`."""
        cases = cast("list[dict[str, object]]", self.whole["cases"])
        return {str(case["case"]).split(",")[0].removeprefix("name="): case for case in cases}

    @property
    def verdicts(self) -> dict[str, str]:
        return {name: str(case["verdict"]) for name, case in self.cases.items()}


def told(said: Said) -> Told:
    """Fails where standard output holds anything but JSON."""
    return Told(said, json.loads(said.out))
