import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.units import SCALES, alike, common_scale, compact, duration, parse_memory, parse_share, significant


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.19, "0.190"),
        (13.34, "13.3"),
        (1234.5, "1,230"),
        (0.0999999, "0.100"),
        (999.9, "1,000"),
        (1234567, "1,234,567"),
        (0.0, "0"),
        (0, "0"),
        (-2.5, "-2.50"),
        (math.inf, "inf"),
    ],
)
def test_three_significant_digits_without_an_exponent(value: float, text: str) -> None:
    assert significant(value) == text


def test_bounds_are_rounded_to_the_place_of_their_value() -> None:
    assert alike(0.19, (0.1881, 0.19349)) == ("0.190", "0.188", "0.193")
    assert alike(99.94, (98.76, 101.26)) == ("99.9", "98.8", "101.3")
    assert alike(1_234_567.0, (1_228_103.0, 1_241_999.0)) == ("1,230,000", "1,230,000", "1,240,000")


def test_a_whole_number_has_whole_bounds_where_they_are_whole() -> None:
    assert alike(41_200, (41_000, 41_500)) == ("41,200", "41,000", "41,500")


@given(st.floats(min_value=1e-12, max_value=1e12))
def test_a_written_number_is_within_half_of_its_last_digit(value: float) -> None:
    assert float(significant(value).replace(",", "")) == pytest.approx(value, rel=0.00501)


@given(st.floats(min_value=1e-9, max_value=1e9), st.floats(min_value=0.5, max_value=2))
def test_rounding_to_a_common_place_never_exchanges_a_value_and_its_bound(value: float, factor: float) -> None:
    first, other = (float(text.replace(",", "")) for text in alike(value, (value * factor,)))
    assert (other - first) * (factor - 1) >= 0


def test_a_scale_fits_the_geometric_mean() -> None:
    assert common_scale([1e-6, 1e-3, 0.5], "s") == (1e-6, "µs")
    assert common_scale([0.002, 3.0], "s") == (1e-3, "ms")
    assert common_scale([0.0, math.nan], "s") == (1.0, "s")
    assert common_scale([1e-12], "s") == (1e-9, "ns")
    assert common_scale([5.0], "furlong") == (1.0, "furlong")


@pytest.mark.parametrize(("unit", "scale"), [(unit, scale) for unit, scales in SCALES.items() for scale in scales])
def test_one_of_a_scale_is_one_of_it_and_not_many_of_the_next_smaller(unit: str, scale: tuple[float, str]) -> None:
    assert common_scale([scale[0]], unit) == scale
    assert common_scale([scale[0]] * 3, unit) == scale


def test_csv_numbers_are_whole_or_have_six_digits() -> None:
    assert [compact(value) for value in (123456789, 0.123456789, 1e-9)] == ["123456789", "0.123457", "1e-09"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.85, "850 ms"), (9.96, "10.0 s"), (12.4, "12 s"), (60, "1 min"), (185, "3 min 5 s")]
)
def test_a_duration_reads_as_a_person_says_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_share_is_a_number_or_a_percentage() -> None:
    assert [parse_share(value) for value in ("2%", "0.5%", 0.02, "two")] == [0.02, 0.005, 0.02, "two"]


def test_memory_is_a_share_of_the_available_or_a_size() -> None:
    assert [parse_memory(text, 1000) for text in ("80%", "2GB", "1.5KB", "10B")] == [800, 2 * 10**9, 1500, 10]
