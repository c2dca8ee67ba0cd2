"""Remarks on how trials lie."""

from dataclasses import replace
from random import Random

import pytest

from bench.analysis.trial_checks import bimodal, drift_across_rounds, modes, outlier_trials, outliers
from bench.records.nouns import Record, Unknown
from tests.analysis.checked import LSTM, STEADY, faulty, lstm, shuffled
from tests.analysis.made_up import SENTINEL, analysed, case, models, timed, trials

RISING = [1 + 0.01 * n for n in range(10)]
TWO = [1.0, 1.5, 1.002, 1.502, 1.504, 1.004, 1.506, 1.006, 1.008, 1.508]


def test_two_groups_are_told_with_their_numbers_and_their_ratio() -> None:
    lower, upper, ratio = modes([1.0, 1.01, 1.02, 2.02, 2.04, 2.0, 2.06]) or (0, 0, 0)
    assert (lower, upper) == (3, 4)
    assert ratio == pytest.approx(2.03 / 1.01, rel=1e-4)
    found = bimodal(lstm(trials(LSTM, TWO)))
    assert found is not None
    assert "model=lstm (5 trials, and 5 at × 1.50)" in found.message


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 1.001, 1.002, 1.003, 1.004, 1.005, 1.006, 2.0, 2.001],
        [1.0, 1.1, 1.2, 1.3, 1.6, 1.7, 1.8, 1.9],
        [1.0, 1.0, 1.0, 1.02, 1.02, 1.02],
        [1.0, 1.0, 2.0, 2.0, 2.0],
        [],
    ],
    ids=["a group of two", "a gap like the others", "a gap of 2 %", "too few", "none"],
)
def test_values_without_a_second_group_of_three_beyond_a_wide_gap_are_in_one(values: list[float]) -> None:
    assert modes(values) is None


@pytest.mark.parametrize("size", [10, 20])
def test_groups_are_rarely_seen_where_there_are_none(size: int) -> None:
    draw = Random(size)
    drawn = [[draw.lognormvariate(0, 0.2) for _ in range(size)] for _ in range(1000)]
    drawn += [[2 ** (0.2 * draw.expovariate(1)) for _ in range(size)] for _ in range(1000)]
    assert sum(modes(values) is not None for values in drawn) <= 20


def test_groups_that_page_faults_explain_are_left_to_the_servers() -> None:
    assert bimodal(lstm([faulty(r, ms, 5000.0 * (ms > 1.2)) for r, ms in enumerate(TWO)])) is None
    assert bimodal(lstm([faulty(r, ms, 5000.0 * (ms < 1.2)) for r, ms in enumerate(TWO)])) is not None


def test_a_drift_is_told_with_its_size_and_that_the_sentinel_did_not() -> None:
    found = drift_across_rounds(lstm(trials(LSTM, RISING)))
    assert found is not None
    assert found.cases == (LSTM,)
    assert found.message.endswith("(the sentinel did not): model=lstm (× 1.09)")


def test_a_drift_that_the_sentinel_shares_is_the_machines() -> None:
    found = drift_across_rounds(lstm([_slower(r, ms) for r, ms in enumerate(RISING)]))
    assert found is not None
    assert "(the sentinel drifted × 1.09, so the machine did): model=lstm" in found.message


def test_a_drift_of_the_sentinel_alone_names_no_case() -> None:
    found = drift_across_rounds(lstm([_slower(r, 1.0) for r in range(10)]))
    assert found is not None
    assert found.cases == ()
    assert found.message == "no case for itself, but the sentinel drifted × 1.09, so the machine did"


def test_sentinels_of_more_threads_in_later_rounds_are_no_drift() -> None:
    alone, together = case(levels={"threads": 1}), case(levels={"threads": 2}, threads=2)
    early = [timed(alone.id, r, noise=_both(SENTINEL * (1 + 0.001 * r))) for r in range(5)]
    late = [timed(together.id, r, noise=_both(SENTINEL * (2 + 0.001 * r))) for r in range(5, 10)]
    assert drift_across_rounds(analysed([alone, together], [*early, *late])) is None


@pytest.mark.parametrize(
    "values", [STEADY, shuffled(RISING), RISING[:5]], ids=["within 2 %", "no order", "too few trials"]
)
def test_small_or_disorderly_changes_are_no_drift(values: list[float]) -> None:
    assert drift_across_rounds(lstm(trials(LSTM, values))) is None


def test_a_trend_in_one_of_many_cases_must_be_the_clearer() -> None:
    values = [1.0, 1.01, 1.02, 1.04, 1.03, 1.06, 1.05]
    assert drift_across_rounds(lstm(trials(LSTM, values))) is not None
    others = [f"m{n}" for n in range(40)]
    records = [*trials(LSTM, values), *(t for name in others for t in trials(f"model={name}", shuffled(STEADY)))]
    assert drift_across_rounds(analysed(models("lstm", *others), records)) is None


def test_six_rounds_show_a_drift_of_all_cases_together_however_many_they_are() -> None:
    names = [f"m{n}" for n in range(40)]
    records = [t for name in names for t in trials(f"model={name}", RISING[:6])]
    found = drift_across_rounds(analysed(models(*names), records))
    assert found is not None
    assert found.message == "no case for itself, but all cases together drifted × 1.05"
    assert found.cases == ()


def test_a_repeat_at_the_end_of_the_run_counts_for_the_end() -> None:
    in_time = [replace(timed(LSTM, r, ms), sequence=r) for r, ms in enumerate(RISING)]
    late = [replace(record, sequence=20 - record.round) for record in in_time]
    rising, falling = drift_across_rounds(lstm(in_time)), drift_across_rounds(lstm(late))
    assert rising is not None
    assert falling is not None
    assert ("× 1.09" in rising.message, "× 0.92" in falling.message) == (True, True)


def test_outliers_are_told_by_round_with_their_ratio_to_the_median() -> None:
    found = outlier_trials(lstm(trials(LSTM, [*STEADY[:7], 1.5, 0.7, 1.0])))
    assert found is not None
    assert "model=lstm (round 7 × 1.50, round 8 × 0.70)" in found.message


def test_outliers_are_far_by_the_spread_of_the_others_and_by_a_twentieth() -> None:
    assert outliers(dict(enumerate([1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.2]))) == {}
    assert list(outliers(dict(enumerate([1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.5])))) == [6]
    assert outliers(dict(enumerate([1.0] * 9 + [1.04]))) == {}
    assert list(outliers(dict(enumerate([1.0] * 9 + [1.06])))) == [9]
    assert outliers({0: 1.0, 1: 1.0, 2: 9.0}) == {}


def test_a_second_group_is_not_told_again_as_outliers() -> None:
    run = lstm(trials(LSTM, [*shuffled(STEADY)[:7], 1.5, 1.501, 1.502]))
    assert bimodal(run) is not None
    assert outlier_trials(run) is None


def _slower(round_: int, milliseconds: float) -> Record:
    return timed(LSTM, round_, milliseconds, noise=_both(SENTINEL * (1 + 0.01 * round_)))


def _both(value: float) -> dict[str, float | Unknown]:
    return {"sentinel_before": value, "sentinel_after": value}
