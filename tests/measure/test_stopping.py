"""Stopping rules see numbers and nothing else."""

from bench.measure.stopping import Budget


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
