"""Runs that are cut off, decayed, newer, foreign or huge: what each verb makes of them."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7")


@pytest.fixture
def run(scenario: Scenario, say: Say) -> Path:
    assert say("run", scenario.case("one").case("two").written(), *FAKE).code == 0
    return scenario.runs[0]


def cut_off(run: Path) -> None:
    file = run / store.RECORDS
    file.write_bytes(file.read_bytes()[:-10])


def decayed(run: Path) -> None:
    file = run / store.RECORDS
    lines = file.read_bytes().splitlines(keepends=True)
    lines[9] = lines[9].replace(b'"samples"', b'"sampl\xe5s"')
    file.write_bytes(b"".join(lines))


def foreign(run: Path) -> None:
    (run / store.RECORDS).write_text('{"benchmarks": []}\n')


def newer(run: Path) -> None:
    file = run / store.RUN
    file.write_bytes(file.read_bytes().replace(b'"schema":1', b'"schema":9', 1))


def huge(run: Path) -> None:
    with open(run / store.RECORDS, "wb") as file:
        file.truncate(1 << 30)


def test_a_run_that_was_cut_off_is_shown_and_gone_on_with(run: Path, say: Say) -> None:
    cut_off(run)
    said = say("show", run)
    assert said.code == 0
    assert "the last record was cut off" in said.err
    assert say("run", "--resume", run).code == 0
    assert len(store.read(run).records) == 14


@pytest.mark.parametrize(
    ("words", "code"),
    [(("show",), 0), (("report",), 0), (("compare", "--by", "name", "--against", "one"), 0), (("run", "--resume"), 2)],
)
def test_a_run_that_has_decayed_is_read_up_to_the_line_and_not_gone_on_with(
    run: Path, say: Say, words: tuple[str, ...], code: int
) -> None:
    decayed(run)
    verb, *rest = words
    before = (run / store.RECORDS).read_bytes()
    said = say(verb, run, *rest) if verb != "run" else say(verb, *rest, run)
    assert said.code == code
    assert f"{store.RECORDS}:10: " in said.err
    assert (run / store.RECORDS).read_bytes() == before


def test_a_run_that_has_decayed_is_not_published(run: Path, scenario: Scenario, say: Say) -> None:
    decayed(run)
    said = say("report", "--publish", run, "--machine", "here")
    assert said.code == 2
    assert f"{store.RECORDS}:10: " in said.err
    assert not (scenario.folder / "results").exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(foreign, "records.jsonl:1: "), (newer, "schema 9 is newer"), (huge, "records.jsonl:1: a line of over 64 MiB")],
)
@pytest.mark.parametrize("verb", [("show",), ("report",), ("compare", "--by", "name", "--against", "one"), ("run",)])
def test_a_run_of_which_nothing_can_be_read_is_refused(
    run: Path, say: Say, spoil: Callable[[Path], None], words: str, verb: tuple[str, ...]
) -> None:
    spoil(run)
    said = say("run", "--resume", run) if verb == ("run",) else say(verb[0], run, *verb[1:])
    assert said.code == 2
    assert words in said.err
    assert "internal error" not in said.err


def test_fewer_than_six_rounds_have_a_value_and_no_interval(run: Path, say: Say) -> None:
    file = run / store.RECORDS
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: 2 + 2 * 5]))
    said = say("show", run)
    assert say("report", run).code == said.code == 0
    assert "too few rounds: 2 cases with fewer than the 6 trials" in said.err
    with open(run / "measurements.csv", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["metric"] == "latency"]
    assert [(row["low"], row["high"], row["rounds"]) for row in rows] == [("", "", "5")] * 2
    assert all(float(row["value"]) > 0 for row in rows)
