"""The ten suites of the subject, planned and not run: their sizes, their budgets, what their tables compare."""

from pathlib import Path

import pytest

from bench.api.planning import Options, Plan, expected_seconds, plan
from bench.records.metrics import METRICS
from bench.records.suite import PolicyKeys
from bench.report.layout import grids, heading, law_heading
from networks.ladder import RUNGS

SUITES = Path(__file__).resolve().parents[2] / "suites"
MOST = {
    "rnn_vs_cnn": 71,
    "fairness": 70,
    "slicing": 110,
    "depth": 50,
    "lstm_fusion": 110,
    "compile": 24,
    "cells": 50,
    "sequence_law": 50,
    "convolution": 50,
    "layout": 50,
}
QUICK_CASES, QUICK_SECONDS, ALL_SECONDS = 20, 90, 6000
UNLIMITED: PolicyKeys = {"max_seconds": 1e6}
"""So that the expected time is that of all rounds."""
NOTHING: PolicyKeys = {}
NOISY_TRIAL = 0.42
"""Seconds that a trial of 0.1 s took on two cores of a noisy machine, with waiting and repeats (part of 45 runs)."""


def planned(name: str, *, quick: bool = False, policy: PolicyKeys = NOTHING) -> Plan:
    return plan(SUITES / f"{name}.yaml", Options(quick=quick, policy=policy, seed=1))


@pytest.mark.parametrize("name", MOST)
def test_a_suite_has_at_most_so_many_cases(name: str) -> None:
    assert 0 < len(planned(name).cases) <= MOST[name]


def test_all_suites_together_have_a_budget() -> None:
    budgets = [planned(name).policy.max_seconds for name in MOST]
    assert None not in budgets
    assert sum(budget for budget in budgets if budget is not None) <= ALL_SECONDS


@pytest.mark.parametrize("name", MOST)
def test_the_quick_version_is_small_and_quick(name: str) -> None:
    quick = planned(name, quick=True, policy=UNLIMITED)
    assert 2 <= len(quick.cases) <= QUICK_CASES
    assert quick.policy.rounds == quick.policy.max_rounds == 6
    assert expected_seconds(quick) < QUICK_SECONDS


@pytest.mark.parametrize("name", set(MOST) - {"rnn_vs_cnn"})
def test_the_quick_version_ends_in_time_on_a_noisy_machine_too(name: str) -> None:
    budget = planned(name, quick=True).policy.max_seconds
    assert budget is not None
    assert budget < QUICK_SECONDS


def test_the_ladder_has_rounds_enough_to_tell_its_rungs_apart() -> None:
    ladder = planned("lstm_fusion")
    a_round = 3.3 + NOISY_TRIAL * len(ladder.cases)
    assert ladder.policy.max_rounds == 30
    assert ladder.policy.trial_seconds == 0.1
    assert ladder.policy.max_seconds is not None
    assert ladder.policy.max_seconds - len(ladder.cases) * 0.7 >= 25 * a_round


def test_compile_has_time_for_all_its_rounds_at_half_as_much_again_as_in_a_calm_hour() -> None:
    """In a calm hour a survey, which compiles, took 10.7 s, and a trial, which looks up what it left, 1.7 s; half as
    much again is allowed for. That is not every hour: with surveys of 20 s four of its six rounds fitted."""
    compiled = planned("compile")
    assert compiled.policy.max_seconds is not None
    assert compiled.policy.max_seconds >= 1.5 * len(compiled.cases) * (10.7 + 1.7 * compiled.policy.max_rounds)


@pytest.mark.parametrize("below", [128, 192, 256, 384])
def test_the_ladder_stands_on_both_sides_of_pytorchs_boundaries(below: int) -> None:
    levels = [case.arguments["hidden"] for case in planned("lstm_fusion").cases if case.levels["rung"] == "fused"]
    hidden = {level for level in levels if isinstance(level, int)}
    assert below in hidden
    assert any(below < level <= below + 8 for level in hidden)


@pytest.mark.parametrize("name", MOST)
def test_no_two_tables_and_no_two_laws_of_a_suite_are_headed_alike(name: str) -> None:
    suite = planned(name).suite
    headings = [heading(spec, suite) for spec in suite.tables]
    headings += [law_heading(spec, suite) for spec in suite.figures if spec.law]
    assert len(set(headings)) == len(headings)


def test_the_fairness_suite_answers_for_each_batch_and_mode_at_every_match() -> None:
    asked = plan(SUITES / "fairness.yaml", Options(seed=1))
    first, second = grids(asked.suite.tables[0], asked.suite, asked.cases), asked.suite.tables[1]
    assert [grid.title for grid in first] == [
        f"batch {batch} · {mode}" for batch in (1, 64) for mode in ("inference", "training")
    ]
    assert {grid.columns for grid in first} == {("rnn", "gru", "lstm", "cnn")}
    assert {tuple(labels for labels, _ in grid.rows) for grid in first} == {(("input",), ("parameters",), ("flops",))}
    rows = {tuple(labels for labels, _ in grid.rows) for grid in grids(second, asked.suite, asked.cases)}
    assert rows == {(("retain", "1"), ("retain", "2"), ("system", "1"))}
    assert second.relative_to == {"model": "cnn"}


def test_graphs_and_cold_caches_are_measured_on_cuda_alone() -> None:
    here, there = (plan(SUITES / "launching.yaml", Options(device=device, seed=1)).cases for device in ("cpu", "cuda"))
    assert {case.cache for case in here} == {"hot"}
    assert {case.cache for case in there} == {"hot", "cold"}
    graphs = {str(case.levels["rung"]) for case in there} - {str(case.levels["rung"]) for case in here}
    assert graphs == {name for name in RUNGS if RUNGS[name].cuda_only}


@pytest.mark.parametrize("name", ["fairness", "slicing"])
def test_a_table_of_networks_that_were_matched_says_what_is_equal(name: str) -> None:
    compared = [spec for spec in planned(name).suite.tables if spec.relative_to and "model" in spec.relative_to]
    matched = [spec for spec in compared if "match" not in spec.rows]
    assert {spec.equal for spec in matched} == {"input", "parameters", "flops"}
    assert all(spec.where["match"] in {(spec.equal,), ("hidden",)} for spec in matched)


@pytest.mark.parametrize("name", MOST)
def test_modes_of_a_network_are_not_compared_along_a_row(name: str) -> None:
    timed = [spec for spec in planned(name).suite.tables if METRICS[spec.value].source == "trials"]
    assert not [spec for spec in timed if "mode" in spec.columns]
