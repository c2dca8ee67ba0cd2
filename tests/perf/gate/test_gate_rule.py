"""The committed page of the rule has every row of the script; and a few gates of it."""

import pytest

from tests.perf.gate import gate_rule
from tests.perf.gate.gate_rule import LIMIT, NOISES, RATIOS, Weather, alarmed, found, gate, unchanged
from tests.perf.gate.rows import OUT
from tests.perf.gate.shares import clopper_pearson, share

PAGE = OUT.with_name("gate_rule.md")
CALM = Weather(name="normal", ratio=0.5)


def test_the_page_has_the_scripts_heading_and_all_its_rows() -> None:
    page = PAGE.read_text("utf-8")
    assert page.startswith(f"{gate_rule.HEAD}\n{gate_rule.GATES} gates a cell")
    rows = [tuple(line.split(" | ")[:2]) for line in page.splitlines() if line.startswith("| ") and " of " in line]
    assert rows == 2 * [(f"| {name}", f"{ratio:g}") for name in NOISES for ratio in RATIOS]


@pytest.mark.parametrize("name", NOISES)
def test_a_gate_over_equal_code_is_silent_and_calls_it_unchanged(name: str) -> None:
    weather = Weather(name=name, ratio=0.5)
    decisions = gate(weather, weather.drawn, 0.0)
    assert not alarmed(decisions)
    assert {decision.verdict for decision in decisions} == {"unchanged"}


def test_twice_the_limit_is_found_and_never_called_unchanged() -> None:
    assert found(CALM, CALM.drawn, 2 * LIMIT)
    assert not unchanged(CALM, CALM.drawn, 2 * LIMIT)


def test_a_row_draws_the_same_numbers_every_time() -> None:
    assert CALM.series(CALM.drawn) == CALM.series(CALM.drawn)


def test_a_share_has_the_bounds_of_clopper_and_pearson() -> None:
    assert clopper_pearson(0, 300) == pytest.approx((0.0, 1 - 0.025 ** (1 / 300)))
    assert clopper_pearson(10, 10) == pytest.approx((0.025**0.1, 1.0))
    assert share(3, 24) == "3 of 24, 12.5 % (2.7 to 32.4 %)"
    assert share(0, 0) == "–"
