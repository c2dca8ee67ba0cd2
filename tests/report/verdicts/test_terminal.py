from dataclasses import replace

import pytest

from bench.report.verdicts.terminal import gate_view
from tests.report.golden import same_as_golden
from tests.report.samples import HOSTILE
from tests.report.test_terminal import drawn
from tests.report.verdicts.made_up import ALL, FINDING, PASSED, SLOWER, UNEVEN, WORSE, gate, name, standing

ALL_AND_UNEVEN = replace(WORSE, cases=(*ALL, UNEVEN))


@pytest.mark.parametrize("width", [50, 80, 140])
def test_a_gate_in_the_terminal(width: int) -> None:
    assert same_as_golden(f"gate_{width}.txt", drawn(gate_view(ALL_AND_UNEVEN), width))


@pytest.mark.parametrize("width", [20, 50, 80, 140])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(width: int) -> None:
    text = drawn(gate_view(ALL_AND_UNEVEN), width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    joined = " ".join(text.split())
    assert all(number in joined for number in ("+8.3 %", "+6.3 to +10.3", "+14.5 %", "62 pairs", "−9.8 %"))


def test_the_worst_is_first() -> None:
    lines = drawn(gate_view(ALL_AND_UNEVEN), 140).splitlines()
    shown = [line.split()[1] for line in lines if line[:2] in ("▲ ", "! ", "= ")]
    assert shown[:4] == ["regression", "regression", "regression", "failed"]
    assert lines[0].startswith("✗ regression: 3 of 11 cases")


def test_a_mean_that_decided_is_told_with_its_interval() -> None:
    assert "mean_latency +14.5 % (interval +9.5 to +19.5)" in drawn(gate_view(gate("regression", [UNEVEN])), 200)


def test_a_gate_without_cases_control_or_findings_is_its_headline() -> None:
    text = drawn(gate_view(replace(gate("inconclusive"), control=None, findings=())), 80)
    assert text.splitlines()[0] == "? inconclusive: nothing was compared"
    assert len(text.splitlines()) == 2


def test_worse_is_red_better_green_open_yellow() -> None:
    text = drawn(gate_view(WORSE), 140, terminal=True)
    assert "\x1b[31m▲ regression" in text
    assert "\x1b[32m▼ improvement" in text
    assert "\x1b[33m? inconclusive" in text
    assert "\x1b[1;32m✓ pass" in drawn(gate_view(PASSED), 140, terminal=True)


def test_without_colour_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = drawn(gate_view(WORSE), 140, terminal=True)
    assert "\x1b[31m" not in text
    assert "▲ regression" in text


@pytest.mark.parametrize("width", [50, 200])
def test_hostile_names_are_text(width: int) -> None:
    hostile = replace(
        WORSE,
        base=HOSTILE,
        machine=HOSTILE,
        cases=(standing(HOSTILE, "failed", HOSTILE), replace(SLOWER, case=HOSTILE)),
        findings=(replace(FINDING, code=HOSTILE, message=HOSTILE),),
    )
    text = drawn(gate_view(hostile), width)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[/nope]" in " ".join(text.split())


@pytest.mark.parametrize("width", [20, 50, 80, 140])
def test_no_wrapped_line_begins_with_a_command_of_a_ci_service(width: int) -> None:
    for n in range(1, 81):
        note = "x" * n + "::error::owned"
        told = gate("inconclusive", [standing(name("lstm"), "failed", note), standing(note, "removed")])
        for line in drawn(gate_view(replace(told, base=note)), width).splitlines():
            assert not line.lstrip().startswith("::")
