"""A Gate → what rich draws: the headline, a table of the cases worst first, below it what no column holds.

Everything is a Text: no name can be markup. Where the terminal is too narrow for the table, each case is a sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.table import Table as Drawing
from rich.text import Text

from bench.records.gate import Gate, GateVerdict, Judged, Standing, Verdict
from bench.report.amounts import NOTHING, raised
from bench.report.inert import wrapped
from bench.report.terminal import SPACING
from bench.report.verdicts.changes import interval, limit_words, size, timed, unit
from bench.report.verdicts.order import worst_first
from bench.report.verdicts.words import (
    GATE_SIGNS,
    SIGNS,
    beside_times,
    compared,
    control_words,
    finding_words,
    headline,
    measured,
    sentence,
)

NARROW = 18
"""Columns that a case's name needs to be readable."""

_STYLES: dict[Verdict | Standing | GateVerdict, str] = {
    "regression": "red",
    "improvement": "green",
    "pass": "green",
    "unchanged": "",
    "added": "",
    "skipped": "dim",
}
_OPEN = "yellow"


def gate_view(gate: Gate) -> RenderableType:
    """Headline, origin, table, remarks on cases, control, findings."""
    cases = worst_first(gate.cases)
    remarks = [control_words(gate.control)] if gate.control else []
    remarks += map(finding_words, gate.findings)
    style = f"bold {_STYLES.get(gate.verdict, _OPEN)}"
    return Group(
        Text(f"{GATE_SIGNS[gate.verdict]} {wrapped(headline(gate))}", style=style),
        Text(wrapped(f"{compared(gate)}; {measured(gate)}"), style="dim"),
        *((Text(), _Cases(cases=cases)) if cases else ()),
        *_block(remarks),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cases:
    """A table where the width allows one, else sentences; either way nothing is cut."""

    cases: Sequence[Judged]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        metrics = _metrics(self.cases)
        rows = [_numbers(judged, metrics) for judged in self.cases]
        heads = ("change [interval]", "mean", f"{unit(self.cases)}s")
        widths = [max(map(cell_len, column)) + SPACING for column in zip(heads, *rows, strict=True)]
        verdicts = [_verdict(judged) for judged in self.cases]
        labels = max(cell_len(text.plain) for text in verdicts) + SPACING
        if labels + sum(widths) + NARROW > options.max_width:
            for judged, verdict in zip(self.cases, verdicts, strict=True):
                yield verdict.append(wrapped(f" {judged.case}: {sentence(judged)}"), style="default")
            return
        yield _drawing(self.cases, verdicts, rows, heads)
        yield from (Text(line, style="dim") for line in _legend(self.cases, metrics))
        yield from _block([f"{SIGNS[j.verdict]} {j.case}: {said}" for j in self.cases if (said := _remark(j))])


def _drawing(
    cases: Sequence[Judged], verdicts: Sequence[Text], rows: Sequence[tuple[str, ...]], heads: Sequence[str]
) -> Drawing:
    drawing = Drawing(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    drawing.add_column(Text("verdict"), no_wrap=True)
    drawing.add_column(Text("case"), overflow="fold")
    for head in heads:
        drawing.add_column(Text(head), justify="right", no_wrap=True)
    for judged, verdict, row in zip(cases, verdicts, rows, strict=True):
        # With spaces, so that a long id breaks between its levels.
        drawing.add_row(verdict, Text(wrapped(judged.case.replace(",", ", "))), *map(Text, row))
    return drawing


def _block(lines: Sequence[str]) -> Iterator[Text]:
    """The lines after an empty one."""
    yield from (Text(), *(Text(wrapped(line)) for line in lines)) if lines else ()


def _remark(judged: Judged) -> str:
    """What the table leaves unsaid; everything where it was the mean that decided, which has a narrow column."""
    mean_decided = any(change.worse for change in timed(judged)[1:])
    return sentence(judged) if mean_decided else beside_times(judged)


def _verdict(judged: Judged) -> Text:
    return Text(f"{SIGNS[judged.verdict]} {judged.verdict}", style=_STYLES.get(judged.verdict, _OPEN))


def _numbers(judged: Judged, metrics: Sequence[str]) -> tuple[str, ...]:
    sharp, mean = (*timed(judged), None, None)[:2]
    if sharp is None:
        return (NOTHING, NOTHING, NOTHING)
    place = metrics.index(sharp.metric)
    bounds = interval(sharp)
    change = f"{size(sharp)}{raised(place) if place else ''}" + (f" [{bounds}]" if bounds else "")
    return (change, size(mean) if mean else NOTHING, str(sharp.pairs or NOTHING))


def _metrics(cases: Sequence[Judged]) -> list[str]:
    """The sharp metrics of the cases, the most frequent first."""
    return [name for name, _ in Counter(timed(judged)[0].metric for judged in cases if timed(judged)).most_common()]


def _legend(cases: Sequence[Judged], metrics: Sequence[str]) -> Iterator[str]:
    if metrics:
        limits = sorted({change.limit for judged in cases for change in timed(judged)})
        shown = " to ".join(limit_words(limit) for limit in dict.fromkeys((limits[0], limits[-1])))
        others = [f"{raised(place)} of {wrapped(name)}" for place, name in enumerate(metrics) if place]
        yield f"Change of {', '.join([wrapped(metrics[0]), *others])}; limit {shown}; + is worse."
