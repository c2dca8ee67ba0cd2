"""Cases and the operators that their surveys saw → which of them each group of cases ran, by some of their factors.

A group's operators are those that all its cases ran: what training adds to a forward pass is not what tells a group
from another. Of names that do not begin with `aten::` those count that are no part of differentiating.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.records.levels import level_text
from bench.records.nouns import Case
from bench.report.amounts import NOTHING
from bench.report.markdown import inert

HEADING = "What ran"
INTRODUCTION = (
    "What all cases of a row ran in a profiled step and not every row did, ATen's operators without their prefix."
)

_ATEN = "aten::"
_OTHERS = re.compile(r"autograd::|torch::|.*Backward\d*$|.*[#<]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A row is a group: its levels of `factors`, and the operators that not every group ran. `shared`: what all ran."""

    factors: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    shared: tuple[str, ...]


def ran(factors: Sequence[str], cases: Sequence[Case], operators: Mapping[str, Sequence[str]]) -> Ran | None:
    """`operators` by case; None where no survey saw any, or no factor is named. Cases that lack one are left out."""
    groups: dict[tuple[str, ...], set[str]] = {}
    for case in cases:
        if seen := {_short(name) for name in operators.get(case.id, ()) if not _OTHERS.match(name)}:
            labels = tuple(level_text(case.levels[factor]) for factor in factors)
            groups[labels] = groups.get(labels, seen) & seen
    if not factors or not groups:
        return None
    shared = set.intersection(*groups.values()) if len(groups) > 1 else set()
    rows = tuple((labels, tuple(sorted(names - shared))) for labels, names in groups.items())
    return Ran(factors=tuple(factors), rows=rows, shared=tuple(sorted(shared)))


def ran_text(found: Ran) -> str:
    """A sentence, a row a group, and what all groups ran; ends with one newline."""
    heads = [*map(inert, found.factors), "operators"]
    lines = [heads, ["---"] * len(heads)]
    lines += [[*map(inert, labels), _listed(names)] for labels, names in found.rows]
    every = f"\n\nIn every row: {_listed(found.shared)}." if found.shared else ""
    return f"{INTRODUCTION}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"{every}\n"


def _short(name: str) -> str:
    return name.removeprefix(_ATEN)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(inert, names)) or NOTHING
