"""Numbers that are none, clocks that are coarse, machines that are not quiet: what a run makes of them."""

import csv
import re
from collections.abc import Callable

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7")


def latencies(scenario: Scenario) -> dict[str, dict[str, str]]:
    """The rows of the table of measurements, by the case's name."""
    with open(scenario.runs[0] / "measurements.csv", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file) if row["metric"] == "latency"}


@pytest.mark.parametrize(
    "fault",
    [
        "still",
        "backwards",
        "nan_time",
        "infinite_time",
        "nan_result",
        "infinite_result",
        "nan_metric",
        "infinite_metric",
    ],
)
def test_what_is_no_number_is_invalid_and_never_a_value(scenario: Scenario, say: Say, fault: str) -> None:
    said = say("run", scenario.case("good").case("bad", fault=fault).written(), *FAKE)
    assert said.code == 3
    rows = latencies(scenario)
    assert (rows["bad"]["value"], rows["bad"]["low"], rows["bad"]["status"]) == ("", "", "invalid")
    assert rows["bad"]["note"]
    assert (rows["good"]["rounds"], rows["good"]["status"]) == ("6", "ok")
    derived = [path for path in scenario.runs[0].iterdir() if path.name != "run.json"]
    assert not [path for path in derived if re.search(r"[:,|]\s*(NaN|nan|-?Infinity|inf)\b", path.read_text())]


def test_memory_beyond_the_policy_s_is_oom_and_the_others_are_measured(scenario: Scenario, say: Say) -> None:
    file = scenario.case("good").case("hungry", fault="allocate").written(memory="50MB")
    assert say("run", file, *FAKE).code == 3
    assert latencies(scenario)["hungry"]["status"] == "oom"
    assert latencies(scenario)["good"]["status"] == "ok"
    hungry = next(r for r in store.read(scenario.runs[0]).records if "hungry" in r.case)
    peak = hungry.noise["peak_rss"]
    assert isinstance(peak, float)
    assert peak > 40_000_000


def test_a_clock_too_coarse_for_the_samples_is_told_with_its_number(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("fine").case("coarse", fault="coarse").written(), *FAKE)
    assert said.code == 0
    assert re.search(r"short samples: 1 case with .*name=coarse\S* \([123]\d ×\)", said.err)


def test_short_steps_are_batched_until_a_sample_is_long_enough(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("short", takes=0.0001).written(trial_seconds=0.02), *FAKE)
    assert said.code == 0
    assert "short samples" not in said.err
    assert all(19 <= r.loops <= 21 for r in store.read(scenario.runs[0]).records if r.kind == "timed")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("drift", r"drift across rounds: 1 case with .*name=odd\S* \(× 1\.2\d\)"),
        ("bimodal", r"bimodal: 1 case with .*name=odd\S* \(3 trials, and 3 at × (1\.9|2\.0)\d\)"),
        ("storm", r"disturbed: 1 case with .*name=odd\S* \(4 of 6 trials\)"),
    ],
)
def test_what_is_odd_about_the_trials_is_told_with_its_numbers(
    scenario: Scenario, say: Say, fault: str, expected: str
) -> None:
    said = say("run", scenario.case("even").case("odd", fault=fault).written(), *FAKE)
    assert said.code == 0
    assert re.search(expected, said.err), said.err
    assert (latencies(scenario)["odd"]["low"] == "") == (fault == "storm")


def test_a_trial_that_was_disturbed_once_is_repeated_and_no_more_is_said_of_it(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("even").case("odd", fault="gust").written(), *FAKE)
    assert said.code == 0
    repeats = [r for r in store.read(scenario.runs[0]).records if r.attempt]
    assert [(r.case.split(",")[0], r.round, r.attempt) for r in repeats] == [("name=odd", 2, 1)]
    assert "disturbed" not in said.err
    assert latencies(scenario)["odd"]["low"]
