"""A Gate → Markdown for $GITHUB_STEP_SUMMARY and for the page of its run, worst first, inert, of bounded size.

GitHub throws a step's summary away where it is over 1,024 KiB. So each list has a share of less than that, ends where
its share does, and says how many lines it left out."""

from collections.abc import Iterable, Sequence

from bench.records.gate import Change, Gate, Judged
from bench.report.amounts import NOTHING
from bench.report.markdown import inert, paragraph
from bench.report.verdicts.changes import amounts, exact, interval, limit_words, size, timed, unit
from bench.report.verdicts.order import worst_first
from bench.report.verdicts.words import (
    GATE_SIGNS,
    SIGNS,
    compared,
    control_words,
    headline,
    measured,
    remark_on,
    tally,
)

SHARE = 200 * 1024
"""Bytes of each of the four lists."""
FEW = 8
"""So many quiet cases need no fold."""
MOST = 2000
"""Characters of a line that stands alone; a list's own lines are as long as they must be."""
QUIET = ("unchanged", "skipped")

_EXACT = ("case", "metric", "base", "candidate", "change", "")
_LEGEND = "A change of +8.3 % takes 8.3 % more than the base; in brackets the interval at the look that decided."


def summary(gate: Gate) -> str:
    """The whole page; ends with a newline."""
    cases = worst_first(gate.cases)
    quiet = tuple(judged for judged in cases if judged.verdict in QUIET)
    folded = quiet if len(quiet) > FEW else ()
    shown = tuple(judged for judged in cases if judged not in folded)
    heads = ("", "case", "verdict", "change [interval]", "mean", "limit", f"{unit(cases)}s", "note")
    blocks = [
        f"# Gate: {_line(gate.suite)}",
        f"**{GATE_SIGNS[gate.verdict]} {_line(headline(gate))}**",
        "\n".join(f"- {_line(text)}" for text in _origin(gate)),
        _table(heads, [_case(judged) for judged in shown]) if shown else "",
        f"<details><summary>{tally(folded)}</summary>\n\n{_table(heads, [_case(j) for j in folded])}\n\n</details>"
        if folded
        else "",
        _LEGEND if any(timed(judged) for judged in cases) else "",
        _exact_metrics(cases),
        f"## Control\n\n{_line(control_words(gate.control))}" if gate.control else "",
        _findings(gate),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _origin(gate: Gate) -> Iterable[str]:
    yield f"Compared: {compared(gate)}"
    yield f"Suite: {gate.suite_file}"
    if gate.ended_by is None:
        yield f"Machine: {measured(gate)}"


def _case(judged: Judged) -> tuple[str, ...]:
    sharp, mean = (*timed(judged), None, None)[:2]
    return (
        SIGNS[judged.verdict],
        inert(judged.case),
        judged.verdict,
        inert(f"{sharp.metric} {_bounded(sharp)}") if sharp else NOTHING,
        inert(_bounded(mean) if mean.worse else size(mean)) if mean else NOTHING,
        limit_words(sharp.limit) if sharp else NOTHING,
        str(sharp.pairs) if sharp and sharp.pairs else NOTHING,
        inert(remark_on(judged)),
    )


def _bounded(change: Change) -> str:
    bounds = interval(change)
    return size(change) + (f" [{bounds}]" if bounds else "")


def _exact_metrics(cases: Sequence[Judged]) -> str:
    changes = sorted((c for judged in cases for c in exact(judged)), key=lambda change: not change.worse)
    if not changes:
        return ""
    return f"## Exact metrics that differ\n\n{_table(_EXACT, [_exact(change) for change in changes])}"


def _exact(change: Change) -> tuple[str, ...]:
    share = NOTHING if change.ratio is None else size(change)
    worse = f"{SIGNS['regression']} worse" if change.worse else ""
    return (inert(change.case), inert(change.metric), *map(inert, amounts(change)), share, worse)


def _findings(gate: Gate) -> str:
    if not gate.findings:
        return ""
    lines = [
        f"- **{inert(found.code)}**: {inert(found.message)}. Advice: {inert(found.advice)}." for found in gate.findings
    ]
    kept = _fitting(lines)
    return "\n".join(["## Findings", "", *kept]) + _left_out(lines, kept)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    kept = _fitting(lines)
    rule = f"| {' | '.join('---' for _ in heads)} |"
    return "\n".join([f"| {' | '.join(heads)} |", rule, *kept]) + _left_out(lines, kept)


def _fitting(lines: Sequence[str]) -> list[str]:
    """The first lines, as far as the share of their list goes."""
    kept, room = [], SHARE
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def _left_out(lines: Sequence[str], kept: Sequence[str]) -> str:
    missing = len(lines) - len(kept)
    return f"\n\n… and {missing:,} more, left out for want of room." if missing else ""


def _line(text: str) -> str:
    """A line of its own, cut where it is absurdly long."""
    return paragraph(text if len(text) <= MOST else f"{text[:MOST]}…")
