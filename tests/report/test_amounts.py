"""Factors in cells: above 1, with the word that says which way."""

import pytest

from bench.report.amounts import apart_from_one, column_heads, factor_words
from bench.report.nouns import Amount, Facet


def test_a_factor_below_one_is_said_the_other_way_round_with_its_interval() -> None:
    assert factor_words(Amount(value=0.25, low=0.2, high=0.4), "× slower") == ("4.00× faster", "[2.50–5.00]")
    assert factor_words(Amount(value=4.0, low=2.5, high=5.0), "× slower") == ("4.00× slower", "[2.50–5.00]")
    assert factor_words(Amount(value=0.5), "× faster") == ("2.00× slower", "")
    assert factor_words(Amount(value=0.5), "× more") == ("2.00× less", "")


def test_an_interval_that_contains_one_still_does() -> None:
    assert factor_words(Amount(value=0.96, low=0.87, high=1.03), "× slower") == ("1.04× faster", "[0.97–1.15]")


def test_equal_values_are_called_equal() -> None:
    assert factor_words(Amount(value=1.0), "× more") == ("equal", "")
    assert factor_words(Amount(value=1.0, low=0.9, high=1.1), "× slower") == ("1.00× slower", "[0.90–1.10]")


@pytest.mark.parametrize(("ratio", "text"), [(4.0, "4.00×"), (0.25, "4.00×"), (1.0021, "1.002×"), (1234.0, "1,230×")])
def test_the_factor_of_a_difference_has_the_digits_that_show_it(ratio: float, text: str) -> None:
    assert apart_from_one(ratio) == text


def test_a_head_has_the_unit_of_its_cells() -> None:
    facet = Facet(title="", divisor=1e-3, unit="ms", columns=("lstm", "cnn"), rows=())
    assert column_heads(facet) == ["lstm (ms)", "cnn (ms)"]
