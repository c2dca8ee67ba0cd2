"""Neighbours along a factor → Markdown: each stated boundary in a sentence, then a table of the steps."""

from collections.abc import Iterator, Sequence

from bench.records.boundaries import Crossing
from bench.report.amounts import NOTHING, ratio_words
from bench.report.markdown import inert, paragraph
from bench.report.nouns import Amount
from bench.units import significant

HEADING = "Across the boundaries"
HEADS = ("boundary", "where", "ran below", "ran above", "time", "work", "step")
INTRODUCTION = (
    "Two neighbours that differ in one factor alone. Time: the larger's latency by the smaller's, with its 95 % "
    "interval; work: the same of their flops. A step is told where the whole interval says that one of the two is "
    "slower than its work allows beside the other, and the number is by how much. Listed are all pairs at the stated "
    "boundaries, and of the others those with a step."
)
_STEPS = ("larger slower", "smaller slower")


def crossings_text(found: Sequence[Crossing]) -> str:
    """An introduction, an item for every stated boundary, a table; ends with one newline."""
    items = "\n".join(f"- {sentence}" for sentence in sentences(found))
    lines = [[*map(inert, HEADS)], ["---"] * 4 + ["---:"] * 2 + ["---"]]
    lines += [_row(each) for each in found if each.stated or each.step in _STEPS]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join(part for part in (paragraph(INTRODUCTION), items, table) if part) + "\n"


def sentences(found: Sequence[Crossing]) -> Iterator[str]:
    """`**hidden 128 → 136**: of 8 pairs the larger is slower than its work allows in 3 (up to 2.1×), …`."""
    groups: dict[tuple[str, str, str], list[Crossing]] = {}
    for each in found:
        if each.stated:
            groups.setdefault((each.factor, each.smaller, each.larger), []).append(each)
    for (factor, smaller, larger), pairs in groups.items():
        said = [
            f"the larger is slower than its work allows in {_counted(pairs, 'larger slower')}",
            f"the smaller in {_counted(pairs, 'smaller slower')}",
            f"no step in {_counted(pairs, 'none')}",
        ]
        unknown = [pair for pair in pairs if pair.step == "unknown"]
        said += [f"not known in {len(unknown)}"] if unknown else []
        number = f"of {len(pairs)} pairs " if len(pairs) > 1 else ""
        yield f"**{inert(f'{factor} {smaller} → {larger}')}**: {number}{'; '.join(said)}."


def _counted(pairs: Sequence[Crossing], step: str) -> str:
    own = [pair for pair in pairs if pair.step == step]
    most = max((pair.excess for pair in own if pair.excess is not None), default=None)
    return f"{len(own)}" + (f" (up to {significant(most)}×)" if most is not None else "")


def _row(found: Crossing) -> list[str]:
    below, above = (", ".join(names) or NOTHING for names in found.ran)
    stated = "" if found.stated else " (not stated)"
    return [
        inert(f"{found.factor} {found.smaller} → {found.larger}{stated}"),
        inert(", ".join(found.others)) or NOTHING,
        inert(below),
        inert(above),
        _time(found),
        NOTHING if found.work is None else f"{significant(found.work)}×",
        inert(step_words(found)),
    ]


def step_words(found: Crossing) -> str:
    """`128 slower by 2.1×`, `none`, or that no interval tells."""
    if found.excess is None:
        return "none" if found.step == "none" else "not known"
    slower = found.larger if found.step == "larger slower" else found.smaller
    return f"{slower} slower by {significant(found.excess)}×"


def _time(found: Crossing) -> str:
    if found.ratio is None:
        return NOTHING
    words = ratio_words(Amount(value=found.ratio, low=found.low, high=found.high))
    return " ".join(part for part in words if part)
