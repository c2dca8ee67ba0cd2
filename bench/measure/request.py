"""Trials → a request to a server; what comes back → records, one for each case that the child reached."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import cast

from bench.errors import Unreadable
from bench.measure.client import Server
from bench.measure.device import kind_of
from bench.measure.processes import CANNOT_REPORT, Json
from bench.records.codec import decode
from bench.records.nouns import SCHEMA, Case, Record, Run, Status, Trial

_LOG_LINES, _LOG_CHARACTERS = 3, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where children find the subject, how much memory they may take, which cores they may use."""

    paths: tuple[str, ...]
    memory: int
    cores: tuple[int, ...]


def ask(server: Server, run: Run, place: Place, trials: Sequence[Trial], *, prove: bool = False) -> Iterator[Record]:
    """At least one record: a child that ends without a word makes the first case it owes one a failure."""
    owed = list(trials)
    asked = began = time.monotonic()
    last: Record | None = None
    for message in server.ask(_request(run, place, trials, asked=asked, prove=prove)):
        now = time.monotonic()
        if "record" in message:
            if not owed:
                continue  # somebody else than our child knows the descriptor
            if last is not None:
                yield last
            last = _record(cast("Json", message["record"]), owed.pop(0), server, place, total=now - began)
            began = now
            continue
        done = cast("Json", message["done"])
        survivors = cast("int", done["survivors"])
        if last is not None:
            total = last.phases.get("total", 0.0) + now - began
            last = replace(last, phases={**last.phases, "total": total})
            yield replace(last, noise={**last.noise, "survivors": float(survivors)}) if survivors else last
        if owed and (last is None or done["exit"] != 0):
            yield _failure(done, owed[0], server, place, started=time.time() - (now - asked))


def skipped(case: Case) -> Record:
    """The survey of a case that the suite says it does not measure."""
    return Record(
        schema=SCHEMA, kind="survey", status="skipped", case=case.id, started=round(time.time(), 3), note=case.skip
    )


def _request(run: Run, place: Place, trials: Sequence[Trial], *, asked: float, prove: bool) -> Json:
    first, policy = trials[0], run.policy
    threads = max(trial.case.threads for trial in trials)
    return {
        "kind": "timed" if first.round else "survey",
        "round": first.round,
        "attempt": first.attempt,
        "cases": [asdict(trial.case) for trial in trials],
        "policy": asdict(policy),
        "device": run.device,
        "seed": run.seed,
        "paths": place.paths,
        "memory": place.memory if kind_of(run.device).bounded else None,
        "cores": place.cores[-threads:],
        "timeout": policy.timeout,
        "asked": asked,
        "prove_allocator": prove,
    }


def _record(content: Json, trial: Trial, server: Server, place: Place, *, total: float) -> Record:
    """A child is the subject's as much as ours: what it sends is read as strictly as a file."""
    note, phases = content.get("note"), content.get("phases")
    whole = {
        "schema": SCHEMA,
        "kind": "timed" if trial.round else "survey",
        "round": trial.round,
        "attempt": trial.attempt,
        "server": server.number,
        **content,
        "case": trial.case.id,
        "phases": {**phases, "total": total} if isinstance(phases, dict) else phases,
        "note": shorten(note, place.paths) if isinstance(note, str) else None,
    }
    try:
        return decode(Record, json.dumps(whole).encode(), where=trial.case.id)
    except Unreadable as error:
        return made(trial, server.number, status="failed", note=f"the case's result cannot be read: {error.what}")


def _failure(done: Mapping[str, object], trial: Trial, server: Server, place: Place, *, started: float) -> Record:
    """What the way in which the child ended says about the case that it was at."""
    log = str(done["log"]).strip()
    said = " | ".join(log.splitlines()[-_LOG_LINES:])[-_LOG_CHARACTERS:]
    status, how = verdict(done, log)
    note = f"{done['stage']}: {how}" + (f"; it had printed: {said}" if said else "")
    record = made(trial, server.number, status=status, note=shorten(note, place.paths))
    survivors = cast("int", done["survivors"])
    return replace(
        record,
        started=started,
        phases={"total": cast("float", done["seconds"])},
        noise={"survivors": float(survivors)} if survivors else {},
        metrics={"peak_rss": cast("int", done["peak_rss"])},
    )


def verdict(done: Mapping[str, object], log: str) -> tuple[Status, str]:
    """The status of a case whose child ended without its record."""
    if done["timeout"]:
        return "timeout", f"ended at its deadline, after {done['seconds']:.1f} s"
    if done["oom_kills"] or "bad_alloc" in log or "allocate memory" in log:
        return "oom", f"out of memory ({done['signal'] or done['exit']})"
    if done["signal"] is not None:
        return "crashed", f"ended by {done['signal']}"
    if done["exit"] not in (0, CANNOT_REPORT):
        return "crashed", f"the process exited with {done['exit']}"
    return "failed", "the process ended without a result"


def made(trial: Trial, server: int, *, status: Status, note: str) -> Record:
    """The record of a case that could not send one itself."""
    return Record(
        schema=SCHEMA,
        kind="timed" if trial.round else "survey",
        status=status,
        case=trial.case.id,
        round=trial.round,
        attempt=trial.attempt,
        server=server,
        note=note,
    )


def shorten(text: str, roots: Sequence[str]) -> str:
    """One line of sound text, in which paths below the subject's folders or site-packages are relative and others have
    lost their folders: a note is published, and says nothing about whose machine it was. Addresses of the web stay."""
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    for root in sorted(roots, key=len, reverse=True):
        text = text.replace(root + "/", "")
    text = re.sub(r"/\S*?/(?:site|dist)-packages/", "", text)
    return re.sub(r"(?<![\w.:/])/(?:[^\s/:'\"]+/)+(?=[^\s/:'\"])", "…/", text)
