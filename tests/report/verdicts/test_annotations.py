import re
from dataclasses import replace

import pytest

from bench.report.verdicts.annotations import annotations
from tests.report.samples import HOSTILE
from tests.report.verdicts.made_up import DISTRUSTED, OPEN, PASSED, SLOWER, WORSE, gate, judged, standing

COMMAND = re.compile(r"::(error|warning) file=([^,:]*),title=([^,:]*)::(.*)")


def read(line: str) -> tuple[str, str, str, str]:
    """Level, file, title and message as GitHub's runner takes a line apart (actions/runner, ActionCommand.cs)."""
    found = COMMAND.fullmatch(line)
    assert found, line
    level, file, title, message = found.groups()
    for code, character in (("%3A", ":"), ("%2C", ",")):
        file, title = file.replace(code, character), title.replace(code, character)
    return level, file.replace("%25", "%"), title.replace("%25", "%"), message.replace("%25", "%")


def test_a_regression_is_an_error_at_the_suite() -> None:
    (line,) = annotations(gate("regression", [SLOWER, judged("a=1", "unchanged", 1.0)]))
    assert line == (
        "::error file=suites/sample.yaml,title=regression::model=lstm,size=28,mode=inference: undisturbed +8.3 %25 "
        "(interval +6.3 to +10.3), limit 3 %25, 24 pairs; mean_latency +8.0 %25"
    )


def test_errors_come_before_warnings_and_each_worst_first() -> None:
    found = [read(line) for line in annotations(WORSE)]
    assert [(level, title) for level, _, title, _ in found] == [
        *(("error", "regression"), ("error", "regression")),
        *(("warning", "failed"), ("warning", "incomparable"), ("warning", "inconclusive")),
    ]
    assert [message[:10] for *_, message in found[:2]] == ["model=gru,", "model=lstm"]


def test_an_inconclusive_gate_is_warnings_and_says_first_what_is_wrong_with_all_of_it() -> None:
    found = [read(line) for line in annotations(DISTRUSTED)]
    assert {level for level, *_ in found} == {"warning"}
    assert found[0][2:] == ("gate", found[0][3])
    assert "control" in found[0][3]
    assert len(annotations(gate("inconclusive", [OPEN]))) == 1


def test_a_gate_that_compared_nothing_is_a_warning() -> None:
    (line,) = annotations(gate("inconclusive", [standing("a=1", "added")]))
    assert read(line)[3] == "inconclusive: nothing was compared (1 added)"


def test_a_gate_that_passes_says_nothing() -> None:
    assert annotations(PASSED) == ()


@pytest.mark.parametrize(("number", "rest"), [(9, ""), (10, ""), (11, " (and 1 more)"), (1234, " (and 1,224 more)")])
def test_there_are_ten_at_most_and_the_tenth_counts_the_others(number: int, rest: str) -> None:
    worse = [judged(f"a={i}", "regression", 1.1 + i / 1000) for i in range(number)]
    failed = [standing(f"b={i}", "failed", "broken") for i in range(number)]
    lines = annotations(gate("regression", [*worse, *failed]))
    for level in ("error", "warning"):
        found = [line for line in lines if line.startswith(f"::{level} ")]
        assert len(found) == min(number, 10)
        assert [line for line in found if " more)" in line] == ([found[-1]] if rest else [])
        assert found[-1].endswith(rest)
    assert read(lines[0])[3].startswith(f"a={number - 1}: ")


@pytest.mark.parametrize("text", [HOSTILE, "100%3A,:%0A::error::x", "a\r\n::error file=x::owned", "##[error]x"])
def test_names_cannot_leave_their_place(text: str) -> None:
    case = standing(text, "failed", text)
    (line,) = annotations(replace(gate("inconclusive", [case]), suite_file=text))
    assert line.startswith("::warning file=")
    assert line.isprintable()
    level, file, title, message = read(line)
    assert (level, title) == ("warning", "failed")
    shown = "".join(character for character in text.replace("\r", " ").replace("\n", " ") if character.isprintable())
    assert (file, message) == (shown.partition("::")[0], f"{shown}: could not be measured: {shown}")
