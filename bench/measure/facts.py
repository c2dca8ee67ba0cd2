"""Targets of facts → what each observes, a record each, from a child of its own: one that crashes or hangs loses only
itself. Nothing is timed."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from bench.errors import Internal, Unreadable
from bench.measure.client import Server
from bench.measure.device import kind_of
from bench.measure.notes import shorten
from bench.measure.processes import Json
from bench.measure.request import Place, verdict
from bench.records.codec import decode
from bench.records.nouns import SCHEMA, Record, Status

TIMEOUT = 60.0


def observe(
    start: Callable[[], Server], targets: Sequence[str], place: Place, *, device: str, timeout: float = TIMEOUT
) -> Iterator[Record]:
    """A record for each target, in their order. `start` gives a server; another one only where a fact has ended it."""
    server = start()
    try:
        for target in targets:
            request = _request(target, place, device, timeout)
            try:
                yield _record(target, list(server.ask(request)), place)
            except Internal as error:
                yield _made(target, "crashed", error.what)
                server.close()
                server = start()
    finally:
        server.close()


def _request(target: str, place: Place, device: str, timeout: float) -> Json:
    return {
        "kind": "fact",
        "target": target,
        "device": device,
        "round": 0,
        "attempt": 0,
        "side": "",
        "cases": (),
        "paths": place.paths,
        "memory": place.memory if kind_of(device).bounded else None,
        "cores": place.cores[-1:],
        "timeout": timeout,
        "asked": time.monotonic(),
    }


def _record(target: str, messages: Sequence[Json], place: Place) -> Record:
    """A child is the subject's as much as ours: what it sends is read as strictly as a file."""
    sent = [cast("Json", message["record"]) for message in messages if "record" in message]
    if not sent:
        done = cast("Json", messages[-1]["done"])
        status, how = verdict(done, str(done["log"]).strip())
        return _made(target, status, shorten(how, place.paths))
    note = sent[0].get("note")
    whole = {
        **sent[0],
        "schema": SCHEMA,
        "kind": "fact",
        "case": target,
        "note": shorten(note.removeprefix("start: "), place.paths) if isinstance(note, str) else None,
    }
    try:
        return decode(Record, json.dumps(whole).encode(), where=target)
    except Unreadable as error:
        return _made(target, "invalid", f"what it returned cannot be read: {error.what}")


def _made(target: str, status: Status, note: str) -> Record:
    return Record(schema=SCHEMA, kind="fact", status=status, case=target, note=note)
