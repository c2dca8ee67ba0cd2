"""The names of two stored runs, or of two files of pytest-benchmark → the outcome of a gate. Nothing is written: a
baseline moves when somebody publishes another one."""

from pathlib import Path

from bench.analysis.analysed import Analysed, analyse
from bench.api.places import find
from bench.errors import BenchError, Incomparable, Unreadable
from bench.gate.baseline import judge_runs
from bench.gate.iterations import Iterations, iterations, judge_files
from bench.plan.gate_policy import DEFAULT_BASELINE_LIMIT, gate_policy
from bench.plan.project import find_project
from bench.records.gate import Gate
from bench.records.suite import GateSpec, Suite
from bench.store.folder import read

FILE = ".json"


def against_baseline(base: str, candidate: str, *, limit: float | None) -> Gate:
    """Each is a run (a path, a unique prefix, `latest`) or a file NAME.json of pytest-benchmark. The base's policy
    counts, then that of the project around the current folder.

    Raises Incomparable where the base is missing or numbers cannot mean the same, BenchError for names that do not
    fit, Unreadable for what is damaged."""
    kinds = {name.endswith(FILE) for name in (base, candidate)}
    if kinds == {True, False}:
        what = f"one of {base} and {candidate} is a run, the other a file"
        raise BenchError(what, hint="two runs, or two files of pytest-benchmark")
    if kinds == {True}:
        files = _file(_base(Path(base))), _file(Path(candidate))
        return judge_files(*files, _policy(None, limit))
    folders = _base_run(base), find(candidate)
    if folders[0].resolve() == folders[1].resolve():
        raise BenchError("base and candidate are one and the same run", where=candidate, hint="name two runs")
    old, new = map(_run, folders)
    if old.run.name == new.run.name:
        raise BenchError("base and candidate are copies of one run", where=candidate, hint="name two runs")
    return judge_runs(old, new, _policy(old.run.suite, limit))


def _policy(suite: Suite | None, limit: float | None) -> GateSpec:
    project = find_project(Path.cwd() / "suite.yaml")
    return gate_policy(suite, project, limit=limit, default=DEFAULT_BASELINE_LIMIT)


def _base_run(name: str) -> Path:
    try:
        return find(name)
    except BenchError as error:
        raise Incomparable(error.what, where="--baseline", hint=error.hint) from error


def _base(path: Path) -> Path:
    if not path.exists():
        raise Incomparable("there is no such file", where=f"--baseline {path}", hint="measure the base first")
    return path


def _run(folder: Path) -> Analysed:
    """A run whose records are whole and of one side."""
    stored = read(folder)
    if stored.run.gate is not None:
        hint = "bench run measures one side; bench show prints what a gate said"
        raise Incomparable("this is a gate's run, whose trials are of two revisions", where=str(folder), hint=hint)
    if stored.damage:
        raise Unreadable(stored.damage, hint="measure again")
    return analyse(stored.run, stored.records)


def _file(path: Path) -> Iterations:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BenchError(error.strerror or str(error), where=str(path)) from error
    return iterations(text, name=path.name, where=str(path))
