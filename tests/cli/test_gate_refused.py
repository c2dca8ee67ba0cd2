"""A gate that is refused, or ends early: what was asked for is written all the same, and says why there are no
verdicts; and what could not be written is told before anything is measured."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.api.alone import handlers_kept
from bench.errors import Stopped
from bench.measure.pairing import PairRunner
from bench.records.nouns import Case, Record
from tests.gate_scenario import FAKE, GateScenario
from tests.measure.made_up_repository import commit
from tests.scenario import Said

Verb = Callable[..., Said]


@pytest.fixture
def refused(verb: Verb, repo: GateScenario, tmp_path: Path) -> Callable[..., Said]:
    """`bench gate` with every output; all of them must hold the words."""

    def run(*words: str | Path, code: int, because: str) -> Said:
        summary, report = tmp_path / "summary.md", tmp_path / "junit.xml"
        outputs = ("--summary", summary, "--junit", report, "--annotations", "--json")
        said = verb("gate", *words, *outputs)
        assert said.code == code, said.err
        assert because in " ".join(said.err.split())
        assert "Traceback" not in said.err
        whole = json.loads(said.out)
        assert (whole["verdict"], whole["exit_code"], whole["cases"]) == ("inconclusive", code, [])
        assert because in whole["ended_by"]
        assert because.split()[-1] in summary.read_text()
        assert "did not come to its end" in summary.read_text()
        (suite,) = ElementTree.parse(report).getroot()
        (error,) = suite.findall("testcase/error")
        assert because in str(error.get("message"))
        assert [suite.get(name) for name in ("tests", "errors", "failures")] == ["1", "1", "0"]
        (line,) = [line for line in said.err.splitlines() if line.startswith("::")]
        assert line.startswith("::error file=")
        return said

    return run


def test_a_revision_that_is_not_there(refused: Callable[..., Said], repo: GateScenario) -> None:
    file = repo.case("one").committed()
    refused(file, "--against", "nowhere", *FAKE, code=4, because="no commit 'nowhere'")
    assert repo.runs == []


def test_a_suite_with_complaints(refused: Callable[..., Said], repo: GateScenario) -> None:
    file = repo.case("one").committed()
    file.write_text(file.read_text() + "nonsense: 1\nmore: 2\n")
    refused(file, "--against", "HEAD", *FAKE, code=2, because="nonsense: unknown key")


def test_a_base_s_suite_that_cannot_be_read(refused: Callable[..., Said], repo: GateScenario) -> None:
    file = repo.case("one").suite()
    text = file.read_text()
    commit(repo.folder, {file.name: "title: [\n"})
    file.write_text(text)
    refused(file, "--against", "HEAD", *FAKE, code=4, because="the base's suite cannot be read as asked")


def test_a_candidate_s_policy_that_is_none(refused: Callable[..., Said], repo: GateScenario) -> None:
    file = repo.case("one").committed()
    (repo.folder / "pyproject.toml").write_text("[tool.bench.gate]\nlimit = 0\n")
    refused(file, "--against", "HEAD", *FAKE, code=2, because="[tool.bench.gate] limit")


def test_a_selection_that_leaves_nothing(refused: Callable[..., Said], repo: GateScenario) -> None:
    file = repo.case("one").case("two").committed()
    refused(file, "--against", "HEAD", *FAKE, "-k", "one and two", code=5, because="no case")


def test_a_command_that_makes_no_sense(refused: Callable[..., Said], repo: GateScenario) -> None:
    refused(repo.case("one").committed(), *FAKE, code=2, because="name the base")


def test_a_stored_base_that_is_not_there(refused: Callable[..., Said]) -> None:
    refused("latest", "--baseline", "nowhere.json", code=2, because="a run, the other a file")
    refused("candidate.json", "--baseline", "nowhere.json", code=4, because="no such file")


def test_a_gate_that_is_stopped(
    refused: Callable[..., Said], repo: GateScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a signal to this process, between two of its trials."""
    file, survey = repo.case("one").committed(), PairRunner._survey

    def stopped(self: PairRunner, case: Case) -> Iterator[Record]:
        yield from survey(self, case)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(PairRunner, "_survey", stopped)
    words = (file, "--against", "HEAD", *FAKE)
    with handlers_kept():
        refused(*words, code=128 + signal.SIGTERM, because="2 records are stored; a gate is not gone on with")


def test_an_error_of_ours(refused: Callable[..., Said], repo: GateScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ours")

    file = repo.case("one", fault="broken").committed()
    monkeypatch.setattr("bench.api.gating.derive_gate", broken)
    refused(file, "--against", "HEAD", *FAKE, code=70, because="RuntimeError: ours")


def test_without_json_standard_output_stays_empty(verb: Verb, repo: GateScenario, tmp_path: Path) -> None:
    file, summary = repo.case("one").committed(), tmp_path / "summary.md"
    said = verb("gate", file, "--against", "nowhere", *FAKE, "--summary", summary)
    assert (said.code, said.out) == (4, "")
    assert "no commit" in summary.read_text()


@pytest.mark.parametrize(("error", "code"), [(Stopped(signal.SIGINT, "stopped"), 130), (RuntimeError("ours"), 74)])
def test_a_file_that_cannot_be_written_then_takes_no_stop_s_code(
    verb: Verb, repo: GateScenario, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def ended(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("bench.cli.gate.gate", ended)
    said = verb("gate", repo.case("one").committed(), "--against", "HEAD", *FAKE, "--summary", "/dev/full")
    assert said.code == code
    assert str(error) in said.err


# What is known before


PLACES = {
    "a folder that is not there": ("--summary", "FOLDER/none/summary.md"),
    "a folder": ("--summary", "FOLDER"),
    "a folder, for a report": ("--junit", "FOLDER"),
    "a device, for a report": ("--junit", "/dev/null"),
    "below a file": ("--junit", "FOLDER/file/junit.xml"),
    "where nothing can be made": ("--junit", "/proc/none/junit.xml"),
}
"""Outputs that cannot be written, where FOLDER has a file."""


@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("against", [("--against", "HEAD", *FAKE), ("--baseline", "latest")])
def test_what_cannot_be_written_is_told_before_anything_is_measured(
    verb: Verb, repo: GateScenario, tmp_path: Path, what: str, against: Sequence[str]
) -> None:
    (tmp_path / "file").write_text("")
    file, option = repo.case("one").committed(), PLACES[what][0]
    place = PLACES[what][1].replace("FOLDER", str(tmp_path))
    said = verb("gate", file, *against, option, place)
    assert (said.code, said.out, repo.runs) == (74, "", [])
    assert f"{option} {place}: " in said.err
    assert f"hint: {option} names a file" in said.err


def test_a_pipe_is_opened_once_when_there_is_something_to_say(verb: Verb, repo: GateScenario, tmp_path: Path) -> None:
    """Whoever reads it would take the end of a first try for the end of everything."""
    pipe = tmp_path / "summary"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        verb("gate", repo.case("one").committed(), "--against", "nowhere", *FAKE, "--summary", pipe)
        told, _ = reader.communicate(timeout=60)
    assert "no commit" in told


def test_what_stood_in_a_file_stays_there_while_it_is_tried(verb: Verb, repo: GateScenario, tmp_path: Path) -> None:
    summary, report = tmp_path / "summary.md", tmp_path / "junit.xml"
    for each in (summary, report):
        each.write_text("before\n")
    verb("gate", "nowhere.yaml", *FAKE, "--summary", summary, "--junit", tmp_path)
    assert (summary.read_text(), report.read_text()) == ("before\n", "before\n")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["junit.xml", "summary.md"]
