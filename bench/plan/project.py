"""A suite's file → the project around it: its root, the suite's folder, and what its [tool.bench] says."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.errors import BenchError
from bench.plan.nearest import nearest

KEYS = ("paths", "gate")
"""What [tool.bench] may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`folder` is the suite's; targets are looked for there first, then in `paths`. `gate` is [tool.bench.gate] as it
    is written, which `bench.plan.gate_policy` reads: only a gate minds what stands there."""

    root: Path
    folder: Path
    paths: tuple[Path, ...]
    gate: object = field(default_factory=dict)


def find_project(suite_file: Path) -> Project:
    """The nearest folder above with pyproject.toml or .git; without one the suite's own.

    Raises BenchError where its pyproject.toml cannot be read, or says nonsense in [tool.bench]."""
    folder = suite_file.resolve().parent
    marked = (f for f in (folder, *folder.parents) if (f / "pyproject.toml").is_file() or (f / ".git").exists())
    root = next(marked, folder)
    said = _said(root / "pyproject.toml")
    return Project(root=root, folder=folder, paths=_paths(root, said), gate=said.get("gate", {}))


def _said(file: Path) -> Mapping[str, object]:
    """[tool.bench]; nothing where there is none."""
    if not file.is_file():
        return {}
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot be read: {error}", where=str(file)) from None
    tool = content.get("tool", {})
    section = tool.get("bench", {}) if isinstance(tool, dict) else {}
    if not isinstance(section, dict):
        return {}
    if strange := next((key for key in section if key not in KEYS), None):
        raise BenchError(f"unknown key{nearest(strange, KEYS)}", where=f"{file}: [tool.bench] {strange}")
    return section


def _paths(root: Path, said: Mapping[str, object]) -> tuple[Path, ...]:
    paths = said.get("paths")
    if paths is None:
        return (root, root / "src") if (root / "src").is_dir() else (root,)
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        where = f"{root / 'pyproject.toml'}: [tool.bench] paths"
        raise BenchError('expected a list of folders, such as paths = ["src"]', where=where)
    return tuple(dict.fromkeys((root / path).resolve() for path in paths))
