"""Suites that several machines have run → `results/machines.md`: their times of the same cases side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.records.published import Beside, Quoted
from bench.report.amounts import NOTHING, ratio_words, value_words
from bench.report.markdown import inert, paragraph
from bench.report.nouns import Amount
from bench.report.published import published_cells, subject
from bench.units import common_scale

TITLE = "Machine beside machine"
INTRODUCTION = (
    "Every suite that more than one machine has run: the latency of the cases that they share, with the 95 % interval "
    "over the trials, and how many times faster than the first a machine is. Rounds of two runs are no pairs, so these "
    "ratios have wider intervals than those within a run. `bench report` writes this page."
)
FASTER = "× faster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a machine says of a case: `value` in seconds and `faster` than the first machine, or a `status`; that is
    empty where its run has no such case."""

    status: str
    value: Amount | None = None
    faster: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case on every machine."""

    case: str
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A published number, and what every machine has beside it, if anything."""

    quoted: Quoted
    beside: tuple[Beside | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Abreast:
    """A suite and its machines, the first of which the others are related to. `alone`: cases that one machine has."""

    title: str
    machines: tuple[str, ...]
    lines: tuple[Line, ...]
    alone: int
    known: tuple[Known, ...] = ()


def machines_text(suites: Sequence[Abreast]) -> str:
    """The whole page, ending with one newline; empty where no suite has two machines."""
    if not suites:
        return ""
    blocks = [f"# {TITLE}", paragraph(INTRODUCTION), *(block for suite in suites for block in _suite(suite))]
    return "\n\n".join(blocks) + "\n"


def _suite(found: Abreast) -> Iterator[str]:
    yield f"## {inert(found.title)}"
    first, *others = found.machines
    if found.lines:
        heads = ["case", first, *(f"{name}, {FASTER}" for name in others)]
        yield _table(heads, [_line(line) for line in found.lines])
    alone = f"{found.alone} cases" if found.alone != 1 else "1 case"
    yield f"Shared by two machines or more: {len(found.lines)}; of one alone: {alone}."
    if found.known:
        heads = ["what", "published", "on", *(part for name in found.machines for part in (name, "by published"))]
        yield _table(heads, [_known(row) for row in found.known])


def _line(line: Line) -> list[str]:
    """Its times in one unit, so that they can be compared by eye."""
    values = [each.value.value for each in line.measured if each.value is not None]
    divisor, unit = common_scale(values, "s")
    return [inert(line.case), *(_cell(each, divisor, unit) for each in line.measured)]


def _cell(found: Measured, divisor: float, unit: str) -> str:
    if found.value is None:
        return inert(found.status) or NOTHING
    value, interval = value_words(found.value, divisor)
    first = " ".join(part for part in (value, unit, interval) if part)
    faster = "" if found.faster is None else " ".join(part for part in ratio_words(found.faster) if part)
    return "<br>".join(part for part in (first, faster) if part)


def _known(row: Known) -> list[str]:
    cells = [inert(subject(row.quoted)), inert(row.quoted.written), inert(row.quoted.hardware)]
    for each in row.beside:
        texts = [NOTHING, NOTHING] if each is None else [text for text, _ in published_cells(each)[3:5]]
        cells += texts
    return cells


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [[inert(head) for head in heads], ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
