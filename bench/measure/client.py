"""The parent's end of a server: start it, ask it for children, end it and everything below it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, cast

from bench.errors import Internal
from bench.measure.device import kind_of
from bench.measure.processes import Json, end_descent, write_line
from bench.records.suite import Allocator

RETAIN = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "4294967296"}
"""glibc gives blocks above these sizes back to the system. With the defaults a network with large activations faults
its memory in anew at every step, up to three times slower; setting them in the child comes too late (mallopt removes
two fifths of the faults), so they stand in the server's environment."""

ENDING_SECONDS = 3.0
"""A server that has not ended so long after its pipe was closed is ended, with everything below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a server needs to know at its start. `own_cores` are away from its children's if possible."""

    device: str
    launch: str
    preload: tuple[str, ...]
    own_cores: tuple[int, ...]
    allowed_cores: tuple[int, ...]
    environment: dict[str, str]


class Server:
    """A running server. Leaving the `with` block ends it, whatever it was doing."""

    def __init__(self, setup: Setup, *, allocator: Allocator, number: int) -> None:
        self.number = number
        kind = kind_of(setup.device)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        reply, reply_end = os.pipe()
        message = {
            "worker": kind.worker,
            "preload": [*kind.preload, *(setup.preload if kind.preload else ())],
            "launch": setup.launch,
            "own_cores": setup.own_cores,
            "allowed_cores": setup.allowed_cores,
            "reply": reply_end,
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
            self.ready = cast("Json", self._read()["ready"])
        except BaseException:
            self._kill()  # while it imports it does not look at its pipe
            self.close()
            raise

    def ask(self, request: Mapping[str, object]) -> Iterator[Json]:
        """The lines of one child: a `record` for each case that reached its end, then `done`.

        Raises Internal where the server has ended."""
        with contextlib.suppress(BrokenPipeError):  # reading tells more
            write_line(self._input.fileno(), dict(request))
        while True:
            message = self._read()
            yield message
            if "done" in message:
                return

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
            self._process.wait()
            self._errors.seek(0)
            last = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            raise Internal(f"a server ended by itself ({self._process.returncode}): {''.join(last) or 'no message'}")
        return cast("Json", json.loads(line))


def environment(given: Mapping[str, str], allocator: Allocator) -> dict[str, str]:
    """The server's environment: OpenBLAS without threads, so that a fork is safe, and the allocator as asked."""
    plain = {name: value for name, value in given.items() if name not in RETAIN}
    return {**plain, "OPENBLAS_NUM_THREADS": "1", **(RETAIN if allocator == "retain" else {})}
