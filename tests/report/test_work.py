"""How much of its work a case has by another's, in numbers and in words."""

import math

import pytest

from bench.report.work import declared, listed, spread, times, work_ratios, work_words
from tests.report.samples import by_key, exact

KNOWN = by_key(
    [
        *(
            exact("lstm", name, value)
            for name, value in (("parameters", 36), ("flops", 5), ("items", 2), ("values", 8))
        ),
        *(exact("cnn", name, value) for name, value in (("parameters", 1), ("flops", 10), ("items", 2), ("values", 4))),
        exact("bare", "flops", 0),
    ]
)


def test_inputs_are_items_times_values() -> None:
    assert declared("lstm", "inputs", KNOWN) == 16
    assert declared("bare", "inputs", KNOWN) is None
    assert declared("lstm", "flops", KNOWN) == 5


def test_work_is_compared_as_far_as_both_know_it() -> None:
    assert work_ratios("lstm", "cnn", KNOWN) == (("parameters", 36.0), ("flops", 0.5), ("inputs", 2.0))
    assert work_ratios("lstm", "bare", KNOWN) == (("flops", math.inf),)
    assert work_ratios("bare", "bare", KNOWN) == (("flops", 1.0),)


def test_what_is_unequal_is_named_with_its_range() -> None:
    found = [(("parameters", 36.0), ("flops", 1.0)), (("parameters", 36.0), ("flops", 1.2))]
    assert work_words(found) == "36× the parameters and 1.00× to 1.20× the flops"
    assert work_words([(("flops", math.inf),)]) == "∞× the flops"


@pytest.mark.parametrize("ratio", [1.0, 1.05, 1 / 1.05])
def test_within_a_twentieth_work_is_equal_whichever_is_more(ratio: float) -> None:
    assert work_words([(("parameters", ratio), ("flops", 1.0), ("inputs", 1.0))]) == (
        "equal parameters, flops and inputs"
    )


def test_nothing_is_said_of_work_that_nobody_knows() -> None:
    assert work_words([(), ()]) == ""


def test_the_spread_is_the_largest_by_the_smallest() -> None:
    assert spread([4, 2, 8]) == 4
    assert spread([0, 0]) == 1
    assert spread([0, 7]) == math.inf


def test_a_factor_near_one_has_a_digit_more() -> None:
    assert [times(factor) for factor in (36.4, 4.12, 1.034, 0.97, 0.251, math.inf)] == [
        *("36×", "4.1×", "1.03×", "0.970×", "0.25×", "∞×")
    ]


def test_a_list_reads_as_one() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
