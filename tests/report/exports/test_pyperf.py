"""A trial is a run of pyperf's."""

import json
from dataclasses import replace
from statistics import median

import pytest

from bench.report.exports.pyperf import pyperf
from tests.report.exports.made_up import NUMBERS, STARTED, exported


def test_a_run_holds_a_trial_s_samples_a_step_and_its_warm_up() -> None:
    content = json.loads(pyperf(exported()))
    assert content["version"] == "1.0"
    first = content["benchmarks"][0]
    assert first["metadata"] == {"name": "sample/model=lstm,size=28/latency", "bench_threads": 1}
    assert len(first["runs"]) == len(NUMBERS[0].trials) == 7
    for run, trial in zip(first["runs"], NUMBERS[0].trials, strict=True):
        assert run["values"] == pytest.approx([s / 4 / 1e9 for s in trial.record.samples], rel=1e-12)
        assert median(run["values"]) == pytest.approx(trial.value, rel=1e-12)
        assert run["warmups"] == [[1, 0.005], [1, 0.002]]
        assert run["metadata"]["loops"] == 4


def test_a_run_s_date_is_utc_and_its_duration_that_of_the_process() -> None:
    run = json.loads(pyperf(exported()))["benchmarks"][0]["runs"][1]
    assert STARTED + 1 == 1_795_000_001
    assert run["metadata"]["date"] == "2026-11-18 11:06:41.000000"
    assert run["metadata"]["duration"] == 0.5


def test_a_metric_that_is_not_the_centre_of_the_samples_has_one_value_a_run() -> None:
    (first, _) = json.loads(pyperf(exported(metric="undisturbed")))["benchmarks"]
    assert first["metadata"]["name"] == "sample/model=lstm,size=28/undisturbed"
    assert [run["values"] for run in first["runs"]] == [[trial.value] for trial in NUMBERS[0].trials]
    assert not any("warmups" in run or "loops" in run["metadata"] for run in first["runs"])


def test_the_host_is_the_run_s_machine_and_no_value_is_empty() -> None:
    content = exported()
    machine = replace(content.run.machine, facts={"cpu": " \n", "cores": ""})
    bare = replace(content, run=replace(content.run, machine=machine, fingerprint={}))
    found = json.loads(pyperf(bare))["metadata"]
    assert found == {
        "unit": "second",
        "hostname": "epyc-2c",
        "bench_metric": "latency",
        "bench_run": "20261121-sample-epyc-2c-abcd",
        "bench_device": "cpu",
    }


def test_a_trial_without_a_warm_up_has_none() -> None:
    outcome = NUMBERS[0]
    cold = replace(outcome.trials[0], record=replace(outcome.trials[0].record, warmup=()))
    (found,) = json.loads(pyperf(exported([replace(outcome, trials=(cold,))])))["benchmarks"]
    assert "warmups" not in found["runs"][0]
