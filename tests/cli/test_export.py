"""`bench export` from a run's folder to the tools that read its files."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.api.exporting import EXPORTABLE
from bench.records.codec import encode
from bench.records.nouns import GateAsked
from bench.records.suite import GateSpec
from bench.report.exports.formats import FORMATS
from bench.store import folder as store
from tests.scenario import Said, Scenario, started

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7", "--machine", "made-up-1c")
NUMBERS = ("pytest-benchmark", "github-action-benchmark", "pyperf")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases measured, one failed, one skipped; the names are as hostile as names may be."""
    scenario = Scenario(tmp_path_factory.mktemp("project"))
    scenario.case("quick", takes=0.001).case("-+._", takes=0.02).case("broken", fault="raise")
    file = scenario.case("slow").written()
    skip = "skip:\n  - {where: {name: slow}, because: '##[error] | ` <b> \"x\" & ]]>'}\n"
    file.write_text(file.read_text() + skip)
    process = started(["run", file, *FAKE], folder=scenario.folder)
    process.communicate(timeout=60)
    assert process.returncode == 3
    return scenario.runs[-1]


@pytest.fixture
def run(scenario: Scenario, measured: Path) -> Path:
    """A copy of that run, which a test may damage."""
    copy = store.runs_folder(scenario.folder) / measured.name
    shutil.copytree(measured, copy)
    return copy


def consumed(*words: str | Path, folder: Path) -> str:
    """What a tool says of a file, which it must accept."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def written(say: Say, run: Path, form: str, *options: str) -> Path:
    """The export as a file."""
    file = run.parent / f"{form}.{'xml' if form == 'junit' else 'json'}"
    assert say("export", run, form, "--output", file, *options).code == 0
    return file


def needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(importlib.util.find_spec(module) is None, reason=f"{module} is not installed")


@pytest.mark.parametrize("form", FORMATS)
def test_output_is_the_same_text_every_time_on_standard_output_and_in_a_file(run: Path, say: Say, form: str) -> None:
    file = written(say, run, form)
    said = say("export", "latest", form)
    assert said.code == 0
    assert said.out == file.read_text()
    assert said.out.endswith("\n")
    assert [path.name for path in file.parent.glob(".*")] == [], "no rubbish"


@pytest.mark.parametrize("form", NUMBERS)
def test_a_case_without_a_number_is_left_out_and_said_so_on_standard_error(run: Path, say: Say, form: str) -> None:
    said = say("export", run, form)
    assert "quick" in said.out
    assert "broken" not in said.out
    assert "slow" not in said.out
    assert re.search(r"left out, without a number for latency: .*broken.* \(failed\), .*slow.* \(skipped\)", said.err)


@pytest.mark.parametrize("form", FORMATS)
def test_no_host_user_or_folder_is_exported(run: Path, say: Say, form: str) -> None:
    said = say("export", run, form)
    strangers = [os.uname().nodename, str(run), str(Path.home()), str(Path.cwd())]
    assert not [word for word in strangers if len(word) > 5 and word in said.out]
    assert "made-up-1c" in said.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_log_obeys_nothing_of_what_is_exported(run: Path, say: Say, form: str) -> None:
    out = say("export", run, form).out
    assert out.isascii()
    assert not re.search(r"##\w*\[", out)
    assert not re.search(r"^\s*::", out, re.MULTILINE)


def test_junit_has_every_case(run: Path, say: Say) -> None:
    suite = ET.fromstring(say("export", run, "junit").out)[0]
    parts = {str(case.get("name")).split(",")[0]: case[0].tag for case in suite}
    assert parts == {
        "name=quick": "system-out",
        "name=-+._": "system-out",
        "name=broken": "error",
        "name=slow": "skipped",
    }
    assert float(suite.get("time", "0")) > 0


@pytest.mark.parametrize("metric", ["latency", "undisturbed", "cpu_time", "mean_latency"])
@pytest.mark.parametrize("form", FORMATS)
def test_every_time_of_trials_can_be_exported(run: Path, say: Say, form: str, metric: str) -> None:
    said = say("export", run, form, "--metric", metric)
    assert said.code == 0
    assert metric in said.out


@pytest.mark.parametrize("metric", ["parameters", "throughput", "build", "latensy", ""])
def test_another_metric_is_refused(run: Path, say: Say, metric: str) -> None:
    said = say("export", run, "pyperf", "--metric", metric)
    assert said.code == 2
    assert not said.out
    assert f"these can be exported: {', '.join(EXPORTABLE)}" in said.err
    assert ("did you mean 'latency'" in said.err) == (metric == "latensy")


@pytest.mark.parametrize("form", NUMBERS)
def test_a_run_without_any_number_is_refused_where_there_is_nothing_but_numbers(
    scenario: Scenario, say: Say, form: str
) -> None:
    say("run", scenario.case("broken", fault="raise").written(), *FAKE)
    said = say("export", "latest", form)
    assert said.code == 2
    assert "no case has a number for latency" in said.err
    assert not said.out
    assert say("export", "latest", "junit").code == 0


def test_a_measured_case_that_lacks_the_metric_is_left_out_with_the_reason(run: Path, say: Say) -> None:
    said = say("export", run, "pyperf", "--metric", "tail")
    assert said.code == 0
    assert "quick" not in said.out
    assert "name=-+._" in said.out
    assert "(a sample is several steps)" in said.err


def test_an_unknown_format_is_refused_with_those_there_are(run: Path, say: Say) -> None:
    said = say("export", run, "bencher")
    assert said.code == 2
    assert all(form in said.err for form in FORMATS)


def test_a_damaged_run_says_where(run: Path, say: Say) -> None:
    file = run / store.RECORDS
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-1], b"{}\n"]))
    said = say("export", run, "junit")
    assert said.code == 0
    assert f"{file}:{len(lines)}: " in said.err
    ET.fromstring(said.out)


@pytest.mark.parametrize("form", FORMATS)
def test_a_gate_s_run_is_refused_since_it_has_two_sides(run: Path, say: Say, form: str) -> None:
    asked = GateAsked(against="main", revision="0123", policy=GateSpec(limit=0.03))
    (run / store.RUN).write_bytes(encode(replace(store.read_run(run), gate=asked)))
    said = say("export", run, form)
    assert said.code == 2
    assert not said.out
    assert "a gate's run" in said.err


@pytest.mark.parametrize("place", ["folder", "pipe"])
def test_what_is_not_a_file_is_never_written_over(run: Path, say: Say, tmp_path: Path, place: str) -> None:
    target = tmp_path / "target"
    target.mkdir() if place == "folder" else os.mkfifo(target)
    before = target.stat()
    said = say("export", run, "junit", "--output", target)
    assert said.code == 74
    assert "this is not a file" in said.err
    assert target.stat().st_ino == before.st_ino


def test_a_place_that_cannot_be_written_to_is_told(run: Path, say: Say, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "file" / "export", tmp_path / ("x" * 300)):
        said = say("export", run, "junit", "--output", target)
        assert said.code == 74
        assert str(target) in said.err


def test_a_link_is_followed(run: Path, say: Say, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert say("export", run, "junit", "--output", tmp_path / "link").code == 0
    assert (tmp_path / "link").is_symlink()
    ET.fromstring((tmp_path / "file").read_text())


@needs("pytest_benchmark")
def test_pytest_benchmark_compares_two_exports(run: Path, say: Say, tmp_path: Path) -> None:
    files = [tmp_path / "0001_base.json", tmp_path / "0002_other.json"]
    for file in files:
        file.write_text(say("export", run, "pytest-benchmark").out)
    for grouping in ("group", "name", "func", "fullname", "param", "param:name"):
        said = consumed("pytest_benchmark", "compare", *files, "--group-by", grouping, folder=tmp_path)
        assert "latency[name=quick" in said
        assert said.count("0001_base)") == said.count("0002_other)") == 2
    said = consumed(
        "pytest_benchmark", "compare", files[0], "--columns=median,rounds", "--time-unit=s", folder=tmp_path
    )
    values = [re.split(r"\s{2,}", line) for line in said.splitlines() if line.startswith("latency[")]
    assert [cells[-1].strip() for cells in values] == ["6", "6"]


@needs("pyperf")
def test_pyperf_shows_checks_and_compares_an_export(run: Path, say: Say, tmp_path: Path) -> None:
    file = written(say, run, "pyperf")
    shown = consumed("pyperf", "show", "--metadata", file, folder=tmp_path)
    assert "scenario/name=quick" in shown
    assert "- hostname: made-up-1c" in shown
    assert "- unit: second" in shown
    stats = consumed("pyperf", "stats", file, folder=tmp_path)
    assert stats.count("Number of run with values: 6") == 2
    assert re.findall(r"Median \+- MAD: +(\S+ \S+) ", stats) == ["1.00 ms", "20.0 ms"]
    compared = consumed("pyperf", "compare_to", file, file, folder=tmp_path)
    assert "not significant" in compared
    one_value = written(say, run, "pyperf", "--metric", "cpu_time")
    assert "Mean +- std dev" in consumed("pyperf", "show", one_value, folder=tmp_path)


def test_junitparser_reads_an_export(run: Path, say: Say) -> None:
    junitparser = pytest.importorskip("junitparser", reason="junitparser is not installed")
    found = junitparser.JUnitXml.fromfile(str(written(say, run, "junit")))
    assert (found.tests, found.failures, found.errors, found.skipped) == (4, 0, 1, 1)
    results = {
        case.name.split(",")[0]: [type(result).__name__ for result in case.result] for suite in found for case in suite
    }
    assert results == {"name=quick": [], "name=-+._": [], "name=broken": ["Error"], "name=slow": ["Skipped"]}
    (skipped,) = [case.result[0] for suite in found for case in suite if case.is_skipped]
    assert skipped.message == '##[error] | ` <b> "x" & ]]>'


def test_github_action_benchmark_finds_unique_names_and_finite_numbers(run: Path, say: Say) -> None:
    entries = json.loads(say("export", run, "github-action-benchmark").out)
    assert [entry["value"] for entry in entries] == pytest.approx([1.0, 20.0], rel=0.05)
    assert len({entry["name"] for entry in entries}) == 2
    assert all(not set(entry["name"]) & set("`|\n") for entry in entries)
