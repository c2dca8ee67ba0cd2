"""The composite action: its script, as it stands in the YAML, run by bash in a repository of its own with a `bench`
that writes down how it was called."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
ACTION = yaml.safe_load((ROOT / ".github/actions/gate/action.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text("utf-8"))
(STEP,) = ACTION["runs"]["steps"]
FAKE = """#!/bin/bash
printf '%s\\0' "$@" > "$CALLED"
exit "${FAKE_EXIT:-0}"
"""
GIT = {
    **{f"GIT_{who}_{what}": f"{who}@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | GIT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def commit(folder: Path, name: str) -> str:
    (folder / name).write_text(name, "utf-8")
    git(folder, "add", name)
    git(folder, "commit", "--quiet", "-m", name)
    return git(folder, "rev-parse", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    output: str
    called: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A clone of a repository whose `main` went on after the branch that is checked out had left it, at `fork`."""

    folder: Path
    clone: Path
    fork: str

    def run(self, **variables: str) -> Done:
        """Runs the action's script as GitHub does: with the variables that the step names, and no others of them."""
        programs, called = self.folder / "programs", self.folder / "called"
        programs.mkdir(exist_ok=True)
        (programs / "bench").write_text(FAKE, "utf-8")
        (programs / "bench").chmod(0o755)
        script = self.folder / "script.sh"
        script.write_text(STEP["run"], "utf-8")
        own = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "CALLED": str(called),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
        }
        given = dict.fromkeys(STEP["env"], "") | {"SUITE": "suites/smoke.yaml", "BASE_REF": "main"} | variables
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.clone,
            env=os.environ | GIT | own | given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        words = called.read_text("utf-8").split("\0")[:-1] if called.exists() else []
        return Done(code=done.returncode, output=done.stdout, called=words)


def job(folder: Path, *clone_options: str) -> Job:
    origin, clone = folder / "origin", folder / "clone"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch", "main")
    commit(origin, "first")
    fork = commit(origin, "second")
    git(origin, "checkout", "--quiet", "-b", "change")
    commit(origin, "changed")
    git(origin, "checkout", "--quiet", "main")
    commit(origin, "third")
    git(folder, "clone", "--quiet", *clone_options, "--branch", "change", f"file://{origin}", "clone")
    return Job(folder=folder, clone=clone, fork=fork)


@pytest.fixture
def whole(tmp_path: Path) -> Job:
    return job(tmp_path)


def test_without_a_revision_the_merge_base_of_the_pull_request_is_the_base(whole: Job) -> None:
    done = whole.run()
    summary = str(whole.folder / "summary.md")
    assert done.code == 0
    assert done.called == [
        *("gate", "suites/smoke.yaml", "--against", whole.fork, "--summary", summary),
        *("--annotations", "--junit", "gate.xml"),
    ]


def test_a_revision_that_is_named_is_the_base(whole: Job) -> None:
    done = whole.run(BASE="v1.2", BASE_REF="")
    assert done.called[2:4] == ["--against", "v1.2"]


def test_a_limit_and_further_arguments_reach_the_gate_a_line_a_word(whole: Job) -> None:
    done = whole.run(LIMIT="3%", ARGUMENTS="-k\nlstm and batch=1\n\n--quick\n")
    assert done.called[9:] == ["--limit", "3%", "-k", "lstm and batch=1", "--quick"]


@pytest.mark.parametrize("code", [0, 1, 4])
def test_the_exit_code_is_that_of_the_gate(whole: Job, code: int) -> None:
    assert whole.run(FAKE_EXIT=str(code)).code == code


def test_a_shallow_clone_is_told_to_fetch_everything(tmp_path: Path) -> None:
    done = job(tmp_path, "--depth", "1").run()
    assert (done.code, done.called) == (4, [])
    assert done.output.startswith("::error title=gate::")
    assert "refs/remotes/origin/main" in done.output
    assert "fetch-depth: 0" in done.output


def test_a_base_branch_that_is_not_there_in_a_whole_clone_is_named_with_another_hint(whole: Job) -> None:
    done = whole.run(BASE_REF="100%gone")
    assert (done.code, done.called) == (4, [])
    assert "refs/remotes/origin/100%25gone" in done.output
    assert "'against'" in done.output
    assert "fetch-depth" not in done.output


def test_outside_a_pull_request_a_revision_must_be_named(whole: Job) -> None:
    done = whole.run(BASE_REF="")
    assert (done.code, done.called) == (2, [])
    assert "'against'" in done.output


@pytest.mark.parametrize("name", ["SUITE", "BASE", "LIMIT", "ARGUMENTS"])
def test_an_input_is_never_run(whole: Job, name: str) -> None:
    hostile = '"; touch owned; $(touch owned) `touch owned` *'
    done = whole.run(**{name: hostile})
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
    (smoke,) = WORKFLOW["jobs"].values()
    used = {step["uses"].partition("@")[0]: step for step in smoke["steps"] if "uses" in step}
    assert used["actions/checkout"]["with"]["fetch-depth"] == 0
    given = used["./.github/actions/gate"]["with"]
    assert (ROOT / given["suite"]).is_file()
    assert set(given) <= set(ACTION["inputs"])
    kept = used["actions/upload-artifact"]
    assert kept["if"] == "always()"
    assert kept["with"]["path"].split() == ["gate.xml", ".bench/runs"]
    assert kept["with"]["include-hidden-files"]
    assert "pull_request" in WORKFLOW[True]  # YAML 1.1 takes `on` for a truth value
