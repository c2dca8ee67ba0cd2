"""An interval is decided where all of it lies on one side."""

import pytest

from bench.claims.bounds import Interval, of_law, of_ratio, of_trend, outcome
from bench.records.claims import Axes, LawCheck, Outcome, RatioCheck, TrendCheck


def ratio(
    *,
    above: float | None = None,
    below: float | None = None,
    between: tuple[float, float] | None = None,
    within: float | None = None,
) -> RatioCheck:
    return RatioCheck(
        suite="made_up",
        compare={"model": ("lstm",)},
        to={"model": "cnn"},
        metric="latency",
        above=above,
        below=below,
        between=between,
        within=within,
    )


@pytest.mark.parametrize(
    ("interval", "found"),
    [
        ((10.1, 12.0), "holds"),
        ((9.9, 12.0), "open"),
        ((9.0, 10.0), "fails"),
        ((10.0, 10.0), "fails"),
        (None, "open"),
    ],
)
def test_above_is_decided_by_the_whole_interval(interval: Interval | None, found: Outcome) -> None:
    assert outcome(interval, of_ratio(ratio(above=10))) == found


@pytest.mark.parametrize(("interval", "found"), [((0.4, 0.49), "holds"), ((0.4, 0.6), "open"), ((0.5, 0.6), "fails")])
def test_below_is_decided_by_the_whole_interval(interval: Interval, found: Outcome) -> None:
    assert outcome(interval, of_ratio(ratio(below=0.5))) == found


@pytest.mark.parametrize(
    ("interval", "found"),
    [
        ((0.95, 1.05), "holds"),
        ((0.95, 1.15), "open"),
        ((0.85, 1.05), "open"),
        ((1.11, 1.2), "fails"),
        ((0.8, 0.9), "fails"),
        ((0.905, 0.92), "open"),
    ],
)
def test_equivalence_reaches_as_far_down_as_up(interval: Interval, found: Outcome) -> None:
    """A tenth up is 1/1.1 down: what is 1.1 times as slow one way is that the other way round."""
    assert outcome(interval, of_ratio(ratio(within=0.1))) == found


def test_an_interval_across_both_bounds_is_open() -> None:
    assert outcome((0.5, 2.0), of_ratio(ratio(within=0.1))) == "open"


@pytest.mark.parametrize(
    ("interval", "found"),
    [((3.5, 4.5), "holds"), ((3.1, 4.5), "open"), ((3.5, 4.9), "open"), ((2.0, 3.2), "fails"), ((4.8, 9.0), "fails")],
)
def test_a_ratio_lies_between_two_bounds(interval: Interval, found: Outcome) -> None:
    bounds = of_ratio(ratio(between=(3.2, 4.8)))
    assert bounds.words == "between 3.2 and 4.8"
    assert outcome(interval, bounds) == found


def test_a_trend_rises_or_falls() -> None:
    rising = TrendCheck(suite="made_up", monotone="layers", metric="latency", rises=True)
    falling = TrendCheck(suite="made_up", monotone="layers", metric="latency", falls=True)
    assert outcome((1.01, 1.02), of_trend(rising)) == "holds"
    assert outcome((1.01, 1.02), of_trend(falling)) == "fails"


def test_a_coefficient_lies_between_two_bounds() -> None:
    check = LawCheck(suite="made_up", law=Axes(x="steps", y="latency"), coefficient="k", between=(0.9, 1.1))
    assert of_law(check).words == "between 0.9 and 1.1"
    assert outcome((0.95, 1.05), of_law(check)) == "holds"
    assert outcome((1.2, 1.3), of_law(check)) == "fails"
    assert outcome((1.0, 1.3), of_law(check)) == "open"
