"""What `bench gate` writes and where, and what other verbs make of a gate's run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.measure import pairing
from tests.gate_scenario import FAKE, GateScenario
from tests.scenario import Said

Verb = Callable[..., Said]

HOSTILE = r"::error::pwned\n::set-output name=x::y | <script>alert(1)</script> ]]> `x` ##[error]"


@pytest.fixture(autouse=True)
def _short_control_and_one_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "CONTROL_PAIRS", 6)
    monkeypatch.setattr(pairing, "ROUNDS_PER_SERVER", 40)


@pytest.fixture
def say(verb: Verb, repo: GateScenario) -> Verb:
    """`bench gate` of a suite with one case that is unchanged, one that is broken and one that is larger, with these
    options."""
    repo.case("unchanged").case("broken", fault="broken").case("larger", fault="outgrown").committed()

    def run(*words: str | Path) -> Said:
        return verb("gate", "scenario.yaml", "--against", "HEAD", *FAKE, *words)

    return run


def test_the_verdicts_are_standard_output_and_the_rest_is_standard_error(say: Verb, repo: GateScenario) -> None:
    said = say()
    assert said.code == 1
    assert "regression: 1 of 3 cases" in said.out
    assert "after 12 pairs: " in said.err
    assert f"run: {repo.latest}" in said.err
    assert "broken" in said.err
    assert "\x1b" not in said.out + said.err


def test_json_is_all_of_standard_output_whatever_else_is_asked_for(say: Verb, tmp_path: Path) -> None:
    said = say("--json", "--annotations", "--summary", tmp_path / "summary.md", "--junit", tmp_path / "junit.xml")
    whole = json.loads(said.out)
    assert (whole["exit_code"], whole["verdict"]) == (said.code, "regression")
    assert "::error " in said.err


def test_a_folder_of_one_s_own_holds_the_run_and_its_derived_files(say: Verb, repo: GateScenario) -> None:
    out = repo.folder / "elsewhere"
    assert say("--out", out).code == 1
    assert repo.runs == []
    assert {"run.json", "starts.jsonl", "records.jsonl", "gate.json", "table.md"} <= {p.name for p in out.iterdir()}
    assert json.loads((out / "gate.json").read_text())["verdict"] == "regression"


def test_a_summary_is_appended_and_keeps_what_was_there(say: Verb, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    for _ in range(2):
        say("-k", "larger", "--summary", summary)
    text = summary.read_text()
    assert text.startswith("before\n")
    assert text.count("# Gate: scenario") == 2


def test_a_report_of_tests_counts_what_is_worse_what_failed_and_what_passed(say: Verb, tmp_path: Path) -> None:
    report, link = tmp_path / "new" / "junit.xml", tmp_path / "link"
    link.symlink_to(report)
    say("--junit", link)
    assert link.is_symlink()
    (suite,) = ElementTree.parse(report).getroot()
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "3", "failures": "1", "errors": "1", "skipped": "0"}


def test_annotations_are_lines_that_github_obeys_errors_first(say: Verb) -> None:
    lines = [line for line in say("--annotations").out.splitlines() if line.startswith("::")]
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning"]
    assert "name=larger" in lines[0]


def test_a_note_of_a_stranger_s_is_inert_everywhere(repo: GateScenario, verb: Verb, tmp_path: Path) -> None:
    repo.case("one", fault="outgrown").case("skipped")
    file = repo.committed(more=f'skip: [{{where: {{name: skipped}}, because: "{HOSTILE}"}}]\n')
    summary, report = tmp_path / "summary.md", tmp_path / "junit.xml"
    words = ("gate", file, "--against", "HEAD", *FAKE, "--summary", summary, "--junit", report)
    said = verb(*words, "--annotations")
    told = said.out + said.err
    assert [line for line in told.splitlines() if line.strip().startswith("::")] == [
        line for line in said.out.splitlines() if line.startswith("::error file=scenario.yaml,title=regression::")
    ]
    assert "##[" not in told
    assert "<script>" not in summary.read_text()
    assert "pwned" in ElementTree.tostring(ElementTree.parse(report).getroot(), encoding="unicode")
    assert "pwned" in json.loads(verb(*words, "--json").out)["cases"][-1]["note"]


def test_a_disk_that_is_full_is_exit_74_after_the_verdicts_are_told_everywhere_else(say: Verb, tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    said = say("--summary", "/dev/full", "--junit", report, "-k", "larger")
    assert said.code == 74
    assert "regression: 1 of 1 case" in said.out
    assert "/dev/full" in said.err
    assert "Traceback" not in said.err
    assert report.exists()


def test_a_share_that_is_none_is_told_wherever_verdicts_were_asked_for(say: Verb, tmp_path: Path) -> None:
    summary, report = tmp_path / "summary.md", tmp_path / "junit.xml"
    said = say("--limit", "3", "--json", "--summary", summary, "--junit", report)
    assert said.code == 2
    for text in (said.err, json.loads(said.out)["ended_by"], summary.read_text(), report.read_text()):
        assert "no share between 0 and 1" in text


# An output that nobody reads


def piped(command: str, folder: Path) -> int:
    """The exit code of `bench` with those words, whose output goes into a pipe that is closed already."""
    whole = f"{sys.executable} -m bench {command} | true; exit ${{PIPESTATUS[0]}}"
    return subprocess.run(["bash", "-c", whole], cwd=folder, env={**os.environ, "BENCH_LOCK": "lock"}).returncode


@pytest.fixture
def gated(repo: GateScenario) -> str:
    """The words of a gate that finds a regression, and writes `junit.xml`."""
    repo.case("larger", fault="outgrown").committed()
    return f"gate scenario.yaml --against HEAD {' '.join(FAKE)} --annotations --junit junit.xml"


@pytest.mark.parametrize("option", ["", "--json"])
def test_a_closed_standard_output_changes_no_verdict_and_keeps_no_file_from_being_written(
    gated: str, repo: GateScenario, option: str
) -> None:
    assert piped(f"{gated} {option}", repo.folder) == 1
    assert 'failures="1"' in (repo.folder / "junit.xml").read_text()


def test_a_gate_whose_progress_nobody_reads_any_more_does_not_pass(gated: str, repo: GateScenario) -> None:
    assert piped(f"{gated} 2>&1", repo.folder) == 74
    assert "standard error was closed" in (repo.folder / "junit.xml").read_text()


def test_a_gate_that_is_refused_stays_refused_where_nobody_reads_why(gated: str, repo: GateScenario) -> None:
    assert piped(f"{gated} --json --against nothing-of-the-kind", repo.folder) == 4
    assert "nothing-of-the-kind" in (repo.folder / "junit.xml").read_text()


# What other verbs make of it


def test_show_tells_a_gate_s_verdicts_again(say: Verb, verb: Verb) -> None:
    first = say("--json")
    shown = verb("show", "latest", "--json")
    assert (shown.code, shown.out) == (0, first.out)
    assert "regression: 1 of 3 cases" in verb("show").out


def test_report_makes_a_gate_s_files_again_and_checks_them(say: Verb, verb: Verb, repo: GateScenario) -> None:
    say()
    run = repo.latest
    before = {name: (run / name).read_bytes() for name in ("gate.json", "table.md")}
    assert verb("report", "--check", run).code == 0
    (run / "gate.json").write_text("{}")
    (run / "table.md").unlink()
    checked = verb("report", "--check", run)
    assert checked.code == 1
    assert "gate.json, table.md differ" in checked.out
    assert verb("report", run).code == 0
    assert {name: (run / name).read_bytes() for name in before} == before
    assert verb("report", "--check", run).code == 0


REFUSED = (
    ("report", "--publish", "latest"),
    ("compare", "latest", "latest"),
    ("compare", "latest", "--by", "name", "--against", "larger"),
    ("run", "--resume", "latest"),
    *(("export", "latest", format) for format in ("pyperf", "pytest-benchmark", "github-action-benchmark")),
)


def test_a_gate_s_run_is_no_run_of_a_suite(say: Verb, verb: Verb, repo: GateScenario) -> None:
    say("-k", "larger")
    before = (repo.latest / "records.jsonl").read_bytes()
    for words in REFUSED:
        said = verb(*words)
        assert (said.code, said.out) == (2, ""), words
        assert "gate" in said.err, words
        assert "Traceback" not in said.err, words
        assert (repo.latest / "records.jsonl").read_bytes() == before, words
        assert not (repo.folder / "results").exists(), words


def test_a_damaged_run_has_no_verdict(say: Verb, verb: Verb, repo: GateScenario) -> None:
    """Half of a gate's pairs are no gate."""
    say("-k", "larger")
    records = repo.latest / "records.jsonl"
    lines = records.read_text().splitlines(keepends=True)
    records.write_text("".join([*lines[:9], lines[9].replace("1", "2", 1), *lines[10:]]))
    for words in (("show", "latest"), ("report", "latest"), ("report", "--check", "latest")):
        said = verb(*words)
        assert (said.code, said.out) == (2, "")
        assert "records.jsonl:10" in said.err
