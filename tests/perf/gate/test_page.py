"""Made-up pairs, put together and judged; and the committed page is what its script makes of the committed pairs."""

from dataclasses import replace
from functools import cache

import pytest

from bench.measure.pairing import CONTROL_PAIRS
from tests.perf.gate.composing import CALM, LIMITS, Shown, agree, gate, measured, shown
from tests.perf.gate.made_up import CASES, unit
from tests.perf.gate.page import main, page
from tests.perf.gate.rows import OUT, Row, Unit

DOSED = CASES[3]


@cache
def rows() -> tuple[Row, ...]:
    """A quiet campaign in which every dose is found, and equal code under bursts that are too much."""
    return (
        *unit("quiet", "0", change=0.0, sd=0.004),
        *unit("quiet", "2", change=0.02, sd=0.004),
        *unit("bursts", "0", change=0.0, sd=0.05, pairs=40),
    )


@cache
def quiet() -> Shown:
    found = shown(rows(), "quiet")
    assert found is not None
    return found


def test_equal_code_is_unchanged_and_no_gate_alarms() -> None:
    (one,) = quiet().equal[LIMITS[0]]
    assert {decision.verdict for decision in one.decisions.values()} == {"unchanged"}


def test_every_case_has_its_dose_once_beside_the_undosed_others() -> None:
    found = quiet().doses["2", LIMITS[0]]
    assert [one.case for one in found] == sorted(CASES)
    assert {one.decision.verdict for one in found} == {"regression"}
    assert all(one.sd <= CALM for one in found)


def test_a_dose_below_the_limit_is_not_found() -> None:
    assert {one.decision.verdict for one in quiet().doses["2", LIMITS[2]]} == {"unchanged"}


def test_labels_agree_where_one_estimate_is_the_others_mirror_image() -> None:
    one = quiet().doses["2", LIMITS[0]][0]
    assert one.swapped is not None
    assert one.swapped.sharp.estimate == pytest.approx(-one.decision.sharp.estimate)
    assert agree(one)
    wrong = replace(one.swapped.sharp, estimate=0.02, low=0.015, high=0.025)
    assert not agree(replace(one, swapped=replace(one.swapped, sharp=wrong)))


def test_the_gates_seconds_are_those_of_its_pairs_surveys_servers_and_control() -> None:
    found = measured(rows(), Unit(load="quiet", dose="0"))
    assert found is not None
    pairs, servers = 12 * 0.25, 4 * 3.0
    per_case = pairs + 0.8 + (servers + CONTROL_PAIRS * 0.25) / len(CASES)
    assert gate(found.cases, found, LIMITS[0]).seconds == pytest.approx(per_case)


def test_a_unit_that_has_too_few_pairs_for_a_look_is_not_there() -> None:
    few = [row for row in rows() if row.pair < 12]
    assert measured(few, Unit(load="quiet", dose="0")) is None


def test_the_page_says_what_was_met_what_was_not_and_what_was_not_measured() -> None:
    text = "\n".join(page(rows()))
    assert "at 1%: false alarms 0 of 96, 0.0 % (0.0 to 3.8 %); asked: none of at least 300: **not met**" in text
    assert "`unchanged` 24 of 24, 100.0 % (85.8 to 100.0 %); asked: 90%: met" in text
    assert "+2 % at 1%, quiet: of the calm ones found 24 of 24, 100.0 % (85.8 to 100.0 %)" in text
    assert "- +3 % at 1%, bursts: not measured." in text
    assert "| 1% | +2 % | 24 of 24," in text
    assert [line for line in text.splitlines() if line.startswith("## Load")] == ["## Load: quiet", "## Load: bursts"]


@pytest.mark.skipif(not OUT.exists(), reason="nothing was measured yet")
def test_the_committed_page_is_what_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    main(OUT)
    assert capsys.readouterr().out == OUT.with_suffix(".md").read_text("utf-8")
