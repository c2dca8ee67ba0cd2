"""Order, stopping and repeats, on the fake device."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.measure.fake import SENTINEL
from bench.records.nouns import Record
from tests.measure.made_up import ScriptedJudge, case, children, measured, run, runner, shuffled

ONE, TWO, THREE = (case(model=name) for name in ("one", "two", "three"))


def of(records: list[Record], **fields: object) -> list[Record]:
    return [r for r in records if all(getattr(r, name) == value for name, value in fields.items())]


def test_every_case_is_surveyed_once_and_then_timed_once_in_every_round() -> None:
    records = measured(run([ONE, TWO, THREE]))
    assert [r.case for r in of(records, kind="survey")] == [ONE.id, TWO.id, THREE.id]
    for number in range(1, 7):
        timed = [r.case for r in of(records, kind="timed", round=number)]
        assert timed == [c.id for c in shuffled([ONE, TWO, THREE], round=number)]
    assert {r.status for r in records} == {"ok"}


def test_records_are_numbered_in_the_order_in_which_they_were_measured() -> None:
    records = measured(run([ONE, TWO]))
    assert [r.sequence for r in records] == list(range(1, len(records) + 1))


def test_every_round_has_a_server_of_its_own_and_the_surveys_share_the_first() -> None:
    records = measured(run([ONE, TWO]))
    assert {(r.round, r.server) for r in of(records, kind="timed")} == {(n, n) for n in range(1, 7)}
    assert {r.server for r in of(records, kind="survey")} == {1}


def test_rounds_share_a_server_where_the_policy_says_so() -> None:
    records = of(measured(run([ONE], rounds_per_server=3)), kind="timed")
    assert [(r.round, r.server) for r in records] == [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)]


def test_each_level_of_the_allocator_has_a_server_of_its_own_in_every_round() -> None:
    system = case(model="two", allocator="system")
    records = of(measured(run([ONE, system])), kind="timed")
    servers = {name: {r.server for r in of(records, case=name)} for name in (ONE.id, system.id)}
    assert len(servers[ONE.id]) == len(servers[system.id]) == 6
    assert not servers[ONE.id] & servers[system.id]


def test_cases_that_are_precise_at_the_first_look_are_done() -> None:
    judge = ScriptedJudge(done=frozenset([ONE.id]))
    records = of(measured(run([ONE, TWO], rounds=6, max_rounds=8), judge=judge), kind="timed")
    assert len(of(records, case=ONE.id)) == 6
    assert len(of(records, case=TWO.id)) == 8


def test_a_disturbed_trial_is_repeated_at_the_end_of_its_round_in_the_same_server() -> None:
    records = of(measured(run([ONE, TWO]), judge=ScriptedJudge(bad={(ONE.id, 2): 1})), kind="timed")
    attempts = of(records, case=ONE.id, round=2)
    assert [r.attempt for r in attempts] == [0, 1]
    assert attempts[0].server == attempts[1].server
    assert [r.round for r in records] == sorted(r.round for r in records)


def waits(judge: ScriptedJudge) -> tuple[list[float], float]:
    """What each trial waited for calm, in order, and the seconds that all have timed."""
    records = of(measured(run([ONE, TWO]), judge=judge), kind="timed")
    return [float(r.noise["waited"]) for r in records], sum(sum(r.samples) for r in records) / 1e9


def test_on_a_calm_machine_no_trial_waits() -> None:
    assert set(waits(ScriptedJudge())[0]) == set(waits(ScriptedJudge(limits={1: 1.2 * SENTINEL}))[0]) == {0.0}


def test_trials_wait_for_calm_in_vain_no_longer_than_was_timed_before_them() -> None:
    found, timed = waits(ScriptedJudge(limits={1: 0.5 * SENTINEL}))
    assert found[0] == 0, "nothing was timed yet"
    assert all(wait > 0 for wait in found[1:])
    assert 0.8 * timed < sum(found) < timed + 12 * SENTINEL / 1e9


def test_what_stays_disturbed_is_repeated_once_more_in_its_round_and_then_in_servers_of_their_own_at_the_end() -> None:
    bad = {(ONE.id, 1): 9, (ONE.id, 2): 9}
    records = of(measured(run([ONE, TWO, THREE]), judge=ScriptedJudge(bad=bad)), kind="timed")
    for case_, number in bad:
        attempts = of(records, case=case_, round=number)
        assert [r.attempt for r in attempts] == [0, 1, 2, 3, 4]
        assert len({r.server for r in attempts[:3]}) == 1
        assert len({r.server for r in attempts}) == 3
    last = [r for r in records if r.attempt > 2]
    assert len({r.server for r in last}) == 4, "a server at the end times a case once"


def test_repeats_are_at_most_as_many_as_the_trials() -> None:
    bad = {(c.id, n): 9 for c in (ONE, TWO) for n in range(1, 7)}
    records = of(measured(run([ONE, TWO]), judge=ScriptedJudge(bad=bad)), kind="timed")
    assert sum(r.attempt > 0 for r in records) == sum(r.attempt == 0 for r in records) == 12


def test_a_skipped_case_is_on_record_with_its_reason_and_never_measured() -> None:
    records = measured(run([ONE, case(model="two", skip="not today")]))
    assert [(r.kind, r.status, r.note) for r in of(records, case="model=two")] == [("survey", "skipped", "not today")]


def test_a_case_over_the_step_limit_is_skipped_and_says_so() -> None:
    records = measured(run([case(model="slow", takes=0.7)]))
    assert [(r.kind, r.status) for r in records] == [("survey", "skipped")]
    assert "over step_limit 0.5 s" in (records[0].note or "")


def test_a_case_whose_trials_fail_twice_is_given_up() -> None:
    records = of(measured(run([ONE, case(fault="flaky")])), kind="timed")
    assert [r.status for r in of(records, case="fault=flaky")] == ["failed", "failed"]
    assert len(of(records, case=ONE.id)) == 6


@pytest.mark.parametrize("isolate", ["case", "round"])
def test_resuming_after_any_record_measures_what_is_missing_and_nothing_twice(isolate: str) -> None:
    made = run([ONE, TWO, case(fault="raise")], isolate=isolate)
    whole = measured(made)
    for cut in range(len(whole)):
        rest = measured(made, done=whole[:cut])
        keys = [(r.kind, r.case, r.round, r.attempt) for r in [*whole[:cut], *rest]]
        assert sorted(keys) == sorted((r.kind, r.case, r.round, r.attempt) for r in whole), cut
        assert all(r.server > max((d.server for d in whole[:cut]), default=0) for r in rest)


def test_in_one_process_a_round_a_case_that_ends_the_process_costs_the_others_nothing() -> None:
    records = measured(run([ONE, case(fault="vanish"), TWO], isolate="round"))
    assert {r.case: r.status for r in of(records, kind="survey")} == {
        ONE.id: "ok",
        "fault=vanish": "crashed",
        TWO.id: "ok",
    }
    assert len(of(records, kind="timed", status="ok")) == 12


def test_in_one_process_a_round_a_case_has_the_timeout_for_itself_and_what_exceeds_it_is_tried_again_alone() -> None:
    hanging = case(fault="hang")
    records = measured(run([ONE, hanging, TWO], isolate="round", timeout=0.5))
    assert [(r.kind, r.attempt, r.status) for r in of(records, case=hanging.id)] == [
        ("survey", 0, "timeout"),
        ("survey", 1, "timeout"),
    ]
    assert len(of(records, kind="timed", status="ok")) == 12


def test_in_one_process_a_round_what_fails_in_a_trial_is_tried_again_alone_in_the_same_round() -> None:
    flaky = case(fault="flaky")
    records = of(measured(run([ONE, flaky], isolate="round")), kind="timed")
    assert [(r.round, r.attempt, r.status) for r in of(records, case=flaky.id)] == [(1, 0, "failed"), (1, 1, "failed")]
    assert len(of(records, case=ONE.id, status="ok")) == 6


def test_a_case_that_was_done_at_the_first_look_stays_done_when_the_run_is_gone_on_with() -> None:
    """Repeats at the end come after the look; a judge that sees them might decide otherwise."""

    class Forgetful(ScriptedJudge):
        def precise(self, records: Sequence[Record]) -> set[str]:
            return set() if any(r.attempt for r in records) else {ONE.id, TWO.id}

    made = run([ONE, TWO], rounds=6, max_rounds=8)
    whole = measured(made, judge=Forgetful(bad={(ONE.id, 2): 2, (TWO.id, 3): 2}))
    assert max(r.round for r in whole) == 8, "the repeat in round 2 came before the look"
    late = [replace(r, attempt=2 if r.attempt else 0) for r in whole if r.round <= 6 and r.attempt == 0]
    repeats = [replace(late[-1], round=2, attempt=1, sequence=99)]
    assert measured(made, judge=Forgetful(), done=[*late, *repeats]) == []


def test_the_first_survey_with_more_threads_than_one_knows_what_one_thread_makes_of_the_sentinel() -> None:
    surveys = of(measured(run([case(model="one", threads=2)])), kind="survey")
    assert surveys[0].noise["sentinel_single"] != "unknown"
    assert "sentinel_single" not in of(measured(run([ONE])), kind="survey")[0].noise


def test_a_budget_that_the_surveys_have_spent_leaves_no_round() -> None:
    records = measured(run([ONE], max_seconds=0.001))
    assert [r.kind for r in records] == ["survey"]


def test_a_trial_whose_build_differs_from_its_survey_is_invalid() -> None:
    made = run([ONE])
    survey = measured(made)[0]
    rest = measured(made, done=[replace(survey, settings="another")])
    assert {(r.status, r.note) for r in rest} == {("invalid", "the build differs from the one that was surveyed")}


def test_a_runner_that_is_left_early_leaves_no_process() -> None:
    measuring = runner(run([ONE, TWO])).measure()
    next(measuring)
    assert children()
    measuring.close()
    assert not children()
