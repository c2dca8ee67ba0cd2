"""A suite's `gate:`, its project's [tool.bench.gate], a limit of the command line → the policy of a gate.

Key by key the command line goes before the suite, the suite before the project; `limits` of the suite take the place of
the project's, they are not added to them. `--limit` replaces `limit` alone. The limits that cases or metrics have of
their own stand: somebody knew those cases, and tightening all others on a command line says nothing about them. (None
of them can mean everything, and so defeat `--limit`: an entry with neither `where` nor `metric` is refused.)"""

import json
from collections.abc import Iterator

from pydantic import ValidationError

from bench.errors import BenchError
from bench.plan.complaints.gate import booleans, limits
from bench.plan.complaints.shape import found, offences
from bench.plan.complaints.source import Offence
from bench.plan.project import Project
from bench.plan.yaml_text import written
from bench.records.codec import adapter, encode
from bench.records.suite import GateKeys, GateSpec, Suite

DEFAULT_LIMIT = 0.03
"""Against a revision, where pairs take the drift of the machine away."""
DEFAULT_BASELINE_LIMIT = 0.10
"""Against a stored run: nothing takes it away."""


def gate_policy(suite: Suite | None, project: Project, *, limit: float | None, default: float) -> GateSpec:
    """The policy that holds; `limit` is a share from the command line, `default` the one where nobody names any.

    Raises BenchError where the limit is none, or the project's pyproject.toml says nonsense about the gate."""
    if limit is not None and not 0 < limit < 1:
        raise BenchError(f"expected a share above 0 and below 1 such as 3% or 0.03, found {limit:g}", where="--limit")
    projects = _read(project)
    keys = {"limit": default, **_said(projects), **_said(suite.gate if suite is not None else None)}
    if limit is not None:
        keys["limit"] = limit
    return adapter(GateSpec).validate_json(json.dumps(keys), strict=True)


def _said(spec: GateKeys | None) -> dict[str, object]:
    """The keys that are there, as JSON has them."""
    said: dict[str, object] = json.loads(encode(spec)) if spec is not None else {}
    return said


def _read(project: Project) -> GateKeys:
    """[tool.bench.gate], read strictly. A `where` there may name factors, and a `metric` a workload's own, that this
    suite has not: the limit is for other suites then."""
    where = f"{project.root / 'pyproject.toml'}: [tool.bench"
    if not isinstance(project.gate, dict):
        raise BenchError(f"expected a table, found {found(project.gate)}", where=f"{where}] gate")
    text = json.dumps(project.gate, default=str)  # TOML's dates and times: as texts they are refused by their keys
    try:
        spec = adapter(GateKeys).validate_json(text, strict=True)
    except ValidationError as error:
        raise _refused(offences(error, json.loads(text), noun=GateKeys), where=where) from None
    if wrong := [*booleans(project.gate, place=()), *limits(spec, place=(), published=None), *_empty(spec)]:
        raise _refused(wrong, where=where)
    return spec


def _empty(spec: GateKeys) -> Iterator[Offence]:
    for index, own in enumerate(spec.limits or ()):
        for name, levels in own.where.items():
            if not levels:
                yield Offence(place=("limits", index, "where", name), message="names no level")


def _refused(wrong: list[Offence], *, where: str) -> BenchError:
    """Every offence in one error; the first one's key stands at its head."""
    first, *others = wrong
    more = [f"{written(offence.place)}: {offence.message}" for offence in others]
    return BenchError("; ".join([first.message, *more]), where=f"{where}.gate] {written(first.place)}")
