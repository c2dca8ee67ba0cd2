"""The workflow's judgement of tests/perf: its script, as it stands in the YAML, in a repository of its own, with a
`python` that writes down where it was called."""

import ast
import json
import os
from pathlib import Path

import pytest
import yaml

from tests.perf.test_cost import ROUNDS
from tests.report.verdicts.made_up_job import Done, Job, job

ROOT = Path(__file__).resolve().parents[3]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text("utf-8"))
(STEP,) = (step for step in WORKFLOW["jobs"]["perf"]["steps"] if "BASE_REF" in step.get("env", {}))

MEASURES = "benchmark.pedantic"
PYTHON = """#!/bin/bash
[ "${FAIL:-}" = "$(git rev-parse HEAD)" ] && exit 4
printf '["%s", "%s", "%s"]' "$(git rev-parse HEAD)" "$PYTHONPATH" "$*" > "${@: -1}"
"""


@pytest.fixture
def whole(tmp_path: Path) -> Job:
    found = job(tmp_path)
    found.program("python", PYTHON)
    return found


def run(whole: Job, **variables: str) -> Done:
    return whole.run(STEP, **variables)


def measured(whole: Job, side: str) -> tuple[str, str, list[str]]:
    """Which commit, from where, with which words."""
    commit, path, words = json.loads((whole.folder / f"{side}.json").read_text("utf-8"))
    return commit, path, words.split()


def test_each_side_measures_its_own_commit_with_its_own_harness(whole: Job) -> None:
    assert run(whole).code == 0
    base, candidate = (measured(whole, side) for side in ("base", "candidate"))
    assert base[:2] == (whole.fork, str(whole.folder / "base"))
    assert candidate[0] != whole.fork
    assert os.path.samefile(candidate[1], whole.clone)
    for side, (_, _, words) in (("base", base), ("candidate", candidate)):
        asked = ["-m", "pytest", "tests/perf", "--benchmark-only", "--benchmark-json"]
        assert words == [*asked, str(whole.folder / f"{side}.json")]


def test_the_two_files_are_judged_at_thirty_per_cent(whole: Job) -> None:
    files = (str(whole.folder / f"{side}.json") for side in ("base", "candidate"))
    assert run(whole).called == [
        *("gate", "--baseline", *files, "--limit", "30%"),
        *("--summary", str(whole.folder / "summary.md"), "--annotations", "--junit", "perf.xml"),
    ]


@pytest.mark.parametrize(("code", "fails"), [(0, False), (1, True), (2, True), (4, False), (70, True)])
def test_a_regression_fails_and_a_gate_that_cannot_tell_does_not(whole: Job, code: int, fails: bool) -> None:
    assert (run(whole, FAKE_EXIT=str(code)).code != 0) is fails


def test_a_base_without_benchmarks_is_told_and_left_to_the_gate(whole: Job) -> None:
    done = run(whole, FAIL=whole.fork, FAKE_EXIT="4")
    assert done.code == 0
    assert "::warning title=perf::" in done.output
    assert done.called[2] == str(whole.folder / "base.json")
    assert not Path(done.called[2]).exists()


def test_a_candidate_whose_benchmarks_break_fails(whole: Job) -> None:
    head = (whole.clone / ".git" / "refs" / "heads" / "change").read_text("utf-8").strip()
    done = run(whole, FAIL=head)
    assert (done.code, done.called) == (4, [])


def test_every_benchmark_that_is_judged_has_ten_rounds_at_least() -> None:
    """Few enough values on a side prove nothing (bench.gate.unpaired.too_few)."""
    assert ROUNDS >= 10
    tree = ast.parse((ROOT / "tests/perf/test_cost.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == MEASURES]
    tests = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert len(calls) == len(tests)
    asked = [[ast.unparse(word.value) for word in call.keywords if word.arg == "rounds"] for call in calls]
    assert asked == [["ROUNDS"]] * len(calls)
