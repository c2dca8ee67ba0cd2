"""A plan → a run folder: lock, journal, measure, derive. Every record is on disk before the next trial starts."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import psutil

from bench.analysis.judge import RunJudge
from bench.api.alone import DATA, Site, handlers_kept, measuring
from bench.api.planning import Options, Plan, plan
from bench.api.reporting import derive
from bench.errors import BenchError, Stopped
from bench.measure import environment
from bench.measure.client import START_SECONDS, Setup
from bench.measure.device import kind_of
from bench.measure.hashes import hash_of_data, hash_of_sources, hash_of_text
from bench.measure.lock import run_lock
from bench.measure.machine import machine
from bench.measure.request import Place, Tree
from bench.measure.runner import Means, Runner
from bench.plan.project import Project, find_project
from bench.plan.schedule import order
from bench.plan.suite import load_suite
from bench.records.codec import encode
from bench.records.nouns import SCHEMA, Record, Run
from bench.records.suite import Suite
from bench.store import folder as store
from bench.units import parse_memory

SCRATCH = "BENCH_SCRATCH"
"""A variable of the environment that a subject may read: a folder that lasts as long as a run."""

HASHED = "subject: the *.py files below the suite's folder and `paths`; data: the files of the data folder"

Listener = Callable[[Run, Record], None]


def run(file: Path, options: Options, listen: Listener, *, wait: float | None = 0) -> Path:
    """Measures a suite and returns the run's folder, for a program that goes on afterwards, also where it was stopped.
    `wait`: seconds to wait for another measurement to end."""
    with handlers_kept():
        return start(plan(file, options), listen, wait=wait)


def start(planned: Plan, listen: Listener, *, wait: float | None = 0) -> Path:
    """Measures what was planned and returns the run's folder."""
    options = planned.options
    site = Site.of(planned)
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
    local, made = store.read_local(folder), store.read_run(folder)
    site = Site.here(suite_of(folder, made, local["suite"]), Path(local["data"]) if local["data"] else None)
    if made.gate is not None:
        raise BenchError("a gate is not gone on with: its base is gone", where=str(folder), hint="gate again")
    settings = {"threads": str(made.policy.threads), "allocator": made.policy.allocator}
    now = fingerprint(load_suite(site.file), settings, site, machine(made.device, None).identity)
    changed = [f"{key}: {old} → {now[key]}" for key, old in made.fingerprint.items() if now[key] != old]
    if changed:
        what = "not the same experiment any more: " + "; ".join(changed)
        raise BenchError(what, where=str(folder), hint=f"start a new run, or undo the change ({HASHED})")
    with run_lock(folder / store.LOCK, made.name), measuring(made.name, site, device=made.device, wait=wait):
        _measure(folder, made, site, listen)
    return folder


def suite_of(folder: Path, made: Run, local: str) -> Path:
    """The suite's file: where it stands in the project whose run this is, which may have come here from another place;
    for a run that lies elsewhere, where it was when the run began."""
    root = find_project(folder.resolve() / "suite.yaml").root
    here = root / made.suite_file
    return here if folder.resolve().parent == store.runs_folder(root) and here.is_file() else Path(local)


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


def _measure(folder: Path, made: Run, site: Site, listen: Listener) -> None:
    stored = store.read(folder)
    if stored.damage:
        raise BenchError(stored.damage, hint="what comes before can be read; a damaged run is not gone on with")
    with scratch_folder() as scratch:
        means = Means(
            setup=setup_of(made, site, scratch),
            place=place_of(made, site, site.project),
            order=partial(order, seed=made.seed),
            judge=RunJudge(made.cases, made.policy),
        )
        hint = f"go on with: bench run --resume {folder}"
        record(folder, Runner(made, means, stored.records), site, partial(listen, made), hint=hint)
    derive(folder)


@contextmanager
def scratch_folder() -> Iterator[str]:
    """Whatever the subject compiles or downloads is made once a run, and gone with it."""
    with TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as scratch:
        yield scratch


class Measuring(Protocol):
    """A loop that yields records, and what it has yielded."""

    @property
    def records(self) -> Sequence[Record]: ...
    def libraries(self) -> dict[str, str]: ...
    def measure(self) -> Iterator[Record]: ...
    def close(self) -> None: ...


def record(folder: Path, runner: Measuring, site: Site, listen: Callable[[Record], None], *, hint: str) -> None:
    """Writes the start, and every record before the next is measured. `hint`: what can be done after a signal."""
    began, journal = time.time(), store.journal(folder)
    try:
        libraries = runner.libraries()
        now = environment.start(site.project.root, now=began, cores=site.cores, libraries=libraries)
        store.add_start(folder, now)
        for each in runner.measure():
            journal.append(encode(each))
            listen(each)
    except Stopped as stopped:
        hint = f"{len(runner.records)} records are stored; {hint}"
        raise Stopped(stopped.exit_code - 128, stopped.what, hint=hint) from None
    finally:
        runner.close()
        journal.close()


def setup_of(made: Run, site: Site, scratch: str) -> Setup:
    """How this run's servers are started."""
    return Setup(
        device=made.device,
        launch=made.launch,
        preload=made.policy.preload,
        own_cores=site.own_cores,
        allowed_cores=site.cores,
        environment={**os.environ, SCRATCH: scratch, **({DATA: str(site.data)} if site.data else {})},
        start_seconds=max(START_SECONDS, made.policy.timeout),
    )


def place_of(made: Run, site: Site, project: Project, *, tree: Tree | None = None) -> Place:
    """Where children look for that project's modules, and what they may take."""
    return Place(
        paths=tuple(map(str, (project.folder, *project.paths))),
        memory=parse_memory(made.policy.memory, psutil.virtual_memory().available),
        cores=site.cores,
        tree=tree,
    )
