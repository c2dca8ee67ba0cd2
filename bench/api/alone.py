"""Where a measurement takes place, and that it is alone there: the machine's lock, its cores, the signals to it."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bench.api.planning import Plan
from bench.errors import BenchError, Stopped
from bench.measure.device import kind_of
from bench.measure.lock import machine_lock
from bench.measure.processes import end_descent
from bench.plan.project import Project, find_project

DATA = "BENCH_DATA"
"""A variable of the environment that a subject may read: the folder of the data."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a run's suite, its project and its data lie on this machine, and the cores that this process was allowed
    when it was asked."""

    file: Path
    project: Project
    data: Path | None
    cores: tuple[int, ...]

    @classmethod
    def here(cls, file: Path, data: Path | None) -> "Site":
        """The site of that suite, now."""
        cores = tuple(sorted(os.sched_getaffinity(0)))
        return cls(file=file.resolve(), project=find_project(file), data=data.resolve() if data else None, cores=cores)

    @classmethod
    def of(cls, planned: Plan) -> "Site":
        """The site of what was planned, with the data that was asked for or that the environment names."""
        asked = planned.options.data
        if asked is not None and not asked.is_dir():
            raise BenchError("no such folder", where=str(asked), hint="--data names a folder that is there")
        named = os.environ.get(DATA)
        return cls.here(planned.file, asked or (Path(named) if named else None))

    @property
    def own_cores(self) -> tuple[int, ...]:
        """The harness's: all but the last, which is the children's first; the only one where there is only one."""
        return self.cores[:-1] or self.cores


@contextmanager
def measuring(name: str, site: Site, *, device: str, wait: float | None) -> Iterator[None]:
    """Alone on the machine, off the children's cores, and told of signals; a fake device needs the last alone."""
    if not sys.platform.startswith("linux"):
        raise BenchError("measuring needs Linux", hint="reading and reporting work here")
    if not kind_of(device).real:
        with interruptible():
            yield
        return
    with machine_lock(name, wait=wait), interruptible():
        os.sched_setaffinity(0, site.own_cores)
        try:
            yield
        finally:
            os.sched_setaffinity(0, site.cores)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turns SIGINT, SIGTERM and SIGHUP into Stopped, in the main thread: other threads cannot be told of signals.

    The first lets the servers end what they have started, and says so, because that may take seconds; the second ends
    every process at once. Whoever was stopped is about to end, and further signals are ignored: at the moment at which
    Python puts its own handlers back they would end the process without the exit code that was promised."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stopped: list[int] = []
    over = False

    def stop(number: int, _: FrameType | None) -> None:
        if over or len(stopped) == 2:
            return
        stopped.append(number)  # first of all: the next signal may come while this one is answered
        what = f"stopped by {signal.Signals(number).name}"
        if len(stopped) == 2:
            end_descent(os.getpid())
        else:
            with suppress(OSError):  # of SIGHUP there may be nobody to be told
                os.write(2, f"bench: {what}: ending what runs; once more ends it at once\n".encode())
        raise Stopped(number, what)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    finally:
        over = True
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if stopped else handler)


@contextmanager
def handlers_kept() -> Iterator[None]:
    """The handlers of signals are afterwards what they were."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)
