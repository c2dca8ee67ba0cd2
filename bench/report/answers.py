"""Tables → the answer that they give, worked out: a sentence for each column or row that is compared with a reference.

A ratio below 1 is said the other way round, as a reader would: 0.25× slower is 4.00× faster. A range is one of ratios
whose interval leaves out 1; where it contains 1, no difference is shown and no factor said. How much more or less work
was compared stands in the same sentence, unless what is compared is itself work, known without timing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.report.amounts import OPPOSITES, apart_from_one
from bench.report.captions import reference_text
from bench.report.compared import DECIDED, SHOWN, Compared, Outcome, Subject, place, subjects
from bench.report.nouns import Table
from bench.report.work import work_words

PLACES = 6
"""How many rows of one kind are named; the table has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence about a subject, which it begins with; `remarks` are the places where it is not so simple."""

    subject: str
    text: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one table says: a sentence a subject."""

    heading: str
    sentences: tuple[Said, ...]


def answers(tables: Iterable[Table]) -> tuple[Answer, ...]:
    """Of every table that has ratios: the range of each subject's, and the places where nothing is shown."""
    return tuple(
        Answer(
            heading=f"{table.heading}, against {reference_text(table.reference)}",
            sentences=tuple(_said(subject, table) for subject in subjects(table)),
        )
        for table in tables
        if table.ratio_label
    )


def factors_range(ratios: Iterable[float]) -> str:
    """`1.08× to 12.8×`, of ratios on one side of 1 and the smaller difference first."""
    ordered = sorted(ratios, key=lambda ratio: max(ratio, 1 / ratio))
    least, most = apart_from_one(ordered[0]), apart_from_one(ordered[-1])
    return least if least == most else f"{least} to {most}"


def _said(subject: Subject, table: Table) -> Said:
    """A ratio whose interval is missing, or of other rounds, is no extreme and counts for no side."""
    reference = reference_text(table.reference)
    shown, decided = _of(subject, *SHOWN), _of(subject, *DECIDED)
    if len(_of(subject, "lacking")) == len(subject.cells):
        return Said(subject=subject.name, text=f"is nowhere compared with {reference}", remarks=())
    if not shown:
        text = f"is not told from {reference} by any paired interval"
        return Said(subject=subject.name, text=text, remarks=tuple(_remarks(subject, lacking="not compared:")))
    work = "" if table.exact else work_words(cell.work for cell in shown)
    word = table.ratio_label.split()[-1]
    text = f"is {_range(decided, len(shown), word)} than {reference}" if decided else _none(shown, reference, table)
    equal = "equal in" if table.exact else "no difference shown in"
    kinds = {"even": equal} if decided else {}
    remarks = _remarks(subject, **kinds, unproven="without a paired interval:", lacking="not compared:")
    return Said(
        subject=subject.name,
        text=f"{text}{', at ' if work else ''}{work}",
        remarks=(*_counts(decided, len(shown), word), *remarks),
    )


def _of(subject: Subject, *outcomes: Outcome) -> list[Compared]:
    return [cell for cell in subject.cells if cell.outcome in outcomes]


def _none(shown: Sequence[Compared], reference: str, table: Table) -> str:
    if table.exact:
        return f"is equal to {reference}"
    anywhere = f" in any of {len(shown)} cases" if len(shown) > 1 else ""
    return f"shows no difference from {reference}{anywhere}"


def _range(decided: Sequence[Compared], shown: int, word: str) -> str:
    """`1.08× (size 28) to 12.8× (size 224) faster`, or from one side of 1 to the other."""
    ordered = sorted(decided, key=_ratio)
    least, most = ordered[0], ordered[-1]
    if _side(least, word) != _side(most, word):
        ends = (f"{_times(cell)} {_side(cell, word)} ({place(cell)})" for cell in (most, least))
        return f"from {' to '.join(ends)}"
    small, large = (least, most) if most.outcome == "over" else (most, least)
    side = _side(small, word)
    if _times(small) == _times(large):
        where = f" ({place(small)})" if len(decided) == 1 < shown else ""
        return f"{_times(small)} {side}{where}"
    return f"{_times(small)} ({place(small)}) to {_times(large)} ({place(large)}) {side}"


def _ratio(cell: Compared) -> float:
    assert cell.ratio is not None
    return float(cell.ratio.value)


def _side(cell: Compared, word: str) -> str:
    return word if cell.outcome == "over" else OPPOSITES[word]


def _times(cell: Compared) -> str:
    return apart_from_one(_ratio(cell))


def _counts(decided: Sequence[Compared], shown: int, word: str) -> Iterator[str]:
    """In how many places it is which, where it is not the same in all."""
    over = sum(cell.outcome == "over" for cell in decided)
    if 0 < over < len(decided):
        yield f"{word} in {over} and {OPPOSITES[word]} in {len(decided) - over} of {shown} cases"


def _remarks(subject: Subject, **kinds: str) -> Iterator[str]:
    for outcome, words in kinds.items():
        if places := [place(cell) for cell in subject.cells if cell.outcome == outcome]:
            yield f"{words} {_listed(places)}"


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
    return f"{', '.join(places[:PLACES])}{more}"
