"""A suite's factors → their names, their levels, and the labels under which levels are columns and parts of ids."""

from collections.abc import Iterator

from bench.plan.nearest import nearest
from bench.plan.scalars import read_plain
from bench.records.suite import Factor, Factors, Level, Suite

HARNESS = ("threads", "allocator", "cache")
"""Factors or keys of `base` that the harness sets up; no builder gets them as an argument of its own."""

CHOICES = {"allocator": ("retain", "system"), "cache": ("hot", "cold")}
"""The levels of those that are names."""


def refused_setting(name: str, level: Level) -> str | None:
    """The reason for which a level cannot be one of the harness's factor of that name, if there is one."""
    if name == "threads" and (type(level) is not int or not 1 <= level <= 4096):
        return f"a number of threads is a whole number from 1 to 4096, not {quoted(level)}"
    if name in CHOICES and level not in CHOICES[name]:
        return f"no {name} {quoted(level)}{nearest(label(level), CHOICES[name])}"
    return None


def quoted(level: Level) -> str:
    """A level in a sentence: text is quoted."""
    return repr(level) if isinstance(level, str) else label(level)


def label(level: Level) -> str:
    """A level as it stands in ids and on the command line: as YAML writes it."""
    return str(level).lower() if isinstance(level, bool) else str(level)


def term(factor: str, level: Level) -> str:
    """What an id is made of."""
    return f"{factor}={label(level)}"


def labels(factor: Factor) -> tuple[Level, ...]:
    """The levels of a factor; of a mapping of bundles, their names."""
    return tuple(factor)


def factor_names(suite: Suite) -> tuple[str, ...]:
    """All factors, in the order in which the suite first names them."""
    return tuple(dict.fromkeys(name for block in suite.factors for name in block))


def bundles(suite: Suite, factor: str) -> dict[str, dict[str, Level]]:
    """The bundles of a factor over all blocks; none where its levels are plain."""
    every: dict[str, dict[str, Level]] = {}
    for block in suite.factors:
        levels = block.get(factor)
        if isinstance(levels, dict):
            every.update(levels)
    return every


def known_levels(suite: Suite, factor: str) -> tuple[Level, ...]:
    """Every level that the suite's blocks and, for a block that lacks the factor, `base` give it."""
    found = [level for block in suite.factors for level in labels(block.get(factor, ()))]
    if any(factor not in block for block in suite.factors) and factor in suite.base:
        found.append(suite.base[factor])
    return tuple({label(level): level for level in found}.values())


def factor_sources(suite: Suite) -> Iterator[tuple[tuple[str | int, ...], Factors]]:
    """Every mapping of factors in the suite, and where it stands: its blocks, and those of its overlays."""
    for index, block in enumerate(suite.factors):
        yield ("factors", index), block
    for name, overlay in (("quick", suite.quick), ("cuda", suite.cuda)):
        if overlay is not None:
            yield (name, "factors"), overlay.factors
            for index, block in enumerate(overlay.blocks):
                yield (name, "blocks", index), block


def read_level(text: str) -> Level:
    """A level from a command line, with the meaning that it would have in YAML."""
    value, surprise = read_plain(text)
    return text if value is None or surprise is not None else value


def same(one: Level, other: Level) -> bool:
    """Equal and of one type: 1, 1.0 and true are three levels."""
    return type(one) is type(other) and one == other
