"""Neighbours along a factor → the cells of a table of the steps, that table in Markdown, and the answer that they
give: a sentence for each stated boundary."""

from collections.abc import Iterator, Sequence

from bench.records.boundaries import Crossing, Step
from bench.report.amounts import NOTHING, ratio_words
from bench.report.answers import Answer, Said
from bench.report.markdown import inert, paragraph
from bench.report.nouns import Amount
from bench.units import significant

HEADING = "Across the boundaries"
HEADS = ("boundary", "where", "ran below", "ran above", "time", "work", "step")
NUMBERS = (4, 5)
"""Which of these are numbers."""
INTRODUCTION = (
    "Two neighbours that differ in one factor alone. Time: the larger's latency by the smaller's, with its 95 % "
    "interval; work: the same of their flops. A step is told where the whole interval says that one of the two is "
    "slower than its work allows beside the other, and the number is by how much. Listed are all pairs at the stated "
    "boundaries, and of the others those with a step."
)
HEADED = "latency across each boundary, by pairs of neighbours"
_STEPS: tuple[Step, ...] = ("larger slower", "smaller slower")
_OURS = (4,)


def listed_crossings(found: Sequence[Crossing]) -> list[Crossing]:
    """Those at the stated boundaries, and those with a step."""
    return [each for each in found if each.stated or each.step in _STEPS]


def crossings_text(found: Sequence[Crossing]) -> str:
    """An introduction and a table; ends with one newline."""
    lines = [[*map(inert, HEADS)], ["---:" if place in NUMBERS else "---" for place in range(len(HEADS))]]
    for each in listed_crossings(found):
        texts = [text for text, _ in crossing_cells(each)]
        lines.append([text if place in _OURS else inert(text) for place, text in enumerate(texts)])
    return f"{paragraph(INTRODUCTION)}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def crossing_answers(found: Sequence[Crossing]) -> tuple[Answer, ...]:
    """`hidden 128 → 136: of 8 pairs the larger is slower than its work allows in 3 (up to 2.1×), …`; none where no
    boundary that is stated lies between two cases."""
    groups: dict[tuple[str, str, str], list[Crossing]] = {}
    for each in found:
        if each.stated:
            groups.setdefault((each.factor, each.smaller, each.larger), []).append(each)
    sentences = tuple(_said(_between(pairs[0]), pairs) for pairs in groups.values())
    return (Answer(heading=HEADED, sentences=sentences),) if sentences else ()


def _said(subject: str, pairs: Sequence[Crossing]) -> Said:
    if len(pairs) == 1:
        return Said(subject=subject, text=f"has one pair, and its step is: {step_words(pairs[0])}", remarks=())
    if all(pair.step == "none" for pair in pairs):
        return Said(subject=subject, text=f"makes no step in any of {len(pairs)} pairs", remarks=_changed(pairs))
    steps: tuple[tuple[Step, str], ...] = (
        ("larger slower", "the larger is slower than its work allows in {}"),
        ("smaller slower", "the smaller is in {}"),
        ("none", "there is no step in {}"),
        ("unknown", "nothing is known of {}"),
    )
    told = [words.format(number) for step, words in steps if (number := _counted(pairs, step))]
    return Said(subject=subject, text=f"of {len(pairs)} pairs {', '.join(told)}", remarks=_changed(pairs))


def _changed(pairs: Sequence[Crossing]) -> tuple[str, ...]:
    """A boundary may be one for some of the pairs alone: those of a precision, or of one direction."""
    changed = [pair for pair in pairs if pair.ran[0] != pair.ran[1]]
    if not changed or len(changed) == len(pairs):
        return ()
    stepped = [pair for pair in changed if pair.step in _STEPS]
    return (f"other kernels ran on its two sides in {len(changed)} of them, of which {len(stepped)} make a step",)


def _counted(pairs: Sequence[Crossing], step: Step) -> str:
    """`3 (up to 2.1×)`; empty for none."""
    own = [pair for pair in pairs if pair.step == step]
    most = max((pair.excess for pair in own if pair.excess is not None), default=None)
    return f"{len(own)}" + (f" (up to {significant(most)}×)" if most is not None else "") if own else ""


def crossing_cells(found: Crossing) -> list[tuple[str, float | None]]:
    """What stands under each of HEADS, with the number that it is, if it is one."""
    below, above = (", ".join(names) or NOTHING for names in found.ran)
    return [
        (f"{_between(found)}{'' if found.stated else ' (not stated)'}", None),
        (", ".join(found.others) or NOTHING, None),
        (below, None),
        (above, None),
        (" ".join(_time(found)) or NOTHING, found.ratio),
        (NOTHING if found.work is None else f"{significant(found.work)}×", found.work),
        (step_words(found), None),
    ]


def _between(found: Crossing) -> str:
    return f"{found.factor} {found.smaller} → {found.larger}"


def step_words(found: Crossing) -> str:
    """`128 slower by 2.1×`, `none`, or that no interval tells."""
    if found.excess is None:
        return "none" if found.step == "none" else "not known"
    slower = found.larger if found.step == "larger slower" else found.smaller
    return f"{slower} slower by {significant(found.excess)}×"


def _time(found: Crossing) -> Iterator[str]:
    if found.ratio is not None:
        yield from filter(None, ratio_words(Amount(value=found.ratio, low=found.low, high=found.high)))
