"""One measurement at a time on a machine, and in a run's folder: locks that the kernel frees whatever happens."""

import fcntl
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import BenchError, Busy, CannotStore

_POLL_SECONDS = 0.5
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def lock_file() -> Path:
    """`$BENCH_LOCK`, else a file per user among the temporary files."""
    chosen = os.environ.get("BENCH_LOCK")
    return Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"bench-{os.getuid()}.lock"


@contextmanager
def machine_lock(label: str, *, wait: float | None) -> Iterator[None]:
    """Holds the machine. `wait`: seconds to wait for it, none to wait for ever.

    Raises Busy, naming who holds it."""
    path = lock_file()
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        hint = "set BENCH_LOCK to a file that can be written; all who measure on this machine must share it"
        raise BenchError(error.strerror or str(error), where=str(path), hint=hint) from error
    with _held(descriptor):
        _take(descriptor, wait)
        with _named(descriptor, label):
            yield


@contextmanager
def run_lock(path: Path, label: str) -> Iterator[None]:
    """Holds a run by a file of its folder, which stays there when the run is over.

    Raises Busy, naming who holds it, CannotStore where there can be no such file."""
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        hint = "nothing was measured: a run's folder must be one that can be written to"
        raise CannotStore(error.strerror or str(error), where=str(path), hint=hint) from error
    with _held(descriptor):
        if not _free(descriptor):
            what = f"this run is being measured: {_holder(descriptor)}"
            raise Busy(what, where=str(path.parent), hint="wait for its end; two would measure everything twice")
        with _named(descriptor, label):
            yield


@contextmanager
def _held(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _named(descriptor: int, label: str) -> Iterator[None]:
    """Says in the file who holds it."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()}, {label}".encode(), 0)
    yield
    os.ftruncate(descriptor, 0)


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 300, 0).decode("utf-8", "replace") or "another process"


def _free(descriptor: int) -> bool:
    """Whether the lock is ours from now on."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _take(descriptor: int, wait: float | None) -> None:
    deadline = None if wait is None else time.monotonic() + wait
    told = False
    while not _free(descriptor):
        holder = _holder(descriptor)
        if deadline is not None and time.monotonic() >= deadline:
            message = f"another measurement is running here: {holder}"
            raise Busy(message, hint="wait for it with --wait SECONDS; two at a time would disturb each other")
        if not told:
            print(f"waiting for another measurement: {holder}", file=sys.stderr)
            told = True
        time.sleep(_POLL_SECONDS)
