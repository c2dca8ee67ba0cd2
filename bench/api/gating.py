"""A suite and a revision → a run folder of pairs, measured side by side: the working tree against the revision."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from bench.api.alone import Site, measuring
from bench.api.planning import Options, Plan, plan
from bench.api.running import Listener, describe, place_of, record, scratch_folder, setup_of
from bench.api.verdicts import derive_gate
from bench.errors import BenchError, Incomparable, NothingSelected
from bench.gate.alike import unlike
from bench.gate.judge import PairJudge
from bench.measure import revisions
from bench.measure.device import kind_of
from bench.measure.lock import run_lock
from bench.measure.pairing import PairMeans, PairRunner
from bench.measure.request import Place, Tree
from bench.plan.gate_policy import DEFAULT_LIMIT, gate_policy
from bench.plan.nearest import listed
from bench.plan.overlays import QUICK
from bench.plan.project import Project, find_project
from bench.plan.schedule import order
from bench.plan.select import select
from bench.records.nouns import Case, Finding, GateAsked, Run, Side
from bench.records.suite import GateSpec
from bench.store import folder as store

TRIAL_SECONDS = 0.2
"""Of a gate's trial, unless the suite or the command line says otherwise. A trial costs another tenth of a second
before its first sample: shorter ones would spend half of a gate on that, and have too few samples of steps of some
milliseconds for a median of neighbours. (The design has 0.1, for trials that are compared by their deciles.)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """The folders of the two revisions, and a second worktree of the base for the control, where there is one."""

    candidate: Path
    base: Path
    control: Path | None

    def of_sides(self) -> dict[Side, Path]:
        """Which folder each side of a pair measures."""
        sides: dict[Side, Path] = {"base": self.base, "candidate": self.candidate}
        return sides if self.control is None else {**sides, "reference": self.base, "control": self.control}

    def number(self, tree: Path) -> int:
        """Which of the folders that is."""
        return (self.candidate, self.base, self.control).index(tree)


def gate(
    file: Path, against: str, options: Options, listen: Listener, *, limit: float | None, wait: float | None
) -> Path:
    """Measures the suite's cases on both sides and returns the run's folder.

    Raises Incomparable where there is no such revision, BenchError where the suite lies in no repository,
    NothingSelected."""
    planned = unselected(file, options)
    with suppress(NothingSelected):  # of the candidate's: the base may have what it names, and is not there yet
        select(planned.cases, options.only or "")
    site = Site.of(planned)
    revisions.resolve(revisions.repository(site.project.folder), against)  # told at once, not after a wait
    with measuring(f"gate of {planned.suite.name}", site, device=options.device, wait=wait):
        return gate_alone(planned, site, listen, against=against, limit=limit)


def unselected(file: Path, options: Options) -> Plan:
    """All cases of the suite: which of them a gate takes is seen when the base's are known too, for -k may name what
    only one of the two has.

    Raises as `plan` does."""
    return replace(plan(file, replace(options, only=None)), options=options)


def gate_alone(
    planned: Plan, site: Site, listen: Listener, *, against: str, limit: float | None, control: bool = True
) -> Path:
    """The same of what is planned `unselected`, for a caller that is alone on the machine already, and stays so between
    one gate and the next; without a control for one among whose cases are some that cannot differ."""
    repository = revisions.repository(site.project.folder)
    revision = revisions.resolve(repository, against)
    with revisions.worktrees(repository, revision, 1 + control) as (base, *others):
        trees = Trees(candidate=repository, base=base, control=others[0] if others else None)
        base_plan = _base_plan(planned, site, trees)
        planned, removed = _chosen(planned, base_plan)
        old = () if base_plan is None else base_plan.cases
        known = {case.id for case in old}
        asked = GateAsked(
            against=against,
            revision=revision,
            policy=_policy(planned, base_plan, trees, limit),  # the base's, where it has the suite
            controlled=control,
            added=tuple(case.id for case in planned.cases if case.id not in known),
            removed=removed,
            changed={case.id: "; ".join(fields) for case in planned.cases if (fields := _unlike(case, old))},
            notes=_notes(trees, revision, planned.project),
        )
        return _measured(_kept_to(_short(planned), base_plan), site, trees, asked, listen)


def _measured(planned: Plan, site: Site, trees: Trees, asked: GateAsked, listen: Listener) -> Path:
    made = describe(planned, site)
    name = store.name_of_run(f"{planned.suite.name}-gate", made.machine.name, now=time.time())
    file = os.path.relpath(site.file, trees.candidate)  # by which a pipeline places what it is told
    made = replace(made, name=name, suite_file=file, isolate="case", gate=asked)
    folder = planned.options.out or store.runs_folder(site.project.root) / name
    store.claim(folder)
    with run_lock(folder / store.LOCK, name), scratch_folder() as scratch:
        store.create(folder, made, {"suite": str(site.file), "data": str(site.data or "")})
        places = _places(made, site, trees, scratch)
        means = PairMeans(
            setup=replace(setup_of(made, site, scratch), hidden=places["candidate"].paths),
            places=places,
            order=partial(order, seed=made.seed),
            judge=PairJudge(made, asked.policy),
        )
        hint = "a gate is not gone on with: start it again"
        record(folder, PairRunner(made, means), site, partial(listen, made), hint=hint)
    derive_gate(folder)
    return folder


def _short(planned: Plan) -> Plan:
    """With a gate's trials where nobody has asked for others."""
    suite = planned.asked
    overlays = [suite.cuda if kind_of(planned.options.device).gpu else None]
    overlays += [(suite.quick or QUICK) if planned.options.quick else None]
    keys = {*suite.policy, *planned.options.policy, *(key for overlay in overlays if overlay for key in overlay.policy)}
    if "trial_seconds" in keys:
        return planned
    return replace(planned, policy=replace(planned.policy, trial_seconds=TRIAL_SECONDS))


def _base_plan(planned: Plan, site: Site, trees: Trees) -> Plan | None:
    """All cases of the suite as the base has it; None where it has none.

    Raises Incomparable where what is asked for makes no sense of the base's."""
    there = _there(site.file, trees.base, trees)
    if not there.is_file():
        return None
    with _read_of(trees, site.file.name):
        return unselected(there, planned.options)


@contextmanager
def _read_of(trees: Trees, where: str) -> Iterator[None]:
    """What the base has wrong nobody can mend in the candidate."""
    try:
        yield
    except BenchError as error:
        what = f"the base's suite cannot be read as asked: {str(error).replace(str(trees.base), 'base')}"
        hint = "measure the two by themselves, or gate against a revision whose suite is sound"
        raise Incomparable(what, where=where, hint=hint) from error


def _policy(planned: Plan, base: Plan | None, trees: Trees, limit: float | None) -> GateSpec:
    """The base's where it has the suite. The candidate's is read all the same: it will be the base's some day.

    Raises BenchError where the limit or the candidate's is none, Incomparable where the base's is."""
    policy = partial(gate_policy, limit=limit, default=DEFAULT_LIMIT)
    own = policy(planned.suite, planned.project)
    if base is None:
        return own
    with _read_of(trees, planned.file.name):
        return policy(base.suite, base.project)


def _kept_to(planned: Plan, base: Plan | None) -> Plan:
    """No change loosens its own gate: exact metrics of either suite are looked at, what is too long a step for the
    candidate's suite alone is measured, and the longer of the two budgets holds."""
    if base is None:
        return planned
    metrics = tuple(dict.fromkeys((*planned.suite.metrics, *base.suite.metrics)))
    step_limit = max(planned.policy.step_limit, base.policy.step_limit)
    budgets = (planned.policy.max_seconds, base.policy.max_seconds)
    known = [seconds for seconds in budgets if seconds is not None]
    max_seconds = max(known) if len(known) == len(budgets) else None
    if "max_seconds" in planned.options.policy:
        max_seconds = planned.policy.max_seconds
    return replace(
        planned,
        suite=replace(planned.suite, metrics=metrics),
        policy=replace(planned.policy, step_limit=step_limit, max_seconds=max_seconds),
    )


def _chosen(planned: Plan, base: Plan | None) -> tuple[Plan, tuple[str, ...]]:
    """The cases that are asked for, and the ids of those that only the base has, among them what it measures and the
    candidate skips.

    Raises NothingSelected where neither has anything of the kind."""
    old = () if base is None else base.cases
    there = {case.id for case in planned.cases if case.skip is None}
    gone = [case for case in old if case.skip is None and case.id not in there]
    wanted = {case.id for case in select((*planned.cases, *gone), planned.options.only or "")}
    kept = tuple(case for case in planned.cases if case.id in wanted)
    return replace(planned, cases=kept), tuple(case.id for case in gone if case.id in wanted)


def _unlike(case: Case, old: Sequence[Case]) -> list[str]:
    """What the case means otherwise than the base's of the same name: both sides would measure the candidate's."""
    return next((unlike(there, case) for there in old if there.id == case.id), [])


def _notes(trees: Trees, revision: str, project: Project) -> tuple[Finding, ...]:
    inside = PurePosixPath(project.root.relative_to(trees.candidate))
    base, candidate = (revisions.dependency_files(tree, inside) for tree in (trees.base, trees.candidate))
    changed = sorted(name for name in {*base, *candidate} if base.get(name) != candidate.get(name))
    found = []
    if changed:
        found.append(
            Finding(
                code="dependencies differ",
                message=f"{', '.join(changed)} of the two revisions differ, and both were measured in one environment",
                advice="gate the change of dependencies by itself, with bench gate --baseline and an environment each",
            )
        )
    if empty := revisions.left_empty(trees.base, trees.candidate):
        found.append(
            Finding(
                code="submodules left empty",
                message=f"the base was measured without {', '.join(empty)}, which the candidate has checked out",
                advice="make sure that neither side loads its modules from an installed package, or gate where the "
                "submodule is not checked out",
            )
        )
    if pointers := revisions.left_in_lfs(trees.base, trees.candidate):
        found.append(
            Finding(
                code="git-lfs files left out",
                message=f"the base was measured with pointers in the place of {listed(pointers)}, which git-lfs keeps",
                advice="set GIT_LFS_SKIP_SMUDGE=0, so that the base's are fetched too, or gate where none are",
            )
        )
    if revisions.unchanged(trees.candidate, revision):
        found.append(
            Finding(
                code="nothing changed",
                message="the working tree is the base: the gate compared the code with itself",
                advice="name another base, such as the merge base with the main branch",
            )
        )
    return tuple(found)


def _there(path: Path, tree: Path, trees: Trees) -> Path:
    """The same place in another tree."""
    return tree / path.relative_to(trees.candidate)


def _project(tree: Path, site: Site, trees: Trees) -> Project:
    return site.project if tree == trees.candidate else find_project(_there(site.file, tree, trees))


def _places(made: Run, site: Site, trees: Trees, scratch: str) -> dict[Side, Place]:
    """Every side's: they differ in their trees alone, and have the same memory, of which more or less may be free from
    one moment to the next."""
    found: dict[Side, Place] = {}
    for side, root in trees.of_sides().items():
        tree = tree_of(root, trees.candidate, bytecode=Path(scratch) / f"bytecode-{trees.number(root)}")
        place = place_of(made, site, _project(root, site, trees), tree=tree)
        found[side] = replace(place, memory=found["base"].memory if found else place.memory)
    return found


def tree_of(root: Path, candidate: Path, *, bytecode: Path) -> Tree:
    """With the current folder's place in that tree, if it has one."""
    here = Path.cwd().resolve()
    inside = here.relative_to(candidate) if here.is_relative_to(candidate) else Path()
    folder = root / inside if (root / inside).is_dir() else root
    return Tree(
        root=str(root),
        folder=str(folder),
        names=tuple(sorted(revisions.modules(root))),
        bytecode=str(bytecode),
    )
