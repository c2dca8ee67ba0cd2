"""A server's running children → their lines as they come, until each has ended or was ended at its deadline."""

import json
import os
import select
import signal
import time
from collections.abc import Callable, Sequence

from bench.measure.processes import Json, Log, poll_time, take
from bench.measure.turns import Referee

DRAIN_SECONDS = 0.2
"""A grandchild that prints for ever must not hold the server at the end of its parent."""


class Child:
    """One running child. `owed`: so many records are still to come from it; `say` passes one on."""

    def __init__(self, pid: int, *, results: int, logs: int, owed: int, say: Callable[[Json], None]) -> None:
        self.pid, self.results, self.logs, self.owed, self.say = pid, results, logs, owed, say
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

    def read(self) -> tuple[bool, bool]:
        """Takes what it has sent; whether it may send more, and whether a record was passed on."""
        data = os.read(self.results, 1 << 16)
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return bool(data), sum(self._forward(parse(line)) for line in lines) > 0

    def kill(self) -> None:
        """At its deadline."""
        self.timed_out = True
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
        """A surviving grandchild may hold the other ends open."""
        for descriptor in (self.results, self.logs):
            os.set_blocking(descriptor, False)
        try:
            while data := os.read(self.results, 1 << 16):
                self._buffer += data
        except BlockingIOError:
            pass
        for line in self._buffer.split(b"\n"):
            self._forward(parse(line))
        limit = time.monotonic() + DRAIN_SECONDS
        try:
            while time.monotonic() < limit and self.read_log():
                continue
        except BlockingIOError:
            return


def watch(children: Sequence[Child], referee: Referee | None, *, timeout: float, abandoned: Callable[[], None]) -> None:
    """Until all have ended. A record gives those that are still there so much time again; children that take turns have
    it together, and where it is over the one ends whose turn it is. `abandoned` is called when the parent is gone."""
    poll = select.poll()
    poll.register(0, select.POLLHUP)
    for child in children:
        for descriptor in child.descriptors:
            poll.register(descriptor, select.POLLIN)
    living = dict(enumerate(children))
    deadline = time.monotonic() + timeout * len(living)
    while living:
        events = dict(poll.poll(poll_time(deadline)))
        if events.get(0, 0) & (select.POLLHUP | select.POLLERR):
            abandoned()
        for number, child in list(living.items()):
            if child.logs in events and not child.read_log():
                poll.unregister(child.logs)
            if child.results in events:
                more, recorded = child.read()
                if not more:
                    poll.unregister(child.results)
                if recorded:
                    deadline = time.monotonic() + timeout * len(living)
            if child.handle in events:
                del living[number]
                _forget(poll, child)
                child.reap()
                if referee is not None:
                    referee.ended(number)
        if living and time.monotonic() >= deadline:
            late = [child for number, child in living.items() if referee is None or referee.at_work(number)]
            for child in late or living.values():
                child.kill()
            deadline = time.monotonic() + timeout


def _forget(poll: select.poll, child: Child) -> None:
    for descriptor in child.descriptors:
        try:
            poll.unregister(descriptor)
        except KeyError:
            continue


def parse(line: bytes) -> Json:
    """A line of the child; what is no JSON object came from somebody who guessed the descriptor, and is dropped."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
