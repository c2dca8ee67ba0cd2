"""The control of a gate: which case, when, in which servers, and what ends it."""

import time
from dataclasses import replace

import pytest

from bench.measure.pairing import CONTROL_PAIRS, CONTROL_PAIRS_PER_SERVER
from bench.measure.request import Turn
from bench.records.nouns import CONTROL, Record, Trial
from tests.gate.made_up import a_gate, names, noise, trial
from tests.measure.made_up_pairs import ScriptedPairs, gated, pairs_of, sound

A, B, C = names(3)
ALL = {A.id, B.id, C.id}


def never_decided(control: str) -> ScriptedPairs:
    return ScriptedPairs(open=dict.fromkeys((12, 24, 40), ALL), control=control, looks=(12, 24, 40))


def test_the_control_is_measured_once_after_the_first_look_on_the_case_that_is_named() -> None:
    records, _ = gated(a_gate(A, B), judge=ScriptedPairs(open={3: ALL, 5: ALL}, control=B.id))
    control = pairs_of(records, CONTROL)
    assert [first.round for first, _ in control] == list(range(1, CONTROL_PAIRS + 1))
    assert {first.case for first, _ in control} == {B.id}
    before = [f.round for f, _ in pairs_of(records) if f.sequence < control[0][0].sequence]
    after = [f.round for f, _ in pairs_of(records) if f.sequence > control[-1][1].sequence]
    assert (max(before), min(after)) == (3, 4)


def test_the_control_is_measured_where_the_first_look_decides_everything() -> None:
    records, _ = gated(a_gate(A), judge=ScriptedPairs(control=A.id))
    assert len(pairs_of(records, CONTROL)) == CONTROL_PAIRS


def test_the_control_s_pairs_have_servers_of_their_own_six_to_each() -> None:
    records, _ = gated(a_gate(A, B), judge=never_decided(B.id))
    by_server: dict[int, list[int]] = {}
    for first, second in pairs_of(records, CONTROL):
        assert first.server == second.server
        by_server.setdefault(first.server, []).append(first.round)
    numbers = list(range(1, CONTROL_PAIRS + 1))
    assert list(by_server.values()) == [numbers[n : n + CONTROL_PAIRS_PER_SERVER] for n in range(0, CONTROL_PAIRS, 6)]
    assert by_server.keys().isdisjoint({first.server for first, _ in pairs_of(records)})


def test_the_control_s_second_side_is_surveyed_before_it_is_timed() -> None:
    records, _ = gated(a_gate(A, B), judge=never_decided(B.id))
    (survey,) = [record for record in records if record.kind == "survey" and record.side == "control"]
    (first, _), *_ = pairs_of(records, CONTROL)
    assert (survey.case, survey.sequence) == (B.id, first.sequence - 1)


def test_a_control_that_cannot_be_surveyed_is_asked_for_at_each_look_and_the_gate_goes_on() -> None:
    def broken(asked: Trial, turn: Turn) -> Record:
        found = sound(asked, turn)
        return replace(found, status="failed") if turn.side == "control" else found

    records, _ = gated(a_gate(A, B), broken, judge=never_decided(B.id))
    assert pairs_of(records, CONTROL) == []
    assert {(f.case, f.round) for f, _ in pairs_of(records)} == {(id, n) for id in (A.id, B.id) for n in range(1, 41)}
    assert [record.side for record in records].count("control") == 3


def test_a_control_that_fails_is_given_up_and_its_case_is_not() -> None:
    def broken(asked: Trial, turn: Turn) -> Record:
        if turn.side == "control" and asked.round:
            return trial(A.id, "control", asked.round, attempt=asked.attempt, status="crashed")
        return sound(asked, turn)

    records, _ = gated(a_gate(A), broken, judge=never_decided(A.id))
    assert [record.side for record in records if record.status == "crashed"] == ["control"] * 2
    assert len(pairs_of(records)) == 40


def test_where_no_case_can_be_the_control_at_one_look_it_is_asked_for_at_the_next() -> None:
    judge = replace(never_decided(A.id), control_from=24)
    records, _ = gated(a_gate(A), judge=judge)
    control = pairs_of(records, CONTROL)
    assert len(control) == CONTROL_PAIRS
    before = [f.round for f, _ in pairs_of(records) if f.sequence < control[0][0].sequence]
    assert max(before) == 24


def test_the_real_judge_names_the_calmest_case() -> None:
    spread = {A.id: 0.02, B.id: 0.001, C.id: 0.01}

    def answer(asked: Trial, turn: Turn) -> Record:
        if asked.round == 0 or turn.side == "base":
            return sound(asked, turn)
        ratio = noise(f"{asked.case.id}{asked.round}", sd=spread[asked.case.id], n=1)[0]
        return trial(asked.case.id, turn.side, asked.round, ratio=ratio, attempt=asked.attempt)

    records, _ = gated(a_gate(A, B, C), answer)
    assert {first.case for first, _ in pairs_of(records, CONTROL)} == {B.id}


@pytest.mark.parametrize(("seconds", "pairs"), [(12.5, 0), (20.0, 8), (1000.0, CONTROL_PAIRS)])
def test_the_budget_bounds_the_control(monkeypatch: pytest.MonkeyPatch, seconds: float, pairs: int) -> None:
    """A pair takes a second, and twelve are made before the first look."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def slow(asked: Trial, turn: Turn) -> Record:
        clock[0] += 0.5 if asked.round else 0.0
        return sound(asked, turn)

    made = a_gate(A)
    made = replace(made, policy=replace(made.policy, max_seconds=seconds))
    records, _ = gated(made, slow, judge=never_decided(A.id))
    assert len(pairs_of(records, CONTROL)) == pairs
    assert clock[0] <= seconds
