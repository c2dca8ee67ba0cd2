"""A server → what one child of it sees of the machine: facts about its libraries, or sentinels and probes.

Nothing here belongs to a case. A run asks for the libraries at its start; `bench doctor` asks for the weather too."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from bench.errors import BenchError
from bench.measure.client import Server
from bench.measure.notes import shorten
from bench.measure.processes import Json
from bench.measure.request import verdict
from bench.records.codec import decode
from bench.records.nouns import SCHEMA, Record, Unknown
from bench.records.suite import FORBID_EXTRA

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What a child met. `start` is in seconds from the request to the child's first line, `sentinels` and the smallest
    step of its clock in nanoseconds; `retains` says whether the allocator keeps large blocks, where it was asked."""

    __pydantic_config__ = FORBID_EXTRA

    start: float
    sentinels: tuple[int, ...]
    noise: dict[str, float | Unknown]
    clock_resolution: int | None
    retains: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Libraries:
    __pydantic_config__ = FORBID_EXTRA

    libraries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    __pydantic_config__ = FORBID_EXTRA

    metrics: dict[str, float]


def libraries(server: Server, *, device: str, cores: Sequence[int]) -> dict[str, str]:
    """What the device's libraries say of themselves. Where the child fails they are unknown, with the reason: a case
    may run all the same, and no run is lost for want of a version number."""
    content, failure = _ask(server, {"kind": "libraries", "device": device, "cores": tuple(cores)})
    if failure:
        return {"libraries": f"unknown: {failure}"}
    return decode(_Libraries, json.dumps(content).encode(), where="a look at the libraries").libraries


def weather(
    server: Server, *, device: str, cores: Sequence[int], sentinels: int, prove_allocator: bool = False
) -> Weather:
    """Sentinels in a fresh child, one thread for each core that it is given.

    Raises BenchError where the device cannot be used."""
    asked: Json = {"sentinels": sentinels, "threads": len(cores), "prove_allocator": prove_allocator}
    content, failure = _ask(server, {"kind": "weather", "device": device, "cores": tuple(cores), **asked})
    if failure:
        raise BenchError(failure, hint="bench doctor --device cpu looks at the processor alone")
    return decode(Weather, json.dumps(content).encode(), where="a look at the weather")


def peaks(server: Server, device: str, *, cores: Sequence[int], threads: int, precisions: Sequence[str]) -> Record:
    """The rates that a device reaches with so many threads on those cores: `COPY` in bytes a second, by precision
    operations a second."""
    asked: Json = {"kind": "peaks", "device": device, "cores": tuple(cores), "threads": threads}
    began = time.time()
    content, failure = _ask(server, {**asked, "precisions": tuple(precisions)})
    found = Record(
        schema=SCHEMA,
        kind="peak",
        status="failed" if failure else "ok",
        case=f"threads={threads}",
        server=server.number,
        started=round(began, 3),
        note=failure or None,
    )
    rates = {} if failure else decode(_Rates, json.dumps(content).encode(), where="a look at the peaks").metrics
    return replace(found, metrics=dict(rates), phases={"total": time.time() - began})


def _ask(server: Server, request: Json) -> tuple[Json, str]:
    """What the child found, or why it found nothing."""
    plain = {"round": 0, "attempt": 0, "memory": None, "timeout": TIMEOUT, "paths": (), "cases": (), "side": ""}
    content: Json | None = None
    done: Json = {}
    for message in server.ask({**plain, **request, "asked": time.monotonic()}):
        content = cast("Json", message.get("record", content))
        done = cast("Json", message.get("done", done))
    if content is None:
        return {}, verdict(done, str(done["log"]))[1]
    seen = {name: value for name, value in content.items() if name not in ("status", "note")}
    return seen, "" if content["status"] == "ok" else shorten(str(content["note"]), ())
