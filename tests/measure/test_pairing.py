"""The gate's measuring loop: what it asks of which child in which order, and when it stops."""

import time
from collections import Counter
from dataclasses import replace

import pytest

from bench.errors import Internal
from bench.measure.pairing import EXTRA_ATTEMPTS, ROUNDS_PER_SERVER
from bench.measure.request import Turn
from bench.records.nouns import CHANGE, CONTROL, Record, Status, Trial
from tests.gate.made_up import CALM, a_gate, names, noise, trial
from tests.measure.made_up import case
from tests.measure.made_up_pairs import LOOPS, MEMORY, ScriptedPairs, gated, pairs_of, sound

A, B, C = names(3)
ALL = {A.id, B.id, C.id}


def never_decided(control: str | None = None) -> ScriptedPairs:
    return ScriptedPairs(open=dict.fromkeys((12, 24, 40), ALL), control=control, looks=(12, 24, 40))


# Surveys


def test_every_case_is_surveyed_on_both_sides_before_anything_is_timed() -> None:
    records, _ = gated(a_gate(A, B), judge=ScriptedPairs())
    first = [(record.case, record.side) for record in records[:4]]
    assert first == [(A.id, "base"), (A.id, "candidate"), (B.id, "base"), (B.id, "candidate")]
    assert all(record.kind == "timed" for record in records[4:])


@pytest.mark.parametrize("side", ["base", "candidate"])
def test_a_case_that_one_side_cannot_build_is_not_timed_and_the_others_are(side: str) -> None:
    def broken(asked: Trial, turn: Turn) -> Record:
        found = sound(asked, turn)
        return replace(found, status="failed") if (asked.case.id, turn.side) == (A.id, side) else found

    records, _ = gated(a_gate(A, B), broken, judge=ScriptedPairs())
    assert {record.case for record in records if record.kind == "timed"} == {B.id}
    assert Counter(record.side for record in records if record.kind == "survey") == {"base": 2, "candidate": 2}


def test_a_step_that_is_too_long_on_the_base_is_not_tried_on_the_candidate() -> None:
    def long(asked: Trial, turn: Turn) -> Record:
        return replace(sound(asked, turn), status="skipped")

    records, _ = gated(a_gate(A), long, judge=ScriptedPairs())
    assert [(record.kind, record.side) for record in records] == [("survey", "base")]


@pytest.mark.parametrize(("base", "limit"), [("ok", 1e9), ("failed", None)])
def test_the_candidate_s_step_has_a_limit_only_where_the_base_had_none_to_compare_with(
    base: Status, limit: float | None
) -> None:
    def answer(asked: Trial, turn: Turn) -> Record:
        return replace(sound(asked, turn), status=base) if turn.side == "base" else sound(asked, turn)

    _, asked = gated(a_gate(A), answer, judge=ScriptedPairs())
    (turn,) = [turn for t, turn, *_ in asked.turns if t.round == 0 and turn.side == "candidate"]
    assert turn.step_limit == limit


def test_an_added_case_is_surveyed_on_the_candidate_alone_under_the_policy_s_limit() -> None:
    records, asked = gated(a_gate(A, B, added=(B.id,)), judge=ScriptedPairs())
    assert [record.side for record in records if record.case == B.id] == ["candidate"]
    assert [turn.step_limit for t, turn, *_ in asked.turns if t.case == B] == [None]


def test_a_case_that_the_suite_skips_asks_no_child() -> None:
    skipped = case(name="skipped", skip="because")
    records, asked = gated(a_gate(skipped), judge=ScriptedPairs())
    assert [(record.status, record.note, record.side) for record in records] == [("skipped", "because", "candidate")]
    assert asked.turns == []
    assert asked.started == 0


# Pairs


def test_the_two_trials_of_a_pair_stand_side_by_side() -> None:
    records, _ = gated(a_gate(A, B, C), judge=never_decided(A.id))
    for first, second in [*pairs_of(records), *pairs_of(records, CONTROL)]:
        assert (first.case, first.round, first.attempt) == (second.case, second.round, second.attempt)
        assert first.side != second.side
        assert (first.position, second.position) == (1, 2)
        assert second.sequence == first.sequence + 1


def test_the_two_trials_of_a_pair_take_turns_in_the_coin_s_order() -> None:
    records, asked = gated(a_gate(A, B), judge=never_decided(A.id))
    measured = [*pairs_of(records), *pairs_of(records, CONTROL)]
    told = [tuple(turn.side for turn in turns) for _, turns in asked.in_turns]
    assert len(told) == len(measured)
    assert Counter(told) == Counter((first.side, second.side) for first, second in measured)


@pytest.mark.parametrize(
    ("threads", "device", "seen", "expected"),
    [
        (1, "fake", {"peak_memory": MEMORY // 2}, True),
        (1, "cpu", {"peak_memory": 0}, True),
        (2, "fake", {"peak_memory": 0}, False),
        (1, "fake-cuda", {"peak_memory": 0}, False),
        (1, "fake", {"peak_memory": MEMORY // 2 + 1}, False),
        (1, "fake", {}, False),
    ],
)
def test_trials_take_turns_on_one_thread_of_a_processor_where_both_are_known_to_fit_into_memory(
    threads: int, device: str, seen: dict[str, float], *, expected: bool
) -> None:
    """`seen`: by the candidate's survey."""

    def surveyed(asked: Trial, turn: Turn) -> Record:
        found = sound(asked, turn)
        return replace(found, metrics=seen) if (asked.round, turn.side) == (0, "candidate") else found

    _, asked = gated(replace(a_gate(replace(A, threads=threads)), device=device), surveyed, judge=ScriptedPairs())
    timed = [turn for made, turn, *_ in asked.turns if made.round]
    assert len(timed) == 2 * ScriptedPairs().looks[0]
    assert len(asked.in_turns) == (len(timed) / 2 if expected else 0)


@pytest.mark.parametrize(("number", "in_turns"), [(0, 0), (2, 2)])
@pytest.mark.parametrize("side", ["base", "candidate"])
def test_a_case_that_has_threads_or_processes_of_its_own_takes_no_turns_from_then_on(
    side: str, number: int, in_turns: int
) -> None:
    """Seen in its survey, or in its second pair; the other case goes on taking turns."""

    def crowded(asked: Trial, turn: Turn) -> Record:
        found = sound(asked, turn)
        own = (asked.case, asked.round, turn.side) == (A, number, side)
        return replace(found, noise={**found.noise, "company": 1.0}) if own else found

    _, asked = gated(a_gate(A, B), crowded, judge=ScriptedPairs(open=dict.fromkeys((3, 5), ALL)))
    took = Counter(case for case, turns in asked.in_turns for _ in turns)
    assert took == Counter({B.id: 2 * 7, **({A.id: 2 * in_turns} if in_turns else {})})


def test_a_case_that_fails_in_turns_is_tried_alone() -> None:
    """What it needs may be there only once."""

    def exclusive(asked: Trial, turn: Turn) -> Record:
        found = sound(asked, turn)
        return replace(found, status="failed", samples=()) if asked.round and turn.position == 2 else found

    records, asked = gated(a_gate(A), exclusive, judge=ScriptedPairs())
    assert [(case, len(turns)) for case, turns in asked.in_turns] == [(A.id, 2)]
    assert next(record for record in records if record.status == "failed").round == 1


def test_records_are_numbered_without_a_gap() -> None:
    records, _ = gated(a_gate(A, B), judge=never_decided(A.id))
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))


def test_a_coin_decides_which_side_is_first() -> None:
    records, _ = gated(a_gate(A, B, C), judge=never_decided(A.id))
    for sides in (("base", "candidate"), CONTROL):
        firsts = Counter(first.side for first, _ in pairs_of(records, sides))
        assert min(firsts[side] for side in sides) > 0.25 * firsts.total()
    by_round = [tuple(f.side for f, _ in pairs_of(records) if f.round == number) for number in range(1, 41)]
    assert len(set(by_round)) > 4, "each case has a coin of its own"


def test_the_coin_falls_by_the_seed_alone() -> None:
    def firsts(seed: int) -> list[str]:
        return [first.side for first, _ in pairs_of(gated(replace(a_gate(A), seed=seed), judge=never_decided())[0])]

    assert firsts(1) == firsts(1)
    assert firsts(1) != firsts(2)


def test_a_round_is_one_pair_of_every_case_in_an_order_of_its_own() -> None:
    records, _ = gated(a_gate(A, B, C), judge=never_decided())
    rounds = [[f.case for f, _ in pairs_of(records) if f.round == number] for number in range(1, 41)]
    assert all(sorted(each) == sorted(ALL) for each in rounds)
    assert len(set(map(tuple, rounds))) == 6
    numbers = [first.round for first, _ in pairs_of(records)]
    assert numbers == sorted(numbers)


def test_both_sides_share_a_server_which_serves_three_rounds() -> None:
    records, asked = gated(a_gate(A, B), judge=never_decided())
    assert all(first.server == second.server for first, second in pairs_of(records))
    by_server: dict[int, set[int]] = {}
    for first, _ in pairs_of(records):
        by_server.setdefault(first.server, set()).add(first.round)
    assert list(by_server.values())[:2] == [{1, 2, 3}, {4, 5, 6}]
    assert max(map(len, by_server.values())) == ROUNDS_PER_SERVER
    assert asked.open == set()


def test_both_sides_take_as_many_steps_a_sample_as_the_base_s_survey_said() -> None:
    _, asked = gated(a_gate(A), judge=never_decided(A.id))
    assert {turn.loops for t, turn, *_ in asked.turns if t.round} == {LOOPS}
    assert {turn.side for t, turn, *_ in asked.turns if turn.calibrate} == {"base"}


def test_each_side_is_asked_at_its_own_place() -> None:
    _, asked = gated(a_gate(A), judge=never_decided(A.id))
    assert {(turn.side, place.paths) for _, turn, place, _ in asked.turns} == {
        (side, (side,)) for side in ("base", "candidate", "reference", "control")
    }


def test_a_child_is_told_of_the_other_side_of_its_pair_too() -> None:
    _, asked = gated(a_gate(replace(A, threads=2)), judge=never_decided(A.id))
    told = {(place.paths, beside.paths) for place, beside in asked.beside if beside}
    both = [(CHANGE, CONTROL)[n] for n in (0, 1)]
    assert told == {((one,), (other,)) for sides in both for one, other in (sides, sides[::-1])}


def test_allocators_have_servers_of_their_own_and_pairs_stay_in_one() -> None:
    other = case(name="other", allocator="system")
    records, asked = gated(a_gate(A, other), judge=ScriptedPairs(looks=(3,)))
    assert asked.started == 2
    servers = {record.case: record.server for record in records}
    assert servers[A.id] != servers[other.id]
    assert all(first.server == second.server for first, second in pairs_of(records))


def test_a_build_that_is_not_the_one_that_was_surveyed_on_its_side_is_invalid() -> None:
    def fickle(asked: Trial, turn: Turn) -> Record:
        base = turn.side in ("base", *CONTROL)
        settings = ("b" if base else "c") + ("!" if asked.round == 2 and turn.side == "candidate" else "")
        return replace(sound(asked, turn), settings=settings)

    records, _ = gated(a_gate(A), fickle, judge=ScriptedPairs(control=A.id))
    invalid = [record for record in records if record.status == "invalid"]
    assert [(record.side, record.round) for record in invalid] == [("candidate", 2)]


# Looks


def test_only_the_undecided_go_on() -> None:
    judge = ScriptedPairs(open={3: {A.id, B.id}, 5: {B.id}, 7: {B.id}})
    records, _ = gated(a_gate(A, B, C), judge=judge)
    counts = Counter(first.case for first, _ in pairs_of(records))
    assert counts == {A.id: 5, B.id: 7, C.id: 3}


def test_what_was_decided_does_not_come_back() -> None:
    judge = ScriptedPairs(open={3: {A.id}, 5: {A.id, B.id}, 7: ALL})
    records, _ = gated(a_gate(A, B), judge=judge)
    assert Counter(first.case for first, _ in pairs_of(records)) == {A.id: 7, B.id: 3}


def test_where_no_case_can_be_timed_the_gate_ends() -> None:
    records, _ = gated(a_gate(A, added=(A.id,)))
    assert len(records) == 1


def test_a_run_without_cases_has_no_records() -> None:
    assert gated(a_gate())[0] == []


# Disturbances and failures


def test_a_disturbed_pair_is_repeated_whole_at_the_end_of_its_round() -> None:
    records, _ = gated(a_gate(A, B), judge=ScriptedPairs(bad={(A.id, 2): 1}))
    second = [(f.case, f.attempt) for f, _ in pairs_of(records) if f.round == 2]
    assert sorted(second[:2]) == [(A.id, 0), (B.id, 0)]
    assert second[2:] == [(A.id, 1)]


def test_a_pair_is_repeated_twice_at_most() -> None:
    records, _ = gated(a_gate(A), judge=ScriptedPairs(bad={(A.id, 2): 99}))
    assert [f.attempt for f, _ in pairs_of(records) if f.round == 2] == list(range(1 + EXTRA_ATTEMPTS))


def stormy(side: str, number: int) -> list[Record]:
    """A gate all of whose attempts at that pair, on those sides, met bad weather."""

    def answer(asked: Trial, turn: Turn) -> Record:
        found = sound(asked, turn)
        bad = turn.side == side and asked.round == number
        return replace(found, noise={"sentinel_before": CALM, "sentinel_after": 2 * CALM}) if bad else found

    return gated(a_gate(A), answer)[0]


def test_a_pair_in_bad_weather_does_not_make_the_control_s_pair_of_its_number_be_repeated() -> None:
    records = stormy("candidate", 5)
    assert [f.attempt for f, _ in pairs_of(records) if f.round == 5] == [0, 1, 2]
    assert {f.attempt for f, _ in pairs_of(records, CONTROL)} == {0}


def test_the_control_s_pairs_are_repeated_too() -> None:
    records = stormy("control", 5)
    assert [f.attempt for f, _ in pairs_of(records, CONTROL) if f.round == 5] == [0, 1, 2]
    assert {f.attempt for f, _ in pairs_of(records)} == {0}


def failing(*bad: tuple[str, int, int]) -> dict[str, list[tuple[int, int]]]:
    """The pairs and attempts of a gate of two cases that no look decides; the first one fails at those sides, pairs and
    attempts."""

    def answer(asked: Trial, turn: Turn) -> Record:
        if asked.round == 0:
            return sound(asked, turn)
        if asked.case == A and (turn.side, asked.round, asked.attempt) in bad:
            return trial(A.id, turn.side, asked.round, attempt=asked.attempt, status="crashed")
        wild = noise(f"{asked.round}", sd=0.5, n=1)[0] if turn.side == "candidate" else 0.0
        return trial(asked.case.id, turn.side, asked.round, attempt=asked.attempt, ratio=wild)

    records, _ = gated(a_gate(A, B), answer)
    return {case: [(f.round, f.attempt) for f, _ in pairs_of(records) if f.case == case] for case in (A.id, B.id)}


WHOLE = [(number, 0) for number in range(1, 41)]


def test_a_case_that_fails_twice_is_given_up_and_the_others_go_on() -> None:
    found = failing(("candidate", 4, 0), ("base", 9, 0))
    assert found == {A.id: [*WHOLE[:4], (4, 1), *WHOLE[4:9]], B.id: WHOLE}


def test_a_case_that_fails_on_both_sides_of_a_pair_is_given_up() -> None:
    assert failing(("candidate", 4, 0), ("base", 4, 0)) == {A.id: WHOLE[:4], B.id: WHOLE}


def test_a_case_that_fails_again_when_its_pair_is_repeated_is_given_up() -> None:
    assert failing(("base", 4, 0), ("candidate", 4, 1)) == {A.id: [*WHOLE[:4], (4, 1)], B.id: WHOLE}


def test_a_pair_that_failed_once_is_repeated_so_that_its_case_comes_to_every_look_with_all_its_pairs() -> None:
    assert failing(("candidate", 4, 0)) == {A.id: [*WHOLE[:4], (4, 1), *WHOLE[4:]], B.id: WHOLE}


def test_a_server_that_dies_is_a_crash_of_its_case_and_the_next_trial_has_another() -> None:
    def deadly(asked: Trial, turn: Turn) -> Record:
        if (asked.case, asked.round, turn.side) == (A, 2, "candidate"):
            raise Internal("the server ended")
        return sound(asked, turn)

    records, asked = gated(a_gate(A), deadly, judge=ScriptedPairs())
    (crash,) = [record for record in records if record.status != "ok"]
    assert (crash.status, crash.side, crash.round, crash.note) == ("crashed", "candidate", 2, "the server ended")
    following = [record.server for record in records if record.sequence > crash.sequence]
    assert min(following) > crash.server
    assert asked.open == set()


# Endings


@pytest.mark.parametrize("count", [1, 2, 5, 30, 90])
def test_servers_end_with_whoever_reads_no_further(count: int) -> None:
    records, asked = gated(a_gate(A, B), judge=never_decided(A.id), count=count)
    assert len(records) == count
    assert asked.started > 0
    assert asked.open == set()


def test_a_budget_that_is_spent_ends_the_pairs_and_not_the_surveys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair takes a second of a clock of our own; 6.5 seconds have room for six."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def slow(asked: Trial, turn: Turn) -> Record:
        clock[0] += 0.5 if asked.round else 0.0
        return sound(asked, turn)

    made = a_gate(A)
    made = replace(made, policy=replace(made.policy, max_seconds=6.5))
    records, asked = gated(made, slow)
    assert [first.round for first, _ in pairs_of(records)] == [1, 2, 3, 4, 5, 6]
    assert asked.open == set()


def test_what_surveys_spend_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def slow(asked: Trial, turn: Turn) -> Record:
        clock[0] += 1.0
        return sound(asked, turn)

    made = a_gate(A, B)
    records, _ = gated(replace(made, policy=replace(made.policy, max_seconds=3.5)), slow)
    assert [record.kind for record in records] == ["survey"] * 4
