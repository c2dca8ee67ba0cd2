"""Stopping rules see numbers and nothing else."""

import pytest

from bench.stopping import Budget, Precision


def test_without_a_budget_nothing_is_ever_done() -> None:
    budget = Budget(None, lambda: 1e9)
    budget.add(1e9)
    assert not budget.done(pieces=3)


def test_a_piece_begins_only_if_the_longest_so_far_would_still_fit() -> None:
    clock = iter([0.0, 70.0, 70.0, 91.0])
    budget = Budget(100.0, lambda: next(clock))
    budget.add(10.0)
    budget.add(5.0)
    assert not budget.done(pieces=3)
    budget.add(20.0)
    assert budget.done(pieces=3)
    assert budget.done()


def told(*values: float, share: float = 0.02, looks: int = 1) -> Precision:
    rule = Precision(share, looks=looks)
    for value in values:
        rule.add(value)
    return rule


def test_a_steady_case_is_done_as_soon_as_its_median_has_an_interval() -> None:
    steady = [1.0, 1.01] * 3
    assert not told(*steady[:5]).done()
    assert told(*steady).done()


def test_two_looks_ask_for_a_value_more_than_one_does() -> None:
    steady = [1.0, 1.01, 1.02, 1.01, 1.0, 1.01, 1.02]
    assert told(*steady[:6]).done()
    assert not told(*steady[:6], looks=2).done()
    assert told(*steady, looks=2).done()


def test_values_that_are_all_the_same_bound_nothing() -> None:
    assert told(*[1.0] * 10).interval() is None
    assert not told(*[1.0] * 10).done()
    assert told(*[1.0] * 9, 1.001).interval() == (1.0, 1.0), "one that differs shows that the clock can tell"


@pytest.mark.parametrize(
    "history",
    [
        [1.0, 1.2] * 5,
        [1.0 + 0.02 * n for n in range(10)],
        [1.0] * 5 + [1.1] * 5,
    ],
    ids=["alternating", "drifting", "stepping"],
)
def test_an_unsteady_case_is_not_done(history: list[float]) -> None:
    assert not told(*history).done()


def test_one_far_value_of_ten_does_not_keep_a_case_from_being_done() -> None:
    assert told(*[1.0] * 9, 5.0).done()


def test_half_the_interval_is_what_counts() -> None:
    assert told(0.985, *[1.0] * 4, 1.015).done()
    assert not told(0.97, *[1.0] * 4, 1.02).done()
