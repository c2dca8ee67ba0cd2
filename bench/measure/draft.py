"""A record while it grows, and what becomes of it when whatever it is about goes wrong."""

import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.measure import memory
from bench.measure.checks import Invalid
from bench.measure.device import Unavailable
from bench.measure.processes import Channel, Json
from bench.measure.turns import Turns

NOTE_LIMIT = 2000
_FRAMES = 4
_HERE = os.path.dirname(__file__)


class TooLong(Exception):
    """A step takes longer than the policy's `step_limit`."""


@dataclass(slots=True)
class Draft:
    """A record while it grows: what is known when something goes wrong is kept."""

    channel: Channel
    turns: Turns
    stage: str = "start"
    content: Json = field(default_factory=dict)
    phases: dict[str, float] = field(default_factory=dict)
    noise: dict[str, object] = field(default_factory=dict)
    metrics: dict[str, object] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Its seconds, less those in which it was another child's turn."""
        self.stage = name
        self.channel.stage(name)
        began, waited = time.monotonic(), self.turns.waited
        try:
            yield
        finally:
            self.phases[name] = time.monotonic() - began - (self.turns.waited - waited)

    def send(self, status: str, note: str | None) -> None:
        parts = {"phases": self.phases, "noise": self.noise, "metrics": self.metrics}
        self.channel.record({**self.content, **parts, "status": status, "note": note})


def outcome(look: Callable[[], None], draft: Draft) -> tuple[str, str | None]:
    """The status and the note of whatever the case does short of ending the process."""
    try:
        look()
    except Invalid as error:
        return "invalid", str(error)
    except TooLong as error:
        return "skipped", str(error)
    except SystemExit as error:
        return "failed", f"{draft.stage}: called sys.exit({error.code!r})"
    except BaseException as error:  # noqa: BLE001 - a case may raise anything, and the next one is to run
        if type(error).__name__ == Unavailable.__name__:  # the subject, which does not import bench, has one of its own
            return "unavailable", str(error)[:NOTE_LIMIT]
        text = f"{draft.stage}: {memory.summary(explain(error))}"
        return ("oom" if memory.is_out_of_memory(error) else "failed"), text[:NOTE_LIMIT]
    return "ok", None


def explain(error: BaseException) -> str:
    """The message, then the frames that led there, innermost last; the parent shortens the paths."""
    message = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    foreign = [frame for frame in frames if os.path.dirname(frame.filename) != _HERE] or frames[-1:]
    places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in foreign[-_FRAMES:])
    return f"{message} (at {places})"
