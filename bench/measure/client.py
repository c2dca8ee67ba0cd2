"""The parent's end of a server: start it, ask it for children, end it and everything below it."""

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, cast

from bench.errors import BenchError, Internal
from bench.measure.card import DETACH, ORDER
from bench.measure.device import kind_of
from bench.measure.processes import Json, end_descent, poll_time, write_line
from bench.records.suite import Allocator

RETAIN = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "4294967296"}
"""glibc gives blocks above these sizes back to the system. With the defaults a network with large activations faults
its memory in anew at every step, up to three times slower; setting them in the child comes too late (mallopt removes
two fifths of the faults), so they stand in the server's environment."""

ENDING_SECONDS = 3.0
"""A server that has not ended so long after its pipe was closed is ended, with everything below it."""

START_SECONDS = 120.0
"""A server that is not ready so long after its start is ended, unless it is given more. Torch takes three seconds, and
may take a minute from a cold network disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a server needs to know at its start, and how long that may take. `own_cores` are away from its children's if
    possible. `hidden`: folders that are not to be in its `sys.path`, whatever put them there."""

    device: str
    launch: str
    preload: tuple[str, ...]
    own_cores: tuple[int, ...]
    allowed_cores: tuple[int, ...]
    environment: dict[str, str]
    start_seconds: float = START_SECONDS
    hidden: tuple[str, ...] = ()


class Server:
    """A running server. Leaving the `with` block ends it, whatever it was doing."""

    def __init__(self, setup: Setup, *, allocator: Allocator, number: int) -> None:
        self.number = number
        kind = kind_of(setup.device)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        reply, reply_end = os.pipe()
        message = {
            "worker": kind.worker,
            "preload": kind.preload,
            "suite_preload": setup.preload if kind.preload else (),
            "launch": setup.launch,
            "own_cores": setup.own_cores,
            "allowed_cores": setup.allowed_cores,
            "reply": reply_end,
            "hidden": setup.hidden,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bench.measure.server", json.dumps(message)],
            stdin=subprocess.PIPE,
            stdout=self._errors,
            stderr=self._errors,
            pass_fds=(reply_end,),
            env=environment(setup.environment, allocator),
            start_new_session=True,  # a terminal's Ctrl-C is the parent's to answer
        )
        os.close(reply_end)
        self._replies = open(reply, "rb")  # noqa: SIM115 - closed with the server
        try:
            self.ready = self._await_ready(setup.start_seconds)
            if setup.launch == "fork" and kind.gpu:
                refuse_opened(str(self.ready["gpu"]))
        except BaseException:
            self._kill()  # while it imports it does not look at its pipe
            self.close()
            raise

    def ask(self, request: Mapping[str, object]) -> Iterator[Json]:
        """The lines of one child: a `record` for each case that reached its end, then `done`.

        Raises Internal where the server has ended."""
        return (message for _, message in self.together([request]))

    def together(self, requests: Sequence[Mapping[str, object]]) -> Iterator[tuple[int, Json]]:
        """The same of one child, or of two that take turns, each line with the number of its child; no `done` comes
        before the last `record`.

        Raises Internal where the server has ended."""
        with contextlib.suppress(BrokenPipeError):  # reading tells more
            write_line(self._input.fileno(), {"children": list(requests)})
        running = len(requests)
        while running:
            message = self._read()
            yield cast("int", message["child"]), message
            running -= "done" in message

    def _await_ready(self, seconds: float) -> Json:
        """What the server says when it is ready.

        Raises BenchError where it is not so in time, or ends over a module of the suite's, Internal where it ends by
        itself."""
        deadline, said, importing = time.monotonic() + seconds, b"", ""
        poll = select.poll()
        poll.register(self._replies, select.POLLIN)
        while True:
            if not poll.poll(poll_time(deadline)):
                if time.monotonic() < deadline:
                    continue
                raise _start_failed(f"not ready after {seconds:g} s", importing)
            # The server says nothing after this until it is asked, so nothing that belongs to an answer is read here.
            data = os.read(self._replies.fileno(), 1 << 16)
            if not data and importing:
                raise _start_failed(self._ended(), importing)
            if not data:
                raise Internal(self._ended())
            *lines, said = (said + data).split(b"\n")
            for message in map(json.loads, lines):
                if "ready" in message:
                    return cast("Json", message["ready"])
                importing = str(message["importing"])

    def close(self) -> None:
        """Closes the pipe, at which the server ends its descent and itself; insists after ENDING_SECONDS."""
        self._input.close()
        deadline = time.monotonic() + ENDING_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        if self._process.poll() is None:
            self._kill()
        self._replies.close()
        self._errors.close()

    def _kill(self) -> None:
        end_descent(self._process.pid)
        self._process.kill()
        self._process.wait()

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _read(self) -> Json:
        line = self._replies.readline()
        if not line:
            raise Internal(self._ended())
        return cast("Json", json.loads(line))

    def _ended(self) -> str:
        """How a server ended that nobody asked to."""
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:  # a module that it preloads may close our descriptors and go on
            self._kill()
        self._errors.seek(0)
        last = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return f"a server ended by itself ({self._process.returncode}): {''.join(last) or 'no message'}"


def refuse_opened(gpu: str) -> None:
    """Raises BenchError where a server that is to be forked has that file of NVIDIA's driver open."""
    if gpu:
        what = f"a server has opened {gpu} while it imported: no process that is forked from it can use CUDA"
        hint = "take the module that asks for a GPU out of the policy's preload, or measure with --launch spawn"
        raise BenchError(what, where="preload", hint=hint)


def _start_failed(what: str, importing: str) -> BenchError:
    """Names the module of the suite's that the server was at, if any."""
    if not importing:
        return BenchError(
            f"a server was {what}", hint="import the device's libraries by hand and see what holds them up"
        )
    hint = "the import of a preloaded module must end and leave its process alive; leave it out of the policy's preload"
    return BenchError(f"{what}, while the server imported {importing}", where="preload", hint=hint)


def environment(given: Mapping[str, str], allocator: Allocator) -> dict[str, str]:
    """The server's environment: OpenBLAS without threads, so that a fork is safe, the allocator as asked, cards in the
    order in which the driver's library numbers them, and a profiler that leaves them."""
    plain = {name: value for name, value in given.items() if name not in RETAIN}
    return {**plain, **ORDER, **DETACH, "OPENBLAS_NUM_THREADS": "1", **(RETAIN if allocator == "retain" else {})}
