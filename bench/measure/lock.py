"""One measurement at a time on a machine: the outermost verb holds a lock that the kernel frees whatever happens."""

import fcntl
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import BenchError, Busy

_POLL_SECONDS = 0.5


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
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        hint = "set BENCH_LOCK to a file that can be written; all who measure on this machine must share it"
        raise BenchError(error.strerror or str(error), where=str(path), hint=hint) from error
    try:
        _take(descriptor, wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}, {label}".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int, wait: float | None) -> None:
    deadline = None if wait is None else time.monotonic() + wait
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 300, 0).decode("utf-8", "replace") or "another process"
            if deadline is not None and time.monotonic() >= deadline:
                message = f"another measurement is running here: {holder}"
                raise Busy(
                    message, hint="wait for it with --wait SECONDS; two at a time would disturb each other"
                ) from None
            if not told:
                print(f"waiting for another measurement: {holder}", file=sys.stderr)
                told = True
            time.sleep(_POLL_SECONDS)
        else:
            return
