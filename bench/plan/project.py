"""A suite's file → the project around it: its root, the suite's folder, and the folders where targets may live."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`folder` is the suite's; targets are looked for there first, then in `paths`."""

    root: Path
    folder: Path
    paths: tuple[Path, ...]


def find_project(suite_file: Path) -> Project:
    """The nearest folder above with pyproject.toml or .git; without one the suite's own.

    Raises BenchError where its pyproject.toml cannot be read, or says nonsense in [tool.bench]."""
    folder = suite_file.resolve().parent
    marked = (f for f in (folder, *folder.parents) if (f / "pyproject.toml").is_file() or (f / ".git").exists())
    root = next(marked, folder)
    return Project(root=root, folder=folder, paths=_paths(root))


def _paths(root: Path) -> tuple[Path, ...]:
    configured = _configured(root / "pyproject.toml")
    if configured is not None:
        return tuple(dict.fromkeys((root / path).resolve() for path in configured))
    return (root, root / "src") if (root / "src").is_dir() else (root,)


def _configured(file: Path) -> list[str] | None:
    if not file.is_file():
        return None
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot be read: {error}", where=str(file)) from None
    tool = content.get("tool", {})
    section = tool.get("bench", {}) if isinstance(tool, dict) else {}
    paths = section.get("paths") if isinstance(section, dict) else None
    if paths is None:
        return None
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise BenchError('expected a list of folders, such as paths = ["src"]', where=f"{file}: [tool.bench] paths")
    return [str(path) for path in paths]
