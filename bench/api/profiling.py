"""A plan → a folder of profiles: traces, operators, kernels, a page. No run: nothing of it is ever among timings.

Each case is surveyed as in a run, in a child of its own, which then also times a step and profiles some. What is known
of a case is on disk before the next begins."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from bench.analysis.traced import traced
from bench.api.alone import Site, measuring
from bench.api.planning import Plan
from bench.api.running import describe, place_of, scratch_folder, setup_of
from bench.errors import BenchError, Internal, Stopped, Unreadable
from bench.measure.client import Server
from bench.measure.request import Place, Turn, ask, made, skipped
from bench.measure.runner import Pool
from bench.measure.traces import packed, read_trace
from bench.records.nouns import Case, Record, Run, Trial
from bench.records.profile import Profile, Profiles
from bench.records.suite import Allocator
from bench.report.profiles.markdown import page_text
from bench.report.profiles.rows import kernels_csv, operators_csv
from bench.store import folder as store
from bench.store.files import write

MOST_CASES = 8
"""More than anybody looks at one after the other: whoever asks for them has forgotten -k."""

OPERATORS, KERNELS, PAGE = "operators.csv", "kernels.csv", "profile.md"

Listener = Callable[[Profile], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Means:
    run: Run
    place: Place
    folder: Path
    scratch: Path


def profile(planned: Plan, listen: Listener, *, wait: float | None = 0) -> tuple[Path, Profiles]:
    """Profiles the cases of the plan; the folder of the files, and what they say.

    Raises BenchError for more than MOST_CASES, Busy while something is measured, CannotStore, Stopped."""
    wanted = [case for case in planned.cases if case.skip is None]
    if len(wanted) > MOST_CASES:
        what = f"{len(wanted)} cases are selected, and at most {MOST_CASES} are profiled at a time"
        raise BenchError(what, where=str(planned.file), hint="choose some with -k or --set; bench list shows them all")
    site = Site.of(planned)
    run = describe(planned, site)
    folder = planned.options.out or store.profiles_folder(site.project.root) / run.name
    found = Profiles(
        name=run.suite.name, title=run.suite.title, machine=run.machine.name, device=run.device, seed=run.seed
    )
    with measuring(f"profile of {run.suite.name}", site, device=run.device, wait=wait), _told(folder):
        store.claim(folder)
        for each in _profiles(run, site, folder):
            found = replace(found, profiles=(*found.profiles, each))
            _write(folder, found)
            listen(each)
    return folder, found


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Who stops it hears where the profiles are that were made until then."""
    try:
        yield
    except Stopped as stopped:
        hint = f"the cases profiled before are in {folder}" if (folder / PAGE).exists() else "no case was profiled"
        raise Stopped(stopped.exit_code - 128, stopped.what, hint=hint) from None


def _profiles(run: Run, site: Site, folder: Path) -> Iterator[Profile]:
    numbers = count(1)
    with scratch_folder() as scratch:
        setup = setup_of(run, site, scratch)
        means = _Means(run=run, place=place_of(run, site, site.project), folder=folder, scratch=Path(scratch))

        def start(allocator: Allocator) -> Server:
            return Server(setup, allocator=allocator, number=next(numbers))

        with Pool(start) as pool:
            for number, case in enumerate(run.cases, 1):
                yield _profile(means, pool, case, f"trace-{number}.json.gz" if len(run.cases) > 1 else "trace.json.gz")


def _profile(means: _Means, pool: Pool, case: Case, file: str) -> Profile:
    if case.skip is not None:
        return _without(skipped(case))
    raw = means.scratch / "bench-trace.json"
    raw.unlink(missing_ok=True)
    record = _record(means, pool, case, raw)
    if record.status != "ok":
        return _without(record)
    try:
        trace = read_trace(raw, means.place.paths)
    except Unreadable as error:
        return Profile(case=case.id, status="failed", note=f"its trace cannot be read: {error.what}")
    steps = int(record.metrics.get("steps", 0))
    if steps < 1:  # the subject can send records too
        return Profile(case=case.id, status="invalid", note="its record does not say how many steps its trace has")
    write(means.folder / file, packed(trace))
    return Profile(
        case=case.id,
        status="ok",
        steps=steps,
        step=record.metrics.get("step", 0.0),
        traced=traced(trace.events, steps=steps, watched=record.metrics.get("watched", 0.0)),
        file=file,
    )


def _record(means: _Means, pool: Pool, case: Case, raw: Path) -> Record:
    """The survey of that case, whatever becomes of its child; a step may take as long as the process."""
    trial, turn = Trial(case=case, round=0), Turn(step_limit=means.run.policy.timeout)
    server = pool.server(case.allocator)
    try:
        (record,) = ask(server, means.run, means.place, [trial], turn=turn, trace=str(raw))
    except Internal as error:  # a case can end the process that it was forked from
        pool.renew()
        return made(trial, server.number, status="crashed", note=error.what)
    return record


def _without(record: Record) -> Profile:
    return Profile(case=record.case, status=record.status, note=record.note)


def _write(folder: Path, found: Profiles) -> None:
    texts = {OPERATORS: operators_csv(found), PAGE: page_text(found)}
    if any(each.traced is not None and each.traced.kernels for each in found.profiles):
        texts[KERNELS] = kernels_csv(found)
    for name, text in texts.items():
        write(folder / name, text.encode())
