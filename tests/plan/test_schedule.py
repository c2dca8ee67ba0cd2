"""The order of a round."""

from hypothesis import given
from hypothesis import strategies as st

from bench.plan.matrix import expand
from bench.plan.schedule import order
from bench.records.suite import Policy
from tests.plan.written import ids, suite

CASES = expand(
    suite({"factors": [{"n": list(range(12))}], "skip": [{"where": {"n": [3, 4]}, "because": "slow"}]}), Policy()
)


@given(st.integers(), st.integers(min_value=0))
def test_every_case_runs_once_in_every_round(seed: int, number: int) -> None:
    found = order(CASES, seed=seed, round=number)
    assert sorted(ids(found)) == sorted(case.id for case in CASES if case.skip is None)


def test_rounds_differ_and_each_can_be_drawn_again() -> None:
    rounds = [ids(order(CASES, seed=7, round=number)) for number in range(5)]
    assert rounds == [ids(order(CASES, seed=7, round=number)) for number in range(5)]
    assert len({tuple(found) for found in rounds}) == 5


def test_seeds_differ() -> None:
    assert ids(order(CASES, seed=1, round=0)) != ids(order(CASES, seed=2, round=0))


def test_the_order_is_the_one_that_the_design_defines() -> None:
    assert ids(order(CASES, seed=1, round=2)) == [f"n={n}" for n in (11, 0, 2, 7, 10, 9, 5, 6, 8, 1)]
