"""Made-up pairs, put together and judged; and the committed page is what its script makes of the committed pairs."""

import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import pytest

from bench.measure.pairing import CONTROL_PAIRS
from tests.evidence.rows import append
from tests.perf.gate.composing import CALM, LIMITS, Mirrored, Shown, gate, measured, shown
from tests.perf.gate.made_up import CASES, unit
from tests.perf.gate.measure import WORTH
from tests.perf.gate.page import carried, main, page, steps
from tests.perf.gate.progress import is_whole
from tests.perf.gate.rows import OUT, Row, Unit, pairs_of
from tests.perf.gate.whole import COLUMNS, read, whole

DOSED = CASES[3]


@cache
def rows() -> tuple[Row, ...]:
    """A quiet campaign in which every dose is found, and equal code under bursts that are too much. With
    the labels swapped the candidate is as much faster."""
    return (
        *unit("quiet", "0", change=0.0, sd=0.004),
        *unit("quiet", "2", change=0.02, sd=0.004),
        *unit("quiet", "swapped-2", change=1 / 1.02 - 1, sd=0.004),
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


def mirrored(size: float, back: float, half: float) -> Mirrored:
    """Log-ratios of a dose in the candidate and in the base, with intervals of that half-width around them."""
    one = quiet().mirrored["2"][0]
    there, again = (
        replace(decision, sharp=replace(decision.sharp, estimate=centre, low=centre - half, high=centre + half))
        for decision, centre in ((one.there, size), (one.back, back))
    )
    return replace(one, there=there, back=again)


def test_a_dose_in_the_base_is_measured_for_itself_and_found_to_be_faster() -> None:
    both = quiet().mirrored["2"]
    assert [one.case for one in both] == sorted(CASES)
    assert {(one.there.verdict, one.back.verdict) for one in both} == {("regression", "improvement")}
    assert all(one.agrees for one in both)
    assert len({one.gap for one in both}) == len(both), "no mirror image of the same pairs"


def test_a_load_that_lacks_one_of_the_two_labels_has_none_to_compare() -> None:
    assert shown(rows(), "bursts") is not None
    assert (shown([row for row in rows() if row.dose != "swapped-2"], "quiet") or quiet()).mirrored == {}


@pytest.mark.parametrize(
    ("size", "back", "half", "agrees"),
    [
        (0.02, -0.02, 0.001, True),
        (0.02, -0.0245, 0.0001, True),
        (0.02, -0.03, 0.001, False),
        (0.02, -0.03, 0.006, True),
        (0.02, 0.02, 0.001, False),
    ],
)
def test_labels_agree_within_half_a_point_or_where_the_intervals_overlap(
    size: float, back: float, half: float, agrees: bool
) -> None:
    assert mirrored(size, back, half).agrees is agrees


def test_the_gates_seconds_are_those_of_its_pairs_surveys_servers_and_control() -> None:
    found = measured(rows(), Unit(load="quiet", dose="0"))
    assert found is not None
    pairs, servers = 12 * 0.25, (4 + 4) * 3.0
    per_case = pairs + 0.8 + (servers + CONTROL_PAIRS * 0.25) / len(CASES)
    assert gate(found.cases, found, LIMITS[0]).seconds == pytest.approx(per_case)


def test_a_unit_that_has_too_few_pairs_for_a_look_is_not_there() -> None:
    few = [row for row in rows() if row.pair < 12]
    assert measured(few, Unit(load="quiet", dose="0")) is None


def test_the_page_of_nothing_says_that_everything_is_lacking() -> None:
    text = list(page([]))
    assert f"0 of the campaign's {len(WORTH)} units are whole.\n" in text
    assert "1. Equal code: not met: lacking what its parts lack" in text


def test_the_page_has_a_unit_that_no_look_has_seen_and_says_which_are_whole() -> None:
    text = list(page([*rows(), *unit("candidate", "3", change=0.03, sd=0.004, pairs=7)]))
    assert f"4 of the campaign's {len(WORTH)} units are whole; revision of the harness: `0123456789ab`.\n" in text
    assert "| candidate | `3` | 1 | 24 | 7 to 7 | 24 |" in text
    assert "| bursts | `0` | 1 | 24 | 40 to 40 | 0 |" in text
    assert text.index("| quiet | `swapped-2` | 1 | 24 | 24 to 24 | 0 |") < text.index(
        "| bursts | `0` | 1 | 24 | 40 to 40 | 0 |"
    )
    assert "## Load: candidate" not in "\n".join(text)


TOLD = {
    "seconds": 150.04,
    "control": {"fired": True},
    "cases": [
        {"verdict": "unchanged", "changes": [{"pairs": 12}, {"pairs": 12}]},
        {"verdict": "inconclusive", "changes": [{"pairs": 40}, {"pairs": 40}]},
        {"verdict": "failed", "changes": []},
    ],
}


def test_a_whole_gate_is_a_row_that_is_read_as_it_was_written_and_stands_beside_those_of_its_load(
    tmp_path: Path,
) -> None:
    one = whole("quiet", 1, text=json.dumps(TOLD), seconds=180.04, code=4)
    assert (one.seconds, one.recorded, one.pairs, one.control) == (180.0, 150.0, 52, "fired")
    append(tmp_path / "a.csv", COLUMNS, [asdict(one)])
    assert read(tmp_path / "a.csv") == [one]
    text = list(page(rows(), [one, replace(one, load="constant", control="still")]))
    (gate_alone,) = quiet().equal[LIMITS[0]]
    cells = "180 | 150 | 17.3 | 1 of 3 | 1 of 3 | 4 | 60.0"
    assert f"| quiet | {cells} | {gate_alone.seconds:.1f} |" in text
    assert f"| constant | {cells} | – |" in text
    assert any("The control fired in 1 of 2, 50.0 % (1.3 to 98.7 %) gates." in line for line in text)


def test_a_unit_with_a_case_less_or_with_one_that_is_open_is_not_whole() -> None:
    found = pairs_of(rows(), Unit(load="quiet", dose="0"))
    assert is_whole(found)
    assert not is_whole({case: own for case, own in found.items() if case != DOSED})
    assert not is_whole({**found, DOSED: found[DOSED][:11]})
    assert not is_whole({**found, DOSED: [replace(row, sharp=30 * row.sharp) for row in found[DOSED]]})


def test_pairs_that_swing_to_and_fro_are_correlated_with_the_next() -> None:
    swinging = [replace(row, sharp=0.001 * (-1) ** row.pair) for row in rows() if row.unit.dose == "0"]
    found = measured(swinging, Unit(load="quiet", dose="0"))
    assert found is not None
    assert "is -1.00 (of independent ones about -0.04)" in carried(found)
    assert "-1.00" not in carried(quiet().undosed[0])


def test_the_page_tells_how_long_the_steps_are_and_which_metric_is_sharp() -> None:
    found = quiet().undosed[0]
    long = [replace(row, metric="cpu_time") if row.step > 0.004 else row for row in rows()]
    assert "1 to 24 ms (a case's median; the surveys' one step: 2 to 48 ms)" in steps(rows(), found)
    assert steps(long, found).endswith("; sharp is `cpu_time` in 20 cases, `undisturbed` in 4 cases.")


def test_the_page_holds_tables_of_every_load_and_of_the_swapped_labels() -> None:
    text = "\n".join(page(rows()))
    assert "| 1% | +2 % | 24 of 24," in text
    assert "| +2 % in the base | 24 of 24, 100.0 % (85.8 to 100.0 %) |" in text
    assert [line for line in text.splitlines() if line.startswith("## Load")] == ["## Load: quiet", "## Load: bursts"]


@pytest.mark.skipif(not OUT.exists(), reason="nothing was measured yet")
def test_the_committed_page_is_what_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    main(OUT)
    assert capsys.readouterr().out == OUT.with_suffix(".md").read_text("utf-8")
