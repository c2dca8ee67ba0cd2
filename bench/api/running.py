"""A plan → a run folder: lock, journal, measure, derive. Every record is on disk before the next trial starts."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import psutil

from bench.analysis.judge import RunJudge
from bench.api.planning import Options, Plan, plan
from bench.api.reporting import derive
from bench.errors import BenchError, Stopped
from bench.measure import environment
from bench.measure.client import START_SECONDS, Setup
from bench.measure.device import kind_of
from bench.measure.hashes import hash_of_data, hash_of_sources, hash_of_text
from bench.measure.lock import machine_lock, run_lock
from bench.measure.machine import machine
from bench.measure.processes import end_descent
from bench.measure.request import Place
from bench.measure.runner import Means, Runner
from bench.plan.project import Project, find_project
from bench.plan.schedule import order
from bench.plan.suite import load_suite
from bench.records.codec import encode
from bench.records.nouns import SCHEMA, Record, Run
from bench.records.suite import Suite
from bench.store import folder as store
from bench.units import parse_memory

DATA, SCRATCH = "BENCH_DATA", "BENCH_SCRATCH"
"""Variables of the environment that a subject may read: the folder of the data, and one that lasts as long as a run."""

HASHED = "subject: the *.py files below the suite's folder and `paths`; data: the files of the data folder"

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Listener = Callable[[Run, Record], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a run's suite, its project and its data lie on this machine, and the cores that this process was allowed
    when it was asked."""

    file: Path
    project: Project
    data: Path | None
    cores: tuple[int, ...]

    @classmethod
    def here(cls, file: Path, data: Path | None) -> "Site":
        """The site of that suite, now."""
        cores = tuple(sorted(os.sched_getaffinity(0)))
        return cls(file=file.resolve(), project=find_project(file), data=data.resolve() if data else None, cores=cores)

    @property
    def own_cores(self) -> tuple[int, ...]:
        """The harness's: all but the last, which is the children's first; the only one where there is only one."""
        return self.cores[:-1] or self.cores


def run(file: Path, options: Options, listen: Listener, *, wait: float | None = 0) -> Path:
    """Measures a suite and returns the run's folder, for a program that goes on afterwards, also where it was stopped.
    `wait`: seconds to wait for another measurement to end."""
    with _handlers_kept():
        return start(plan(file, options), listen, wait=wait)


def start(planned: Plan, listen: Listener, *, wait: float | None = 0) -> Path:
    """Measures what was planned and returns the run's folder."""
    options = planned.options
    data = options.data or (Path(os.environ[DATA]) if os.environ.get(DATA) else None)
    if data is not None and options.data is not None and not data.is_dir():
        raise BenchError("no such folder", where=str(data), hint="--data names a folder that is there")
    site = Site.here(planned.file, data)
    made = describe(planned, site)
    folder = options.out or store.runs_folder(site.project.root) / made.name
    with measuring(made.name, site, device=made.device, wait=wait):
        store.claim(folder)
        with run_lock(folder / store.LOCK, made.name):
            store.create(folder, made, {"suite": str(site.file), "data": str(site.data or "")})
            _measure(folder, made, site, listen)
    return folder


def resume(folder: Path, listen: Listener, *, wait: float | None = 0) -> Path:
    """Goes on with an interrupted run, measures nothing twice.

    Raises BenchError where the suite, the subject, the software or the machine is not what it was, Busy where another
    process is measuring it."""
    local = store.read_local(folder)
    site = Site.here(Path(local["suite"]), Path(local["data"]) if local["data"] else None)
    made = store.read_run(folder)
    settings = {"threads": str(made.policy.threads), "allocator": made.policy.allocator}
    now = fingerprint(load_suite(site.file), settings, site, machine(made.device, None).identity)
    changed = [f"{key}: {old} → {now[key]}" for key, old in made.fingerprint.items() if now[key] != old]
    if changed:
        what = "not the same experiment any more: " + "; ".join(changed)
        raise BenchError(what, where=str(folder), hint=f"start a new run, or undo the change ({HASHED})")
    with run_lock(folder / store.LOCK, made.name), measuring(made.name, site, device=made.device, wait=wait):
        _measure(folder, made, site, listen)
    return folder


def describe(planned: Plan, site: Site) -> Run:
    """`run.json`: everything that was asked, and what resuming will compare."""
    options, policy = planned.options, planned.policy
    named = machine(options.device, options.machine)
    asked = {
        "quick": "yes" if options.quick else "",
        "only": options.only or "",
        "set": ",".join(f"{k}={level}" for k, levels in options.levels.items() for level in levels),
        **{f"policy.{key}": str(value) for key, value in options.policy.items()},
    }
    settings = {"threads": str(policy.threads), "allocator": policy.allocator}
    identity = machine(options.device, None).identity
    kind = kind_of(options.device)
    return Run(
        schema=SCHEMA,
        name=store.name_of_run(planned.suite.name, named.name, now=time.time()),
        suite=planned.suite,
        suite_file=os.path.relpath(site.file, site.project.root),
        policy=policy,
        device=options.device,
        launch=options.launch,
        isolate=policy.isolate or kind.isolate,
        seed=planned.seed,
        options={key: value for key, value in asked.items() if value},
        machine=named,
        fingerprint=fingerprint(planned.asked, settings, site, identity),
        cases=planned.cases,
    )


def fingerprint(suite: Suite, settings: Mapping[str, str], site: Site, identity: str) -> dict[str, str]:
    """What must not change between the start of a run and its resumption."""
    software = environment.software()
    return {
        "suite": hash_of_text(encode(suite)),
        "subject": hash_of_sources([site.project.folder, *site.project.paths]),
        "data": hash_of_data(site.data),
        **{name: software[name] for name in ("torch", "python", "bench")},
        "threads": settings["threads"],
        "allocator": settings["allocator"],
        "machine": identity,
    }


@contextmanager
def measuring(name: str, site: Site, *, device: str, wait: float | None) -> Iterator[None]:
    """Alone on the machine, off the children's cores, and told of signals; the fake device needs none of the three."""
    if not sys.platform.startswith("linux"):
        raise BenchError("measuring needs Linux", hint="reading and reporting work here")
    if device == "fake":
        with interruptible():
            yield
        return
    with machine_lock(name, wait=wait), interruptible():
        os.sched_setaffinity(0, site.own_cores)
        try:
            yield
        finally:
            os.sched_setaffinity(0, site.cores)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turns SIGINT, SIGTERM and SIGHUP into Stopped, in the main thread: other threads cannot be told of signals.

    The first lets the servers end what they have started, and says so, because that may take seconds; the second ends
    every process at once. Whoever was stopped is about to end, and further signals are ignored: at the moment at which
    Python puts its own handlers back they would end the process without the exit code that was promised."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stopped: list[int] = []
    over = False

    def stop(number: int, _: FrameType | None) -> None:
        if over or len(stopped) == 2:
            return
        stopped.append(number)  # first of all: the next signal may come while this one is answered
        what = f"stopped by {signal.Signals(number).name}"
        if len(stopped) == 2:
            end_descent(os.getpid())
        else:
            with suppress(OSError):  # of SIGHUP there may be nobody to be told
                os.write(2, f"bench: {what}: ending what runs; once more ends it at once\n".encode())
        raise Stopped(number, what)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    finally:
        over = True
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if stopped else handler)


@contextmanager
def _handlers_kept() -> Iterator[None]:
    """The handlers of signals are afterwards what they were."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)


def _measure(folder: Path, made: Run, site: Site, listen: Listener) -> None:
    stored = store.read(folder)
    if stored.damage:
        raise BenchError(stored.damage, hint="what comes before can be read; a damaged run is not gone on with")
    # Whatever the subject compiles or downloads is made once a run, and gone with it.
    with TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as scratch:
        _record(folder, Runner(made, _means(made, site, scratch), stored.records), site, partial(listen, made))
    derive(folder)


def _record(folder: Path, runner: Runner, site: Site, listen: Callable[[Record], None]) -> None:
    began, journal = time.time(), store.journal(folder)
    try:
        libraries = runner.libraries()
        now = environment.start(site.project.root, now=began, cores=site.cores, libraries=libraries)
        store.add_start(folder, now)
        for record in runner.measure():
            journal.append(encode(record))
            listen(record)
    except Stopped as stopped:
        hint = f"{len(runner.ledger.records)} records are stored; go on with: bench run --resume {folder}"
        raise Stopped(stopped.exit_code - 128, stopped.what, hint=hint) from None
    finally:
        runner.close()
        journal.close()


def _means(made: Run, site: Site, scratch: str) -> Means:
    environ = {**os.environ, SCRATCH: scratch, **({DATA: str(site.data)} if site.data else {})}
    folders = (site.project.folder, *site.project.paths)
    return Means(
        setup=Setup(
            device=made.device,
            launch=made.launch,
            preload=made.policy.preload,
            own_cores=site.own_cores,
            allowed_cores=site.cores,
            environment=environ,
            start_seconds=max(START_SECONDS, made.policy.timeout),
        ),
        place=Place(
            paths=tuple(map(str, folders)),
            memory=parse_memory(made.policy.memory, psutil.virtual_memory().available),
            cores=site.cores,
        ),
        order=partial(order, seed=made.seed),
        judge=RunJudge(made.cases, made.policy),
    )
