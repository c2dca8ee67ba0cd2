"""What a child sends, or does not send before it ends → records."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

import pytest

from bench.measure.client import Server
from bench.measure.processes import Json
from bench.measure.request import Place, Tree, Turn, ask, skipped, verdict
from bench.records.nouns import Record, Side, Trial
from tests.measure.made_up import case, measured, run

DONE: Json = {"timeout": False, "exit": None, "signal": None, "seconds": 1.0, "oom_kills": 0, "survivors": 0}


@pytest.mark.parametrize(
    ("change", "log", "status", "words"),
    [
        ({"signal": "SIGKILL", "oom_kills": 1}, "", "oom", "ended 1 process"),
        ({"signal": "SIGKILL", "oom_kills": 0}, "", "crashed", "SIGKILL"),
        ({"signal": "SIGSEGV", "oom_kills": 1}, "", "crashed", "SIGSEGV"),
        ({"signal": "SIGABRT"}, "terminate called: std::bad_alloc", "oom", "SIGABRT"),
        ({"exit": 1}, "RuntimeError: can't allocate memory", "oom", "(1)"),
        ({"timeout": True, "signal": "SIGKILL", "oom_kills": 1}, "", "timeout", "deadline"),
        ({"exit": 3}, "", "crashed", "exited with 3"),
        ({"exit": 0}, "", "failed", "without a result"),
        ({"signal": "SIGSEGV"}, "[Errno 12] Cannot allocate memory, so on with less", "crashed", "SIGSEGV"),
        ({"signal": "SIGABRT"}, "DefaultCPUAllocator: can't allocate memory: you tried", "oom", "SIGABRT"),
        ({"signal": "SIGSEGV"}, "can't allocate memory" + "\n\nlater" * 5, "crashed", "SIGSEGV"),
        ({"signal": "SIGSEGV"}, "can't allocate memory" + "\n\nlater" * 4 + "\n", "oom", "SIGSEGV"),
        ({"exit": 1}, "OSError: [Errno 12] Cannot allocate memory", "oom", "(1)"),
        ({"exit": 1}, "Cannot allocate memory" + "\nlater" * 5, "crashed", "exited with 1"),
        ({"exit": 0}, "std::bad_alloc", "failed", "without a result"),
    ],
)
def test_how_a_child_ended_says_what_became_of_its_case(change: Json, log: str, status: str, words: str) -> None:
    found, how = verdict({**DONE, **change}, log)
    assert found == status
    assert words in how


def test_the_reason_of_a_skipped_case_holds_no_control_characters() -> None:
    assert skipped(case(skip="a\x1b[2J\nb")).note == r"a\x1b[2J b"
    assert skipped(case(skip="takes 3 MB in /dev/shm/x")).note == "takes 3 MB in /dev/shm/x"


def first(fault: str, **policy: object) -> Record:
    """The first trial of a case with that fault, else its survey."""
    records = measured(run([case(fault=fault)], **policy))
    return (records[1:] or records)[0]


def test_a_case_that_takes_more_memory_than_it_may_is_oom_with_the_most_that_it_had() -> None:
    made = run([case(fault="allocate"), case(fault="none")])
    records = measured(made, memory=50_000_000)
    assert {r.case: r.status for r in records if r.kind == "survey"} == {"fault=allocate": "oom", "fault=none": "ok"}
    hungry = next(r for r in records if r.case == "fault=allocate")
    assert "MemoryError" in (hungry.note or "")
    peak = hungry.noise["peak_rss"]
    assert isinstance(peak, float)
    assert 40_000_000 < peak < 500_000_000


def test_a_process_that_ended_at_once_has_its_memory_on_record_and_a_sound_one_has_not() -> None:
    assert first("segfault").noise.keys() == {"peak_rss"}
    assert "peak_rss" not in first("none").noise


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("still", "took no time"),
        ("backwards", "took no time"),
        ("nan_time", "not finite"),
        ("infinite_time", "not finite"),
    ],
)
def test_times_that_cannot_be_make_a_trial_invalid(fault: str, words: str) -> None:
    record = first(fault)
    assert (record.kind, record.status) == ("timed", "invalid")
    assert words in (record.note or "")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("nan_result", "the step's result is not finite"),
        ("infinite_result", "the step's result is not finite"),
        ("nan_metric", "its metric made_up is nan"),
        ("infinite_metric", "its metric made_up is -inf"),
    ],
)
def test_results_that_are_no_numbers_make_a_survey_invalid(fault: str, words: str) -> None:
    record = first(fault)
    assert (record.kind, record.status, record.note) == ("survey", "invalid", words)


class Listening:
    """A server that keeps what it is asked."""

    number = 1

    def __init__(self) -> None:
        self.requests: list[Mapping[str, object]] = []

    def ask(self, request: Mapping[str, object]) -> Iterator[Json]:
        self.requests.append(request)
        yield {"done": {**DONE, "stage": "start", "log": "", "exit": 3, "peak_rss": 1}}


def test_the_requests_of_a_pair_hold_the_same_in_another_order() -> None:
    """The server parses them, and each child inherits the heap in which it did."""
    server, trial = Listening(), Trial(case=case(), round=1)
    sides: tuple[Side, Side] = ("base", "candidate")
    trees = [Tree(root=f"/{side}", folder=f"/{side}/x", names=(side, "z"), bytecode=f"/b/{side}") for side in sides]
    places = [Place(paths=(tree.root,), memory=1 << 30, cores=(0,), tree=tree) for tree in trees]
    for side, own, other in zip(sides, places, reversed(places), strict=True):
        turn = Turn(side=side, position=1, loops=3)
        list(ask(cast("Server", server), run([case()]), own, [trial], turn=turn, beside=other))
    base, candidate = server.requests
    assert base["tree"] == json.loads(json.dumps(candidate["beside"]))["tree"] | {"names": ("base", "z")}
    texts = [json.dumps({**request, "side": "", "asked": 0}) for request in server.requests]
    assert sorted(texts[0]) == sorted(texts[1])
    assert texts[0] != texts[1]
