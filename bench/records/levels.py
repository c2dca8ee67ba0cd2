"""Levels of cases → their texts, and whether a case is among those that a `where` names."""

from bench.records.nouns import Case
from bench.records.suite import Level, Where


def level_text(level: Level) -> str:
    """A level as YAML and a case's id write it; two levels are the same where their texts are."""
    return str(level).lower() if isinstance(level, bool) else str(level)


def matches(case: Case, where: Where) -> bool:
    """Whether the case has every factor that `where` names, at one of the levels that it names."""
    return all(
        factor in case.levels and level_text(case.levels[factor]) in map(level_text, levels)
        for factor, levels in where.items()
    )
