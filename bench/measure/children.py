"""A server's running children → their lines as they come, until each has ended or was ended at its deadline."""

import json
import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import inf

from bench.measure.processes import Json, Log, poll_time, take
from bench.measure.turns import Referee

DRAIN_SECONDS = 0.2
"""A grandchild that prints for ever must not hold the server at the end of its parent."""

TICK = 0.2
"""Seconds after which it is looked at again whose turn it is: to so much a child's time is told."""


class Child:
    """One running child. `owed`: so many records are still to come from it; `say` passes one on. It may take `timeout`
    seconds for each; turns of another are not its own time."""

    def __init__(
        self, pid: int, *, results: int, logs: int, owed: int, say: Callable[[Json], None], timeout: float
    ) -> None:
        self.pid, self.results, self.logs, self.owed, self.say = pid, results, logs, owed, say
        self.timeout = self.left = timeout
        self.began = time.monotonic()
        self.handle = os.pidfd_open(pid)
        self.log, self.stage, self.timed_out = Log(), "start", False
        self.status = self.peak_rss = 0
        self.seconds = 0.0
        self._buffer = b""

    @property
    def descriptors(self) -> tuple[int, int, int]:
        """What is ready when something has happened to it."""
        return self.results, self.logs, self.handle

    def read_log(self) -> bool:
        """Takes what it has printed; whether it may print more."""
        return take(self.logs, self.log)

    def read(self) -> bool:
        """Takes what it has sent; whether it may send more. A record gives it all of its time again."""
        data = os.read(self.results, 1 << 16)
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            if self._forward(parse(line)):
                self.left = self.timeout
        return bool(data)

    def kill(self) -> None:
        """When its time is over."""
        self.timed_out, self.left = True, inf
        os.kill(self.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Once it has ended: how, and what it had written before."""
        os.close(self.handle)
        _, self.status, usage = os.wait4(self.pid, 0)
        self.peak_rss, self.seconds = usage.ru_maxrss * 1024, time.monotonic() - self.began
        self._drain()

    def close(self) -> None:
        """Its pipes."""
        os.close(self.results)
        os.close(self.logs)

    @property
    def ended(self) -> Json:
        """How it ended."""
        code = os.waitstatus_to_exitcode(self.status)
        return {
            "timeout": self.timed_out,
            "exit": code if code >= 0 else None,
            "signal": signal.Signals(-code).name if code < 0 else None,
            "stage": self.stage,
            "log": self.log.text(),
            "peak_rss": self.peak_rss,
            "seconds": self.seconds,
        }

    def _forward(self, message: Json) -> bool:
        """Passes a record on; whether there was one, and still one owed: whoever guesses the child's descriptor may
        spoil the records of its own cases, and gains no more time than they had."""
        self.stage = str(message.get("stage", self.stage))
        if "record" not in message or self.owed == 0:
            return False
        self.owed -= 1
        self.say(message)
        return True

    def _drain(self) -> None:
        """Until the pipes are empty, which they say by blocking where a surviving grandchild holds the other ends."""
        for descriptor in (self.results, self.logs):
            os.set_blocking(descriptor, False)
        with suppress(BlockingIOError):
            while data := os.read(self.results, 1 << 16):
                self._buffer += data
        for line in self._buffer.split(b"\n"):
            self._forward(parse(line))
        limit = time.monotonic() + DRAIN_SECONDS
        with suppress(BlockingIOError):
            while time.monotonic() < limit and self.read_log():
                continue


def watch(children: Sequence[Child], referee: Referee | None, *, abandoned: Callable[[], None]) -> None:
    """Until all have ended. Of children that take turns the one spends its time whose turn it is; both do where no
    turn is anybody's. `abandoned` is called when the parent is gone."""
    poll = select.poll()
    poll.register(0, select.POLLHUP)
    for child in children:
        for descriptor in child.descriptors:
            poll.register(descriptor, select.POLLIN)
    living = dict(enumerate(children))
    last = time.monotonic()
    while living:
        left = min(child.left for child in living.values())
        events = dict(poll.poll(poll_time(last + (left if referee is None else min(left, TICK)))))
        now = time.monotonic()
        for child in _at_work(living, referee):
            child.left -= now - last
        last = now
        if events.get(0, 0) & (select.POLLHUP | select.POLLERR):
            abandoned()
        for number, child in list(living.items()):
            if child.logs in events and not child.read_log():
                poll.unregister(child.logs)
            if child.results in events and not child.read():
                poll.unregister(child.results)
            if child.handle in events:
                del living[number]
                _forget(poll, child)
                child.reap()
                if referee is not None:
                    referee.ended(number)
            elif child.left <= 0:
                child.kill()


def _at_work(living: Mapping[int, Child], referee: Referee | None) -> Sequence[Child]:
    every = list(living.values())
    return every if referee is None else [child for n, child in living.items() if referee.at_work(n)] or every


def _forget(poll: select.poll, child: Child) -> None:
    for descriptor in child.descriptors:
        with suppress(KeyError):  # a pipe that was closed before is forgotten already
            poll.unregister(descriptor)


def parse(line: bytes) -> Json:
    """A line of the child; what is no JSON object came from somebody who guessed the descriptor, and is dropped."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
