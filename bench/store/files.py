"""Bytes → files that are whole or absent, whatever happens to the process or the disk."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bench.errors import CannotStore
from bench.store.seal import sealed


def write(path: Path, content: bytes) -> None:
    """Puts the file in place at once: a temporary neighbour, flushed to disk, renamed.

    Raises CannotStore; what stood there before stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(path) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise cannot_store(path, error) from error


def stale(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """The names of a folder's files that do not hold exactly that text."""
    files = {name: folder / name for name in texts}
    return [name for name, file in files.items() if not file.exists() or file.read_bytes() != texts[name].encode()]


def check_appending(path: Path) -> None:
    """Raises CannotStore where `append_text` could not; a file that was not there is then there, and empty."""
    if not path.is_fifo():  # to open one waits for its reader, and to close it again ends that one
        append_text(path, "")


def meant(path: Path) -> Path:
    """The file that a person means by that name: a link is followed.

    Raises CannotStore where something else than a file has it, a device or a folder, of which `write` would make one.
    """
    target = Path(os.path.realpath(path))
    if os.path.exists(target) and not os.path.isfile(target):
        raise CannotStore("this is not a file", where=str(path), hint="name a file, there or not there yet")
    return target


def check_writing(path: Path) -> None:
    """Raises CannotStore where `write` could not; a folder that was not there is then there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(path):
            pass
    except OSError as error:
        raise cannot_store(path, error) from error


def append_text(path: Path, text: str) -> None:
    """Adds to the end of a file that others write to as well, such as a step's summary.

    Raises CannotStore."""
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise cannot_store(path, error) from error


@contextmanager
def _temporary(path: Path) -> Iterator[IO[bytes]]:
    """A new neighbour, which is gone again unless it was renamed."""
    name = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with open(name, "wb") as file:
        try:
            yield file
        finally:
            name.unlink(missing_ok=True)


class Appender:
    """A file that only grows: each line is on disk before `append` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            _flush_folder(path.parent)
        except OSError as error:
            raise cannot_store(path, error) from error

    def append(self, line: bytes) -> None:
        """One line, given without its newline; it is sealed (bench.store.seal).

        Raises CannotStore; a line that was cut off is dropped by whoever reads the file."""
        data = sealed(line) + b"\n"
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
            os.fsync(self._descriptor)
        except OSError as error:
            raise cannot_store(self.path, error) from error

    def close(self) -> None:
        """No more lines."""
        os.close(self._descriptor)


def cannot_store(path: Path, error: OSError) -> CannotStore:
    """The error with what the person can do about it."""
    return CannotStore(
        error.strerror or str(error),
        where=str(path),
        hint="make room or choose another folder with --out; everything measured before this is kept",
    )


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
