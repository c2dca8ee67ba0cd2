"""`bench claims` over a project of its own: facts without torch, and a run of the fake device."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake")
FACTS = """
def shapes():
    return {"output": [28, 4, 200], "weights": 104000}

def raises():
    raise NameError("name 'y' is not defined")
"""
CLAIMS = """
- id: D0-C1
  words: 输出层的大小为28*4*200
  says: The output is 28 by 4 by 200.
  kind: exact
  about: shape
  checks: [{fact: 'd0:shapes', expect: {output: [28, 4, 200]}}]
- id: D0-C2
  words: w
  says: It takes twice as long.
  kind: measured
  checks: [{suite: scenario, compare: {name: slow}, to: {name: quick, takes: 0.001}, metric: latency, above: 1.5}]
"""


@pytest.fixture
def project(scenario: Scenario, say: Say) -> Path:
    """A project with two claims, a fact and a published run."""
    suites = scenario.folder / "suites"
    for folder in ("claims", "facts"):
        (suites / folder).mkdir(parents=True)
    (suites / "facts" / "__init__.py").write_text("")
    (suites / "facts" / "d0.py").write_text(FACTS)
    (suites / "claims" / "claims.yaml").write_text(CLAIMS, "utf-8")
    file = scenario.case("quick", takes=0.001).case("slow", takes=0.002).written()
    for name in (file.name, "builder.py"):
        (scenario.folder / name).rename(suites / name)
    assert say("run", suites / file.name, *FAKE).code == 0
    assert say("report", "--publish", "latest", "--machine", "made-up").code == 0
    return scenario.folder


def claims(project: Path) -> Path:
    return project / "suites" / "claims" / "claims.yaml"


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_every_claim_is_resolved_and_the_files_are_written(project: Path, say: Say) -> None:
    said = say("claims", *FAKE)
    assert said.code == 0, said.err
    assert "2 supported" in said.out
    text = (project / "results" / "claims.md").read_text("utf-8")
    assert "输出层的大小为28*4*200".replace("*", "&#42;") in text
    assert "made-up (fake), above 1.5: 1 of 1 hold" in text
    assert "104,000" in (project / "results" / "parameters.md").read_text("utf-8")


def test_the_link_leads_to_the_row(project: Path, say: Say) -> None:
    found = json.loads(say("claims", *FAKE, "--json").out)
    (line,) = found[1]["evidence"]
    file, _, place = line["link"].partition("#L")
    row = (project / "results" / file).read_text("utf-8").splitlines()[int(place) - 1]
    assert "name=slow" in row
    assert ",latency," in row
    assert line["low"] < line["value"] < line["high"]
    assert (line["machine"], line["device"]) == ("made-up", "fake")


def test_what_was_written_passes_the_check_and_is_the_same_when_it_is_made_again(project: Path, say: Say) -> None:
    say("claims", *FAKE)
    files = {path: path.read_bytes() for path in (project / "results").glob("*.*")}
    assert len(files) == 3
    assert say("claims", *FAKE, "--check").code == 0
    say("claims", *FAKE)
    assert {path: path.read_bytes() for path in (project / "results").glob("*.*")} == files


def test_a_verdict_that_is_not_on_file_fails_the_check_and_nothing_is_written(project: Path, say: Say) -> None:
    said = say("claims", *FAKE, "--check")
    assert said.code == 1
    assert "D0-C1: absent → supported" in said.err
    assert not (project / "results" / "claims.md").exists()
    say("claims", *FAKE)
    rewrite(claims(project), "expect: {output: [28, 4, 200]}", "expect: {output: [28, 4, 100]}")
    before = (project / "results" / "claims.csv").read_bytes()
    said = say("claims", *FAKE, "--check")
    assert said.code == 1
    assert "D0-C1: supported → refuted" in said.err
    assert "claims.md differs" in said.err
    assert (project / "results" / "claims.csv").read_bytes() == before


def test_a_file_that_somebody_has_edited_fails_the_check(project: Path, say: Say) -> None:
    say("claims", *FAKE)
    rewrite(project / "results" / "parameters.md", "104,000", "52,000")
    said = say("claims", *FAKE, "--check")
    assert said.code == 1
    assert said.err.splitlines() == ["parameters.md differs"]


def test_a_fact_that_fails_leaves_its_claim_unresolved_with_the_reason(project: Path, say: Say) -> None:
    rewrite(claims(project), "d0:shapes", "d0:raises")
    said = say("claims", *FAKE)
    assert said.code == 3
    assert "d0:raises: failed: NameError: name 'y' is not defined" in said.err
    assert "1 supported, 1 unresolved" in said.out


def test_claims_that_cannot_be_are_told_with_their_lines_and_nothing_is_observed(project: Path, say: Say) -> None:
    rewrite(claims(project), "above: 1.5", "above: 1.5, below: 3")
    rewrite(claims(project), "name: slow", "name: slwo")
    said = say("claims", *FAKE)
    assert said.code == 2
    assert "claims.yaml:12" in said.err
    assert "says exactly one of above, below, between, within" in said.err
    assert "did you mean 'slow'?" in said.err
    assert said.out == ""


def test_a_project_without_claims_is_told_so(scenario: Scenario, say: Say) -> None:
    said = say("claims", *FAKE)
    assert said.code == 2
    assert "claims.yaml: cannot be read" in said.err


def test_a_device_that_cannot_be_is_refused(project: Path, say: Say) -> None:
    said = say("claims", "--device", "gpu")
    assert said.code == 2
    assert "no device 'gpu'" in said.err
