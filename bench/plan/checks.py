"""A suite of the right shape → what it says that cannot be: names, levels, conditions, layouts, policy, target."""

from collections.abc import Callable, Iterator

from bench.plan.complaints import conditions, layout, naming, policies
from bench.plan.complaints.building import building
from bench.plan.complaints.gate import gate
from bench.plan.complaints.source import Offence, Source
from bench.plan.project import Project
from bench.records.suite import Suite

Check = Callable[[Suite, Source], Iterator[Offence]]

NAMES: tuple[Check, ...] = (
    naming.factors,
    naming.labels,
    naming.doubles,
    naming.entries,
    naming.plain_levels_of_bundles,
    naming.overlays,
    naming.harness,
    conditions.conditions,
)
"""Without these there are no cases to speak of."""

LAYOUTS: tuple[Check, ...] = (
    conditions.references,
    layout.metrics,
    layout.placements,
    layout.laws,
    layout.kinds,
    layout.gaps,
    layout.operators,
    layout.boundaries,
    policies.policy_bounds,
    gate,
)


def check(suite: Suite, source: Source, project: Project) -> list[Offence]:
    """Every offence there is; cases are made, and layouts tried on them, only where all names are sound."""
    names = [offence for each in NAMES for offence in each(suite, source)]
    others = [offence for each in LAYOUTS for offence in each(suite, source)]
    crossed = [] if names else layout.cases(suite, source)
    return [*names, *others, *crossed, *building(suite, project)]
