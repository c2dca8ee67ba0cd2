"""A tool's words → its answer about a case; and what a tool is here: how it is prepared, asked and understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.perf.gate.controls import Control
from tests.perf.gate.peer_files.cases import CASES
from tests.perf.gate.peer_places import said
from tests.perf.gate.repository import git

RULE, LIMIT = 0.05, 0.03

Answer = Literal["worse", "not worse", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a tool measures: its interpreter, the folder of all environments, the repository."""

    python: Path
    places: Path
    repository: Path

    def run(self, *words: str, codes: tuple[int, ...] = (0,), errors: bool = False, **environ: str) -> str:
        """What that interpreter prints, started in the repository."""
        return said([str(self.python), *words], self.repository, codes=codes, errors=errors, **environ)

    def checkout(self, branch: str) -> None:
        """The working tree at that revision."""
        git(self.repository, "checkout", "--quiet", branch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Of a case: by what share the candidate is slower, and whether that is too much, by both rules. `control`: of the
    gate that said so; other tools have none."""

    change: float
    worse: Answer
    worse_at_limit: Answer
    control: Control = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """How a tool is asked. `measure` alone is timed; what it returns is handed to `judge`."""

    rule: str
    measure: Callable[[Site], str]
    judge: Callable[[Site, str], dict[str, Said]]
    packages: tuple[str, ...] = ()
    prepare: Callable[[Site], None] = lambda _: None


def answer(worse: bool) -> Answer:
    """Of a tool that always decides."""
    return "worse" if worse else "not worse"


def by_ratio(base: Mapping[str, float], candidate: Mapping[str, float]) -> dict[str, Said]:
    """Of seconds a step, where the rule is a share alone."""
    changes = {case: candidate[case] / base[case] - 1 for case in CASES}
    return {
        case: Said(change=change, worse=answer(change > RULE), worse_at_limit=answer(change > LIMIT))
        for case, change in changes.items()
    }
