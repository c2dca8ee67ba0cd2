"""A gate's records, one at a time → how far it is."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from bench.api.gate_progress import GateProgress, Looked
from bench.records.nouns import CONTROL, Record
from tests.gate.made_up import a_gate, measured, names, noise, pair, survey, surveys
from tests.measure.made_up import case

A, B, C = names(3)


def watched(records: Iterable[Record]) -> tuple[GateProgress, list[Looked]]:
    """The progress after those records, and what each look showed."""
    progress = GateProgress(a_gate(A, B, C), now=lambda: 0.0)
    return progress, [looked for record in records if (looked := progress.add(record)) is not None]


def by_number(*families: list[Record]) -> list[Record]:
    """As a gate measures: one pair of each case, then the next."""
    return sorted((record for family in families for record in family), key=lambda record: record.round)


def test_a_case_counts_as_surveyed_when_both_sides_are() -> None:
    progress, _ = watched([survey(A.id, "base")])
    assert progress.surveyed == 0
    progress.add(survey(A.id, "candidate"))
    assert progress.surveyed == 1


def test_a_case_that_is_skipped_counts_once() -> None:
    for records in (
        [survey(A.id, "base", status="skipped")],
        [survey(A.id, "candidate", status="skipped")],
        [survey(A.id, "base"), survey(A.id, "candidate", status="failed")],
    ):
        assert watched(records)[0].surveyed == 1


def test_every_case_is_surveyed_in_the_end() -> None:
    skipped = case(name="skipped", skip="because")
    records = [survey(skipped.id, "candidate", status="skipped"), survey(B.id, "candidate"), *surveys(A.id)]
    assert watched(records)[0].surveyed == 3


def test_the_pair_is_the_change_s_and_not_the_control_s() -> None:
    records = [*measured(A.id, noise("a")), *measured(A.id, noise("c", n=24), sides=CONTROL)]
    assert watched(records)[0].pair == 12


def test_a_repeated_pair_does_not_turn_back_the_count() -> None:
    records = [*measured(A.id, noise("a", n=5)), *pair(A.id, 5, attempt=1), *pair(A.id, 5, attempt=2)]
    assert watched(records)[0].pair == 5


def test_a_look_is_told_when_it_is_over_and_not_before() -> None:
    """The last pair of a round may still be repeated."""
    progress, looks = watched(measured(A.id, noise("a")))
    assert looks == []
    looked = progress.add(measured(A.id, noise("a", n=13))[-1])
    assert looked is not None
    assert (looked.pairs, looked.verdicts) == (12, {"unchanged": 1})


def test_the_control_s_first_trial_tells_the_first_look_and_no_more() -> None:
    records = [*measured(A.id, noise("a")), *measured(A.id, noise("c", n=24), sides=CONTROL)]
    _, looks = watched(records)
    assert [looked.pairs for looked in looks] == [12]


def test_every_look_is_told_once() -> None:
    wild = noise("wild", sd=0.5, n=40)
    records = by_number(measured(A.id, wild))
    control = measured(A.id, noise("c", n=24), sides=CONTROL)
    _, looks = watched([*records[:24], *control, *records[24:]])
    assert [(looked.pairs, looked.following) for looked in looks] == [(12, 24), (24, 40)]


def test_a_look_says_how_many_cases_have_which_verdict() -> None:
    records = by_number(
        measured(A.id, noise("a", n=13)),
        measured(B.id, noise("b", centre=0.2, n=13)),
        measured(C.id, noise("c", sd=0.5, n=13)),
    )
    _, (looked,) = watched(records)
    assert looked.verdicts == {"unchanged": 1, "regression": 1, "inconclusive": 1}


def test_where_nothing_is_open_nothing_follows() -> None:
    _, (looked,) = watched([*measured(A.id, noise("a")), *pair(A.id, 1, sides=CONTROL)])
    assert (looked.following, looked.left) == (None, 0.0)


def test_what_is_left_is_two_trials_for_each_pair_of_each_open_case_at_the_pace_so_far() -> None:
    families = [measured(each.id, noise(each.id, sd=0.5, n=13)) for each in (A, B)]
    timed = [replace(record, phases={"total": 0.25}) for record in by_number(*families)]
    _, (looked,) = watched(timed)
    assert looked.left == pytest.approx(0.25 * 2 * 12 * 2)


def test_the_control_and_the_surveys_have_no_part_in_the_pace() -> None:
    slow = [replace(record, phases={"total": 100.0}) for record in surveys(A.id)]
    timed = [replace(record, phases={"total": 0.5}) for record in measured(A.id, noise("a", sd=0.5))]
    after = [replace(record, phases={"total": 100.0}) for record in pair(A.id, 1, sides=CONTROL)]
    _, (looked,) = watched([*slow, *timed, *after])
    assert looked.left == pytest.approx(0.5 * 2 * 12)


def test_a_gate_that_can_compare_nothing_tells_no_look() -> None:
    progress, looks = watched([survey(A.id, "candidate")])
    assert (looks, progress.pair, progress.surveyed) == ([], 0, 1)


def test_the_time_is_that_of_its_clock() -> None:
    clock = iter([10.0, 17.5])
    assert GateProgress(a_gate(A), now=lambda: next(clock)).elapsed == 7.5
