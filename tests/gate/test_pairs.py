"""Records of a gate that somebody has shuffled, doubled, torn, or measured in bad weather."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from math import log
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.trials import SENTINEL_LIMIT
from bench.gate.pairs import disturbed, log_ratios, pairs
from bench.records.nouns import CONTROL, Record, Status
from tests.gate.made_up import CALM, measured, noise, pair, survey, trial

ROUGH = CALM * SENTINEL_LIMIT * 1.01
PROBES = [{"steal": 0.02}, {"throttled": 1.0}, {"suspended": 1.0}]


def ratios(records: list[Record]) -> list[float]:
    return log_ratios(pairs(records)["a"], "undisturbed")


def test_a_pair_is_the_candidate_by_the_base() -> None:
    assert ratios(pair("a", 1, 0.05)) == pytest.approx([0.05], abs=1e-6)


def test_what_is_faster_is_negative() -> None:
    assert ratios(pair("a", 1, -0.05)) == pytest.approx([-0.05], abs=1e-6)


def test_the_mean_sees_what_the_sharp_metric_does_not() -> None:
    found = pairs(pair("a", 1, 0.0, mean=0.2))["a"]
    assert log_ratios(found, "undisturbed") == pytest.approx([0.0], abs=1e-6)
    assert log_ratios(found, "mean_latency") == pytest.approx([0.2], abs=1e-6)


def test_steps_are_counted_and_not_samples() -> None:
    first, second = pair("a", 1)
    assert ratios([first, replace(second, loops=2)]) == pytest.approx([-0.6931], abs=1e-4)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_pairs_stand_in_the_order_of_their_numbers_however_their_records_arrive(seed: int) -> None:
    values = noise(seed, sd=0.1, n=30)
    records = measured("a", values)
    Random(seed).shuffle(records)
    assert ratios(records) == pytest.approx(values, abs=1e-5)


def taking_turns(earlier: Sequence[int], later: Sequence[int], *, first: int = 1) -> list[Record]:
    """A pair of those samples; `first`: which of both, base 1 or candidate 2, had the first turn."""
    base, candidate = (earlier, later) if first == 1 else (later, earlier)
    return [
        replace(record, samples=tuple(own), cpu=tuple(2 * n for n in own), noise={"turns": 9.0}, position=position)
        for record, own, position in zip(pair("a", 1), (base, candidate), (first, 3 - first), strict=True)
    ]


@pytest.mark.parametrize("metric", ["undisturbed", "cpu_time"])
@pytest.mark.parametrize("first", [1, 2])
def test_of_trials_that_took_turns_neighbours_are_compared(metric: str, first: int) -> None:
    """The weather gets worse in the midst, for both alike, and the slower one is 5 % slower throughout."""
    weather = [1000, 1000, 1000, 2000, 2000, 2000, 2000]
    slower = [round(1.05 * each) for each in weather]
    records = taking_turns(weather, slower, first=first)
    (found,) = log_ratios(pairs(records)["a"], metric)
    assert found == pytest.approx(log(1.05) if first == 1 else -log(1.05))


def test_a_sample_s_neighbours_are_the_one_before_it_and_the_one_after_it() -> None:
    """Steps get slower from turn to turn; what the two neighbours of a sample differ by cancels."""
    drift = [1.01**n for n in range(20)]
    times = [round(1e6 * each) for each in drift]
    (found,) = ratios(taking_turns(times[::2], times[1::2]))
    assert abs(found) < 1e-3 < log(times[1] / times[0])


def test_what_one_side_measures_when_the_other_is_done_has_no_neighbours() -> None:
    assert ratios(taking_turns([1000] * 6, [3000, 3000])) == pytest.approx([log(3)])


def test_neighbours_are_compared_by_step() -> None:
    first, second = taking_turns([1000] * 5, [1000] * 5)
    assert ratios([first, replace(second, loops=2)]) == pytest.approx([-log(2)])


def test_the_mean_of_trials_that_took_turns_is_that_of_all_samples() -> None:
    found = pairs(taking_turns([1000] * 4, [1000, 1000, 1000, 5000]))["a"]
    assert log_ratios(found, "mean_latency") == pytest.approx([log(2)])
    assert log_ratios(found, "undisturbed") == pytest.approx([0.0])


@pytest.mark.parametrize(("times", "expected"), [((), []), ((0, 0), []), ((1000, 0, 1000), [-log(2)])])
def test_samples_of_no_time_are_no_neighbours(times: tuple[int, ...], expected: list[float]) -> None:
    """A CPU sample of the first takes 2000 ns."""
    first, second = taking_turns([1000] * 3, [1000] * 3)
    found = log_ratios(pairs([first, replace(second, cpu=times)])["a"], "cpu_time")
    assert found == pytest.approx(expected)


def test_a_trial_without_its_partner_is_no_pair() -> None:
    records = [*pair("a", 1, 0.1), trial("a", "base", 2), trial("a", "candidate", 3)]
    assert ratios(records) == pytest.approx([0.1], abs=1e-6)


@pytest.mark.parametrize("status", ["failed", "timeout", "oom", "crashed", "invalid"])
@pytest.mark.parametrize("side", ["base", "candidate"])
def test_a_pair_of_which_one_side_failed_is_none(status: Status, side: str) -> None:
    records = [replace(r, status=status) if r.side == side else r for r in pair("a", 2, 0.1)]
    assert ratios([*pair("a", 1), *records, *pair("a", 3)]) == pytest.approx([0.0, 0.0], abs=1e-6)


def test_trials_of_two_attempts_are_not_mixed_to_a_pair() -> None:
    records = [trial("a", "base", 1), trial("a", "candidate", 1, attempt=1, ratio=0.5)]
    assert pairs(records) == {}


def test_trials_of_two_cases_are_not_mixed_to_a_pair() -> None:
    assert pairs([trial("a", "base", 1), trial("b", "candidate", 1)]) == {}


def test_the_control_s_pairs_are_not_the_change_s() -> None:
    records = [*pair("a", 1, 0.01), *pair("a", 1, 0.5, sides=CONTROL)]
    assert ratios(records) == pytest.approx([0.01], abs=1e-6)
    assert log_ratios(pairs(records, CONTROL)["a"], "undisturbed") == pytest.approx([0.5], abs=1e-6)


def test_surveys_are_no_trials() -> None:
    assert pairs([survey("a", "base"), survey("a", "candidate")]) == {}


def test_a_metric_that_one_pair_lacks_is_not_taken_from_the_others() -> None:
    lacking = [replace(record, cpu=()) for record in pair("a", 2, 0.1)]
    records = [*pair("a", 1, 0.1), *lacking]
    assert log_ratios(pairs(records)["a"], "cpu_time") == []
    assert len(ratios(records)) == 2


def test_no_pairs_have_no_ratios() -> None:
    assert log_ratios([], "undisturbed") == []


# Weather


@pytest.mark.parametrize("place", range(4))
def test_each_of_the_four_sentinels_can_tell_of_bad_weather(place: int) -> None:
    seen = [CALM, CALM, CALM, CALM]
    seen[place] = int(ROUGH)
    records = [
        trial("a", "base", 1, sentinels=(seen[0], seen[1])),
        trial("a", "candidate", 1, sentinels=(seen[2], seen[3])),
    ]
    assert disturbed(records, 1) == {"a"}


def test_weather_that_is_bad_throughout_is_even() -> None:
    records = [trial("a", side, 1, sentinels=(3 * CALM, 3 * CALM)) for side in ("base", "candidate")]
    assert disturbed(records, 1) == set()


def test_weather_just_at_the_limit_is_even_enough() -> None:
    assert disturbed(pair("a", 1, sentinel=CALM * SENTINEL_LIMIT), 1) == set()
    assert disturbed(pair("a", 1, sentinel=ROUGH), 1) == {"a"}


@pytest.mark.parametrize("told", PROBES)
def test_a_probe_tells_of_bad_weather_under_even_sentinels(told: dict[str, float]) -> None:
    assert disturbed(pair("a", 1, noise=told), 1) == {"a"}


@pytest.mark.parametrize("slow", [1, 2])
def test_a_card_whose_clock_is_far_below_the_gate_s_fastest_tells_of_bad_weather_whichever_came_first(
    slow: int,
) -> None:
    clocks = {number: {"gpu_clock": 1200.0 if number == slow else 2000.0} for number in (1, 2)}
    records = [record for number, told in clocks.items() for record in pair("a", number, noise=told)]
    assert [disturbed(records, number) for number in (1, 2)] == [{"a"} if n == slow else set() for n in (1, 2)]
    better = [*records, *pair("a", slow, 0.1, attempt=1, noise={"gpu_clock": 2000.0})]
    assert ratios(better)[slow - 1] == pytest.approx(0.1, abs=1e-6), "the attempt on a fast card counts"


@pytest.mark.parametrize("told", [{}, *PROBES])
def test_of_trials_that_took_turns_only_a_probe_tells_of_bad_weather(told: dict[str, float]) -> None:
    records = pair("a", 1, sentinel=ROUGH, noise=told)
    in_turns = [replace(record, noise={**record.noise, "turns": 9.0}) for record in records]
    assert disturbed(in_turns, 1) == ({"a"} if told else set())
    assert disturbed([records[0], in_turns[1]], 1) == {"a"}


def test_trials_of_which_one_worked_in_the_other_s_turns_are_no_pair() -> None:
    """Trials that follow each other may have threads and processes of their own."""
    records = pair("a", 1, 0.1, noise={"company": 2.0})
    mixed = [replace(record, noise={**record.noise, "turns": 9.0}) for record in records]
    assert (disturbed(records, 1), disturbed(mixed, 1)) == (set(), {"a"})
    assert pairs(mixed) == {}
    rough = pair("a", 1, 0.2, attempt=1, sentinel=ROUGH, noise={"steal": 0.5, "company": 2.0})
    assert ratios([*mixed, *rough]) == pytest.approx([0.2], abs=1e-6)


def test_sentinels_that_are_unknown_or_zero_tell_nothing() -> None:
    first, second = pair("a", 1)
    silent = replace(first, noise={}), replace(second, noise={"sentinel_before": "unknown"})
    still = [replace(record, noise={"sentinel_before": 0, "sentinel_after": 0}) for record in (first, second)]
    for records in ([*silent], still):
        assert disturbed(records, 1) == set()
        assert len(ratios(records)) == 1


def test_only_the_pair_of_that_number_is_asked_about() -> None:
    records = [*pair("a", 1, sentinel=ROUGH), *pair("a", 2), *pair("b", 2, sentinel=ROUGH)]
    assert (disturbed(records, 1), disturbed(records, 2)) == ({"a"}, {"b"})


def test_a_pair_is_disturbed_until_one_attempt_is_not() -> None:
    records = [*pair("a", 1, sentinel=ROUGH), *pair("a", 1, attempt=1, sentinel=2 * ROUGH)]
    assert disturbed(records, 1) == {"a"}
    assert disturbed([*records, *pair("a", 1, attempt=2)], 1) == set()


@pytest.mark.parametrize("side", ["base", "candidate"])
def test_a_pair_that_failed_is_to_be_measured_again_until_it_is_whole(side: str) -> None:
    records = [replace(r, status="failed") if r.side == side else r for r in pair("a", 1)]
    assert disturbed(records, 1) == {"a"}
    assert disturbed([*records, *pair("a", 1, attempt=1)], 1) == set()


def test_the_control_s_pair_and_the_change_s_of_one_number_are_asked_about_each() -> None:
    rough = [*pair("a", 1, sentinel=ROUGH), *pair("a", 1, sides=CONTROL)]
    assert (disturbed(rough, 1), disturbed(rough, 1, CONTROL)) == ({"a"}, set())
    control = [*pair("a", 1), *pair("a", 1, sides=CONTROL, sentinel=ROUGH)]
    assert (disturbed(control, 1), disturbed(control, 1, CONTROL)) == (set(), {"a"})


def test_a_control_on_a_card_that_is_slow_by_then_is_held_to_the_clock_of_the_change_s_pairs() -> None:
    change = pair("a", 1, noise={"gpu_clock": 2000.0})
    control = pair("a", 1, sides=CONTROL, noise={"gpu_clock": 1200.0})
    assert disturbed([*change, *control], 1, CONTROL) == {"a"}


def test_an_attempt_that_failed_neither_counts_nor_mends() -> None:
    failed = [replace(record, status="failed") for record in pair("a", 1, attempt=1)]
    records = [*pair("a", 1, 0.1, sentinel=ROUGH), *failed]
    assert disturbed(records, 1) == {"a"}
    assert ratios(records) == pytest.approx([0.1], abs=1e-6)


def test_the_attempt_with_the_most_even_weather_counts() -> None:
    attempts = [
        pair("a", 1, 0.1, sentinel=2 * ROUGH),
        pair("a", 1, 0.2, attempt=1, sentinel=ROUGH),
        pair("a", 1, 0.3, attempt=2, sentinel=1.5 * ROUGH),
    ]
    for shuffled in permutations(attempts):
        assert ratios([record for each in shuffled for record in each]) == pytest.approx([0.2], abs=1e-6)


def test_what_a_probe_tells_of_counts_less_than_any_uneven_weather() -> None:
    records = [*pair("a", 1, 0.1, noise={"steal": 0.5}), *pair("a", 1, 0.2, attempt=1, sentinel=3 * ROUGH)]
    assert ratios(records) == pytest.approx([0.2], abs=1e-6)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(1, 3), st.booleans()), min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_times_have_no_part_in_the_choice(attempts: list[tuple[float, float, bool]]) -> None:
    """With any other times the same attempt counts."""

    def chosen(times: list[float]) -> int:
        records = []
        for number, (seconds, (_, weather, stolen)) in enumerate(zip(times, attempts, strict=True)):
            told = {"steal": 0.5} if stolen else None
            records += pair("a", 1, seconds, attempt=number, sentinel=CALM * weather, noise=told)
        (found,) = pairs(records)["a"]
        return found.second.attempt

    times = [seconds for seconds, _, _ in attempts]
    assert chosen(times) == chosen([-seconds for seconds in times]) == chosen([0.0 for _ in times])


def test_the_first_of_equal_attempts_counts() -> None:
    records = [*pair("a", 1, 0.1, sentinel=ROUGH), *pair("a", 1, -0.5, attempt=1, sentinel=ROUGH)]
    assert ratios(records) == pytest.approx([0.1], abs=1e-6)
