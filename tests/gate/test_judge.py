"""What the measuring loop asks of the gate while it measures."""

from dataclasses import replace

import pytest

from bench.gate.judge import LONG_STEP, PairJudge, decisions, series, sharp_metric
from bench.records.nouns import CHANGE, CONTROL, Case, Record, Run
from bench.records.suite import GateSpec, LimitSpec
from tests.gate.made_up import CALM, LIMIT, a_gate, measured, names, noise, pair, survey, surveys
from tests.measure.made_up import case

A, B, C = names(3)
POLICY = GateSpec(limit=LIMIT)


def judge(run: Run | None = None) -> PairJudge:
    made = run or a_gate(A, B, C)
    assert made.gate is not None
    return PairJudge(made, made.gate.policy)


def one_of(found: Case, *, step: float, device: str = "fake") -> str:
    return sharp_metric(a_gate(found, device=device), found, survey(found.id, "base", {"expected_step": step}))


def test_looks_are_after_12_24_and_40_pairs() -> None:
    assert judge().looks == (12, 24, 40)


def test_only_what_is_open_is_undecided() -> None:
    records = [*measured(A.id, noise("a")), *measured(B.id, noise("b", sd=0.3)), *measured(C.id, noise("c", centre=1))]
    assert judge().undecided(records, 12) == {B.id}


def test_a_case_with_too_few_pairs_is_undecided() -> None:
    assert judge().undecided(measured(A.id, noise("a", n=11)), 12) == {A.id}


def test_a_case_without_pairs_is_nobody_s_question() -> None:
    assert judge().undecided(surveys(A.id), 12) == set()


def test_a_look_sees_no_pair_beyond_it() -> None:
    """A hostile journal: after twelve wild pairs come many that would decide."""
    wild = noise("wild", sd=0.3)
    assert judge().undecided(measured(A.id, [*wild, *noise("calm", n=28)]), 12) == {A.id}


def test_the_calmest_case_spreads_least_at_the_first_look_whatever_it_does_later() -> None:
    quiet = [*noise("quiet", sd=0.001), *noise("later", sd=1.0)]
    records = [*measured(A.id, noise("a", sd=0.01)), *measured(B.id, quiet), *measured(C.id, noise("c", sd=0.02))]
    assert judge().calmest(records) == B.id


def test_a_calm_case_far_from_zero_is_the_calmest_all_the_same() -> None:
    """The verdict on a case must not decide whether it is the control."""
    records = [*measured(A.id, noise("a", sd=0.01)), *measured(B.id, noise("b", centre=0.5, sd=0.001))]
    assert judge().calmest(records) == B.id


def test_of_equally_calm_cases_the_first_by_name_is_the_control() -> None:
    records = [*measured(B.id, noise("same")), *measured(A.id, noise("same"))]
    assert judge().calmest(records) == A.id


def test_a_case_that_was_not_looked_at_is_no_control() -> None:
    records = [*measured(A.id, noise("a", n=11, sd=1e-6)), *measured(B.id, noise("b", sd=0.1))]
    assert judge().calmest(records) == B.id
    assert judge().calmest(measured(A.id, noise("a", n=11))) is None
    assert judge().calmest([]) is None


def test_the_control_s_own_pairs_decide_nothing() -> None:
    records = measured(A.id, noise("a", centre=1.0), sides=CONTROL)
    assert judge().undecided(records, 12) == set()
    assert judge().calmest(records) is None


def test_disturbed_pairs_are_asked_for_by_number() -> None:
    records = [*pair(A.id, 1, sentinel=2 * CALM), *pair(B.id, 2, sentinel=2 * CALM)]
    assert [judge().disturbed(records, number, CHANGE) for number in (1, 2)] == [{A.id}, {B.id}]


# The sharp metric


def test_a_short_step_is_judged_by_what_it_takes_undisturbed() -> None:
    assert one_of(A, step=LONG_STEP) == "undisturbed"


def test_a_long_step_of_one_thread_is_judged_by_its_processor_time() -> None:
    assert one_of(A, step=LONG_STEP * 1.001) == "cpu_time"


def test_a_long_step_of_two_threads_is_judged_by_wall_time() -> None:
    assert one_of(case(threads=2, name="two"), step=1.0) == "undisturbed"


@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_on_a_graphics_card_wall_time_is_sharp(device: str) -> None:
    assert one_of(A, step=1.0, device=device) == "undisturbed"


def test_the_candidate_s_survey_has_no_part_in_the_choice_of_the_metric() -> None:
    """Else a change that makes a step longer would choose by what it is judged."""
    records: list[Record] = [
        survey(A.id, "base", {"expected_step": 0.001}),
        survey(A.id, "candidate", {"expected_step": 1.0}),
        *measured(A.id, noise("a")),
    ]
    swapped = [replace(r, side="candidate" if r.side == "base" else "base") for r in records if r.kind == "survey"]
    long = [*swapped, *records[2:]]
    bare = [replace(record, cpu=()) for record in records]
    assert len(series(a_gate(A), POLICY, bare)[A.id].sharp) == 12
    assert series(a_gate(A), POLICY, [replace(record, cpu=()) for record in long])[A.id].sharp == []


def test_limits_are_those_of_the_judged_metrics() -> None:
    policy = GateSpec(
        limit=LIMIT,
        limits=(LimitSpec(metric="cpu_time", limit=0.1), LimitSpec(metric="mean_latency", limit=0.2)),
    )
    short = [survey(A.id, "base", {"expected_step": 0.001}), *measured(A.id, noise("a"))]
    long = [survey(A.id, "base", {"expected_step": 1.0}), *measured(A.id, noise("a"))]
    assert series(a_gate(A), policy, short)[A.id].limits == (LIMIT, 0.2)
    assert series(a_gate(A), policy, long)[A.id].limits == (0.1, 0.2)


def test_all_cases_are_one_family() -> None:
    """The smallest p at the first look reaches thirty cases and no more."""
    cases = names(31)

    def verdict(count: int) -> str:
        records = [record for each in cases[: count - 1] for record in measured(each.id, noise(each.id))]
        records += measured(cases[-1].id, noise("bad", centre=0.2))
        return decisions(a_gate(*cases), POLICY, records)[cases[-1].id].verdict

    assert (verdict(30), verdict(31)) == ("regression", "inconclusive")
