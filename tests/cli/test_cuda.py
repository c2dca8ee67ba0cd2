"""`bench run --device fake-cuda` from the outside: its metrics, its levels, its block of the suite, its processes."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
METRICS = "metrics: [latency, device_time, launch, cpu_time]\n"
OTHER_ROUNDS = "cuda: {policy: {rounds: 7, trial_seconds: 0.05}, factors: {size: [2]}}\n"


def written(scenario: Scenario, *, more: str = "") -> Path:
    """A suite that asks for the device's times, at each state of the caches."""
    file = scenario.case("one", takes=0.0001).written()
    text = file.read_text().replace("metrics: [latency, parameters]\n", METRICS)
    text = text.replace("size: [1]}", "size: [1], cache: [hot, cold]}").replace(
        "columns: size", "columns: [size, cache]"
    )
    file.write_text(text + more)
    return file


def rows(scenario: Scenario) -> dict[tuple[str, str], dict[str, str]]:
    """The only run's measurements by the level of the caches and metric."""
    with open(scenario.runs[0] / "measurements.csv", newline="") as file:
        return {(row["cache"], row["metric"]): row for row in csv.DictReader(file)}


def test_on_cuda_a_suite_has_the_device_s_times_of_hot_and_of_cold_caches(scenario: Scenario, say: Say) -> None:
    said = say("run", written(scenario), "--device", "fake-cuda", "--seed", "7")
    assert said.code == 0, said.err
    found = {key: float(row["value"] or "nan") for key, row in rows(scenario).items()}
    assert found["hot", "latency"] == pytest.approx(found["hot", "device_time"] + found["hot", "launch"], rel=0.01)
    assert found["cold", "device_time"] == pytest.approx(1.5 * found["hot", "device_time"], rel=0.02)
    assert rows(scenario)["cold", "cpu_time"]["note"] == "CPU time was not measured"


def test_energy_is_of_steps_with_hot_caches(scenario: Scenario, say: Say) -> None:
    """Its steps follow each other for a second: nothing would cool the caches between them."""
    file = scenario.case("one", takes=0.001, fault="card").written()
    text = file.read_text().replace("metrics: [latency, parameters]\n", "metrics: [latency, energy]\n")
    text = text.replace("size: [1]}", "size: [1], cache: [hot, cold]}")
    file.write_text(text.replace("columns: size", "columns: [size, cache]"))
    assert say("run", file, "--device", "fake-cuda", "--seed", "7").code == 0
    hot, cold = (rows(scenario)[cache, "energy"] for cache in ("hot", "cold"))
    assert float(hot["value"]) == pytest.approx(300 * 0.001, rel=0.15)
    assert (cold["value"], cold["status"]) == ("", "ok")
    assert "cold caches" in cold["note"]


def test_elsewhere_these_times_are_blank_and_say_why_and_cold_caches_are_unavailable(
    scenario: Scenario, say: Say
) -> None:
    said = say("run", written(scenario), "--device", "fake", "--seed", "7")
    assert said.code == 3
    found = rows(scenario)
    for metric in ("device_time", "launch"):
        row = found["hot", metric]
        assert (row["value"], row["status"], row["note"]) == ("", "ok", "only a CUDA device has a clock of its own")
    assert found["cold", "latency"]["status"] == "unavailable"
    assert found["cold", "latency"]["note"] == "cache=cold: nothing empties the caches of fake before every step"


def test_the_cuda_block_of_a_suite_holds_on_cuda_and_nowhere_else(scenario: Scenario, say: Say) -> None:
    file = written(scenario, more=OTHER_ROUNDS)
    assert say("run", file, "--device", "fake-cuda").code == 0
    say("run", file, "--device", "fake")
    cuda, plain = sorted(map(store.read_run, scenario.runs), key=lambda run: run.device, reverse=True)
    assert (cuda.policy.rounds, cuda.policy.max_rounds, cuda.policy.trial_seconds) == (7, 7, 0.05)
    assert {case.levels["size"] for case in cuda.cases} == {2}
    assert (plain.policy.rounds, plain.policy.trial_seconds) == (6, 0.3)
    assert {case.levels["size"] for case in plain.cases} == {1}


@pytest.mark.parametrize("launch", ["fork", "spawn"])
def test_on_cuda_a_round_is_one_process_however_it_is_launched(scenario: Scenario, say: Say, launch: str) -> None:
    assert say("run", written(scenario), "--device", "fake-cuda", "--launch", launch).code == 0
    stored = store.read(scenario.runs[0])
    assert (stored.run.isolate, stored.run.launch) == ("round", launch)
    assert [record.round for record in stored.records if "context" in record.phases] == list(range(7))


def test_what_fails_beside_others_and_not_alone_is_measured_and_exit_0(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").case("shy", fault="shared").written()
    assert say("run", file, "--device", "fake-cuda", "--seed", "7").code == 0
    records = store.read(scenario.runs[0]).records
    assert any(record.status == "failed" for record in records)
    assert sum(record.kind == "timed" and record.status == "ok" and "shy" in record.case for record in records) == 6
