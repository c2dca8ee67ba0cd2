"""Sources, data and texts → short hashes: what resuming compares, by content and never by time."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

_NOT_THE_SUBJECT = ("site-packages", "__pycache__", "node_modules")


def hash_of_text(text: bytes) -> str:
    """A short hash."""
    return hashlib.sha256(text).hexdigest()[:16]


def hash_of_sources(folders: Sequence[Path]) -> str:
    """A hash over every `*.py` below the folders; environments, caches and hidden folders are not the subject."""
    files = {file for folder in folders for file in _sources(folder)}
    return _hash_of_files(sorted(files), folders)


def hash_of_data(folder: Path | None) -> str:
    """A hash over the files of the data folder, `none` without one."""
    if folder is None:
        return "none"
    return _hash_of_files(sorted(file for file in folder.rglob("*") if file.is_file()), [folder])


def _sources(folder: Path) -> list[Path]:
    found: list[Path] = []
    for here, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _NOT_THE_SUBJECT and _is_code(here, f)]
        found += [Path(here, name) for name in files if name.endswith(".py") and _is_source(here, name)]
    return found


def _is_source(here: str, name: str) -> bool:
    """Editors leave hidden links that lead nowhere; a pipe would never end."""
    return not name.startswith(".") and os.path.isfile(os.path.join(here, name))


def _is_code(here: str, folder: str) -> bool:
    return not os.path.exists(os.path.join(here, folder, "pyvenv.cfg"))


def _hash_of_files(files: Sequence[Path], folders: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        below = next(folder for folder in folders if file.is_relative_to(folder))
        with open(file, "rb") as opened:
            total.update(f"{file.relative_to(below)}\0".encode())
            total.update(hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()[:16]
