"""What others have published beside a run's values → the answer that it gives: a sentence for each hardware and metric.

Why beside the table: it has a row for every number, and its reader asks first whether they come out alike here. As in
every answer only what has an interval is said.
"""

from collections.abc import Iterator, Sequence

from bench.records.published import Beside
from bench.report.amounts import ratio_words
from bench.report.answers import Answer, Said
from bench.report.nouns import Amount
from bench.report.published import HEADING, cases


def published_answers(rows: Sequence[Beside]) -> tuple[Answer, ...]:
    """One, where there are such numbers."""
    groups: dict[tuple[str, str, str], list[Beside]] = {}
    for row in rows:
        groups.setdefault((row.quoted.hardware, _kind(row), row.quoted.metric), []).append(row)
    said = tuple(map(_said, groups.values()))
    return (Answer(heading=HEADING, sentences=said),) if said else ()


def _kind(row: Beside) -> str:
    return "value" if row.quoted.against is None else "ratio"


def _said(rows: Sequence[Beside]) -> Said:
    first = rows[0]
    number = f"{len(rows)} published {_kind(first)}{'' if len(rows) == 1 else 's'} of {first.quoted.metric}"
    known = sorted((row for row in rows if row.value is not None and row.low is not None), key=_factor)
    if not known:
        return Said(subject=first.quoted.hardware, text=f"has {number}, none with an interval here", remarks=())
    least, most = _times(known[0]), _times(known[-1])
    if least != most:
        least, most = (f"{words} ({cases(row.quoted)})" for words, row in ((least, known[0]), (most, known[-1])))
    here = least if least == most else f"{least} to {most}"
    text = f"has {number}; here {'it is' if len(rows) == 1 else 'they are'} {here} as large"
    return Said(subject=first.quoted.hardware, text=text, remarks=tuple(_remarks(rows, known)))


def _remarks(rows: Sequence[Beside], known: Sequence[Beside]) -> Iterator[str]:
    other = sum(bool(row.differences) for row in known)
    if other:
        yield f"under other conditions in {other} of {len(known)}"
    if len(known) < len(rows):
        yield f"without an interval here: {len(rows) - len(known)}"


def _factor(row: Beside) -> float:
    assert row.value is not None
    return row.value / row.quoted.value


def _times(row: Beside) -> str:
    return ratio_words(Amount(value=_factor(row)))[0]
