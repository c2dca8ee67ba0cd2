"""Neighbours along a factor: which of two is slower than its work allows, and by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bench.analysis.analysed import analyse
from bench.analysis.boundaries import crossings
from bench.records.boundaries import Crossing
from bench.records.nouns import Record
from tests.analysis.made_up import case, run, survey, trials

WORK = {100: 100, 128: 160, 136: 180}


def times(value: float, *, rounds: int = 10) -> list[float]:
    return [value * (1 + 0.001 * n) for n in range(rounds)]


def found(
    milliseconds: Mapping[int, Sequence[float]], *, kernels: Mapping[int, Sequence[str]] | None = None
) -> tuple[Crossing, ...]:
    """Cases that differ in `hidden`, the boundary being stated at 128; the order of the suite is not that of size."""
    sizes = sorted(milliseconds, reverse=True)
    cases = [case(levels={"batch": 8, "hidden": size}) for size in sizes]
    records: list[Record] = []
    for size, made in zip(sizes, cases, strict=True):
        surveyed = survey(made.id, {"flops": WORK[size]})
        records.append(replace(surveyed, kernels=tuple((kernels or {}).get(size, ()))))
        records += trials(made.id, milliseconds[size])
    whole = run(cases)
    suite = replace(whole.suite, boundaries={"hidden": (128,)})
    return crossings(analyse(replace(whole, suite=suite), records))


def test_neighbours_are_told_in_the_order_of_their_sizes_and_which_are_stated() -> None:
    below, at = found({size: times(1.0) for size in WORK})
    assert [(each.smaller, each.larger, each.stated) for each in (below, at)] == [
        ("100", "128", False),
        ("128", "136", True),
    ]
    assert at.others == ("batch=8",)
    assert at.work == pytest.approx(180 / 160)


@pytest.mark.parametrize(
    ("larger", "step", "excess"),
    [
        (2.25, "larger slower", 2.0),
        (1.125, "none", None),
        (1.05, "none", None),
        (1.0, "none", None),
        (0.5, "smaller slower", 2.25),
    ],
)
def test_a_step_is_what_neither_equal_times_nor_the_work_explain(
    larger: float, step: str, excess: float | None
) -> None:
    (at,) = found({128: times(1.0), 136: times(larger)})
    assert at.step == step
    assert at.excess == (None if excess is None else pytest.approx(excess))


def test_an_interval_that_holds_what_the_work_explains_tells_no_step() -> None:
    (at,) = found({128: [0.99, 1.01] * 5, 136: [0.7, 2.4] * 5})
    assert at.low is not None
    assert at.step == "none"


def test_without_an_interval_or_without_work_it_is_not_known() -> None:
    (short,) = found({128: times(1.0, rounds=3), 136: times(3.0, rounds=3)})
    assert (short.step, short.excess) == ("unknown", None)
    (gone,) = found({128: times(1.0), 136: []})
    assert (gone.ratio, gone.step) == (None, "unknown")


def test_each_side_names_the_algorithm_that_ran() -> None:
    kernels = {128: ["RNN_blockPersist_fp_LSTM"], 136: ["LSTM_elementWise_fp", "gemm"]}
    (at,) = found({128: times(1.0), 136: times(1.0)}, kernels=kernels)
    assert at.ran == (
        ("cuDNN forward: persistent, small hidden size",),
        ("cuDNN forward: standard (products, then elementwise)",),
    )


def test_a_suite_without_boundaries_has_none() -> None:
    assert crossings(analyse(run([case()]), [])) == ()
