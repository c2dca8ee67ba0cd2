"""The name of a layout → a repository with one commit, and the interpreter that measures it."""

import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.perf.gate.repository import AUTHOR, git

PARTS, DOSE = 100, "5"
SUITE = "suites/speed.yaml"
YAML = """\
title: Steps of a hundred equal parts
question: Does the gate measure the tree that it is to judge?
policy: {trial_seconds: 0.1}
base: {target: 'TARGET'}
factors: {part: [steady, changed]}
metrics: [latency, undisturbed]
"""
WORK = '''\
"""Steps of equal parts of real work."""

import torch

COUNTS = {"steady": 100, "changed": CHANGED}


class Step:
    def __init__(self, parts):
        self.parts = parts
        self.x, self.weight = torch.randn(32, 128), torch.randn(128, 128) / 128**0.5

    def step(self):
        x = self.x
        for _ in range(self.parts):
            x = (x @ self.weight).tanh()
        return x


def workload(part):
    return Step(COUNTS[part])
'''
PYPROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "subject"
version = "1.0"
[tool.setuptools.packages.find]
where = ["HOME"]
"""

Installed = Literal["no", "editable", "wheel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the work lies, from the repository's root, by which target its suite names it, and how it is installed.
    `home`: the folder of its package, where it is one. `comparable`: whether each side can measure its own."""

    name: str
    work: str
    target: str
    home: str | None = None
    installed: Installed = "no"
    comparable: bool = True


LAYOUTS = (
    Layout(name="YAML and builder side by side", work="suites/builder.py", target="builder:workload"),
    Layout(name="`src/`, not installed", work="src/subject/work.py", target="subject.work:workload", home="src"),
    Layout(
        name="`src/`, installed editable",
        work="src/subject/work.py",
        target="subject.work:workload",
        home="src",
        installed="editable",
    ),
    Layout(
        name="`lib/`, outside of `paths`, installed as a wheel",
        work="lib/subject/work.py",
        target="subject.work:workload",
        home="lib",
        installed="wheel",
        comparable=False,
    ),
    Layout(
        name="`src/`, beside an installed wheel of it",
        work="src/subject/work.py",
        target="subject.work:workload",
        home="src",
        installed="wheel",
    ),
)


def made(layout: Layout, parent: Path) -> Path:
    """The repository; its working tree is its one commit."""
    folder = parent / "repository"
    files = {SUITE: YAML.replace("TARGET", layout.target), ".gitignore": "__pycache__/\nbuild/\n*.egg-info/\n.bench/\n"}
    if layout.home is not None:
        files |= {f"{layout.home}/subject/__init__.py": "", "pyproject.toml": PYPROJECT.replace("HOME", layout.home)}
    for name, text in {**files, layout.work: WORK.replace("CHANGED", str(PARTS))}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, *AUTHOR, "commit", "--quiet", "--no-verify", "--message", "The base")
    return folder


def changed(layout: Layout, repository: Path) -> None:
    """The working tree has more parts in one case."""
    (repository / layout.work).write_text(WORK.replace("CHANGED", str(PARTS + int(DOSE))), encoding="utf-8")


def interpreter(layout: Layout, repository: Path) -> Path:
    """This process's own, or that of an environment beside the repository, in which the subject is installed, and which
    sees what this process's has."""
    if layout.installed == "no":
        return Path(sys.executable)
    environment = repository.parent / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", str(environment))
    (home,) = environment.glob("lib/*/site-packages")
    ours = sysconfig.get_path("purelib")
    (home / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n", encoding="utf-8")
    python = environment / "bin" / "python"
    words = ["--no-index", "--no-build-isolation", "--no-deps", "--quiet"]
    words += ["--editable"] if layout.installed == "editable" else []
    run(sys.executable, "-m", "pip", "--python", str(python), "install", *words, str(repository))
    return python


def run(*command: str) -> None:
    """Which must succeed."""
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
