from dataclasses import replace
from math import inf, nan

import pytest

from bench.records.gate import Change
from bench.report.verdicts.changes import amounts, brief, interval, limit_words, size, whole
from tests.report.verdicts.made_up import exact, timed


def change(ratio: float | None, limit: float = 0.05) -> Change:
    return Change(case="a=1", metric="undisturbed", limit=limit, ratio=ratio)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1.083, "+8.3 %"),
        (0.9, "−10.0 %"),
        (1.0, "+0.0 %"),
        (0.9999, "+0.0 %"),
        (12.0, "+1,100.0 %"),
        (None, "unknown"),
        (nan, "unknown %"),
        (inf, "+∞ %"),
    ],
)
def test_a_ratio_is_shown_as_the_share_by_which_it_is_worse(ratio: float | None, text: str) -> None:
    assert size(change(ratio)) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(1.0304, "+3.04 %"), (1.0296, "+2.96 %"), (1.03, "+3.000 %"), (0.9704, "−2.96 %")]
)
def test_a_number_beside_the_limit_has_the_places_that_tell_it_from_the_limit(ratio: float, text: str) -> None:
    assert size(change(ratio, limit=0.03)) == text


def test_the_bounds_of_an_interval_are_rounded_outwards() -> None:
    found = replace(change(1.05), low=1.0219, high=1.0821)
    assert interval(found) == "+2.1 to +8.3"
    assert interval(replace(found, low=0.9781, high=0.9979)) == "−2.2 to −0.2"


def test_a_bound_that_is_a_round_number_is_not_made_wider_by_the_last_digits_of_a_float() -> None:
    assert interval(replace(change(1.08), low=1.061, high=1.104)) == "+6.1 to +10.4"


def test_an_interval_with_one_bound_is_none() -> None:
    assert interval(replace(change(1.05), low=1.0)) == ""


def test_a_limit_is_a_share_in_per_cent() -> None:
    assert [limit_words(limit) for limit in (0.03, 0.07, 0.015)] == ["3 %", "7 %", "1.5 %"]


def test_a_timed_change_is_told_with_interval_limit_and_pairs() -> None:
    assert whole(timed("a=1", 1.083)) == "undisturbed +8.3 % (interval +6.3 to +10.3), limit 3 %, 24 pairs"
    assert whole(timed("a=1", 1.083, pairs=1)).endswith(", 1 pair")


def test_a_change_without_interval_says_so() -> None:
    assert whole(timed("a=1", None, pairs=0)) == "undisturbed unknown (no interval), limit 3 %"


@pytest.mark.parametrize(
    ("metric", "base", "candidate", "text"),
    [
        ("parameters", 1000, 1200.0, "parameters 1,000 → 1,200 (+20.0 %)"),
        ("parameters", 12_345_678, 12_345_679, "parameters 12,345,678 → 12,345,679 (+0.000 %)"),
        ("graph_breaks", 0, 2, "graph_breaks 0 → 2"),
        ("peak_memory", 12.3 * 2**20, 13.4 * 2**20, "peak_memory 12.3 MiB → 13.4 MiB (+8.9 %)"),
        ("peak_memory", 12.3 * 2**20, 12.3001 * 2**20, "peak_memory 12.3000 MiB → 12.3001 MiB (+0.001 %)"),
        ("perplexity", 0.25, 0.2501, "perplexity 0.2500 → 0.2501 (+0.04 %)"),
    ],
)
def test_an_exact_metric_is_told_by_both_its_values(metric: str, base: float, candidate: float, text: str) -> None:
    assert brief(exact("a=1", metric, base, candidate)) == text


def test_an_exact_metric_with_a_margin_names_it() -> None:
    grown = replace(exact("a=1", "peak_memory", 2.0**20, 2.0**21), limit=0.02)
    assert brief(grown) == "peak_memory 1.00 MiB → 2.00 MiB (+100.0 %), limit 2 %"


def test_a_value_that_is_not_known_is_not_a_number() -> None:
    assert amounts(replace(exact("a=1", "flops", 5, 6), base=None)) == ("unknown", "6")
