"""Statistics against closed forms, enumeration, numpy and scipy."""

import itertools
from collections import Counter
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.statistics import (
    ERROR,
    ERRORS,
    fewest,
    holm,
    inversion_counts,
    median,
    order_interval,
    quantile,
    rank_sum,
    rank_sum_counts,
    rank_sum_p,
    sign_p,
    signed_rank,
    signed_rank_counts,
    trend_p,
    walsh_averages,
)

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def miss(n: int, places: tuple[int, int]) -> float:
    """The probability that the median lies outside of the order statistics at these places."""
    return float(stats.binom.cdf(places[0], n, 0.5) + stats.binom.sf(places[1], n, 0.5))


@settings(deadline=None)
@given(numbers)
def test_the_median_is_numpys(values: list[float]) -> None:
    assert median(values) == pytest.approx(float(np.median(values)), abs=1e-9)


@settings(deadline=None)
@given(numbers, st.floats(0, 1))
def test_a_quantile_is_interpolated_as_numpy_does(values: list[float], q: float) -> None:
    assert quantile(values, q) == pytest.approx(float(np.quantile(values, q)), abs=1e-6)


def test_quantiles_at_the_ends_are_the_smallest_and_the_largest() -> None:
    assert (quantile([3, 1, 2], 0), quantile([3, 1, 2], 1), quantile([5], 0.1)) == (1, 3, 5)


@pytest.mark.parametrize(
    ("n", "looks", "places"),
    [
        (5, 1, None),
        (6, 1, (0, 5)),
        (6, 2, None),
        (7, 2, (0, 6)),
        (9, 2, (0, 8)),
        (10, 2, (1, 8)),
        (20, 2, (4, 15)),
        (20, 1, (5, 14)),
        (0, 1, None),
    ],
)
def test_order_intervals_are_those_of_the_design(n: int, looks: int, places: tuple[int, int] | None) -> None:
    assert order_interval(n, looks=looks) == places


@pytest.mark.parametrize("looks", [1, 2])
@pytest.mark.parametrize("n", [*range(7, 41), 1500])
def test_an_order_interval_keeps_its_error_and_a_narrower_one_would_not(n: int, looks: int) -> None:
    places = order_interval(n, looks=looks)
    assert places is not None
    assert places[0] + places[1] == n - 1
    assert miss(n, places) <= float(ERRORS[looks])
    assert miss(n, (places[0] + 1, places[1] - 1)) > float(ERRORS[looks])


def test_as_few_pairs_bound_a_centre_as_trials_a_median() -> None:
    for looks, needed in ((1, 6), (2, 7)):
        assert fewest(looks=looks) == needed
        for n in (needed - 1, needed):
            assert (signed_rank([float(i) for i in range(n)], error=ERRORS[looks]).low is not None) == (n == needed)


def test_two_looks_together_keep_95_percent() -> None:
    first, last = order_interval(10, looks=2), order_interval(20, looks=2)
    assert first is not None
    assert last is not None
    assert miss(10, first) + miss(20, last) <= 0.05


@pytest.mark.parametrize("n", range(1, 11))
def test_signed_rank_counts_are_those_of_all_sign_patterns(n: int) -> None:
    patterns = itertools.product((0, 1), repeat=n)
    sums = Counter(sum(r for r, up in enumerate(signs, 1) if up) for signs in patterns)
    assert signed_rank_counts(n) == tuple(sums[total] for total in range(n * (n + 1) // 2 + 1))


@pytest.mark.parametrize("n", [6, 12, 20])
def test_signed_rank_p_values_are_scipys(n: int) -> None:
    values = np.random.default_rng(n).normal(0.3, 1, n)
    total = sum(average > 0 for average in walsh_averages(values.tolist()))
    counts = signed_rank_counts(n)
    ours = sum(counts[total:]) / sum(counts)
    assert ours == pytest.approx(stats.wilcoxon(values, alternative="greater", method="exact").pvalue)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (4, 4), (5, 3)])
def test_rank_sum_counts_are_those_of_all_orders(m: int, n: int) -> None:
    orders = itertools.combinations(range(m + n), n)
    pairs = Counter(sum(place - i for i, place in enumerate(order)) for order in orders)
    assert rank_sum_counts(m, n) == tuple(pairs[u] for u in range(m * n + 1))


@pytest.mark.parametrize(("m", "n"), [(6, 6), (7, 12), (20, 20)])
def test_rank_sum_p_values_are_scipys(m: int, n: int) -> None:
    random = np.random.default_rng(m)
    base, other = random.normal(0, 1, m), random.normal(0.4, 1, n)
    u = sum(bool(b > a) for a in base for b in other)
    ours = sum(rank_sum_counts(m, n)[u:]) / comb(m + n, n)
    assert ours == pytest.approx(stats.mannwhitneyu(other, base, alternative="greater", method="exact").pvalue)


@pytest.mark.parametrize("n", [6, 7, 10, 20])
def test_a_signed_rank_interval_holds_just_what_the_exact_test_cannot_reject(n: int) -> None:
    values = np.random.default_rng(n).normal(2, 1, n)
    shift = signed_rank(values.tolist())
    assert shift.low is not None
    assert shift.high is not None
    for edge, inwards in ((shift.low, 1e-9), (shift.high, -1e-9)):
        assert stats.wilcoxon(values - (edge + inwards), method="exact").pvalue > float(ERROR)
        assert stats.wilcoxon(values - (edge - inwards), method="exact").pvalue <= float(ERROR)


@pytest.mark.parametrize(("m", "n"), [(4, 4), (6, 9), (20, 20)])
def test_a_rank_sum_interval_holds_just_what_the_exact_test_cannot_reject(m: int, n: int) -> None:
    random = np.random.default_rng(m)
    base, other = random.normal(0, 1, m), random.normal(1, 1, n)
    shift = rank_sum(base.tolist(), other.tolist())
    assert shift.low is not None
    assert shift.high is not None
    for edge, inwards in ((shift.low, 1e-9), (shift.high, -1e-9)):
        assert stats.mannwhitneyu(other - (edge + inwards), base, method="exact").pvalue > float(ERROR)
        assert stats.mannwhitneyu(other - (edge - inwards), base, method="exact").pvalue <= float(ERROR)


def test_too_few_numbers_have_an_estimate_and_no_interval() -> None:
    assert (signed_rank([1, 2, 3, 4, 5]).estimate, signed_rank([1, 2, 3, 4, 5]).low) == (3, None)
    assert signed_rank([1, 2, 3, 4, 5, 6]).low == 1
    assert (rank_sum([1, 2, 3], [11, 12, 13]).estimate, rank_sum([1, 2, 3], [11, 12, 13]).high) == (10, None)
    assert rank_sum([1, 2, 3, 4], [11, 12, 13, 14]).high == 13


def test_walsh_averages_count_every_pair_and_every_value() -> None:
    assert walsh_averages([4, 0, 2]) == [0, 1, 2, 2, 3, 4]


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=15), st.integers(-1000, 1000))
def test_the_shift_of_shifted_numbers_is_shifted_by_as_much(values: list[int], by: int) -> None:
    assert signed_rank([v + by for v in values]).estimate == signed_rank(values).estimate + by
    assert rank_sum(values, [v + by for v in values]).estimate == by


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=6, max_size=20), st.lists(st.floats(-100, 100), min_size=6, max_size=20))
def test_changing_sides_turns_the_sign_of_a_shift(base: list[float], other: list[float]) -> None:
    there, back = rank_sum(base, other), rank_sum(other, base)
    assert there.low is not None
    assert back.high is not None
    assert there.estimate == pytest.approx(-back.estimate)
    assert there.low == pytest.approx(-back.high)
    assert there.low <= there.estimate


@pytest.mark.parametrize("n", range(1, 7))
def test_inversions_are_counted_as_listing_every_order_counts_them(n: int) -> None:
    orders = itertools.permutations(range(n))
    found = Counter(sum(a > b for a, b in itertools.combinations(order, 2)) for order in orders)
    assert list(inversion_counts(n)) == [found[k] for k in range(n * (n - 1) // 2 + 1)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20, unique=True))
def test_the_p_of_a_trend_is_that_of_kendalls_exact_test(values: list[int]) -> None:
    expected = stats.kendalltau(range(len(values)), values, method="exact").pvalue
    assert trend_p(values) == pytest.approx(expected, abs=1e-12)


def test_ties_count_against_a_trend() -> None:
    assert trend_p([1, 2, 3, 3, 4, 5]) == trend_p([1, 2, 4, 3, 5, 6])
    assert trend_p([1] * 9) == 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=24, unique=True), st.data())
def test_the_p_of_a_rank_sum_is_scipys(values: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(values) - 1))
    base, other = values[:cut], values[cut:]
    expected = stats.mannwhitneyu(other, base, alternative="greater", method="exact").pvalue
    assert rank_sum_p(base, other) == pytest.approx(expected, abs=1e-12)


def test_ties_count_against_a_difference() -> None:
    assert rank_sum_p([1, 2, 3], [3, 4, 5]) == rank_sum_p([1, 2, 4], [3, 5, 6])


@settings(deadline=None)
@given(st.integers(1, 40), st.data())
def test_the_p_of_signs_is_the_binomials(n: int, data: st.DataObject) -> None:
    positive = data.draw(st.integers(0, n))
    assert sign_p(positive, n) == pytest.approx(stats.binomtest(positive, n, alternative="greater").pvalue)


def test_holm_multiplies_the_smallest_by_their_number_and_never_falls() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.9, 0.6]) == (1, 1)
    assert holm([]) == ()
