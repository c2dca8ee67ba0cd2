"""The README says what the code does: its commands run, its tables list what the tables in the code list."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from bench import errors
from bench.analysis.findings import CHECKS
from bench.api.gating import TRIAL_SECONDS
from bench.cli import VERBS
from bench.records.claims import ClaimVerdict
from bench.records.metrics import METRICS
from bench.records.suite import Policy

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def listed(heading: str) -> list[str]:
    """The names in backticks in the first column of the README's table with that heading."""
    rows = re.search(rf"^\| {heading} \|.*\n\|[-| ]+\|\n((?:\|.*\|\n)+)", README, re.MULTILINE)
    assert rows, f"README.md has no table headed {heading!r}"
    first = [row.split("|")[1] for row in rows[1].splitlines()]
    return [name for cell in first for name in re.findall(r"`([^`]+)`", cell) or [cell.strip()]]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("verb", list(VERBS)),
        ("metric", list(METRICS)),
        ("finding", list(CHECKS)),
        ("policy key", [field.name for field in fields(Policy)]),
    ],
)
def test_every_entry_of_a_table_in_the_code_has_its_row_in_the_readme(heading: str, names: list[str]) -> None:
    assert sorted(listed(heading)) == sorted(names)


def test_every_verdict_on_a_claim_is_named() -> None:
    (row,) = re.findall(r"^\| `claims` \|.*$", README, re.MULTILINE)
    assert [verdict for verdict in get_args(ClaimVerdict) if f"`{verdict}`" not in row] == []


def test_every_exit_code_of_an_error_is_explained() -> None:
    explained = {int(code) for cell in listed("exit code") for code in re.findall(r"\d+", cell)}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BenchError)]
    assert {kind.exit_code for kind in kinds} <= explained


def test_the_defaults_of_the_policy_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", README, re.MULTILINE))
    for field in fields(Policy):
        if field.name in rows and isinstance(field.default, int | float) and field.name != "precision":
            assert float(rows[field.name]) == field.default, field.name
    assert f"timed time of a trial; in a gate {TRIAL_SECONDS:g}, unless" in README


def commands() -> list[str]:
    blocks = re.findall(r"<!-- run -->\n```console\n(.*?)```", README, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_commands_that_the_readme_marks_run_one_after_the_other(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "suites", tmp_path / "suites", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text("")
    assert len(commands()) >= 5
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command in commands():
        done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout.strip(), command


def test_the_example_suite_of_the_readme_is_a_suite(tmp_path: Path) -> None:
    suite = re.search(r"```yaml\n(# yaml-language-server.*?)```", README, re.DOTALL)
    builder = re.search(r"```python\n(class Layer.*?)```", README, re.DOTALL)
    assert suite
    assert builder
    (tmp_path / "fusing.yaml").write_text(suite[1])
    (tmp_path / "builders.py").write_text(builder[1])
    done = subprocess.run(
        [sys.executable, "-m", "bench", "validate", "fusing.yaml"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == "fusing.yaml: 6 cases\n", done.stderr


def test_the_first_screen_of_the_readme_is_the_answer_of_a_run_and_then_its_figure() -> None:
    quoted = re.findall(r"<!-- bench: (\S+)#(\S+)", README)
    assert [what for _, what in quoted[:2]] == ["in-short", "latency-by-match-drawn"]
    assert quoted[0][0] == quoted[1][0]
    assert README.index("<!-- bench: ") < 1000


def test_files_that_the_readme_links_to_exist() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
