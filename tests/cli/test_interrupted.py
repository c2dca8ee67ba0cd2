"""A run that is interrupted or killed, and what is left of it."""

import random
import signal
import time
from pathlib import Path

import pytest

from bench.records.nouns import Record
from bench.store import folder as store
from tests.scenario import Scenario, started

WORDS = ("--device", "fake", "--seed", "7")


def wait_for_records(scenario: Scenario, count: int) -> Path:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for folder in scenario.runs:
            records = folder / store.RECORDS
            if records.exists() and records.read_bytes().count(b"\n") >= count:
                return folder
    raise AssertionError(f"no {count} records in time")


def key(record: Record) -> tuple[str, str, int, int]:
    return record.kind, record.case, record.round, record.attempt


def expected(scenario: Scenario) -> set[tuple[str, str, int, int]]:
    cases = [f"name={name},takes=0.001,size=1" for name in scenario.cases]
    return {("survey", case, 0, 0) for case in cases} | {("timed", c, n, 0) for c in cases for n in range(1, 7)}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_run_with_its_code_and_says_how_to_go_on(
    scenario: Scenario, number: signal.Signals, code: int
) -> None:
    file = scenario.case("one", takes=0.001).case("two", takes=0.001).written()
    process = started(["run", file, *WORDS], folder=scenario.folder)
    folder = wait_for_records(scenario, 3)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert f"bench run --resume {folder}" in err
    assert "Traceback" not in err
    assert not store.read(folder).torn


def test_killed_at_any_moment_a_run_goes_on_where_it_was_and_measures_nothing_twice(scenario: Scenario) -> None:
    for name in ("one", "two", "three", "four"):
        scenario.case(name, takes=0.001)
    file = scenario.written()
    moments = random.Random(1)
    process = started(["run", file, *WORDS], folder=scenario.folder)
    for _ in range(8):
        time.sleep(moments.uniform(0.1, 0.9))
        process.kill()
        process.communicate(timeout=30)
        resume: list[str | Path] = ["run", "--resume", "latest"] if scenario.runs else ["run", file, *WORDS]
        process = started(resume, folder=scenario.folder)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    keys = [key(record) for record in store.read(scenario.runs[0]).records]
    assert len(keys) == len(set(keys))
    assert set(keys) == expected(scenario)
    assert len(scenario.runs) == 1


def test_a_finished_run_that_is_resumed_measures_nothing(scenario: Scenario) -> None:
    file = scenario.case("one", takes=0.001).written()
    started(["run", file, *WORDS], folder=scenario.folder).communicate(timeout=60)
    before = store.read(scenario.runs[0]).records
    again = started(["run", "--resume", "latest"], folder=scenario.folder)
    again.communicate(timeout=60)
    assert again.returncode == 0
    assert store.read(scenario.runs[0]).records == before


@pytest.mark.parametrize("change", ["suite", "subject"])
def test_a_run_whose_suite_or_subject_has_changed_is_not_gone_on_with(scenario: Scenario, change: str) -> None:
    file = scenario.case("one", takes=0.001).written()
    started(["run", file, *WORDS], folder=scenario.folder).communicate(timeout=60)
    if change == "suite":
        file.write_text(file.read_text().replace("A scenario", "Another scenario"))
    else:
        (scenario.folder / "builder.py").write_text((scenario.folder / "builder.py").read_text() + "\n# changed\n")
    process = started(["run", "--resume", "latest"], folder=scenario.folder)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"{change}: " in err
    assert "→" in err
