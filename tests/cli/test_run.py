"""`bench run` from the outside, on the fake device."""

import csv
import fcntl
import json
import re
import secrets
from collections.abc import Callable

import pytest

from bench.store import folder as store
from tests.evidence.kills import MARK, survivors
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake")


def test_a_run_leaves_its_folder_and_prints_its_table_and_where_it_is(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("one").case("two").written(), *FAKE)
    assert said.code == 0
    (folder,) = scenario.runs
    assert f"run: {folder}" in said.out
    assert "latency by name and size" in said.out
    assert {path.name for path in folder.iterdir()} >= {
        "run.json",
        "starts.jsonl",
        "records.jsonl",
        "summary.json",
        "measurements.csv",
        "table.md",
    }


def test_every_case_and_metric_has_a_row_also_where_it_failed(scenario: Scenario, say: Say) -> None:
    say("run", scenario.case("good").case("bad", fault="raise").written(), *FAKE)
    with open(scenario.runs[0] / "measurements.csv", newline="") as file:
        rows = {(row["case"].split(",")[0], row["metric"]): row for row in csv.DictReader(file)}
    assert set(rows) == {(f"name={c}", m) for c in ("good", "bad") for m in ("latency", "parameters")}
    assert rows["name=good", "parameters"]["value"] == "1000"
    failed = rows["name=bad", "latency"]
    assert (failed["value"], failed["status"]) == ("", "failed")
    assert "made to fail" in failed["note"]


@pytest.mark.parametrize(
    "fault",
    [
        *("raise", "exit", "vanish", "segfault", "abort", "memory", "flaky", "patricide"),
        *("hang", "flood", "close", "scribble", "scribble_on"),
    ],
)
def test_a_case_that_fails_is_exit_3_and_the_others_are_measured(scenario: Scenario, say: Say, fault: str) -> None:
    said = say("run", scenario.case("good").case("bad", fault=fault).written(timeout=2), *FAKE)
    assert said.code == 3
    stored = store.read(scenario.runs[0])
    assert sum(r.status == "ok" and r.kind == "timed" and "good" in r.case for r in stored.records) == 6
    assert "name=bad" in said.err


@pytest.mark.parametrize("fault", ["orphan", "fork"])
def test_a_case_that_leaves_processes_behind_is_measured_and_exit_0(
    scenario: Scenario, say: Say, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    mark = secrets.token_hex(8)
    monkeypatch.setenv(MARK, mark)
    said = say("run", scenario.case("good").case("bad", fault=fault).written(), *FAKE)
    assert said.code == 0
    assert {r.status for r in store.read(scenario.runs[0]).records} == {"ok"}
    assert survivors(mark) == 0


def test_off_a_terminal_there_are_plain_lines_without_colour(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("one").written(), *FAKE)
    assert "surveyed 1 of 1 cases" in said.err
    assert re.search(r"^name=one,size=1: [\d.]+ (ms|µs) \[.*\], 6 trials$", said.err, re.MULTILINE)
    assert "\x1b" not in said.err + said.out


def test_a_dry_run_shows_the_cases_and_measures_nothing(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("one").case("two").written(), "--dry-run")
    assert said.code == 0
    assert said.out.splitlines() == ["name=one,size=1", "name=two,size=1"]
    assert "2 cases, 6 rounds, 12 trials" in said.err
    assert not scenario.runs


def test_the_same_seed_gives_the_same_records(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").case("two").written()
    for _ in range(2):
        say("run", file, *FAKE, "--seed", "7")
    one, two = (store.read(folder).records for folder in scenario.runs)
    assert [(r.case, r.round, r.samples) for r in one] == [(r.case, r.round, r.samples) for r in two]


def test_a_selection_that_leaves_nothing_is_exit_5(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("one").written(), *FAKE, "-k", "one and not one")
    assert said.code == 5
    assert not scenario.runs


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "name one suite or more"),
        (("--device", "gpu"), "cpu, cuda, cuda:1"),
        (("--rounds", "3"), "rounds"),
        (("--set", "name"), "FACTOR=LEVEL"),
        (("--set", "nothing=1"), "nothing"),
        (("--data", "not/there"), "not/there"),
        (("--out", "."), "not empty"),
    ],
)
def test_a_request_that_makes_no_sense_is_exit_2_and_measures_nothing(
    scenario: Scenario, say: Say, words: tuple[str, ...], expected: str
) -> None:
    file = scenario.case("three").case("one").written()
    said = say("run", *((file, *words) if words else ()), *(() if "--device" in words else FAKE))
    assert said.code == 2
    assert expected in said.err
    assert not scenario.runs


def test_resuming_takes_no_other_wishes(scenario: Scenario, say: Say) -> None:
    say("run", scenario.case("one").written(), *FAKE)
    said = say("run", "--resume", "latest", "--rounds", "20")
    assert said.code == 2
    assert "--wait" in said.err


def test_a_broken_suite_is_exit_2_with_every_complaint_at_its_place(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").written()
    file.write_text(file.read_text().replace("title:", "titel:").replace("value: latency", "value: latencey"))
    said = say("run", file, *FAKE)
    assert said.code == 2
    lines = [line for line in said.err.splitlines() if "scenario.yaml:" in line]
    assert len(lines) >= 2
    assert any("titel" in line and "title" in line for line in lines)
    assert any("latencey" in line and "latency" in line for line in lines)


def test_the_machine_is_one_measurement_s_at_a_time(scenario: Scenario, say: Say) -> None:
    """The fake device needs no machine, so this holds the lock by hand and asks for the processor."""
    with open(scenario.folder / "lock", "w") as file:
        file.write("process 1, somebody else's run")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        said = say("run", scenario.case("one").written())
    assert said.code == 2
    assert "somebody else's run" in said.err
    assert not scenario.runs


def test_a_folder_that_holds_a_lock_only_is_empty_and_the_lock_is_never_published(scenario: Scenario, say: Say) -> None:
    out = scenario.folder / "out"
    out.mkdir()
    (out / store.LOCK).write_text("process 1, who was killed before there was a run")
    assert say("run", scenario.case("one").written(), *FAKE, "--out", out).code == 0
    assert not (out / store.LOCK).read_text()
    assert say("report", "--publish", out, "--machine", "here").code == 0
    assert not list((scenario.folder / "results").rglob(store.LOCK))


def test_what_the_tables_say_stands_last_on_the_terminal(scenario: Scenario, say: Say) -> None:
    file = scenario.case("quick", takes=0.001).case("slow", takes=0.003).written()
    relative = "value: latency, relative_to: {name: quick, takes: 0.001}"
    file.write_text(file.read_text().replace("value: latency", relative))
    assert say("run", file, *FAKE).code == 0
    tables, _, answer = say("show", "latest").out.partition("The answer\n")
    assert "latency by name, takes and size" in tables
    assert re.search(r"\n  slow · takes 0.003 is \d.\d\d× slower than name=quick, takes=0.001", answer)


def test_a_run_can_be_shown_compared_and_reported_again(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").case("two").written()
    for _ in range(2):
        say("run", file, *FAKE)
    one, two = scenario.runs
    assert "latency by name" in say("show", "latest").out
    assert {e["case"] for e in json.loads(say("show", two.name, "--json").out)["estimates"]} == {
        "name=one,size=1",
        "name=two,size=1",
    }
    compared = say("compare", one.name, two.name, "--json")
    assert compared.code == 0
    assert len(json.loads(compared.out)["comparisons"]) == 4
    within = json.loads(say("compare", one.name, "--by", "name", "--against", "one", "--json").out)
    assert [c["case"] for c in within["comparisons"]] == ["name=two,size=1"] * 2
    before = {path.name: path.read_bytes() for path in one.iterdir()}
    assert say("report", one.name).code == 0
    assert {path.name: path.read_bytes() for path in one.iterdir()} == before


def test_published_runs_are_checked_against_their_records(scenario: Scenario, say: Say) -> None:
    say("run", scenario.case("one").written(), *FAKE)
    assert say("report", "--check").code == 2, "nothing is published yet"
    assert say("report", "--publish", "latest", "--machine", "here").code == 0
    home = scenario.folder / "results" / "scenario" / "here"
    assert say("report").code == 0, "the index of what is published is made"
    assert say("report", "--check").code == 0
    (home / "table.md").write_text("by hand")
    said = say("report", "--check")
    assert said.code == 1
    assert "table.md" in said.out
    assert say("report").code == 0
    assert say("report", "--check").code == 0


def test_hostile_output_of_a_case_stays_out_of_the_terminal(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("loud", fault="print").written(), *FAKE)
    assert said.code == 0
    assert "xxxx" not in said.out + said.err
