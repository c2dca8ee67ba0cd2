"""Which policy a gate has: the command line's, the suite's, the project's."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.gate.iterations import METRIC
from bench.plan.gate_policy import DEFAULT_BASELINE_LIMIT, DEFAULT_LIMIT, gate_policy
from bench.plan.project import Project, find_project
from bench.records.suite import GateSpec, LimitSpec
from tests.plan.written import suite

FACTORS = {"factors": [{"model": ["rnn", "lstm"], "batch": [1, 64]}]}

shares = st.floats(min_value=1e-6, max_value=0.99)
absent = st.none()


def project(folder: Path, toml: str) -> Project:
    """The project of a suite beside that pyproject.toml."""
    (folder / "pyproject.toml").write_text(toml, "utf-8")
    return find_project(folder / "made.yaml")


def policy(
    folder: Path, toml: str = "", *, gate: Mapping[str, object] | None = None, limit: float | None = None
) -> GateSpec:
    return gate_policy(suite({**FACTORS, "gate": gate}), project(folder, toml), limit=limit, default=DEFAULT_LIMIT)


def refusal(folder: Path, toml: str) -> str:
    with pytest.raises(BenchError) as caught:
        policy(folder, toml)
    said = str(caught.value)
    assert said.startswith(f"{folder}/pyproject.toml: [tool.bench")
    return said.removeprefix(f"{folder}/")


def test_where_nobody_says_anything_the_default_limit_holds(tmp_path: Path) -> None:
    assert policy(tmp_path) == GateSpec(limit=0.03)
    assert gate_policy(None, project(tmp_path, ""), limit=None, default=DEFAULT_BASELINE_LIMIT) == GateSpec(limit=0.1)


@given(ours=shares | absent, suites=shares | absent, projects=shares | absent)
def test_the_command_line_goes_before_the_suite_and_the_suite_before_the_project(
    ours: float | None, suites: float | None, projects: float | None
) -> None:
    made = suite({**FACTORS, "gate": {"limit": suites}})
    place = Project(root=Path(), folder=Path(), paths=(), gate={} if projects is None else {"limit": projects})
    expected = next(limit for limit in (ours, suites, projects, 0.5) if limit is not None)
    assert gate_policy(made, place, limit=ours, default=0.5) == GateSpec(limit=expected)


def test_a_project_says_everything_that_a_suite_may_say(tmp_path: Path) -> None:
    toml = """
    [tool.bench.gate]
    limit = "4%"
    allow = ["removed", "failed"]
    inconclusive = 0
    [[tool.bench.gate.limits]]
    where = {model = "lstm", batch = [1, 64]}
    limit = 0.06
    [[tool.bench.gate.limits]]
    metric = "mean_latency"
    limit = "8%"
    """
    own = (
        LimitSpec(limit=0.06, where={"model": ("lstm",), "batch": (1, 64)}),
        LimitSpec(limit=0.08, metric="mean_latency"),
    )
    expected = GateSpec(limit=0.04, limits=own, allow=("removed", "failed"), inconclusive=0)
    assert policy(tmp_path, toml) == expected
    assert gate_policy(None, project(tmp_path, toml), limit=None, default=0.1) == expected


def test_policies_are_merged_by_key(tmp_path: Path) -> None:
    toml = "[tool.bench.gate]\nlimit = 0.2\nallow = ['failed']\ninconclusive = 0\n"
    toml += "limits = [{metric = 'cpu_time', limit = 0.3}]\n"
    gate = {"limits": [{"where": {"model": "rnn"}, "limit": "5%"}], "allow": ["removed"]}
    assert policy(tmp_path, toml, gate=gate) == GateSpec(
        limit=0.2, limits=(LimitSpec(limit=0.05, where={"model": ("rnn",)}),), allow=("removed",), inconclusive=0
    )


def test_a_suite_takes_back_what_its_project_says(tmp_path: Path) -> None:
    toml = "[tool.bench.gate]\nallow = ['failed']\ninconclusive = 0\nlimits = [{metric = 'cpu_time', limit = 0.3}]\n"
    gate = {"limits": [], "allow": [], "inconclusive": 4}
    assert policy(tmp_path, toml, gate=gate) == GateSpec(limit=DEFAULT_LIMIT)


def test_a_limit_of_the_command_line_leaves_all_else_as_it_is(tmp_path: Path) -> None:
    toml = "[tool.bench.gate]\ninconclusive = 0\nlimits = [{metric = 'cpu_time', limit = 0.3}]\n"
    policies = [
        policy(tmp_path, toml, gate={"limit": 0.1, "allow": ["removed"]}, limit=limit) for limit in (None, 0.01)
    ]
    assert [found.limit for found in policies] == [0.1, 0.01]
    assert replace(policies[1], limit=0.1) == policies[0]
    assert policies[0].limits == (LimitSpec(limit=0.3, metric="cpu_time"),)


@pytest.mark.parametrize("limit", [0.0, -0.03, 1.0, 3.0, float("nan"), float("inf")])
def test_a_limit_of_the_command_line_is_a_share(tmp_path: Path, limit: float) -> None:
    with pytest.raises(BenchError, match=r"--limit: expected a share above 0 and below 1 such as 3% or 0\.03"):
        policy(tmp_path, limit=limit)


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("limit = 0", "limit: expected a share above 0 such as 3% or 0.03, found the number 0"),
        ("limit = 3", "limit: expected a share above 0 such as 3% or 0.03, found the number 3"),
        ("limit = nan", "limit: expected a share above 0"),
        ("limit = true", "limit: expected a share above 0 such as 3% or 0.03, found true"),
        ("limit = 2026-11-01", "limit: expected a share above 0 such as 3% or 0.03, found the text '2026-11-01'"),
        ("limti = 0.03", "limti: unknown key; did you mean 'limit'?"),
        ("allow = ['remove']", "allow[0]: expected 'added', 'removed', 'failed' or 'incomparable', found"),
        ("inconclusive = 1", "inconclusive: expected 0 or 4, found the number 1"),
        ("inconclusive = false", "inconclusive: expected 0 or 4, found false"),
        ("limits = [{metric = 'tail', limit = 0.1}]", "limits[0].metric: a gate does not judge 'tail'"),
        (
            "limits = [{metric = 'cputime', limit = 0.1}]",
            "limits[0].metric: no metric 'cputime' that a gate judges; did",
        ),
        ("limits = [{limit = 0.1}]", "limits[0]: has neither `where` nor `metric`"),
        ("limits = [{metric = 'cpu_time'}]", "limits[0].limit: is missing"),
        ("limits = [{metrics = 'cpu_time', limit = 0.1}]", "limits[0].metrics: unknown key; did you mean 'metric'?"),
        ("limits = [{where = {model = []}, limit = 0.1}]", "limits[0].where.model: names no level"),
        ("limits = [{where = {'a b' = 1}, limit = 0.1}]", "limits[0].where.a b: a name is a letter or _"),
    ],
)
def test_nonsense_in_the_projects_gate_is_refused_by_its_key(tmp_path: Path, toml: str, expected: str) -> None:
    said = refusal(tmp_path, f"[tool.bench.gate]\n{toml}\n")
    assert said.startswith(f"pyproject.toml: [tool.bench.gate] {expected}")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path, "[tool.bench.gate]\nlimit = 0\ninconclusive = 3\n")
    assert said.startswith("pyproject.toml: [tool.bench.gate] limit: expected a share")
    assert "; inconclusive: expected 0 or 4" in said


def test_a_gate_is_a_table(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[tool.bench]\ngate = 3\n") == (
        "pyproject.toml: [tool.bench] gate: expected a table, found the number 3"
    )


def test_a_projects_limit_may_be_for_cases_of_another_suite(tmp_path: Path) -> None:
    toml = "[tool.bench.gate]\nlimits = [{where = {size = 28}, limit = 0.1}]\n"
    assert policy(tmp_path, toml).limits == (LimitSpec(limit=0.1, where={"size": (28,)}),)


def test_a_projects_limit_may_be_for_a_workload_s_own_metric_that_another_suite_publishes(tmp_path: Path) -> None:
    toml = "[tool.bench.gate]\nlimits = [{metric = 'hops', limit = 0.1}]\n"
    assert policy(tmp_path, toml).limits == (LimitSpec(limit=0.1, metric="hops"),)


def test_a_projects_limit_may_be_for_what_files_of_pytest_benchmark_are_judged_by(tmp_path: Path) -> None:
    toml = f"[tool.bench.gate]\nlimits = [{{metric = '{METRIC}', limit = 0.1}}]\n"
    assert policy(tmp_path, toml).limits == (LimitSpec(limit=0.1, metric=METRIC),)


@pytest.mark.parametrize(
    ("name", "said"),
    [("latncy", "no metric 'latncy' that a gate judges"), ("tail", "a gate does not judge 'tail'")],
)
def test_a_projects_limit_for_a_misspelt_metric_or_for_one_that_no_gate_judges_is_refused(
    tmp_path: Path, name: str, said: str
) -> None:
    assert said in refusal(tmp_path, f"[tool.bench.gate]\nlimits = [{{metric = '{name}', limit = 0.1}}]\n")
