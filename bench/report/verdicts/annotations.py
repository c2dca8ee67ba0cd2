"""A Gate → the lines that GitHub shows beside the code: errors for regressions and for a gate that was refused or
stopped, warnings for what could not be judged.

Of each kind GitHub keeps ten a step and drops the others without a word, so that the tenth says how many there are.
These lines are commands, and meant to be obeyed: print them as they are, not made inert. What comes from outside can
only be a part of a message or of a property (docs.github.com, workflow commands; actions/runner, ActionCommand.cs)."""

from collections.abc import Sequence
from typing import Literal

from bench.records.gate import Gate, Judged
from bench.report.inert import one_line
from bench.report.verdicts.order import is_open, is_regression, worst_first
from bench.report.verdicts.words import general_doubt, headline, sentence

MOST = 10

Level = Literal["error", "warning"]


def annotations(gate: Gate) -> tuple[str, ...]:
    """Errors, then warnings, each worst first; none where the gate passes."""
    cases = worst_first(gate.cases)
    ended, doubted = gate.ended_by is not None, bool(general_doubt(gate))
    whole = (gate.suite_file, "gate", headline(gate))
    errors = [whole] if ended else []
    errors += [_told(judged, gate) for judged in cases if is_regression(judged, gate)]
    warnings = [whole] if doubted and not ended else []
    warnings += [_told(judged, gate) for judged in cases if is_open(judged, gate)]
    return (*_lines("error", errors), *_lines("warning", warnings))


def _told(judged: Judged, gate: Gate) -> tuple[str, str, str]:
    """A file, a title and a message."""
    return gate.file_of(judged.case), judged.verdict, f"{judged.case}: {sentence(judged)}"


def _lines(level: Level, told: Sequence[tuple[str, str, str]]) -> list[str]:
    kept, more = told[:MOST], len(told) - MOST
    lines = []
    for number, (file, title, message) in enumerate(kept, start=1):
        rest = f" (and {more:,} more)" if number == MOST and more > 0 else ""
        properties = f"file={_property(file)},title={_property(title)}"
        lines.append(f"::{level} {properties}::{_data(message + rest)}")
    return lines


def _data(text: str) -> str:
    """What the runner reads back as the text on one line: line ends, which it could read as %0D and %0A, are spaces."""
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
