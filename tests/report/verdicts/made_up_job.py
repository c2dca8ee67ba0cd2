"""A clone in which a step of a workflow's is run by bash, as it stands in the YAML, with a `bench` that writes down how
it was called."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Step = Mapping[str, Any]
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

    def program(self, name: str, script: str) -> None:
        """Puts a program in front of all others of that name."""
        (self.folder / "programs").mkdir(exist_ok=True)
        file = self.folder / "programs" / name
        file.write_text(script, "utf-8")
        file.chmod(0o755)

    def run(self, step: Step, **variables: str) -> Done:
        """Runs a step's script as GitHub does: with the variables that the step names, and no others of them."""
        programs, called = self.folder / "programs", self.folder / "called"
        self.program("bench", FAKE)
        script = self.folder / "script.sh"
        script.write_text(step["run"], "utf-8")
        own = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "CALLED": str(called),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "RUNNER_TEMP": str(self.folder),
        }
        given = dict.fromkeys(step["env"], "") | {"BASE_REF": "main"} | variables
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
