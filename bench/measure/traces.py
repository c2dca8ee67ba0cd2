"""The file of a child's trace → what of it may be handed on: no host, no user, no folder, nothing that is no trace.

The format is Chrome's (a list of events, times in microseconds), which torch writes and Perfetto reads."""

import gzip
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from bench.errors import Unreadable
from bench.measure.notes import shorten
from bench.measure.processes import Json
from bench.records.profile import STEP

LONGEST = 1 << 28
"""Bytes; a step of a million operators has a trace of as many."""

_KEPT = ("schemaVersion", "displayTimeUnit", "baseTimeNanoseconds")
"""What is taken over beside the events; torch adds the host's name and the path of the file, among others."""
_STRUCTURE = ("ph", "cat", "s", "bp", "id")
"""Words of the format's own in an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Events, and what stands beside them in the file."""

    events: tuple[Json, ...]
    beside: Json


def read_trace(file: Path, roots: Sequence[str]) -> Trace:
    """The trace, in whose texts the paths below the subject's folders are relative and others are cut.

    Raises Unreadable where there is none."""
    try:
        with open(file, "rb") as opened:
            content = opened.read(LONGEST + 1)
        if len(content) > LONGEST:
            raise Unreadable(f"it is over {LONGEST >> 20} MiB long")
        trace = json.loads(content.decode("utf-8", "replace"), strict=False)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no JSON") from error
    events = trace.get("traceEvents") if isinstance(trace, dict) else None
    if not isinstance(events, list):
        raise Unreadable("it holds no list of events")
    sound = cache(lambda text: text if text == STEP else shorten(text, roots))  # somebody's name may be a word of it
    return Trace(
        events=tuple(_event(event, sound) for event in events if isinstance(event, dict)),
        beside={name: _plain(trace[name], sound) for name in _KEPT if name in trace},
    )


def packed(trace: Trace) -> bytes:
    """The trace's file, compressed; the same bytes for the same trace."""
    whole = {**trace.beside, "traceEvents": trace.events}
    return gzip.compress(json.dumps(whole, allow_nan=False, separators=(",", ":")).encode(), 6, mtime=0)


def _event(event: Json, sound: Callable[[str], str]) -> Json:
    structure = {name: value for name, value in event.items() if name in _STRUCTURE and not isinstance(value, float)}
    return {**cast("Json", _plain(event, sound)), **structure}


def _plain(value: object, sound: Callable[[str], str]) -> object:
    """JSON with sound texts and finite numbers; what is neither is null."""
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, dict):
        return {sound(str(name)): _plain(each, sound) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, sound) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
