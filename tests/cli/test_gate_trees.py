"""The real device in repositories that are not this one: whatever way the subject is found, each side measures its own
tree or the case is incomparable. The subject adds numbers and knows no torch; one of its two cases becomes three times
as slow, the other stays as it is: which tree was measured is to be seen on a busy machine too."""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from tests.measure.made_up_repository import commit, git, made, without_settings

pytestmark = pytest.mark.torch

SUITE = """\
title: Speed
question: How fast does it add?
policy: {trial_seconds: 0.02, warmup_seconds: 0.005, timeout: 30, threads: 1}
base: {target: 'TARGET'}
factors: {part: [same, slow]}
metrics: [latency]
"""
WORK = """\
import os

COUNTS = {"same": 20_000, "slow": SLOW}
DATA = os.environ.get("BENCH_DATA")


class Adding:
    def __init__(self, count):
        self.count = count
        if DATA is not None:
            with open(os.path.join(DATA, "numbers")) as file:
                assert file.read() == "1"

    def step(self):
        total = 0.0
        for number in range(self.count):
            total += number
        return total


def workload(part):
    return Adding(COUNTS[part])
"""
PLAIN = {name: value for name, value in os.environ.items() if name != "BENCH_DATA"}
"""Whoever runs the tests may have data of their own; here `--data` says where they are."""

SLOW, SLOWER = "20_000", "60_000"

BACKEND = '''\
"""Builds a wheel of the package: with its files, or with the path to them."""

import os
import zipfile

FOLDER = "PLACE"
INFO = "thing-1.0.dist-info"


def _built(folder, files):
    name = "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\\nName: thing\\nVersion: 1.0\\n")
        wheel.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    names = ("__init__.py", "work.py")
    return _built(wheel_directory, {f"thing/{name}": open(f"{FOLDER}/thing/{name}").read() for name in names})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _built(wheel_directory, {"thing.pth": os.path.abspath(FOLDER) + "\\n"})
'''
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "thing"
version = "1.0"
"""

PROGRAM = """
from bench.gate import judge
from bench.measure import pairing
judge.LOOKS = judge.LOOKS[:1]
pairing.CONTROL_PAIRS, pairing.ROUNDS_PER_SERVER = 0, 99
from bench.cli import main
main()
"""
"""A gate whose pairs are all made in one server, to save the seconds of its starts, and that looks once: three times as
slow is found at the first look, and no more pairs are made of a case that a busy machine leaves open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A repository, and the interpreter that measures it."""

    folder: Path
    python: Path = Path(sys.executable)

    def gate(self, *words: str | Path) -> tuple[int, Mapping[str, Mapping[str, object]]]:
        """The exit code, and the cases by their part."""
        said = subprocess.run(
            [
                self.python,
                "-c",
                PROGRAM,
                "gate",
                "suites/speed.yaml",
                "--against",
                "HEAD",
                "--limit",
                "30%",
                "--json",
                *words,
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            env={**PLAIN, "BENCH_LOCK": str(self.folder.parent / "lock")},
        )
        assert said.stdout, said.stderr
        cases = cast("list[dict[str, object]]", json.loads(said.stdout)["cases"])
        return said.returncode, {str(case["case"]).removeprefix("part="): case for case in cases}

    def installed(self, *, editable: bool) -> "Place":
        """The same with the package installed in an environment of its own, which sees this one's as well."""
        environment = self.folder.parent / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        python = environment / "bin" / "python"
        home = subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        )
        ours = sysconfig.get_path("purelib")
        Path(home.stdout.strip(), "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
        offline = ("--no-index", "--no-build-isolation", "--no-deps", "--quiet", "--disable-pip-version-check")
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", *offline]
        subprocess.run([*pip, *(["--editable"] if editable else []), str(self.folder)], check=True, timeout=120)
        return replace(self, python=python)


@pytest.fixture(autouse=True)
def _no_settings_of_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    without_settings(monkeypatch)


def repository(parent: Path, work: str, *, target: str, more: Mapping[str, str] | None = None) -> Place:
    """A repository whose last commit has the work at that path, and whose working tree is slower at one part."""
    folder = made(parent / "repository")
    files = {"suites/speed.yaml": SUITE.replace("TARGET", target), work: WORK.replace("SLOW", SLOW), **(more or {})}
    commit(folder, {**files, ".gitignore": "__pycache__/\nbuild/\n*.egg-info/\n"})
    return Place(folder=folder)


def slower(place: Place, work: str) -> None:
    """The change."""
    file = place.folder / work
    file.write_text(WORK.replace("SLOW", SLOWER))


def package(parent: Path, home: str) -> Place:
    """The work in a package, which can be installed."""
    more = {f"{home}/thing/__init__.py": "", "backend.py": BACKEND.replace("PLACE", home), "pyproject.toml": PYPROJECT}
    return repository(parent, f"{home}/thing/work.py", target="thing.work:workload", more=more)


def assert_each_side_measured_its_own(place: Place, *words: str | Path) -> None:
    code, cases = place.gate(*words)
    assert cases["slow"]["verdict"] == "regression", cases
    # Not `unchanged` whatever else the machine does meanwhile: that is shown in quiet (results/evidence).
    assert cases["same"]["verdict"] in ("unchanged", "inconclusive"), cases
    assert code == 1
    assert len(git(place.folder, "worktree", "list").splitlines()) == 1
    compiled = [file.name for file in place.folder.rglob("__pycache__/*")]
    assert not [name for name in compiled if name.startswith(("work.", "builder."))], (
        "each side's bytecode is elsewhere"
    )


def test_a_builder_beside_its_suite_is_measured_on_either_side_with_the_same_data(tmp_path: Path) -> None:
    """The data are in no revision: both sides see those of the working tree."""
    place = repository(tmp_path, "suites/builder.py", target="builder:workload")
    slower(place, "suites/builder.py")
    (place.folder / "data").mkdir()
    (place.folder / "data" / "numbers").write_text("1")
    assert_each_side_measured_its_own(place, "--data", "data")


def test_a_package_in_src_that_is_not_installed_is_measured_on_either_side(tmp_path: Path) -> None:
    place = package(tmp_path, "src")
    slower(place, "src/thing/work.py")
    assert_each_side_measured_its_own(place)


def test_a_package_that_is_installed_editable_is_measured_on_either_side(tmp_path: Path) -> None:
    place = package(tmp_path, "src").installed(editable=True)
    slower(place, "src/thing/work.py")
    assert_each_side_measured_its_own(place)


def test_a_package_in_src_beside_its_own_wheel_is_measured_on_either_side(tmp_path: Path) -> None:
    place = package(tmp_path, "src").installed(editable=False)
    slower(place, "src/thing/work.py")
    assert_each_side_measured_its_own(place)


def test_a_package_outside_of_the_paths_that_is_installed_as_a_wheel_is_incomparable(tmp_path: Path) -> None:
    """Both sides would measure the wheel, and find no change."""
    place = package(tmp_path, "lib").installed(editable=False)
    slower(place, "lib/thing/work.py")
    code, cases = place.gate()
    assert code == 4
    assert {part: case["verdict"] for part, case in cases.items()} == {"same": "incomparable", "slow": "incomparable"}
    note = str(cases["slow"]["note"])
    assert "hint: `paths` in [tool.bench]" in note
    assert "'lib'" in note
