"""Few, round, plainly written ticks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.report.figures.drawing.ticks import MOST, linear_ticks, log_ticks, spread_out, tick_text
from bench.report.figures.nouns import Axis


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.9, 11, [1, 1.5, 2, 3, 5, 7, 10]),
        (0.9, 60, [1, 2, 5, 10, 20, 50]),
        (0.3, 400, [0.3, 1, 3, 10, 30, 100, 300]),
        (1, 1e6, [1, 10, 100, 1e3, 1e4, 1e5, 1e6]),
        (1, 1e12, [1, 100, 1e4, 1e6, 1e8, 1e10, 1e12]),
        (1.02, 1.31, [1.05, 1.1, 1.15, 1.2, 1.25, 1.3]),
    ],
)
def test_a_logarithmic_axis_has_ticks_for_its_range(low: float, high: float, expected: list[float]) -> None:
    assert log_ticks(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 10, [0, 2, 4, 6, 8, 10]), (0, 0.7, [0, 0.2, 0.4, 0.6]), (0, 140, [0, 25, 50, 75, 100, 125]), (3, 3, [3])],
)
def test_a_linear_axis_has_round_ticks(low: float, high: float, expected: list[float]) -> None:
    assert linear_ticks(low, high) == pytest.approx(expected)


@given(st.floats(1e-9, 1e9), st.floats(1.01, 1e9))
def test_ticks_are_few_and_within_the_axis(low: float, factor: float) -> None:
    for ticks in (log_ticks(low, low * factor), linear_ticks(low, low * factor)):
        assert 1 <= len(ticks) <= MOST
        assert all(low * (1 - 1e-9) <= tick <= low * factor * (1 + 1e-9) for tick in ticks)


def test_levels_without_room_for_their_labels_have_no_tick() -> None:
    levels = [7, 14, 28, 56, 112, 196, 392, 784]
    assert spread_out(levels, log=True, width=200, letters=4) == levels
    assert spread_out(levels, log=False, width=200, letters=4) == [7, 56, 112, 196, 392, 784]
    assert spread_out([28], log=True, width=200, letters=4) == [28]


@pytest.mark.parametrize(
    ("value", "axis", "expected"),
    [
        (0.02, None, "0.02"),
        (12544, None, "12,544"),
        (2.5, None, "2.5"),
        (1000.0, Axis(what="latency", unit="ms"), "1,000"),
        (20_000, Axis(what="parameters"), "20k"),
        (1_500_000, Axis(what="parameters"), "1.5M"),
        (0.5, Axis(what="ratio"), "0.5"),
        (3e-5, Axis(what="latency", unit="s", wide=True), "30 µs"),
        (0.01, Axis(what="latency", unit="s", wide=True), "10 ms"),
        (1.0, Axis(what="latency", unit="s", wide=True), "1 s"),
    ],
)
def test_ticks_are_written_plainly(value: float, axis: Axis | None, expected: str) -> None:
    assert tick_text(value, axis) == expected
