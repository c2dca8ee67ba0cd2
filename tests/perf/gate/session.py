"""A planned gate of the subject → its rows, round by round, measured by the product's own loop of pairs."""

import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from functools import partial
from itertools import groupby
from math import log
from pathlib import Path

from bench.analysis.values import value
from bench.api.alone import Site, measuring
from bench.api.gating import tree_of
from bench.api.planning import Plan
from bench.api.running import describe, place_of, scratch_folder, setup_of
from bench.gate.decide import MEAN
from bench.gate.pairs import pairs
from bench.measure import revisions
from bench.measure.pairing import PairMeans, PairRunner
from bench.measure.request import Place
from bench.plan.project import find_project
from bench.plan.schedule import order
from bench.records.nouns import CHANGE, GateAsked, Record, Run, Side
from bench.records.suite import GateSpec
from tests.evidence.load import load
from tests.perf.gate import weather
from tests.perf.gate.judging import LIMIT, Patient
from tests.perf.gate.revision import revision
from tests.perf.gate.rows import Row, Unit

Timed = tuple[Record, float]
"""A record, and the wall seconds for which it was waited."""


def session(planned: Plan, site: Site, judge: Patient, unit: Unit) -> Generator[list[Row], None, None]:
    """The rows of the surveys, then those of every round when it is over."""
    with closing(records(planned, site, judge, unit.load)) as found:
        yield from rounds(found, judge, unit)


def gated(planned: Plan, site: Site) -> Run:
    """The gate of a plan against the last commit of its repository."""
    revision = revisions.resolve(revisions.repository(site.project.folder), "HEAD")
    asked = GateAsked(against="HEAD", revision=revision, policy=GateSpec(limit=LIMIT), controlled=False)
    return replace(describe(planned, site), gate=asked)


def records(
    planned: Plan, site: Site, judge: Patient, under: str, runs: type[PairRunner] = PairRunner
) -> Generator[Record, None, None]:
    """What the product's loop measures under that load."""
    made = judge.run
    assert made.gate is not None
    root = revisions.repository(site.project.folder)
    with ExitStack() as stack:
        stack.enter_context(disturbing(under, made.seed))  # before the harness leaves the core that it measures on
        stack.enter_context(measuring(f"evidence of the gate, {under}", site, device=made.device, wait=None))
        (base,) = stack.enter_context(revisions.worktrees(root, made.gate.revision, len(CHANGE) - 1))
        scratch = stack.enter_context(scratch_folder())
        trees: dict[Side, Path] = {"base": base, "candidate": root}
        files = {side: tree / planned.file.name for side, tree in trees.items()}
        places = alike({side: place(made, site, file, scratch=scratch) for side, file in files.items()})
        means = PairMeans(
            setup=replace(setup_of(made, site, scratch), hidden=places["candidate"].paths),
            places=places,
            order=partial(order, seed=made.seed),
            judge=judge,
        )
        runner = runs(made, means)
        stack.callback(runner.close)
        yield from runner.measure()


def disturbing(name: str, seed: int) -> AbstractContextManager[object]:
    """That load, running."""
    return weather.candidate(seed) if name == "candidate" else load(name, seed)


def place(made: Run, site: Site, file: Path, *, scratch: str) -> Place:
    """Of the side in whose tree the suite's file is that one."""
    tree = file.parent
    bytecode = Path(scratch) / f"bytecode-{int(tree == site.project.folder)}"
    return place_of(made, site, find_project(file), tree=tree_of(tree, tree, bytecode=bytecode))


def alike(places: Mapping[Side, Place]) -> dict[Side, Place]:
    """With the base's memory on every side, as the product has it: more or less of it may be free from one moment to
    the next."""
    return {side: replace(own, memory=places["base"].memory) for side, own in places.items()}


def rounds(records: Iterable[Record], judge: Patient, unit: Unit) -> Iterator[list[Row]]:
    """A round's rows are there when the next one's first record is: what is interrupted leaves no row."""
    surveys: list[Record] = []
    servers: set[int] = set()
    for number, group in groupby(timed(records), key=lambda each: each[0].round):
        measured = list(group)
        starts = list(started(measured, servers, unit))
        found = [record for record, _ in measured]
        if number == 0:
            surveys = found
            yield [*starts, *surveyed(measured, unit)]
        else:
            yield [*starts, *paired(measured, surveys, judge, unit)]


def timed(records: Iterable[Record]) -> Iterator[Timed]:
    """Each with the seconds since the one before was dealt with."""
    began = time.monotonic()
    for record in records:
        yield record, time.monotonic() - began
        began = time.monotonic()


def started(measured: Sequence[Timed], servers: set[int], unit: Unit) -> Iterator[Row]:
    """A row for every server that is new: what the first of its records was waited for beyond its own time."""
    for record, seconds in measured:
        if record.server not in servers:
            servers.add(record.server)
            took = max(0.0, seconds - record.phases.get("total", 0.0))
            yield Row(load=unit.load, dose=unit.dose, repeat=unit.repeat, kind="server", seconds=took)


def surveyed(measured: Sequence[Timed], unit: Unit) -> Iterator[Row]:
    """A row for every case that both sides have surveyed."""
    by_case: dict[str, dict[Side, Record]] = {}
    for record, _ in measured:
        by_case.setdefault(record.case, {})[record.side] = record
    for case, sides in by_case.items():
        if all(side in sides and sides[side].status == "ok" for side in CHANGE):
            base, candidate = (sides[side] for side in CHANGE)
            yield Row(
                load=unit.load,
                dose=unit.dose,
                repeat=unit.repeat,
                kind="survey",
                case=short(case),
                sharp=log(candidate.metrics["operations"] / base.metrics["operations"]),
                seconds=sum(side.phases["total"] for side in (base, candidate)),
                step=base.metrics["expected_step"],
                revision=revision(),
            )


def paired(measured: Sequence[Timed], surveys: Sequence[Record], judge: Patient, unit: Unit) -> Iterator[Row]:
    """A row for every case that has a pair."""
    records = [record for record, _ in measured]
    for case, (pair,) in pairs(records).items():
        own = [record for record in records if record.case == case]
        metric = judge.sharp(case, surveys)
        sharp, mean, step = pair.log_ratio(metric), pair.log_ratio(MEAN), value(pair.first, metric, {})
        assert sharp is not None
        assert mean is not None
        assert step is not None
        yield Row(
            load=unit.load,
            dose=unit.dose,
            repeat=unit.repeat,
            kind="pair",
            case=short(case),
            pair=judge.before + pair.first.round,
            attempts=1 + max(record.attempt for record in own),
            sharp=sharp,
            mean=mean,
            metric=metric,
            seconds=sum(record.phases.get("total", 0.0) for record in own),
            order="bc" if pair.first.position == 1 else "cb",
            step=step,
        )


def short(case: str) -> str:
    """`model=rnn,mode=inference,size=small` → `rnn-inference-small`."""
    return "-".join(level.partition("=")[2] for level in case.split(","))
