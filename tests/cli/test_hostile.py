"""What foreign text does to terminals and to the logs of CI services: nothing, whatever it says."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.api.doctor import Diagnosis
from bench.cli import doctor, fail
from bench.cli.display import Display
from bench.cli.run import finished
from bench.records.nouns import SCHEMA, Estimate, Finding, Machine, Record
from bench.store import folder as store
from tests.measure import made_up
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7")
OWNED = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\n::error::owned \u202e##[error]owned ##vso[task.x]"
COMMANDS = ("::error::owned", "##[error]", "::set-output name=x::y", " ::warning::owned", "##vso[task.complete]x")

SOUND = """
LEVELS = {"name": ("good", "bad")}

class Step:
    def step(self):
        return 1.0

def workload(name, **levels):
    if name == "bad":
        raise ValueError(%r)
    return Step()
"""


def inert(text: str, *, drawn: bool = False) -> bool:
    """Whether nothing obeys the text. `drawn`: rich moves the cursor and wipes its own line there."""
    own = re.sub(r"\x1b\[(\?25[lh]|2K|[0-9;]*[mA])|\r", "", text) if drawn else text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", own), ascii(own)
    assert not re.search(r"^\s*::", own, re.MULTILINE), own
    assert not re.search(r"##\w*\[", own), own
    return True


def spoil(run: Path, **change: object) -> None:
    """Writes something else into every record of the case `bad`."""
    lines = (run / store.RECORDS).read_text().splitlines()
    records = [{k: v for k, v in json.loads(line).items() if k != "crc"} for line in lines]  # a seal is not needed
    spoilt = [{**record, **change} if "bad" in record.get("case", "") else record for record in records]
    (run / store.RECORDS).write_text("".join(json.dumps(record) + "\n" for record in spoilt))


@pytest.mark.parametrize("term", ["xterm", "dumb", ""])
@pytest.mark.parametrize("terminal", ["1", ""])
def test_the_progress_obeys_no_note(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, term: str, terminal: str
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("FORCE_COLOR", terminal)
    case = made_up.case(fault="raise")
    record = Record(schema=SCHEMA, kind="survey", status="failed", case=case.id, note=OWNED)
    with Display() as display:
        display(made_up.run([case]), record)
    said = capfd.readouterr().err
    assert "owned" in said
    assert inert(said, drawn=bool(terminal) and term != "dumb")


@pytest.mark.parametrize("width", range(20, 60))
def test_no_line_that_the_progress_wraps_begins_with_a_command(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    case = made_up.case(fault="raise")
    for command in COMMANDS:
        record = Record(schema=SCHEMA, kind="survey", status="failed", case=case.id, note=f"x{command} {command}")
        with Display() as display:
            display(made_up.run([case]), record)
    assert inert(capfd.readouterr().err, drawn=True)


def test_an_error_s_lines_are_no_commands(capfd: pytest.CaptureFixture[str]) -> None:
    fail(f"what\n{OWNED}\n  ::error::x", prefix="")
    fail("::error::x", prefix="")
    said = capfd.readouterr().err
    assert r"\x1b[2J" in said, "shown, not obeyed"
    assert inert(said)


def test_a_diagnosis_obeys_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    named = Machine(name=OWNED, identity=OWNED, facts={})
    found = Finding(code="x", message=OWNED, advice=OWNED)
    doctor.show(Diagnosis(machine=named, facts={"kernel": OWNED}, measured={}, findings=(found,)))
    assert inert(capfd.readouterr().out)


def test_a_run_whose_notes_are_hostile_can_be_shown_compared_and_reported(scenario: Scenario, say: Say) -> None:
    file = scenario.case("good").case("bad", fault="raise").written()
    said = [say("run", file, *FAKE)]
    spoil(scenario.runs[0], note=OWNED)
    said += [say("report", "latest"), say("report", "--check", "latest"), say("show", "latest")]
    said += [say("compare", "latest", "--by", "name", "--against", "good")]
    said += [say("show", "latest", "--json"), say("list", file, "--json")]
    assert "owned" in said[3].out
    assert all(inert(one.out) and inert(one.err) for one in said)


def test_a_suite_s_own_words_are_inert_in_every_verb(scenario: Scenario, say: Say) -> None:
    file = scenario.case("good").case("bad").written()
    text = json.dumps("::error::owned ##[error]owned")
    hostile = file.read_text().replace("A scenario", "'::error::owned'").replace("What becomes of these cases?", text)
    file.write_text(f"{hostile}skip:\n  - {{where: {{name: bad}}, because: {text}}}\n")
    said = [say("validate", file), say("list", file), say("run", "--dry-run", file), say("run", file, *FAKE)]
    assert [one.code for one in said] == [0, 0, 0, 0]
    said.append(say("show", "latest"))
    assert all("owned" in one.out + one.err for one in said[1:])
    assert all(inert(one.out) and inert(one.err) for one in said)


def test_complaints_about_a_hostile_suite_are_inert(scenario: Scenario, say: Say) -> None:
    file = scenario.case("good").written()
    file.write_text(file.read_text() + f"{json.dumps(OWNED)}: 1\nskip: [{{where: {{x: {json.dumps(OWNED)}}}}}]\n")
    for verb in ("validate", "list", "run"):
        said = say(verb, file)
        assert said.code == 2
        assert inert(said.out + said.err)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_begins_with_a_command_wherever_a_reason_is_wrapped(scenario: Scenario, say: Say, command: str) -> None:
    """A reason of each length from 1 to 200 in front of the command, of one word and of many."""
    scenario.case("good")
    skips = []
    for n in range(1, 201):
        scenario.case(f"s{n}")
        padding = "x" * n if n % 2 else ("xxx " * n)[:n]
        skips.append(f"  - {{where: {{name: s{n}}}, because: {json.dumps(padding + command)}}}")
        if n > 1:
            scenario.case(f"t{n}")
            skips.append(f"  - {{where: {{name: t{n}}}, because: {json.dumps('x ' + 'x' * (n - 2) + command)}}}")
    file = scenario.written()
    file.write_text(file.read_text() + "skip:\n" + "\n".join(skips) + "\n")
    said = [say("run", file, *FAKE), say("list", file), say("show", "latest")]
    assert [one.code for one in said] == [0, 0, 0]
    assert all(inert(one.out) and inert(one.err) for one in said)


def test_a_plain_line_of_a_failed_case_is_one_line() -> None:
    bad = Estimate(case="a=1", metric="latency", value=None, status="failed", note="the note")
    assert finished(bad) == "a=1: failed: the note"


@pytest.mark.torch
def test_what_a_builder_raises_reaches_no_terminal_and_no_published_file(scenario: Scenario, say: Say) -> None:
    file = scenario.case("good").case("bad").written(trial_seconds=0.01, warmup_seconds=0.001, rounds_per_server=6)
    (scenario.folder / "builder.py").write_text(SOUND % OWNED)
    said = [say("run", file), say("show", "latest")]
    assert said[0].code == 3
    assert all("owned" in one.out + one.err for one in said)
    assert all(inert(one.out) and inert(one.err) for one in said)
    for written in scenario.runs[0].iterdir():
        if written.is_file():
            assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\\u00[01897]", written.read_bytes()), written.name
    assert rb"\\x1b[2J" in (scenario.runs[0] / store.RECORDS).read_bytes()
