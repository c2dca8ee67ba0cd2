"""A trial is a round of pytest-benchmark's, and the statistics are its own."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.report.exports.pytest_benchmark import pytest_benchmark, stats
from tests.report.exports.made_up import LSTM, NUMBERS, exported
from tests.report.samples import HOSTILE, case

SECONDS = st.floats(min_value=1e-9, max_value=1e3)


@given(st.lists(SECONDS, min_size=1, max_size=25))
def test_the_statistics_are_those_that_pytest_benchmark_works_out(values: list[float]) -> None:
    theirs = pytest.importorskip("pytest_benchmark.stats").Stats()
    for value in values:
        theirs.update(value)
    ours = stats(values)
    assert {key: value for key, value in ours.items() if key not in ("data", "iterations")} == theirs.as_dict()
    assert ours["data"] == values


def test_a_round_is_a_trial() -> None:
    first = json.loads(pytest_benchmark(exported()))["benchmarks"][0]
    assert first["stats"]["data"] == [trial.value for trial in NUMBERS[0].trials]
    assert first["stats"]["rounds"] == first["extra_info"]["trials"] == 7
    assert first["stats"]["median"] == NUMBERS[0].estimate.value
    assert first["stats"]["iterations"] == 1
    assert first["extra_info"]["data"] == "one value a trial, each of a fresh process: latency, seconds a step"
    assert (first["extra_info"]["median_low"], first["extra_info"]["median_high"]) == (0.0012, 0.0013)


def test_a_case_is_named_after_its_metric_and_its_levels_are_parameters() -> None:
    first = json.loads(pytest_benchmark(exported()))["benchmarks"][0]
    assert first["group"] == "sample"
    assert first["name"] == "latency[model=lstm,size=28]"
    assert first["fullname"] == "suites/sample.yaml::latency[model=lstm,size=28]"
    assert first["params"] == {"model": "lstm", "size": 28}
    assert first["param"] == "lstm-28"


def test_the_fields_are_all_there() -> None:
    content = json.loads(pytest_benchmark(exported()))
    assert set(content) == {"machine_info", "commit_info", "benchmarks", "datetime", "version"}
    assert content["datetime"] == "2026-11-18T11:06:40+00:00"
    assert content["machine_info"]["node"] == "epyc-2c"
    assert content["machine_info"]["python_version"] == "3.11.9"
    assert content["commit_info"]["id"] == "0123456789abcdef0123"
    assert content["commit_info"]["dirty"] is False
    assert all(content["machine_info"].values())


def test_a_changed_tree_is_dirty() -> None:
    content = json.loads(pytest_benchmark(replace(exported(), changed=True)))
    assert content["commit_info"]["dirty"] is True


def test_hostile_levels_reach_no_terminal() -> None:
    one = case({"model": HOSTILE, HOSTILE: "28", "fused": True})
    outcome = replace(NUMBERS[0], name="plain", case=one)
    (found,) = json.loads(pytest_benchmark(exported([outcome])))["benchmarks"]
    assert all(f"{key}{value}".isprintable() for key, value in found["params"].items())
    assert found["params"]["fused"] is True
    assert found["param"].isprintable()
    assert found["param"].endswith("-true")
    assert LSTM.id not in found["name"]
