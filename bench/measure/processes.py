"""What a server does to processes: makes a child of a fork, bounds it, keeps its log short, ends its whole descent."""

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import time
from functools import cache
from pathlib import Path
from typing import NoReturn

from bench.measure.kernel import ROOT, group_files

Json = dict[str, object]

CANNOT_REPORT = 70
"""A child's exit status when it could not send its record; one that a case chooses itself reads the same."""

LOG_LIMIT = 16_384
"""Bytes kept of what a child prints: the first half and the last."""

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def become_reaper() -> None:
    """Orphans among our descendants become our children, whatever sessions they have opened."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def write_line(descriptor: int, message: Json) -> None:
    """One line of JSON, however many writes the pipe makes of it."""
    data = (json.dumps(message) + "\n").encode()
    while data:
        data = data[os.write(descriptor, data) :]


class Channel:
    """The child's way to the server: one JSON line per stage and per record, on a descriptor of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._owner = descriptor, os.getpid()

    def stage(self, name: str) -> None:
        """What the child does from now on: where it was, should it end without a word."""
        self._write({"stage": name})

    def record(self, content: Json) -> None:
        """What became of a case."""
        self._write({"record": content})

    def _write(self, message: Json) -> None:
        if os.getpid() != self._owner:
            os._exit(CANNOT_REPORT)  # a case has forked, and this copy of it would report the case once more
        write_line(self._descriptor, message)


class Log:
    """The first and the last of what was printed, so that a flood costs no memory."""

    def __init__(self) -> None:
        self.head, self.tail, self.size = b"", b"", 0

    def add(self, data: bytes) -> None:
        self.size += len(data)
        room = LOG_LIMIT // 2 - len(self.head)
        self.head, rest = self.head + data[:room], data[room:]
        self.tail = (self.tail + rest)[-LOG_LIMIT // 2 :]

    def text(self) -> str:
        left_out = self.size - len(self.head) - len(self.tail)
        gap = f"\n… {left_out} bytes left out …\n".encode() if left_out else b""
        return (self.head + gap + self.tail).decode("utf-8", "replace")


def poll_time(deadline: float) -> float:
    """Milliseconds for `poll` until a moment of the monotonic clock; an hour at most, since it takes only 31 bits of
    them: where nothing came, the moment need not have come either."""
    return min(max(0.0, deadline - time.monotonic()), 3600.0) * 1000


def take(descriptor: int, log: Log) -> bool:
    data = os.read(descriptor, 1 << 16)
    log.add(data)
    return bool(data)


def preload(setup: Json) -> dict[str, str]:
    """Imports the worker, and what the suite asks for; an import that fails is told, and fails again in the case that
    needs it, with its own message."""
    importlib.import_module(str(setup["worker"]))
    failed = {}
    names = setup["preload"]
    assert isinstance(names, list)
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - whatever a foreign module raises at import
            failed[name] = f"{type(error).__name__}: {error}"
    return failed


def become_child(request: Json, log_end: int) -> None:
    """A session and cores of its own, output into the log, no core files, a bound on memory, death with the server; in
    a gate its side's folder, and its side's bytecode."""
    os.setsid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log_end, 1)
    os.dup2(log_end, 2)
    cores = request["cores"]
    assert isinstance(cores, list)
    os.sched_setaffinity(0, cores)
    tree = request.get("tree")
    if isinstance(tree, dict):
        os.chdir(str(tree["folder"]))
        sys.pycache_prefix, sys.dont_write_bytecode = str(tree["bytecode"]), False
    limit_memory(request)


def opened_gpu(descriptors: Path = Path("/proc/self/fd")) -> str:
    """The file of NVIDIA's driver that this process has open, the first by name; empty where it has none. Asking for
    the number of GPUs can be enough to open one, and a fork of such a process cannot use CUDA."""
    links = []
    for descriptor in descriptors.iterdir():
        with contextlib.suppress(OSError):  # the one that this folder is read through is gone
            links.append(os.readlink(descriptor))
    return min((link for link in links if link.startswith("/dev/nvidia")), default="")


def limit_memory(request: Json) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = request.get("memory")
    if memory is not None:
        # torch maps gigabytes of address space without using them: the limit counts from what is mapped now.
        limit = mapped() + int(str(memory))
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def mapped() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def oom_kills() -> int:
    """How many processes the kernel has ended for want of memory, in this process's control group if that counts."""
    return _oom_kills(_oom_counter()) or 0


@cache
def _oom_counter() -> Path:
    """The own group's counter, which sees every such end in it, whichever limit above it was reached; else the
    machine's, which also sees those of others."""
    files = group_files(ROOT, "memory", "memory.events", "memory.oom_control")
    return next((file for file in files if _oom_kills(file) is not None), Path("/proc/vmstat"))


def _oom_kills(counter: Path) -> int | None:
    with open(counter) as file:
        return next((int(line.split()[1]) for line in file if line.startswith("oom_kill ")), None)


def descent(root: int) -> list[int]:
    """The living descendants of a process. A server is, as their subreaper, the parent of every orphan among them."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue  # it ended while we looked
            if fields[0] != b"Z":
                parents[int(name)] = int(fields[1])
    found: list[int] = []
    frontier = {root}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        found += frontier
    return found


def company() -> int:
    """How many threads and descendants this process has beside its main thread: whoever may work while that one
    waits."""
    return len(os.listdir("/proc/self/task")) - 1 + len(descent(os.getpid()))


def sweep() -> int:
    """Ends every descendant, also those with sessions of their own, and reaps them; how many there were."""
    ended: set[int] = set()
    while True:
        try:
            reaped, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return len(ended)
        if reaped == 0:
            for pid in descent(os.getpid()):
                ended.add(pid)
                tell(pid, signal.SIGKILL)
            time.sleep(0.001)


def end_descent(root: int) -> None:
    """Ends all descendants of a process at once, from outside: they are stopped first, so that none can start another
    while the others end."""
    stopped: set[int] = set()
    while found := set(descent(root)) - stopped:
        for pid in found:
            tell(pid, signal.SIGSTOP)
        stopped |= found
    for pid in stopped:
        tell(pid, signal.SIGKILL)


def tell(pid: int, number: signal.Signals) -> None:
    """Sends a signal to a process, which may have ended by itself meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def flush_and_exit(code: int) -> NoReturn:
    """Ends this process without running what the server has registered for its own exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or CANNOT_REPORT  # a case may close our streams
    os._exit(code)
