"""Factors, levels, bundles and `base` → the names among them that are refused, doubled, or taken by the harness."""

from collections.abc import Iterator

from bench.plan.complaints.source import Offence, Source
from bench.plan.levels import (
    HARNESS,
    bundles,
    factor_names,
    factor_sources,
    known_levels,
    label,
    quoted,
    refused_setting,
    same,
)
from bench.plan.nearest import nearest
from bench.plan.patterns import refused_label
from bench.plan.yaml_text import Place
from bench.records.suite import Factor, Level, Suite

OPTIONS = {"device": "--device", "seed": "--seed"}
"""What a builder gets from the command line, not from a suite."""
COLUMNS = (
    "run",
    "machine",
    "device",
    "suite",
    "case",
    "metric",
    "unit",
    "value",
    "low",
    "high",
    "rounds",
    "status",
    "note",
)
"""The columns that every table of measurements has besides the factors."""


def factors(suite: Suite, source: Source) -> Iterator[Offence]:
    """Names that are reserved or double."""
    seen: dict[str, str] = {}
    for place, block in factor_sources(suite):
        for name in block:
            inside = (*place, name)
            if name == "target" or name in OPTIONS or name in COLUMNS:
                yield Offence(place=inside, message=_reserved(name), on_key=True)
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                yield Offence(place=inside, message=f"differs from the factor {other!r} by case alone", on_key=True)
    for name in suite.base:
        if name in OPTIONS:
            yield Offence(place=("base", name), message=_reserved(name), on_key=True)


def _reserved(name: str) -> str:
    if name in OPTIONS:
        return f"{name!r} belongs to the harness; say {OPTIONS[name]} on the command line"
    if name == "target":
        return "the target is one for the whole suite; it stands in base"
    return f"{name!r} is no factor's name: every table of measurements has a column {name!r}"


def labels(suite: Suite, source: Source) -> Iterator[Offence]:
    """Levels that cannot be a label."""
    for place, block in factor_sources(suite):
        for name, factor in block.items():
            for inside, level in placed(factor, (*place, name)):
                if reason := refused_label(label(level)):
                    yield Offence(place=inside, message=reason, on_key=isinstance(factor, dict))
    for name in factor_names(suite):
        missing = any(name not in block for block in suite.factors)
        if missing and name in suite.base and (reason := refused_label(label(suite.base[name]))):
            yield Offence(place=("base", name), message=reason)


def doubles(suite: Suite, source: Source) -> Iterator[Offence]:
    """Levels of one factor that are equal, or that a file system or a reader would take for equal."""
    for name in dict.fromkeys(name for _, block in factor_sources(suite) for name in block):
        seen: dict[Level, tuple[Place, Level]] = {}
        for place, level in _everywhere(suite, name):
            keys: tuple[Level, ...] = (label(level).casefold(), level)
            first = next((seen[key] for key in keys if key in seen), None)
            for key in keys:
                seen.setdefault(key, (place, level))
            if first is not None and (first[0][:-1] == place[:-1] or not same(first[1], level)):
                line, column = source.position(first[0], on_key=True)
                message = f"{quoted(level)} clashes with {quoted(first[1])} in line {line}, column {column}"
                twice = f"{quoted(level)} is there twice: first in line {line}, column {column}"
                yield Offence(place=place, message=twice if same(first[1], level) else message, on_key=True)


def _everywhere(suite: Suite, name: str) -> Iterator[tuple[Place, Level]]:
    for place, block in factor_sources(suite):
        yield from placed(block.get(name, ()), (*place, name))
    if name in suite.base and any(name not in block for block in suite.factors):
        yield ("base", name), suite.base[name]


def placed(factor: Factor, place: Place) -> Iterator[tuple[Place, Level]]:
    """The levels of a factor with their places: by index in a list, by name in a mapping of bundles."""
    for index, level in enumerate(factor):
        yield (*place, label(level) if isinstance(factor, dict) else index), level


def entries(suite: Suite, source: Source) -> Iterator[Offence]:
    """Bundles that differ under one name, or give a builder what a factor or the harness gives."""
    names = factor_names(suite)
    seen: dict[tuple[str, str], dict[str, Level]] = {}
    for place, block in factor_sources(suite):
        for name, factor in block.items():
            if not isinstance(factor, dict):
                continue
            if name in HARNESS:
                yield Offence(place=(*place, name), message=f"the levels of {name} are a list", on_key=True)
            for bundle, content in factor.items():
                inside = (*place, name, bundle)
                if seen.setdefault((name, bundle), content) != content:
                    yield Offence(place=inside, message="another bundle of this factor has this name", on_key=True)
                for entry in content:
                    if reason := _taken(entry, names, own=name):
                        yield Offence(place=(*inside, entry), message=reason, on_key=True)


def _taken(entry: str, names: tuple[str, ...], *, own: str) -> str | None:
    if entry in ("target", *HARNESS, *OPTIONS):
        return f"{entry!r} belongs to the harness and cannot stand in a bundle"
    if entry in names and entry != own:
        return f"{entry!r} is a factor, too: a case would have it twice"
    return None


def plain_levels_of_bundles(suite: Suite, source: Source) -> Iterator[Offence]:
    """A factor that has bundles somewhere: elsewhere its levels are their names."""
    for place, block in factor_sources(suite):
        for name, factor in block.items():
            named = bundles(suite, name)
            if isinstance(factor, dict):
                if not named and name in factor_names(suite):
                    yield Offence(place=(*place, name), message=f"the levels of {name} are a list", on_key=True)
                continue
            if not named:
                continue
            for inside, level in placed(factor, (*place, name)):
                if level not in named:
                    yield Offence(place=inside, message=f"no bundle {quoted(level)}{nearest(label(level), named)}")
    for name in factor_names(suite):
        named = bundles(suite, name)
        missing = any(name not in block for block in suite.factors)
        if named and missing and name in suite.base and suite.base[name] not in named:
            message = f"no bundle {quoted(suite.base[name])}{nearest(label(suite.base[name]), named)}"
            yield Offence(place=("base", name), message=message)


def overlays(suite: Suite, source: Source) -> Iterator[Offence]:
    """Overlays have the suite's factors; one that any block lacks has a level in `base`."""
    names = factor_names(suite)
    for place, block in factor_sources(suite):
        for name in block:
            if name not in names:
                yield Offence(place=(*place, name), message=f"no factor {name!r}{nearest(name, names)}", on_key=True)
    for place, block in factor_sources(suite):
        for name in names if place[-1] != "factors" else ():
            if name not in block and name not in suite.base:
                message = f"no level of {name!r}, which another block varies: give it one here or in base"
                yield Offence(place=place, message=message)


def harness(suite: Suite, source: Source) -> Iterator[Offence]:
    """`threads` and `allocator`, wherever they stand."""
    for name in HARNESS:
        for place, level in [*_everywhere(suite, name), *_of_base(suite, name)]:
            if reason := refused_setting(name, level):
                yield Offence(place=place, message=reason)


def _of_base(suite: Suite, name: str) -> list[tuple[Place, Level]]:
    taken = any(name not in block for block in suite.factors) and name in known_levels(suite, name)
    return [(("base", name), suite.base[name])] if name in suite.base and not taken else []
