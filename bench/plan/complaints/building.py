"""`base.target`, and the levels that its builder knows → what cannot be built. Files are read, nothing is imported."""

from collections.abc import Iterator

from bench.errors import BenchError
from bench.plan.complaints.naming import placed
from bench.plan.complaints.source import Offence
from bench.plan.levels import factor_sources, label, same
from bench.plan.nearest import nearest
from bench.plan.project import Project
from bench.plan.targets import find_target
from bench.plan.yaml_text import Place
from bench.records.suite import Level, Suite


def building(suite: Suite, project: Project) -> Iterator[Offence]:
    """The target that cannot be found, or the levels that its module's LEVELS does not have."""
    text = suite.base.get("target")
    if not isinstance(text, str):
        yield Offence(
            place=("base", "target"), message="is missing: module:function, which builds the suite's workloads"
        )
        return
    try:
        target = find_target(text, project)
    except BenchError as error:
        head = f"{error.where}: {error.what}" if error.where else error.what
        yield Offence(place=("base", "target"), message=f"{head} ({error.hint})" if error.hint else head)
        return
    for place, name, level in _given(suite):
        known = target.levels.get(name)
        if known is not None and not any(same(level, k) for k in known):
            message = f"{target.module} knows no {name} {label(level)!r}{nearest(label(level), map(label, known))}"
            yield Offence(place=place, message=message)


def _given(suite: Suite) -> Iterator[tuple[Place, str, Level]]:
    """Every argument that the suite can hand to its builder."""
    for name, level in suite.base.items():
        yield ("base", name), name, level
    for place, block in factor_sources(suite):
        for name, factor in block.items():
            if isinstance(factor, dict):
                for bundle, content in factor.items():
                    for entry, level in content.items():
                        yield (*place, name, bundle, entry), entry, level
            else:
                for inside, level in placed(factor, (*place, name)):
                    yield inside, name, level
