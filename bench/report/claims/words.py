"""Resolved claims → the sentences of their evidence, which every writer shows in its own way; counts of verdicts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import get_args

from bench.records.claims import RATIO, Claim, ClaimVerdict, Evidence, Outcome, Resolved
from bench.report.amounts import NOTHING, ratio_words, value_words
from bench.report.nouns import Amount
from bench.units import common_scale

VERDICTS: tuple[ClaimVerdict, ...] = get_args(ClaimVerdict)
SHOWN = 4
"""So many lines of a check and a machine are shown, or the lowest and highest of each outcome; claims.csv has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A piece of the evidence, and the row it comes from, if it comes from one. What follows up to the next `lead` is
    about that part of the claim."""

    text: str
    link: str = ""
    lead: str = ""


def document(claim: str) -> str:
    """`D0-C21` is of the document D0."""
    return claim.partition("-")[0]


def counts(resolved: Sequence[Resolved]) -> dict[str, Counter[ClaimVerdict]]:
    """How many claims of each document have which verdict."""
    found: dict[str, Counter[ClaimVerdict]] = {}
    for each in resolved:
        found.setdefault(document(each.claim.id), Counter())[each.verdict] += 1
    return found


def sentences(resolved: Resolved) -> Iterator[Sentence]:
    """Part by part, check by check, machine by machine; last what the file says about the claim itself."""
    claim = resolved.claim
    for part, verdict in resolved.parts.items():
        if part:
            yield Sentence(text=(claim.parts | claim.ours)[part], lead=f"{named(claim, part)}, {verdict}")
        lines = [line for line in resolved.evidence if claim.checks[line.check - 1].part == part]
        yield from _of_checks(lines, verb="asked" if part in claim.ours else "claimed")
    if len(resolved.machines) > 1:
        yield Sentence(text="; ".join(f"{machine}: {verdict}" for machine, verdict in resolved.machines.items()))
    for text in (claim.because, claim.remark):
        if text is not None:
            yield Sentence(text=text)


def named(claim: Claim, part: str) -> str:
    """A part by its name, with a word where the document does not say it."""
    return f"{part} (our question)" if part in claim.ours else part


def amount(line: Evidence) -> str:
    """`20.1× [19.9–20.4]`, `3.2 µs [3.1–3.3]`; nothing where there is no value."""
    if line.value is None:
        return NOTHING
    number = Amount(value=line.value, low=line.low, high=line.high)
    if line.unit == RATIO:
        return " ".join(part for part in ratio_words(number) if part)
    divisor, unit = common_scale([line.value], line.unit)
    value, interval = value_words(number, divisor)
    return " ".join(part for part in (value, unit, interval) if part)


def _of_checks(lines: Iterable[Evidence], *, verb: str) -> Iterator[Sentence]:
    counted = [line for line in lines if line.outcome != "also"]
    for (_, machine), group in groupby(counted, key=lambda line: (line.check, line.machine)):
        found = list(group)
        yield from _measured(found) if machine else _observed(found, verb=verb)


def _observed(lines: Sequence[Evidence], *, verb: str) -> Iterator[Sentence]:
    """What holds in one sentence; what does not, each with what the claim says, or we ask."""
    held = [f"{line.subject} {line.observed}" for line in lines if line.outcome == "holds"]
    if held:
        yield Sentence(text=f"observed: {', '.join(held)}")
    for line in lines:
        if line.outcome == "fails":
            yield Sentence(text=f"{line.subject}: observed {line.observed}, {verb} {line.expected}")
        elif line.outcome == "open":
            yield Sentence(text=line.note)
        elif line.outcome == "unverifiable":
            yield Sentence(text=f"cannot be judged: {line.note}")


def _measured(lines: Sequence[Evidence]) -> Iterator[Sentence]:
    first, tally = lines[0], Counter(line.outcome for line in lines)
    words: dict[Outcome, str] = {"holds": "hold", "fails": "fail", "open": "are open"}
    said = ", ".join(f"{tally[outcome]} of {len(lines)} {word}" for outcome, word in words.items() if tally[outcome])
    where = f"{first.machine} ({first.device})"
    yield Sentence(text=f"{where}, {first.expected}: {said}" if first.expected else f"{where}: {said}")
    shown = lines if len(lines) <= SHOWN else _extremes(lines)
    for line in shown:
        what = amount(line) if line.value is not None else ""
        parts = [f"{line.outcome}:", line.subject, what, f"({line.note})" if line.note else ""]
        yield Sentence(text=" ".join(part for part in parts if part), link=line.link)
    if len(shown) < len(lines):
        yield Sentence(text=f"and {len(lines) - len(shown)} between these")
        yield from _where(lines)


def _where(lines: Sequence[Evidence]) -> Iterator[Sentence]:
    """Of what holds here and fails there, all places of the rarer."""
    sides: dict[str, list[str]] = {"holds": [], "fails": []}
    for line in lines:
        if line.outcome in sides:
            sides[line.outcome].append(line.subject.partition(", ")[2] or line.subject)
    rarer = min(sides, key=lambda side: len(sides[side]))
    if sides[rarer]:
        yield Sentence(text=f"in all it {rarer} for {'; '.join(sides[rarer])}")


def _extremes(lines: Sequence[Evidence]) -> list[Evidence]:
    """Of each outcome the lowest and the highest value, and what has none."""
    found: list[Evidence] = []
    outcomes: tuple[Outcome, ...] = ("holds", "fails", "open")
    for outcome in outcomes:
        own = [line for line in lines if line.outcome == outcome]
        valued = sorted((line for line in own if line.value is not None), key=lambda line: line.value or 0.0)
        found += list(dict.fromkeys([*valued[:1], *valued[-1:]]))
        found += [line for line in own if line.value is None][:1]
    return found
