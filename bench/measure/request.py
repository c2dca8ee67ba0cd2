"""Trials → a request to a server; what comes back → records, one for each case that the child reached."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import cast

from bench.errors import Unreadable
from bench.measure.client import Server
from bench.measure.device import kind_of
from bench.measure.notes import shorten, visible
from bench.measure.processes import CANNOT_REPORT, Json
from bench.records.codec import decode
from bench.records.metrics import ENERGY, shown
from bench.records.nouns import SCHEMA, Case, Record, Run, Side, Status, Trial

_LOG_LINES, _LOG_CHARACTERS = 3, 400

_LAST_LINES = 5
"""Lines of a log, the empty ones not counted, in which a process says what ended it; what stands above is its past."""
_ALLOCATORS = ("bad_alloc", "can't allocate memory")
"""What the C++ library and torch say where they end a process, by a signal too, for want of memory."""

_ENDED: tuple[Status, ...] = ("failed", "timeout", "oom", "crashed")
"""What became of cases of which it is worth to know how much memory their process had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A revision's folder, and the names of the modules that must come from it. `folder` is where its children run:
    a file that the subject opens by a relative path is the revision's own, too.

    `bytecode` is the folder in which they keep what they compile, empty when the gate begins. Of a user's tree it may
    be there, of a fresh worktree it is not, and of a tree that cannot be written to it never is: a side that compiles
    where the other one loads has another heap in its trials, and another peak of memory in its surveys."""

    root: str
    folder: str
    names: tuple[str, ...]
    bytecode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where children find the subject, how much memory they may take, which cores they may use; in a gate also the
    tree that they must prove to have measured."""

    paths: tuple[str, ...]
    memory: int
    cores: tuple[int, ...]
    tree: Tree | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A gate's side and its place in the pair; the steps that a sample holds, where they are not the trial's own to
    choose; a limit in the place of the policy's `step_limit`; whether a survey is to choose the steps of samples."""

    side: Side = ""
    position: int = 0
    loops: int | None = None
    step_limit: float | None = None
    calibrate: bool = False


ALONE = Turn()
"""No gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Until when a child may wait before it takes samples: a sentinel of at most `calm` nanoseconds (None where that
    is not known yet), or `patience` seconds, which its cases share."""

    calm: float | None = None
    patience: float = 0.0


NO_WAIT = Wait()


def ask(
    server: Server,
    run: Run,
    place: Place,
    trials: Sequence[Trial],
    *,
    wait: Wait = NO_WAIT,
    turn: Turn = ALONE,
    beside: Place | None = None,
    prove: bool = False,
    trace: str = "",
) -> Iterator[Record]:
    """At least one record: a child that ends without a word makes the first case it owes one a failure. `trace`: the
    file into which a survey, which then also times a step and profiles some, writes what the profiler saw. `beside`:
    the place of a pair's other side, of which the child makes nothing: the server parses the request before it forks,
    and so both sides' children inherit a heap in which the same names and paths were laid out."""
    child = _Child(server, place, trials)
    other = None if beside is None else asdict(beside)
    more = {**asdict(wait), "asked": child.asked, "prove_allocator": prove, "trace": trace, "beside": other}
    for message in server.ask({**_request(run, place, trials, turn), **more}):
        yield from child.hear(message)


def together(
    server: Server, run: Run, trial: Trial, turns: Sequence[Turn], places: Sequence[Place]
) -> Iterator[Record]:
    """The two records of a pair whose children take turns, sample by sample; that of the first turn comes first. Both
    say how many `turns` they gave, none where they did not come to it.

    Each is given half of the wall time that both took."""
    children = [_Child(server, place, [trial], share=1 / len(turns)) for place in places]
    requests = [
        {
            **_request(run, child.place, [trial], turn),
            **asdict(NO_WAIT),
            "asked": child.asked,
            "prove_allocator": False,
            "trace": "",
        }
        for child, turn in zip(children, turns, strict=True)
    ]
    for number, message in server.together(requests):
        for record in children[number].hear(message):
            yield replace(record, noise={"turns": 0.0, **record.noise})


class _Child:
    """What a server says of one child → its records. The last of them waits for the child's end, which belongs to it.
    `share`: of the wall time that passes, that is this child's."""

    def __init__(self, server: Server, place: Place, trials: Sequence[Trial], *, share: float = 1.0) -> None:
        self.server, self.place, self.share = server, place, share
        self.asked = self._began = time.monotonic()
        self._owed = list(trials)
        self._last: Record | None = None

    def hear(self, message: Json) -> Iterator[Record]:
        """The records that are whole now."""
        now = time.monotonic()
        if "done" in message:
            yield from self._end(cast("Json", message["done"]), now)
        elif self._owed:  # else somebody else than our child knows the descriptor
            if self._last is not None:
                yield self._last
            total = self.share * (now - self._began)
            self._last = _record(
                cast("Json", message["record"]), self._owed.pop(0), self.server, self.place, total=total
            )
            self._began = now

    def _end(self, done: Json, now: float) -> Iterator[Record]:
        last = self._last
        if last is not None:
            total = last.phases.get("total", 0.0) + self.share * (now - self._began)
            noise = {**last.noise, **_end(done, last.status)}
            yield replace(last, phases={**last.phases, "total": total}, noise=noise)
        if self._owed and (last is None or done["exit"] != 0):
            failed = _failure(done, self._owed[0], self.server, self.place, started=time.time() - (now - self.asked))
            yield replace(failed, phases={"total": self.share * (now - self._began)})


def skipped(case: Case) -> Record:
    """The survey of a case that the suite says it does not measure."""
    note = None if case.skip is None else visible(case.skip)
    return Record(
        schema=SCHEMA, kind="survey", status="skipped", case=case.id, started=round(time.time(), 3), note=note
    )


def _request(run: Run, place: Place, trials: Sequence[Trial], turn: Turn) -> Json:
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
        "side": turn.side,
        "loops": turn.loops,
        "step_limit": policy.step_limit if turn.step_limit is None else turn.step_limit,
        "calibrate": turn.calibrate,
        "energy": run.gate is None and ENERGY in shown(run.suite),
        "roofline": run.gate is None and bool(run.suite.roofline),
        "tree": None if place.tree is None else asdict(place.tree),
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
        record = decode(Record, json.dumps(whole, allow_nan=False).encode(), where=trial.case.id)
    except Unreadable as error:
        note = shorten(f"the case's result cannot be read: {error.what}", place.paths)
        return made(trial, server.number, status="failed", note=note)
    except ValueError:
        return made(trial, server.number, status="invalid", note="its result holds a number that is not finite")
    wrong = _wrong(record)
    return replace(record, status="invalid", note=wrong) if wrong else record


def _wrong(record: Record) -> str:
    """Why the times of a trial that calls itself measured are none: whatever is averaged must be time that passed."""
    if record.kind != "timed" or record.status != "ok":
        return ""
    if not record.samples or record.loops < 1:
        return "a trial without samples"
    shortest, least = min(record.samples), min(record.cpu, default=0)
    return f"a sample took {shortest} ns" if shortest <= 0 else f"a sample took {least} ns of CPU" if least < 0 else ""


def _end(done: Mapping[str, object], status: Status) -> dict[str, float]:
    """What the end of a child says beside its result: processes that it left behind or that the kernel ended for want
    of memory, where there are any; the most memory that it had, in bytes, where its case failed."""
    counts = {name: float(cast("int", done[name])) for name in ("survivors", "oom_kills") if done[name]}
    return {**counts, "peak_rss": float(cast("int", done["peak_rss"]))} if status in _ENDED else counts


def _failure(done: Mapping[str, object], trial: Trial, server: Server, place: Place, *, started: float) -> Record:
    """What the way in which the child ended says about the case that it was at."""
    log = str(done["log"]).strip()
    said = shorten(" | ".join(log.splitlines()[-_LOG_LINES:]), place.paths)[-_LOG_CHARACTERS:]
    status, how = verdict(done, log)
    note = shorten(f"{done['stage']}: {how}", place.paths) + (f"; it had printed: {said}" if said else "")
    record = made(trial, server.number, status=status, note=note)
    return replace(record, started=started, noise=dict(_end(done, status)))


def verdict(done: Mapping[str, object], log: str) -> tuple[Status, str]:
    """The status of a case whose child ended without its record."""
    if done["timeout"]:
        return "timeout", f"ended at its deadline, after {done['seconds']:.1f} s"
    if done["oom_kills"] and done["signal"] == "SIGKILL":
        return "oom", f"out of memory: the kernel ended {done['oom_kills']} process(es) of this control group"
    if _no_memory(log, signalled=done["signal"] is not None, exited=done["exit"] not in (0, None)):
        return "oom", f"out of memory ({done['signal'] or done['exit']})"
    if done["signal"] is not None:
        return "crashed", f"ended by {done['signal']}"
    if done["exit"] not in (0, CANNOT_REPORT):
        return "crashed", f"the process exited with {done['exit']}"
    return "failed", "the process ended without a result"


def _no_memory(log: str, *, signalled: bool, exited: bool) -> bool:
    """Whether its last words are of memory that it did not get. The kernel's own words ("Cannot allocate memory") are
    believed of a process that gave up, not of one that a signal ended: those that want memory say so in others."""
    last = "\n".join([line for line in log.splitlines() if line.strip()][-_LAST_LINES:])
    signs = _ALLOCATORS if signalled else (*_ALLOCATORS, "Cannot allocate memory")
    return (signalled or exited) and any(sign in last for sign in signs)


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
