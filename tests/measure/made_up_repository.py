"""Repositories of git with a past, whatever the settings of whoever runs the tests."""

import os
import subprocess
from pathlib import Path

import pytest


def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git as if nobody had set anything, neither in a file nor in the environment."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def two_commits(parent: Path) -> Path:
    """`subject.py` says 1 and then 2, in a folder with an odd name."""
    folder = made(parent / "my repository\nof code")
    commit(folder, {"subject.py": "value = 1\n"})
    commit(folder, {"subject.py": "value = 2\n"})
    return folder


def made(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return folder


def git(folder: Path, *words: str) -> str:
    person = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    command = ["git", *person, "-c", "protocol.file.allow=always", "-C", str(folder), *words]
    environ = {k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environ).stdout.removesuffix("\n")


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def commit(folder: Path, files: dict[str, str]) -> str:
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "change")
    return git(folder, "rev-parse", "HEAD")


def listed(folder: Path) -> int:
    """How many worktrees git knows beside the main one."""
    return len(list(Path(folder, ".git").glob("worktrees/*")))
