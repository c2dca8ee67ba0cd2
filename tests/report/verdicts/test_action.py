"""The composite action: its script, as it stands in the YAML, run by bash in a repository of its own with a `bench`
that writes down how it was called."""

import re
from pathlib import Path

import pytest
import yaml

from tests.report.verdicts.made_up_job import Done, Job, git, job

ROOT = Path(__file__).resolve().parents[3]
ACTION = yaml.safe_load((ROOT / ".github/actions/gate/action.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text("utf-8"))
(STEP,) = ACTION["runs"]["steps"]


def run(job: Job, **variables: str) -> Done:
    return job.run(STEP, **{"SUITE": "suites/smoke.yaml", **variables})


@pytest.fixture
def whole(tmp_path: Path) -> Job:
    return job(tmp_path)


def test_without_a_revision_the_merge_base_of_the_pull_request_is_the_base(whole: Job) -> None:
    done = run(whole)
    summary = str(whole.folder / "summary.md")
    assert done.code == 0
    assert done.called == [
        *("gate", "suites/smoke.yaml", "--against", whole.fork, "--summary", summary),
        *("--annotations", "--junit", "gate.xml"),
    ]


def test_a_revision_that_is_named_is_the_base(whole: Job) -> None:
    done = run(whole, BASE="v1.2", BASE_REF="")
    assert done.called[2:4] == ["--against", "v1.2"]


def test_a_limit_and_further_arguments_reach_the_gate_a_line_a_word(whole: Job) -> None:
    done = run(whole, LIMIT="3%", ARGUMENTS="-k\nlstm and batch=1\n\n--quick\n")
    assert done.called[9:] == ["--limit", "3%", "-k", "lstm and batch=1", "--quick"]


@pytest.mark.parametrize("code", [0, 1, 4])
def test_the_exit_code_is_that_of_the_gate(whole: Job, code: int) -> None:
    assert run(whole, FAKE_EXIT=str(code)).code == code


def test_a_shallow_clone_is_told_to_fetch_everything(tmp_path: Path) -> None:
    done = run(job(tmp_path, "--depth", "1"))
    assert (done.code, done.called) == (4, [])
    assert done.output.startswith("::error title=gate::")
    assert "refs/remotes/origin/main" in done.output
    assert "fetch-depth: 0" in done.output


def test_a_base_branch_that_is_not_there_in_a_whole_clone_is_named_with_another_hint(whole: Job) -> None:
    done = run(whole, BASE_REF="100%gone")
    assert (done.code, done.called) == (4, [])
    assert "refs/remotes/origin/100%25gone" in done.output
    assert "'against'" in done.output
    assert "fetch-depth" not in done.output


def test_a_branch_without_a_common_ancestor_is_told_apart_from_one_that_is_not_there(whole: Job) -> None:
    git(whole.clone, "checkout", "--quiet", "--orphan", "alone")
    git(whole.clone, "commit", "--quiet", "--allow-empty", "-m", "alone")
    assert "HEAD and refs/remotes/origin/main have no common ancestor here" in run(whole).output
    assert "there is no refs/remotes/origin/gone here" in run(whole, BASE_REF="gone").output


def test_a_git_that_does_not_answer_is_told_in_its_own_words_and_not_for_a_missing_ancestor(whole: Job) -> None:
    """As in a container whose user is not the owner of what was checked out."""
    done = run(whole, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert (done.code, done.called) == (2, [])
    (line,) = done.output.splitlines()
    assert line.startswith("::error title=gate::git does not answer here: ")
    assert "dubious ownership" in line
    assert 'safe.directory "$GITHUB_WORKSPACE"' in line
    assert "ancestor" not in line


def test_outside_a_pull_request_a_revision_must_be_named(whole: Job) -> None:
    done = run(whole, BASE_REF="")
    assert (done.code, done.called) == (2, [])
    assert "'against'" in done.output


@pytest.mark.parametrize("name", ["SUITE", "BASE", "LIMIT", "ARGUMENTS"])
def test_an_input_is_never_run(whole: Job, name: str) -> None:
    hostile = '"; touch owned; $(touch owned) `touch owned` *'
    done = run(whole, **{name: hostile})
    assert hostile in done.called
    assert not (whole.clone / "owned").exists()


def test_no_expression_stands_in_a_script_of_the_action_or_the_workflow() -> None:
    steps = [STEP, *(step for each in WORKFLOW["jobs"].values() for step in each["steps"])]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) >= 2
    assert not [script for script in scripts if "${{" in script]


def test_every_input_has_a_description_and_reaches_the_script() -> None:
    assert set(ACTION["inputs"]) == {"suite", "against", "limit", "arguments"}
    assert all(given["description"] for given in ACTION["inputs"].values())
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} <= set(STEP["env"].values())


def test_the_workflow_gates_smoke_with_the_action_in_a_whole_clone_and_keeps_what_it_measured() -> None:
    smoke = WORKFLOW["jobs"]["smoke"]
    used = {step["uses"].partition("@")[0]: step for step in smoke["steps"] if "uses" in step}
    assert used["actions/checkout"]["with"]["fetch-depth"] == 0
    given = used["./.github/actions/gate"]["with"]
    assert (ROOT / given["suite"]).is_file()
    assert set(given) <= set(ACTION["inputs"])
    (seconds,) = re.findall(r"^--max-seconds=(\d+)$", given["arguments"], re.MULTILINE)
    own = yaml.safe_load((ROOT / given["suite"]).read_text("utf-8"))["policy"]["max_seconds"]
    assert own < int(seconds) < 60 * smoke["timeout-minutes"], (
        "a gate needs more than the suite's run, less than its job"
    )
    kept = used["actions/upload-artifact"]
    assert kept["if"] == "always()"
    assert kept["with"]["path"].split() == ["gate.xml", ".bench/runs"]
    assert kept["with"]["include-hidden-files"]
    assert "pull_request" in WORKFLOW[True]  # YAML 1.1 takes `on` for a truth value
