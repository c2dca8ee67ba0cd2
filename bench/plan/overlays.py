"""A suite and the names of its overlays, levels and keys of a command line → the factors and the policy that hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from bench.errors import BenchError
from bench.plan.complaints.shape import offences
from bench.plan.levels import HARNESS, bundles, factor_names, known_levels, label, read_level, refused_setting
from bench.plan.nearest import listed, nearest
from bench.plan.patterns import refused_label
from bench.records.codec import adapter
from bench.records.suite import Factors, Level, Overlay, Policy, Suite

Keys = Mapping[str, bool | int | float | str | tuple[str, ...]]

ORDER = ("cuda", "quick")
QUICK = Overlay(policy={"rounds": 6, "trial_seconds": 0.1})
"""What `--quick` means to a suite that has no block of that name."""


def overlay(suite: Suite, name: str) -> Overlay | None:
    """The overlay of that name, if it changes anything."""
    assert name in ORDER, name
    return (suite.quick or QUICK) if name == "quick" else suite.cuda


def overlaid(suite: Suite, names: Sequence[str]) -> Suite:
    """The suite with the blocks and the levels that its overlays give it; `cuda` counts before `quick`."""
    return with_levels(with_blocks(suite, names), overlay_factors(suite, names))


def with_blocks(suite: Suite, names: Sequence[str]) -> Suite:
    """The suite with the blocks of the last of these overlays that has any, in the place of its own.

    Why levels alone are not enough: those that are new to a suite replace the old ones in every block that has the
    factor, so an overlay of levels could not give a further rung to one block and leave it out of another. The factors
    stay the suite's, so the ids of cases that both have are the same."""
    for name in ORDER:
        if name in names and (found := overlay(suite, name)) is not None and found.blocks:
            suite = replace(suite, factors=tuple(_filled(suite, _bundled(suite, block)) for block in found.blocks))
    return suite


def with_shown(suite: Suite, names: Sequence[str]) -> Suite:
    """The suite with the metrics that its overlays publish beside its own, and the roofline of the last that has
    one."""
    for name in ORDER:
        if name in names and (found := overlay(suite, name)) is not None:
            metrics = tuple(dict.fromkeys((*suite.metrics, *found.metrics)))
            suite = replace(suite, metrics=metrics, roofline=found.roofline or suite.roofline)
    return suite


def _bundled(suite: Suite, block: Factors) -> Factors:
    """A block that may call the suite's bundles by their names."""
    named: Factors = {}
    for name, levels in block.items():
        defined = bundles(suite, name)
        plain = bool(defined) and not isinstance(levels, dict)
        named[name] = {label(level): defined[label(level)] for level in levels} if plain else levels
    return named


def overlay_factors(suite: Suite, names: Sequence[str]) -> list[Factors]:
    """The levels of the overlays named, in the order in which they count."""
    return [o.factors for name in ORDER if name in names and (o := overlay(suite, name)) is not None]


def with_levels(suite: Suite, chain: Sequence[Factors]) -> Suite:
    """The suite with other levels of some factors, the last of the chain above all.

    Where all of a factor's new levels are the suite's own, each block keeps those that it has, and a block that has
    none of them drops out: a selection never crosses what the suite did not cross. Levels that are new to the suite
    replace the old ones in every block that has the factor; a bundle that only blocks had in whose place others stand
    is none of them. A block that takes a factor from `base` goes on doing so, and shows it: the ids of cases do not
    depend on which other blocks are left."""
    if not any(chain):
        return suite
    changed = [_changed(suite, block, chain) for block in suite.factors]
    return replace(suite, factors=tuple(_filled(suite, block) for block in changed if block is not None))


def _changed(suite: Suite, block: Factors, chain: Sequence[Factors]) -> Factors | None:
    """A block under a chain of other levels; nothing where it has none of them."""
    changed = dict(block)
    for name, own in block.items():
        defined = bundles(suite, name)
        for chosen in (link[name] for link in chain if name in link):
            defined |= chosen if isinstance(chosen, dict) else {}
            mine = {*map(label, own), *map(label, changed[name])}
            there = [level for level in chosen if not defined or label(level) in defined]
            new = bool({*map(label, there)} - mine - {*map(label, known_levels(suite, name))})
            kept = tuple(level for level in there if new or label(level) in mine)
            if not kept:
                return None
            changed[name] = {label(level): defined[label(level)] for level in kept} if defined else kept
    return changed


def _filled(suite: Suite, block: Factors) -> Factors:
    """A block with the factors that it takes from `base`, in the suite's order."""
    filled: Factors = {}
    for name in factor_names(suite):
        if name in block:
            filled[name] = block[name]
        elif name in suite.base:
            level = suite.base[name]
            defined = bundles(suite, name)
            filled[name] = {label(level): defined[label(level)]} if defined else (level,)
    return filled


def chosen_levels(suite: Suite, levels: Mapping[str, Sequence[Level]]) -> Factors:
    """The levels of a command line, in the types of the suite's own.

    Raises BenchError for an unknown factor, and for a level that its factor cannot have."""
    chosen: Factors = {}
    for name, wanted in levels.items():
        if name not in factor_names(suite):
            raise BenchError(f"no factor {name!r} in {suite.name}{nearest(name, factor_names(suite))}", where="--set")
        if not wanted:
            raise BenchError(f"{name} is given no level", where="--set")
        chosen[name] = tuple({label(level): level for level in (_typed(suite, name, w) for w in wanted)}.values())
    return chosen


def _typed(suite: Suite, name: str, wanted: Level) -> Level:
    known = known_levels(suite, name)
    by_label = {label(level): level for level in known}
    if label(wanted) in by_label:
        return by_label[label(wanted)]
    if bundles(suite, name):
        raise BenchError(f"{name} has no bundle {label(wanted)!r}{nearest(label(wanted), by_label)}", where="--set")
    if reason := refused_label(label(wanted)):
        raise BenchError(f"{name}: {reason}", where="--set")
    level = read_level(wanted) if isinstance(wanted, str) else wanted
    if reason := refused_setting(name, level):
        raise BenchError(reason, where="--set")
    types = {type(own) for own in known}
    if type(level) in types:
        return level
    if types == {float} and type(level) is int:
        return float(level)
    if str in types:
        return label(wanted)
    raise BenchError(
        f"{name}={label(wanted)} is {_kind(level)}, but its levels are {' or '.join(sorted(map(_plural, types)))}",
        where="--set",
        hint=f"levels of {name}: {listed(by_label)}",
    )


def _kind(level: Level) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number with a point"}.get(type(level), "text")


def _plural(kind: type) -> str:
    return {bool: "true and false", int: "whole numbers", float: "numbers with a point"}.get(kind, "text")


def merged(own: Keys, overlays: Sequence[Keys]) -> Keys:
    """The keys of a policy over one another. `rounds` alone moves `max_rounds` along: in an overlay to itself, in the
    suite's own policy to no less than the default."""
    keys = {**own}
    rounds = keys.get("rounds")
    if isinstance(rounds, int):
        keys.setdefault("max_rounds", max(Policy().max_rounds, rounds))
    for above in overlays:
        keys |= above
        if "rounds" in above and "max_rounds" not in above:
            keys["max_rounds"] = above["rounds"]
    return keys


def policy_of(suite: Suite, names: Sequence[str], above: Keys) -> Policy:
    """The suite's policy under its overlays and the keys of a command line.

    Raises BenchError for a key or a value that no policy has, and for a key of the command line that the suite's own
    levels decide."""
    chosen = [o.policy for name in ORDER if name in names and (o := overlay(suite, name)) is not None]
    _refuse(above)
    _refuse_decided(suite, above)
    keys = merged(suite.policy, [*chosen, above])
    policy = adapter(Policy).validate_json(json.dumps(keys), strict=True)
    if policy.max_rounds < policy.rounds:
        raise BenchError(f"max_rounds {policy.max_rounds} is less than rounds {policy.rounds}", where="policy")
    return policy


def _refuse_decided(suite: Suite, above: Keys) -> None:
    """`threads` and `allocator` as factors or in `base` go before the policy's: other wishes would change nothing."""
    for name in HARNESS:
        if name not in above:
            continue
        if name in factor_names(suite):
            what, hint = f"{name} is a factor of {suite.name}", f"choose its levels: --set {name}={above[name]}"
            raise BenchError(what, where=f"--{name}", hint=hint)
        if name in suite.base:
            what, hint = f"{suite.name} sets {name} in base", "change it there, or take it out of base"
            raise BenchError(what, where=f"--{name}", hint=hint)


def _refuse(above: Keys) -> None:
    try:
        adapter(Policy).validate_json(json.dumps(dict(above)), strict=True)
    except ValidationError as error:
        found = offences(error, dict(above), noun=Policy)
        raise BenchError("; ".join(f"{o.place[0]}: {o.message}" for o in found), where="policy") from None
