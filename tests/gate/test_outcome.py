"""A gate's records → its verdict: every standing, every way to be inconclusive, and who may not be believed."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from bench.gate.outcome import outcome
from bench.records.gate import Gate, Judged
from bench.records.nouns import CHANGE, CONTROL, Finding, Record, Run, Side, Status
from bench.records.suite import GateSpec, LimitSpec
from tests.gate import made_up
from tests.gate.made_up import LIMIT, Known, measured, names, noise, pair, survey, surveys, trial
from tests.measure.made_up import case

a_gate = partial(made_up.a_gate, controlled=False)
A, B, C = names(3)
EQUAL, SLOWER, FASTER = noise("equal"), noise("slower", centre=0.1), noise("faster", centre=-0.1)
WILD = noise("wild", sd=0.5, n=40)
FAILURES: tuple[Status, ...] = ("failed", "timeout", "oom", "crashed", "invalid", "unavailable")


def whole(case_id: str, ratios: Sequence[float], known: Known | None = None) -> list[Record]:
    """Surveys and pairs."""
    return [*surveys(case_id, known), *measured(case_id, ratios)]


def only(run: Run, records: Sequence[Record]) -> Judged:
    (judged,) = outcome(run, records).cases
    return judged


def summed(found: Gate) -> tuple[str, int]:
    return found.verdict, found.exit_code


def controlled(ratios: Sequence[float]) -> Gate:
    """A regression, and what the control says."""
    records = [*whole(A.id, SLOWER), *whole(B.id, EQUAL), *measured(B.id, ratios, sides=CONTROL)]
    return outcome(a_gate(A, B), records)


# Verdicts on cases, and on the gate


@pytest.mark.parametrize(
    ("ratios", "verdict", "gate"),
    [
        (EQUAL, "unchanged", ("pass", 0)),
        (FASTER, "improvement", ("pass", 0)),
        (SLOWER, "regression", ("regression", 1)),
        (WILD, "inconclusive", ("inconclusive", 4)),
    ],
)
def test_a_case_alone_makes_the_gate(ratios: list[float], verdict: str, gate: tuple[str, int]) -> None:
    found = outcome(a_gate(A), whole(A.id, ratios))
    assert (found.cases[0].verdict, summed(found)) == (verdict, gate)


def test_one_regression_among_what_passes_and_what_is_open_is_a_regression() -> None:
    records = [*whole(A.id, EQUAL), *whole(B.id, WILD), *whole(C.id, SLOWER)]
    assert summed(outcome(a_gate(A, B, C), records)) == ("regression", 1)


def test_one_open_case_among_what_passes_is_inconclusive() -> None:
    records = [*whole(A.id, EQUAL), *whole(B.id, WILD)]
    assert summed(outcome(a_gate(A, B), records)) == ("inconclusive", 4)


def test_an_inconclusive_gate_passes_where_the_policy_says_so_and_a_regression_does_not() -> None:
    lenient = GateSpec(limit=LIMIT, inconclusive=0)
    assert summed(outcome(a_gate(A, policy=lenient), whole(A.id, WILD))) == ("inconclusive", 0)
    assert summed(outcome(a_gate(A, policy=lenient), whole(A.id, SLOWER))) == ("regression", 1)


def test_an_open_case_says_how_many_pairs_would_do_and_a_decided_one_does_not() -> None:
    assert (only(a_gate(A), whole(A.id, WILD)).needed or 0) > 40
    assert only(a_gate(A), whole(A.id, EQUAL)).needed is None


def test_the_changes_are_the_sharp_metric_then_the_mean_then_exact_ones() -> None:
    records = [
        *whole(A.id, SLOWER)[2:],
        survey(A.id, "base", {"parameters": 1}),
        survey(A.id, "candidate", {"parameters": 2}),
    ]
    found = only(a_gate(A), records)
    assert [change.metric for change in found.changes] == ["undisturbed", "mean_latency", "parameters"]
    assert [change.pairs for change in found.changes] == [12, 12, 0]
    assert all(change.worse for change in found.changes)


def test_without_records_nothing_has_passed() -> None:
    found = outcome(a_gate(A), [])
    assert (summed(found), found.cases[0].verdict, found.seconds) == (("inconclusive", 4), "inconclusive", None)


def test_a_gate_that_ended_before_its_first_look_is_inconclusive() -> None:
    assert summed(outcome(a_gate(A), whole(A.id, EQUAL[:11]))) == ("inconclusive", 4)


def test_a_gate_that_ended_before_its_second_survey_is_inconclusive() -> None:
    found = only(a_gate(A), [survey(A.id, "base")])
    assert (found.verdict, found.note) == ("inconclusive", "the gate ended before it was surveyed")


def test_a_gate_without_cases_has_compared_nothing() -> None:
    assert summed(outcome(a_gate(removed=("name=old",)), [])) == ("inconclusive", 4)


# What could not be judged


@pytest.mark.parametrize("side", ["base", "candidate"])
@pytest.mark.parametrize("status", FAILURES)
def test_a_case_that_cannot_be_surveyed_on_one_side_has_failed_there(side: Side, status: Status) -> None:
    broken = [survey(A.id, s, status=status if s == side else "ok", note="why") for s in ("base", "candidate")]
    found = outcome(a_gate(A, B), [*broken, *whole(B.id, EQUAL)])
    assert (found.cases[0].verdict, found.cases[0].note) == ("failed", f"{status} on the {side}: why")
    assert summed(found) == ("inconclusive", 4)


def test_a_case_that_failed_passes_where_the_policy_allows_it_and_something_was_compared() -> None:
    run = a_gate(A, B, policy=GateSpec(limit=LIMIT, allow=("failed",)))
    broken = [survey(A.id, "base"), survey(A.id, "candidate", status="oom")]
    assert summed(outcome(run, [*broken, *whole(B.id, EQUAL)])) == ("pass", 0)
    alone = a_gate(A, policy=GateSpec(limit=LIMIT, allow=("failed",)))
    assert summed(outcome(alone, broken)) == ("inconclusive", 4)


def test_trials_that_fail_on_both_sides_leave_a_case_open_and_say_why() -> None:
    sides: tuple[Side, ...] = ("candidate", "base")
    failures = [trial(A.id, side, 1, status="crashed", note="ended by SIGSEGV") for side in sides]
    found = only(a_gate(A), [*surveys(A.id), *failures])
    assert (found.verdict, found.note) == ("inconclusive", "crashed on the base: ended by SIGSEGV")


@pytest.mark.parametrize("ratios", [EQUAL, FASTER, SLOWER, WILD, []])
def test_a_case_that_fails_now_and_then_on_the_candidate_alone_has_failed_whatever_its_times(
    ratios: list[float],
) -> None:
    broken = trial(A.id, "candidate", 3, attempt=1, status="crashed", note="ended by SIGSEGV")
    found = outcome(a_gate(A, B), [*whole(A.id, ratios), broken, *whole(B.id, EQUAL)])
    note = f"crashed on the candidate in 1 of {len(ratios) + 1} trials, on the base in none: ended by SIGSEGV"
    assert (found.cases[0].verdict, found.cases[0].note, found.cases[0].changes) == ("failed", note, ())
    assert summed(found) == ("inconclusive", 4)


@pytest.mark.parametrize(("number", "verdict"), [(1, "unchanged"), (2, "failed")])
def test_a_failure_in_turns_counts_where_the_case_has_shown_that_it_can_take_turns(number: int, verdict: str) -> None:
    """In its first pair what it needs may have been the other side's; in its second it had it before."""
    records = surveys(A.id)
    for each, ratio in enumerate(EQUAL, 1):
        found = [replace(r, position=n, attempt=int(each == number)) for n, r in enumerate(pair(A.id, each, ratio), 1)]
        records += [replace(r, noise={**r.noise, "turns": 9.0}) for r in found] if each < number else found
    broken = trial(A.id, "candidate", number, status="failed", noise={"turns": 0.0})
    assert only(a_gate(A), [*records, broken]).verdict == verdict


def test_a_case_that_fails_on_the_base_too_is_judged_by_the_trials_that_are_left() -> None:
    broken = [trial(A.id, side, 3, attempt=1, status="failed") for side in CHANGE]
    assert only(a_gate(A), [*whole(A.id, EQUAL), *broken]).verdict == "unchanged"


def test_a_case_that_fails_on_the_control_s_sides_alone_has_not_failed() -> None:
    broken = [trial(A.id, side, 3, status="failed") for side in CONTROL]
    assert only(a_gate(A), [*whole(A.id, EQUAL), *broken]).verdict == "unchanged"


def test_a_flaky_case_may_be_allowed_and_one_that_is_worse_without_a_doubt_is_a_regression_all_the_same() -> None:
    broken = trial(A.id, "candidate", 3, attempt=1, status="crashed")
    lenient = GateSpec(limit=LIMIT, allow=("failed",))
    records = [*whole(A.id, SLOWER), broken, *whole(B.id, EQUAL)]
    assert summed(outcome(a_gate(A, B, policy=lenient), records)) == ("pass", 0)
    larger = [survey(A.id, "base", {"parameters": 1}), survey(A.id, "candidate", {"parameters": 2})]
    found = only(a_gate(A, policy=lenient), [*larger, *measured(A.id, EQUAL), broken])
    assert (found.verdict, str(found.note).partition(":")[0]) == (
        "regression",
        "crashed on the candidate in 1 of 13 trials, on the base in none",
    )


@pytest.mark.parametrize("kind", ["survey", "timed"])
@pytest.mark.parametrize("side", ["base", "candidate", "reference", "control"])
def test_a_case_one_of_whose_children_measured_another_tree_is_incomparable(side: Side, kind: str) -> None:
    """However well all else looks."""
    foreign = replace(survey(A.id, side, status="invalid", note="from elsewhere"), metrics={"foreign_modules": 1})
    if kind == "timed":
        bad = trial(A.id, side, 1, attempt=1, status="invalid", note="from elsewhere")
        foreign = replace(bad, metrics={"foreign_modules": 1})
    found = outcome(a_gate(A, B), [*whole(A.id, EQUAL), foreign, *whole(B.id, EQUAL)])
    assert (found.cases[0].verdict, found.cases[0].note) == ("incomparable", "from elsewhere")
    assert summed(found) == ("inconclusive", 4)


def test_an_added_case_is_listed_and_passes() -> None:
    records = [*whole(A.id, EQUAL), survey(B.id, "candidate")]
    found = outcome(a_gate(A, B, added=(B.id,)), records)
    assert (found.cases[1].verdict, found.cases[1].allowed, summed(found)) == ("added", True, ("pass", 0))


def test_an_added_case_that_fails_has_failed() -> None:
    records = [*whole(A.id, EQUAL), survey(B.id, "candidate", status="failed", note="no")]
    found = outcome(a_gate(A, B, added=(B.id,)), records)
    assert (found.cases[1].verdict, summed(found)) == ("failed", ("inconclusive", 4))


@pytest.mark.parametrize("allow", [(), ("removed",)])
def test_a_removed_case_is_listed_and_passes_only_where_it_is_allowed(allow: tuple[str, ...]) -> None:
    run = a_gate(A, removed=("name=old",), policy=GateSpec(limit=LIMIT, allow=allow))  # type: ignore[arg-type]
    found = outcome(run, whole(A.id, EQUAL))
    assert [judged.case for judged in found.cases] == [A.id, "name=old"]
    assert (found.cases[1].verdict, found.exit_code) == ("removed", 0 if allow else 4)


def test_where_every_case_is_added_nothing_is_compared() -> None:
    records = [survey(A.id, "candidate"), survey(B.id, "candidate")]
    assert summed(outcome(a_gate(A, B, added=(A.id, B.id)), records)) == ("inconclusive", 4)


def test_what_the_suite_skips_passes_and_is_no_comparison() -> None:
    skipped = case(name="skipped", skip="because")
    record = survey(skipped.id, "candidate", status="skipped", note="because")
    found = outcome(a_gate(A, skipped), [record, *whole(A.id, EQUAL)])
    assert (found.cases[1].verdict, summed(found)) == ("skipped", ("pass", 0))
    assert summed(outcome(a_gate(skipped), [record])) == ("inconclusive", 4)


def test_a_step_that_is_too_long_on_the_base_is_skipped() -> None:
    record = survey(A.id, "base", status="skipped", note="over step_limit")
    assert only(a_gate(A), [record]).verdict == "skipped"


# Exact metrics


@pytest.mark.parametrize(
    ("metric", "base", "candidate", "worse"),
    [
        ("parameters", 1000, 1001, True),
        ("parameters", 1001, 1000, False),
        ("flops", 0, 1, True),
        ("peak_memory", 100 << 20, (102 << 20) + (1 << 20), True),
        ("peak_memory", 100 << 20, 90 << 20, False),
    ],
)
def test_an_exact_metric_that_is_worse_is_a_regression_without_a_doubt(
    metric: str, base: int, candidate: int, worse: bool
) -> None:
    records = [survey(A.id, "base", {metric: base}), survey(A.id, "candidate", {metric: candidate})]
    found = only(a_gate(A), [*records, *measured(A.id, EQUAL)])
    assert found.verdict == ("regression" if worse else "unchanged")
    (change,) = (each for each in found.changes if each.metric == metric)
    assert (change.base, change.candidate, change.worse) == (base, candidate, worse)


@pytest.mark.parametrize(("base", "candidate"), [(1 << 20, 2 << 20), (100 << 20, 102 << 20), (1000, 1000)])
def test_memory_within_its_margin_has_not_changed(base: int, candidate: int) -> None:
    records = [survey(A.id, "base", {"peak_memory": base}), survey(A.id, "candidate", {"peak_memory": candidate})]
    found = only(a_gate(A), [*records, *measured(A.id, EQUAL)])
    assert [change.metric for change in found.changes] == ["undisturbed", "mean_latency"]


def test_an_exact_metric_that_the_suite_does_not_ask_for_or_the_base_does_not_know_is_not_judged() -> None:
    records = [survey(A.id, "base", {"parameters": 1}), survey(A.id, "candidate", {"parameters": 2, "flops": 1})]
    found = only(a_gate(A, metrics=("latency", "flops")), [*records, *measured(A.id, EQUAL)])
    assert found.verdict == "unchanged"


def test_an_exact_metric_may_become_worse_by_the_limit_of_its_own_and_no_more() -> None:
    policy = GateSpec(limit=LIMIT, limits=(LimitSpec(metric="parameters", limit=0.1),))
    for candidate, verdict in ((1100, "unchanged"), (1101, "regression")):
        records = [survey(A.id, "base", {"parameters": 1000}), survey(A.id, "candidate", {"parameters": candidate})]
        found = only(a_gate(A, policy=policy), [*records, *measured(A.id, EQUAL)])
        assert found.verdict == verdict


def test_what_is_below_zero_may_become_worse_by_that_share_of_its_size() -> None:
    policy = GateSpec(limit=LIMIT, limits=(LimitSpec(metric="score", limit=0.05),))
    for candidate, verdict in ((-10.2, "unchanged"), (-9.6, "unchanged"), (-9.4, "regression")):
        records = [survey(A.id, "base", {"score": -10.0}), survey(A.id, "candidate", {"score": candidate})]
        found = only(a_gate(A, metrics=("score",), policy=policy), [*records, *measured(A.id, EQUAL)])
        assert found.verdict == verdict


def test_an_exact_regression_of_a_case_without_times_is_one() -> None:
    records = [survey(A.id, "base", {"parameters": 1}), survey(A.id, "candidate", {"parameters": 2})]
    assert only(a_gate(A), records).verdict == "regression"


# The control


def test_a_control_that_finds_nothing_leaves_the_verdict() -> None:
    found = controlled(noise("control", n=24))
    assert summed(found) == ("regression", 1)
    assert found.control is not None
    assert (found.control.case, found.control.pairs, found.control.fired) == (B.id, 24, False)
    assert found.findings == ()


@pytest.mark.parametrize("shift", [0.02, -0.02])
def test_a_control_that_fires_takes_every_other_finding_s_worth(shift: float) -> None:
    found = controlled(noise("control", centre=shift, n=24))
    assert summed(found) == ("inconclusive", 4)
    assert found.control is not None
    assert found.control.fired
    assert [finding.code for finding in found.findings] == ["control fired", "control too noisy"]
    assert found.cases[0].verdict == "regression", "what was seen is still told"


def test_a_control_within_a_quarter_of_the_limit_does_not_fire() -> None:
    found = controlled(noise("control", centre=LIMIT / 4 - 0.0005, sd=0.0005, n=24))
    assert found.control is not None
    assert not found.control.fired


def test_a_control_that_is_noisy_is_a_finding_and_no_alarm() -> None:
    found = controlled(noise("control", sd=0.2, n=24))
    assert [finding.code for finding in found.findings] == ["control too noisy"]
    assert summed(found) == ("regression", 1)


def test_a_control_that_was_cut_short_is_still_told() -> None:
    found = controlled(noise("control", n=3))
    assert found.control is not None
    assert (found.control.pairs, found.control.low, found.control.fired) == (3, None, False)


def test_the_control_s_noise_is_held_against_the_limit_of_its_own_metric() -> None:
    """± 3 % is noisy for a limit of 3 %, and is not where that metric may become worse by 30 %."""
    policy = GateSpec(limit=LIMIT, limits=(LimitSpec(metric="cpu_time", limit=0.3),))
    records = [*whole(A.id, EQUAL, {"expected_step": 0.01}), *measured(A.id, noise("c", sd=0.05, n=24), sides=CONTROL)]
    assert outcome(a_gate(A, policy=policy), records).findings == ()


# What else the outcome tells


def test_the_notes_of_the_plan_stand_among_the_findings() -> None:
    note = Finding(code="dependencies differ", message="m", advice="a")
    run = a_gate(A)
    assert run.gate is not None
    run = replace(run, gate=replace(run.gate, notes=(note,)))
    assert outcome(run, whole(A.id, EQUAL)).findings[0] == note


def test_pairs_without_a_control_are_remarked_on() -> None:
    found = outcome(a_gate(A, controlled=True), whole(A.id, EQUAL))
    assert [finding.code for finding in found.findings] == ["no control"]
    assert not outcome(a_gate(A), whole(A.id, EQUAL)).findings


def test_a_control_that_failed_is_named_with_its_note() -> None:
    failed = survey(A.id, "control", status="oom", note="no memory")
    (finding,) = outcome(a_gate(A, controlled=True), [*whole(A.id, EQUAL), failed]).findings
    assert (finding.code, finding.cases) == ("no control", (A.id,))
    assert "oom: no memory" in finding.message


@pytest.mark.parametrize(("pairs", "verdict"), [(0, "inconclusive"), (5, "inconclusive"), (6, "pass")])
def test_a_gate_that_was_to_have_a_control_does_not_pass_before_it_has(pairs: int, verdict: str) -> None:
    records = [*whole(A.id, EQUAL), *measured(A.id, EQUAL[:pairs], sides=CONTROL)]
    found = outcome(a_gate(A, controlled=True), records)
    assert ([case.verdict for case in found.cases], found.verdict) == (["unchanged"], verdict)


def test_what_is_worse_is_so_without_a_control() -> None:
    assert summed(outcome(a_gate(A, controlled=True), whole(A.id, SLOWER))) == ("regression", 1)


def test_an_exact_metric_that_the_candidate_says_no_more_makes_the_case_incomparable_which_no_noise_excuses() -> None:
    records = [survey(A.id, "base", {"flops": 1}), survey(A.id, "candidate", {})]
    run = a_gate(A, metrics=("latency", "flops"), policy=GateSpec(limit=LIMIT, inconclusive=0))
    records += measured(A.id, EQUAL)
    found = only(run, records)
    assert (found.verdict, found.note) == ("incomparable", "the candidate does not say its flops any more")
    assert outcome(run, records).exit_code == 4


def test_the_base_is_named_as_it_was_asked_for_and_by_its_commit() -> None:
    assert outcome(a_gate(A), []).base == f"main ({'f' * 12})"


def test_the_seconds_are_those_between_the_first_record_and_the_end_of_the_last() -> None:
    first, *others, last = whole(A.id, EQUAL)
    records = [replace(first, started=100.0), *others, replace(last, started=130.0, phases={"total": 2.5})]
    assert outcome(a_gate(A), records).seconds == 32.5
