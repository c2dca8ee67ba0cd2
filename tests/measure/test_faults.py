"""What a case may do to itself, and what becomes of it: real processes, made-up work."""

import os
import secrets
from dataclasses import replace
from typing import Literal

import pytest

from bench.analysis.analysed import analyse
from bench.analysis.estimate import estimates
from bench.records.nouns import Record
from tests.evidence.kills import MARK, survivors
from tests.measure.made_up import case, children, measured, run

MARGIN, TRIES = 1.0, 3
"""Seconds that a deadline may be missed by, and how often that is looked at: a machine may be busy with something else
for once."""


def surveyed(fault: str, *, launch: Literal["fork", "spawn"] = "fork", timeout: float = 20.0) -> Record:
    return measured(replace(run([case(fault=fault)], timeout=timeout), launch=launch))[0]


@pytest.mark.parametrize("launch", ["fork", "spawn"])
@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("raise", "failed", "build: ValueError: made to fail"),
        ("exit", "failed", "called sys.exit(0)"),
        ("vanish", "crashed", "exited with 3"),
        ("segfault", "crashed", "SIGSEGV"),
        ("abort", "crashed", "SIGABRT"),
        ("memory", "oom", "MemoryError"),
        ("close", "failed", "without a result"),
    ],
)
def test_a_case_that_fails_is_a_record_that_says_how(
    fault: str, status: str, words: str, launch: Literal["fork", "spawn"]
) -> None:
    record = surveyed(fault, launch=launch)
    assert record.status == status
    assert words in (record.note or "")


@pytest.mark.parametrize(
    ("fault", "stage", "samples"), [("raise_in_warm_up", "warm_up", 0), ("raise_in_samples", "samples", 16)]
)
def test_a_step_that_fails_late_keeps_what_was_timed_before_and_has_no_summary(
    fault: str, stage: str, samples: int
) -> None:
    made = run([case(fault=fault, takes=0.001)])
    survey, *trials = records = measured(made)
    assert survey.status == "ok"
    assert {record.status for record in trials} == {"failed"}
    for record in trials:
        assert (record.note or "").startswith(f"{stage}: ValueError: made to fail")
        assert "fake.py" in (record.note or "")
        assert len(record.samples) == samples
    (found,) = estimates(analyse(made, records))
    assert (found.value, found.low, found.status) == (None, None, "failed")


def test_a_case_that_forks_itself_is_reported_once_and_its_copy_is_ended() -> None:
    made = run([case(fault="fork"), case(fault="none")])
    records = measured(made)
    assert len(records) == len({(r.case, r.round, r.attempt) for r in records}) == 14
    assert {r.status for r in records} == {"ok"}
    assert not children()


def test_a_case_that_writes_to_our_descriptor_fails_alone() -> None:
    records = measured(run([case(fault="scribble"), case(fault="none")]))
    assert [r.status for r in records if r.case == "fault=scribble"] == ["failed"]
    assert {r.status for r in records if r.case == "fault=none"} == {"ok"}


def test_a_case_that_ends_its_server_is_crashed_and_the_others_are_measured() -> None:
    records = measured(run([case(fault="patricide"), case(fault="none")]))
    assert [r.status for r in records if r.case == "fault=patricide"] == ["crashed"]
    assert [r.status for r in records if r.case == "fault=none"] == ["ok"] * 7
    assert not children()


@pytest.mark.parametrize("fault", ["hang", "flood"])
def test_a_case_that_does_not_end_is_ended_at_its_deadline(fault: str) -> None:
    totals = []
    for _ in range(TRIES):
        record = surveyed(fault, timeout=0.3)
        assert record.status == "timeout"
        assert len(record.note or "") < 1000
        assert not children()
        totals.append(record.phases["total"])
        if totals[-1] < 0.3 + MARGIN:
            break
    assert 0.3 <= min(totals) < 0.3 + MARGIN


@pytest.mark.parametrize("launch", ["fork", "spawn"])
def test_a_case_that_scribbles_for_ever_gains_no_time(launch: Literal["fork", "spawn"]) -> None:
    timeout = 1.0
    record = surveyed("scribble_on", launch=launch, timeout=timeout)
    assert record.status in ("failed", "timeout")
    assert record.phases["total"] < 2 * timeout + 3, "its one record is taken for one, and begins its time anew"
    assert not children()


def test_a_grandchild_with_a_session_of_its_own_is_ended_and_counted() -> None:
    record = surveyed("orphan")
    assert record.status == "ok"
    assert record.noise["survivors"] == 1


def test_a_case_may_have_as_much_time_as_it_likes() -> None:
    assert surveyed("none", timeout=1e12).status == "ok"


def test_what_a_case_prints_never_meets_the_protocol() -> None:
    assert surveyed("print").status == "ok"


def test_notes_hold_no_absolute_path() -> None:
    note = surveyed("raise").note or ""
    assert os.sep + "bench" not in note
    assert "fake.py" in note


def test_five_hundred_crashing_cases_leave_no_process_and_cost_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = secrets.token_hex(8)
    monkeypatch.setenv(MARK, mark)
    before = memory()
    records = measured(run([case(fault="segfault", number=n) for n in range(500)]))
    assert {r.status for r in records} == {"crashed"}
    assert len(records) == 500
    assert memory() - before < 20 << 20
    assert survivors(mark) == 0, "whoever its parent is now"


def memory() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
