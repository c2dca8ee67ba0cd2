"""Numbers → medians, quantiles, and exact intervals of order statistics, signed ranks and rank sums.

Why exact, and why by hand: a case has 6 to 20 trials, where normal approximations are worst and the null
distributions are small enough to count. Counting them is shorter than to import scipy, which costs half a second;
the tests compare with it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate, combinations, combinations_with_replacement, count, starmap
from math import comb, factorial
from operator import gt, lt

ERROR = Fraction(5, 100)
ERRORS = {1: ERROR, 2: Fraction(285, 10_000)}
"""The two-sided error that an interval may have at each of so many looks: two looks together keep 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """By how much numbers differ, with an interval of the error that was asked for: absent where there are too few."""

    estimate: float
    low: float | None
    high: float | None


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle ones."""
    return ordered_median(sorted(values))


def ordered_median(ordered: Sequence[float]) -> float:
    """The same of values that are sorted already."""
    assert ordered
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def quantile(values: Sequence[float], q: float) -> float:
    """The q-quantile, 0 ≤ q ≤ 1, interpolated linearly between order statistics (Hyndman and Fan 1996, type 7)."""
    return ordered_quantile(sorted(values), q)


def ordered_quantile(ordered: Sequence[float], q: float) -> float:
    """The same of values that are sorted already."""
    assert ordered
    assert 0 <= q <= 1
    place = q * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@cache
def order_interval(n: int, *, looks: int) -> tuple[int, int] | None:
    """The places, from 0, in n sorted values of the narrowest symmetric interval for the median: none for few values.

    The number of values below the median is binomial with one half (David and Nagaraja, Order Statistics, 7.1)."""
    return _interval([comb(n, below) for below in range(n + 1)], ERRORS[looks], places=n)


@cache
def fewest(*, looks: int) -> int:
    """How many values bound their median at each of so many looks, and how many pairs their centre: both have an
    interval as soon as all values on one side are rarer than the error."""
    return next(n for n in count(1) if order_interval(n, looks=looks))


def median_interval(ordered: Sequence[float], *, looks: int) -> tuple[float, float] | None:
    """The interval for the median of sorted values. None where they are too few to bound it, and where all are the
    same: of trials that would say that the clock is too coarse to tell them apart, not that the median is known."""
    places = order_interval(len(ordered), looks=looks)
    if places is None or ordered[0] == ordered[-1]:
        return None
    return ordered[places[0]], ordered[places[1]]


@cache
def signed_rank_counts(n: int) -> tuple[int, ...]:
    """How many of the 2ⁿ sign patterns have the signed-rank sum 0, 1, …, n(n+1)/2 (Wilcoxon 1945)."""
    counts = [1]
    for rank in range(1, n + 1):
        counts += [0] * rank
        for total in range(len(counts) - 1, rank - 1, -1):
            counts[total] += counts[total - rank]
    return tuple(counts)


@cache
def rank_sum_counts(m: int, n: int) -> tuple[int, ...]:
    """How many of the C(m+n, n) orders of m and n numbers have 0, 1, …, mn pairs in which the second is the larger.

    They are the coefficients of the Gaussian binomial ∏ (1 − xⁿ⁺ⁱ) / (1 − xⁱ), i = 1…m (Mann and Whitney 1947)."""
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for pairs in range(m * n, n + i - 1, -1):
            counts[pairs] -= counts[pairs - n - i]
        for pairs in range(i, m * n + 1):
            counts[pairs] += counts[pairs - i]
    return tuple(counts)


@cache
def inversion_counts(n: int) -> tuple[int, ...]:
    """How many of the n! orders of n numbers have 0, 1, …, n(n−1)/2 pairs out of order (Kendall 1938).

    They are the coefficients of ∏ (1 + x + … + xⁱ⁻¹), i = 1…n."""
    counts = [1]
    for i in range(2, n + 1):
        sums = [0, *accumulate(counts)]
        counts = [sums[min(k + 1, len(counts))] - sums[max(0, k + 1 - i)] for k in range(len(counts) + i - 1)]
    return tuple(counts)


def trend_p(values: Sequence[float]) -> float:
    """The two-sided p of no trend in the order of the values, by Kendall's tau; ties count against a trend."""
    n = len(values)
    pairs, rising = n * (n - 1) // 2, sum(starmap(lt, combinations(values, 2)))
    falling = pairs - rising if len(set(values)) == n else sum(starmap(gt, combinations(values, 2)))
    return _inversions_p(n, pairs - max(rising, falling))


@cache
def _inversions_p(n: int, most: int) -> float:
    """The two-sided p of at most so many pairs out of order."""
    return min(1.0, 2 * sum(inversion_counts(n)[: most + 1]) / factorial(n))


def rank_sum_p(base: Sequence[float], other: Sequence[float]) -> float:
    """The one-sided p of `other` lying no higher than `base`; ties count against a difference."""
    counts = rank_sum_counts(*sorted((len(base), len(other))))
    lower = sum(b <= a for a in base for b in other)
    return sum(counts[: lower + 1]) / sum(counts)


@cache
def sign_p(positive: int, n: int) -> float:
    """The one-sided p of so many positive among n signs, each as likely as not."""
    return sum(comb(n, k) for k in range(positive, n + 1)) / (1 << n)


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """The p-values adjusted for being looked at together, however they depend on one another (Holm 1979)."""
    adjusted, worst = [0.0] * len(ps), 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=lambda place: ps[place])):
        worst = max(worst, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = worst
    return tuple(adjusted)


def walsh_averages(values: Sequence[float]) -> list[float]:
    """The n(n+1)/2 averages of two of the n values, each with itself included, sorted."""
    return sorted([(a + b) / 2 for a, b in combinations_with_replacement(values, 2)])


def signed_rank(differences: Sequence[float], *, error: Fraction = ERROR) -> Shift:
    """The centre of paired differences (Hodges and Lehmann 1963), in their unit, with an interval that has that
    two-sided error; for 5 % it needs 6 pairs, for 2.85 % 7."""
    averages = walsh_averages(differences)
    return _shift(averages, _signed_rank_interval(len(differences), error))


def signed_rank_p(differences: Sequence[float], *, above: float) -> float:
    """The one-sided p of a centre of at most `above`: how often the signed-rank sum of so many pairs is as large as
    the number of Walsh averages over it (Tukey 1949: the two are one)."""
    counts = signed_rank_counts(len(differences))
    larger = sum(average > above for average in walsh_averages(differences))
    return sum(counts[larger:]) / (1 << len(differences))


def rank_sum(base: Sequence[float], other: Sequence[float], *, error: Fraction = ERROR) -> Shift:
    """By how much `other` lies above `base`, unpaired: the median of all differences (Hodges and Lehmann 1963)."""
    differences = sorted(b - a for a in base for b in other)
    smaller, larger = sorted((len(base), len(other)))
    return _shift(differences, _rank_sum_interval(smaller, larger, error))


@cache
def _signed_rank_interval(n: int, error: Fraction) -> tuple[int, int] | None:
    return _interval(signed_rank_counts(n), error, places=n * (n + 1) // 2)


@cache
def _rank_sum_interval(m: int, n: int, error: Fraction) -> tuple[int, int] | None:
    return _interval(rank_sum_counts(m, n), error, places=m * n)


def _interval(counts: Sequence[int], error: Fraction, *, places: int) -> tuple[int, int] | None:
    """A symmetric null distribution as counts → the places between which the parameter lies, unless with `error`."""
    cumulated = list(accumulate(counts))
    below = bisect_right(cumulated, error * cumulated[-1] / 2)
    return (below - 1, places - below) if below else None


def _shift(ordered: Sequence[float], places: tuple[int, int] | None) -> Shift:
    if places is None:
        return Shift(estimate=ordered_median(ordered), low=None, high=None)
    return Shift(estimate=ordered_median(ordered), low=ordered[places[0]], high=ordered[places[1]])
