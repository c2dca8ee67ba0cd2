"""Two children that take turns → which of them may work now. Standard library only.

The right to work is a byte in a queue: a child works while its own queue holds one, moves it into the other's, and
sleeps until it is back. So whoever looks at the queues from outside, the server at a deadline, sees who is at work."""

import contextlib
import socket
import time
from collections.abc import Callable

TURN, DONE, GONE = b".", b"!", b"x"
"""What the other end says: it is your turn; the same, and mine was the last; I have ended."""


class Turns:
    """A child's end. Without a descriptor the child is alone, and never waits."""

    def __init__(self, descriptor: int | None) -> None:
        self._queue = None if descriptor is None else socket.socket(fileno=descriptor)
        if self._queue is not None:
            self._queue.settimeout(None)  # a module that was preloaded may have set another default
        self._alone = False
        self.given, self.waited = 0, 0.0
        """How often the turn was the other's, and the seconds for which it was."""

    @property
    def together(self) -> bool:
        """Whether there is another child at all."""
        return self._queue is not None

    def begin(self) -> None:
        """Returns when it is this child's turn."""
        if self._queue is not None:
            self._wait(self._queue)

    def give(self) -> None:
        """The other's turn, if it wants one, then this child's again."""
        self._pass(TURN)

    def between(self, reset: Callable[[], None] | None) -> Callable[[], None] | None:
        """What is to be done between two samples of a workload: its own `reset`, and the other's turn."""
        if self._queue is None:
            return reset

        def reset_and_give() -> None:
            if reset is not None:
                reset()
            self.give()

        return reset_and_give

    def end(self) -> None:
        """Returns when the other has ended, or at once where it wants no turn any more."""
        self._pass(DONE)

    def close(self) -> None:
        """Lets go of the queue."""
        if self._queue is not None:
            self._queue.close()

    def _pass(self, said: bytes) -> None:
        if self._queue is None or self._alone:
            return
        self._queue.recv(1)
        self._queue.send(said)
        self.given += 1
        self._wait(self._queue)

    def _wait(self, queue: socket.socket) -> None:
        began = time.monotonic()
        said = queue.recv(1, socket.MSG_PEEK)
        self.waited += time.monotonic() - began
        self._alone = said != TURN


class Referee:
    """The server's end: both queues. Child 0 has the first turn."""

    def __init__(self) -> None:
        self._queues = socket.socketpair()
        for queue in self._queues:
            queue.settimeout(None)

    def begin(self) -> None:
        """The first turn."""
        self._say(0, TURN)

    @property
    def descriptors(self) -> tuple[int, int]:
        """Of the children's own queues."""
        return self._queues[0].fileno(), self._queues[1].fileno()

    def at_work(self, child: int) -> bool:
        """Whether it is that child's turn."""
        with contextlib.suppress(OSError):
            return bool(self._queues[child].recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        return False

    def ended(self, child: int) -> None:
        """Tells the other, which then has all turns."""
        self._say(1 - child, GONE)

    def close(self) -> None:
        """Ends both queues."""
        for queue in self._queues:
            queue.close()

    def _say(self, child: int, what: bytes) -> None:
        with contextlib.suppress(OSError):  # a case that guesses descriptors may have filled or closed it
            self._queues[1 - child].send(what, socket.MSG_DONTWAIT)
