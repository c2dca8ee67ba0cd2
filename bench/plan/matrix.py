"""Suite → its cases, fully resolved: overlays and the command line applied, factors crossed, exclusions left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from bench.errors import BenchError
from bench.plan.levels import CHOICES, HARNESS, bundles, factor_names, label, term
from bench.plan.overlays import Keys, chosen_levels, overlay_factors, policy_of, with_blocks, with_levels, with_shown
from bench.records.nouns import Case
from bench.records.suite import Factors, Level, Policy, Suite, Where

MAX_CASES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One level of one factor, as a row of the matrix holds it; `entries` are what it gives to the builder."""

    factor: str
    level: Level
    label: str
    term: str
    entries: dict[str, Level]


Row = tuple[Option, ...]


def resolve(
    suite: Suite, *, overlays: Sequence[str], levels: Mapping[str, Sequence[Level]], policy: Keys
) -> tuple[Suite, Policy]:
    """The suite with the levels that hold (`cuda` before `quick` before the command line), with the metrics of its
    overlays, and its policy.

    Raises BenchError for an unknown factor, a level that its factor cannot have, and an impossible policy."""
    blocked = with_shown(with_blocks(suite, overlays), overlays)
    wanted = chosen_levels(blocked, levels)
    chosen = with_levels(blocked, [*overlay_factors(suite, overlays), wanted])
    if not chosen.factors:
        raise BenchError("no block of factors has all of these levels", where=suite.name, hint="choose fewer at once")
    return chosen, policy_of(suite, overlays, policy)


def crossed(suite: Suite) -> int:
    """How many cases the factors make before anything is excluded, without making them."""
    return sum(prod(len(levels) for levels in block.values()) for block in suite.factors)


def rows(suite: Suite) -> Iterator[Row]:
    """Every combination that is not excluded, as often as the blocks make it, in the suite's order."""
    excluded = [_wanted(suite, where) for where in suite.exclude]
    for block in suite.factors:
        for row in product(*_options(suite, block)):
            if not any(all(row[i].label in labels for i, labels in where) for where in excluded):
                yield row


def matches(row: Row, where: Where) -> bool:
    """Whether a row has, for each factor named, one of its levels."""
    have = {option.factor: option.label for option in row}
    return all(have[name] in map(label, levels) for name, levels in where.items())


def expand(suite: Suite, policy: Policy) -> tuple[Case, ...]:
    """The cases, in the suite's order; one that two blocks make is there once.

    Raises BenchError where they are too many, none, or a block's factor has no level."""
    if (count := crossed(suite)) > MAX_CASES:
        raise BenchError(f"{count:,} cases; at most {MAX_CASES:,}", where=suite.name, hint="fewer levels, or --set")
    skips = [(_wanted(suite, skip.where), skip.because) for skip in suite.skip]
    base = {name: level for name, level in suite.base.items() if name != "target" and name not in HARNESS}
    process = {"threads": policy.threads, "allocator": policy.allocator, "cache": "hot", **_harness(suite.base)}
    cases: dict[str, Case] = {}
    for row in rows(suite):
        identity = ",".join(option.term for option in row)
        if identity not in cases:
            because = next((why for where, why in skips if all(row[i].label in have for i, have in where)), None)
            cases[identity] = _case(
                identity, row, base=base, process=process, target=suite.base["target"], skip=because
            )
    if not cases:
        raise BenchError("every case is excluded", where=suite.name)
    return tuple(cases.values())


def _case(
    identity: str, row: Row, *, base: dict[str, Level], process: dict[str, Level], target: Level, skip: str | None
) -> Case:
    levels = {option.factor: option.level for option in row}
    arguments = {**base}
    for option in row:
        if option.factor in HARNESS:
            process = {**process, option.factor: option.level}
        else:
            arguments.pop(option.factor, None)
            arguments.update(option.entries)
    assert isinstance(target, str)
    assert isinstance(process["threads"], int)
    assert process["allocator"] in CHOICES["allocator"]
    assert process["cache"] in CHOICES["cache"]
    return Case(
        id=identity,
        target=target,
        levels=levels,
        arguments=arguments,
        threads=process["threads"],
        allocator="system" if process["allocator"] == "system" else "retain",
        cache="cold" if process["cache"] == "cold" else "hot",
        skip=skip,
    )


def _harness(base: Mapping[str, Level]) -> dict[str, Level]:
    return {name: base[name] for name in HARNESS if name in base}


def _wanted(suite: Suite, where: Where) -> list[tuple[int, frozenset[str]]]:
    """A condition by the places of its factors in a row."""
    order = factor_names(suite)
    return [(order.index(name), frozenset(map(label, levels))) for name, levels in where.items()]


def _options(suite: Suite, block: Factors) -> list[list[Option]]:
    return [_levels_of(suite, block, name) for name in factor_names(suite)]


def _levels_of(suite: Suite, block: Factors, name: str) -> list[Option]:
    if name not in block and name not in suite.base:
        raise BenchError(f"{name} has no level in one block of factors, and none in base", where=suite.name)
    levels = block.get(name, (suite.base.get(name, ""),))
    named = bundles(suite, name)
    return [
        Option(
            factor=name,
            level=level,
            label=label(level),
            term=term(name, level),
            entries=named[str(level)] if named else {name: level},
        )
        for level in levels
    ]
