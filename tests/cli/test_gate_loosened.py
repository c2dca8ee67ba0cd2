"""A change that loosens its own gate, by leaving a case, a metric or a step out of it, is judged as before it did."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gate_scenario import FAKE, GateScenario, Told
from tests.measure.made_up_repository import commit, git, made
from tests.scenario import Said

Gate = Callable[..., Told]
Verb = Callable[..., Said]

SKIP = "skip: [{where: {name: slow}, because: it is slow now}]\n"


def test_a_case_that_the_candidate_skips_and_the_base_does_not_counts_as_removed(
    repo: GateScenario, gate: Gate
) -> None:
    repo.case("kept").case("slow", fault="slower").committed()
    found = gate(repo.suite(more=SKIP))
    assert (found.verdicts, found.code) == ({"kept": "unchanged", "slow": "removed"}, 4)
    assert "it is slow now" in str(found.cases["slow"]["note"])


def test_a_case_that_both_skip_passes(repo: GateScenario, gate: Gate) -> None:
    found = gate(repo.case("kept").case("slow", fault="slower").committed(more=SKIP))
    assert (found.verdicts, found.code) == ({"kept": "unchanged", "slow": "skipped"}, 0)


def test_a_step_limit_that_the_candidate_lowers_leaves_no_case_out(repo: GateScenario, gate: Gate) -> None:
    repo.case("slow", fault="slower", takes=0.02).committed()
    assert gate(repo.suite(step_limit=0.001)).verdicts == {"slow": "regression"}


def test_an_exact_metric_that_the_candidate_s_suite_drops_is_judged(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("larger", fault="outgrown").committed()
    file.write_text(file.read_text().replace("metrics: [latency, parameters]", "metrics: [latency]"))
    assert gate(file).verdicts == {"larger": "regression"}


@pytest.mark.parametrize("broken", ["suite", "project"])
def test_a_base_that_cannot_be_read_is_incomparable_and_named(repo: GateScenario, verb: Verb, broken: str) -> None:
    project = repo.folder / "pyproject.toml"
    if broken == "project":
        project.write_text("[tool.bench.gate]\nlimit = 0\n")
    file = repo.case("one").committed(more="nonsense: 1\n" if broken == "suite" else "")
    repo.suite()
    project.unlink(missing_ok=True)
    said = verb("gate", file, "--against", "HEAD", *FAKE)
    assert said.code == 4
    assert "the base's suite cannot be read as asked" in said.err
    assert "bench-trees-" not in said.err
    assert repo.trees() == []


def test_trials_are_as_long_as_the_suite_says_even_where_that_is_a_run_s_default(
    repo: GateScenario, gate: Gate
) -> None:
    file = repo.case("one").committed(trial_seconds=0.3)
    gate(file)
    said = sum(sum(r.samples) for r in repo.records if r.kind == "timed") / 1e9
    gate(repo.suite())
    unsaid = sum(sum(r.samples) for r in repo.records if r.kind == "timed") / 1e9
    assert said > 1.25 * unsaid


def test_a_budget_that_the_candidate_cuts_does_not_keep_it_from_being_measured(repo: GateScenario, gate: Gate) -> None:
    repo.case("slow", fault="slower").committed(gate="inconclusive: 0")
    assert gate(repo.suite(max_seconds=0.001)).code == 1


def test_a_gate_without_a_pair_never_passes_whatever_the_policy_says(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("one").committed(gate="inconclusive: 0", max_seconds=0.001)
    assert gate(file).code == 4


def test_an_inconclusive_policy_excuses_noise_and_no_failure(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("one").case("broken", fault="broken").committed(gate="inconclusive: 0")
    assert gate(file).code == 4


def test_a_case_that_means_something_else_under_its_old_name_is_incomparable(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("one").committed()
    file.write_text(file.read_text().replace("size: 1}", "size: 1, weight: 2}"))
    found = gate(file)
    assert (found.verdicts, found.code) == ({"one": "incomparable"}, 4)
    assert "arguments.weight: none → 2" in str(found.cases["one"]["note"])


def test_code_that_is_compared_with_itself_is_remarked_on(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("one").committed()
    assert "nothing changed" in str(gate(file).whole["findings"])
    (repo.folder / "builder.py").write_text("# a change\n" + (repo.folder / "builder.py").read_text())
    assert "nothing changed" not in str(gate(file).whole["findings"])


def test_a_submodule_that_only_the_candidate_has_checked_out_is_remarked_on(
    repo: GateScenario, gate: Gate, tmp_path: Path
) -> None:
    other = made(tmp_path / "other")
    commit(other, {"part/__init__.py": ""})
    file = repo.case("one").committed()
    git(repo.folder, "submodule", "add", "-q", f"file://{other}", "vendor")
    commit(repo.folder, {})
    assert "without vendor, which the candidate has checked out" in str(gate(file).whole["findings"])


def test_a_file_that_the_base_has_as_a_pointer_of_lfs_is_remarked_on(repo: GateScenario, gate: Gate) -> None:
    weights = repo.folder / "weights.pt"
    weights.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 3\n")
    file = repo.case("one").committed()
    assert "git-lfs" not in str(gate(file).whole["findings"])
    weights.write_text("the weights")
    assert "pointers in the place of weights.pt" in str(gate(file).whole["findings"])


def test_a_suite_in_a_nested_project_is_placed_in_its_repository(repo: GateScenario, gate: Gate) -> None:
    nested = repo.folder / "ml"
    nested.mkdir()
    file = repo.case("one").committed()
    for name in ("scenario.yaml", "builder.py"):
        (repo.folder / name).rename(nested / name)
    (nested / "pyproject.toml").write_text("")
    commit(repo.folder, {})
    assert gate(nested / file.name).whole["suite_file"] == "ml/scenario.yaml"
    assert gate(nested / file.name, against="nothing").whole["suite_file"] == "ml/scenario.yaml"


def test_no_control_doubts_what_is_known_without_timing(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("haunted", fault="haunted", takes=0.0001).case("larger", fault="outgrown").committed()
    assert gate(file).code == 1
