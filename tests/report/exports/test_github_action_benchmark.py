"""What github-action-benchmark demands of `customSmallerIsBetter`: its own checks, written in Python, and ours."""

import json
import re
from dataclasses import replace

import pytest

from bench.report.exports.github_action_benchmark import github_action_benchmark
from bench.report.exports.nouns import Outcome
from tests.report.exports.made_up import CNN, LSTM, NUMBERS, exported, measured
from tests.report.samples import HOSTILE

RANGE = re.compile(r"(?P<prefix>(\+-|±)\s*)(?P<value>\d.+)")
"""As the action's extractRangeInfo reads it."""


def entries(*outcomes: Outcome) -> list[dict[str, object]]:
    found = json.loads(github_action_benchmark(exported(outcomes)))
    assert isinstance(found, list)
    return found


def test_a_case_is_an_entry_in_milliseconds_with_the_range_of_its_interval() -> None:
    assert entries(NUMBERS[0]) == [
        {
            "name": "sample/model=lstm,size=28/latency",
            "value": 1.24,
            "unit": "ms",
            "range": "± 0.0600",
            "extra": "median of 7 trials; 95 % interval 1.20 to 1.30 ms; machine epyc-2c; device cpu; threads 1",
        }
    ]


def test_a_case_without_an_interval_has_no_range_and_says_why() -> None:
    (found,) = entries(NUMBERS[1])
    assert "range" not in found
    assert found["extra"] == ("median of 4 trials; disturbed: 2 of 4 trials; machine epyc-2c; device cpu; threads 1")


@pytest.mark.parametrize("scale", [1e-3, 1, 1e3, 1e5])
def test_the_action_finds_the_whole_interval_in_the_range(scale: float) -> None:
    (found,) = entries(measured(LSTM, [t * scale for t in (1.0, 1.1, 1.2, 1.25, 1.3, 1.9)]))
    match = RANGE.search(str(found["range"]))
    assert match
    half, value = float(match["value"]), float(str(found["value"]))
    assert value - half <= 1.0 * scale * 1.005
    assert value + half >= 1.9 * scale * 0.995


def test_every_entry_passes_the_action_s_schema() -> None:
    found = entries(*NUMBERS)
    for entry in found:
        assert set(entry) <= {"name", "value", "unit", "range", "extra"}
        assert isinstance(entry["value"], float)
        assert all(isinstance(entry[key], str) for key in entry if key != "value")
    assert [entry["name"] for entry in found] == [f"sample/{o.name}/latency" for o in NUMBERS]


def test_names_of_machines_and_devices_cannot_break_a_page() -> None:
    content = exported()
    run = replace(content.run, device=HOSTILE, machine=replace(content.run.machine, name=HOSTILE))
    text = github_action_benchmark(replace(content, run=run))
    assert text.isascii()
    extra = json.loads(text)[0]["extra"]
    assert extra.isprintable()


def test_a_case_without_trials_is_a_programmer_s_error() -> None:
    hollow = replace(NUMBERS[0], estimate=replace(NUMBERS[0].estimate, case=CNN.id, value=None))
    with pytest.raises(AssertionError):
        github_action_benchmark(exported([hollow]))
