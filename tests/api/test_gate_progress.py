"""A gate's records, one at a time → how far it is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from bench.api.gate_progress import GateProgress, Looked
from bench.measure.pairing import CONTROL_PAIRS
from bench.records.nouns import CONTROL, Record
from tests.gate.made_up import a_gate, measured, names, noise, pair, survey, surveys
from tests.measure.made_up import case

A, B, C = names(3)


def watched(
    records: Iterable[Record], *, controlled: bool = True, waits: Mapping[int, float] | None = None
) -> tuple[GateProgress, list[Looked]]:
    """The progress after those records, and what each look showed. Each record is there after its own time, and after
    what was waited before its server's first."""
    clock, seen, looks = [0.0], {0}, []
    progress = GateProgress(a_gate(A, B, C, controlled=controlled), now=lambda: clock[0])
    for record in records:
        clock[0] += record.phases.get("total", 0.0)
        clock[0] += (waits or {}).get(record.server, 0.0) if record.server not in seen else 0.0
        seen.add(record.server)
        if (looked := progress.add(record)) is not None:
            looks.append(looked)
    return progress, looks


def lasting(records: Iterable[Record], seconds: float) -> list[Record]:
    return [replace(record, phases={"total": seconds}) for record in records]


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


def test_what_is_left_are_the_pairs_of_each_open_case_at_its_own_pace_and_the_control() -> None:
    """B is the calmest, and costs half of what A does."""
    a, b = (measured(each.id, noise(each.id, sd=sd, n=13)) for each, sd in ((A, 0.5), (B, 0.3)))
    timed = by_number(lasting(a, 0.5), lasting(b, 0.25))
    _, (looked,) = watched(timed)
    assert looked.left == pytest.approx(2 * 12 * (0.5 + 0.25) + 2 * CONTROL_PAIRS * 0.25)
    _, (looked,) = watched(timed, controlled=False)
    assert looked.left == pytest.approx(2 * 12 * (0.5 + 0.25))


def test_a_case_that_is_decided_costs_no_more_and_a_control_is_paid_for_all_the_same() -> None:
    a, b = measured(A.id, noise("a", sd=0.5, n=13)), measured(B.id, noise("b", n=13))
    _, (looked,) = watched(by_number(lasting(a, 0.5), lasting(b, 7.0)), controlled=False)
    assert looked.left == pytest.approx(2 * 12 * 0.5)
    _, (looked,) = watched(lasting([*measured(A.id, noise("a")), *pair(A.id, 1, sides=CONTROL)], 0.5))
    assert looked.following is None
    assert looked.left == pytest.approx(2 * CONTROL_PAIRS * 0.5)


def test_what_is_left_holds_the_repeats_of_disturbed_pairs() -> None:
    wild = measured(A.id, noise("a", sd=0.5, n=13))
    again = [replace(record, attempt=1) for record in wild if record.round in (2, 5, 7)]
    _, (looked,) = watched(lasting(by_number(wild, again), 0.5), controlled=False)
    assert looked.left == pytest.approx(12 * (24 + 6) / 12 * 0.5)


def test_what_is_left_holds_the_starts_of_servers() -> None:
    """Three rounds to each: the first look has waited for three after the first one, the next look waits for four."""
    wild = [replace(r, server=1 + (r.round - 1) // 3) for r in measured(A.id, noise("a", sd=0.5, n=13))]
    _, (looked,) = watched(lasting(wild, 0.5), controlled=False, waits={2: 3.0, 3: 4.0, 4: 5.0})
    assert looked.left == pytest.approx(2 * 12 * 0.5 + 4 * 4.0)
    _, (looked,) = watched(lasting(wild, 0.5), waits={2: 3.0, 3: 4.0, 4: 5.0})
    assert looked.left == pytest.approx(2 * 12 * 0.5 + 4 * 4.0 + 2 * CONTROL_PAIRS * 0.5 + 4 * 4.0)


def test_a_control_that_is_over_and_the_surveys_are_not_paid_for_again() -> None:
    wild = lasting(measured(A.id, noise("wild", sd=0.5, n=25)), 0.5)
    control = lasting([survey(A.id, "control"), *measured(A.id, noise("c", n=24), sides=CONTROL)], 100.0)
    _, looks = watched([*lasting(surveys(A.id), 100.0), *wild[:24], *control, *wild[24:]])
    assert looks[0].left == pytest.approx(2 * 12 * 0.5 + 2 * CONTROL_PAIRS * 0.5)
    assert looks[1].left == pytest.approx(2 * 16 * 0.5)


def test_the_look_that_ends_a_gate_is_told_at_its_end() -> None:
    progress, looks = watched(measured(A.id, noise("a")))
    assert not looks
    assert progress.last() == Looked(pairs=12, verdicts={"unchanged": 1}, following=None, left=0.0)
    assert progress.last() is None


@pytest.mark.parametrize("pairs", [5, 13])
def test_a_gate_that_did_not_end_with_a_look_tells_none_at_its_end(pairs: int) -> None:
    progress, _ = watched(measured(A.id, noise("a", n=pairs)))
    assert progress.last() is None


def test_the_control_s_survey_tells_the_look_and_is_no_case_s() -> None:
    progress, looks = watched([*surveys(A.id), *measured(A.id, noise("a")), survey(A.id, "control")])
    assert ([looked.pairs for looked in looks], progress.surveyed) == ([12], 1)


def test_a_gate_that_can_compare_nothing_tells_no_look() -> None:
    progress, looks = watched([survey(A.id, "candidate")])
    assert (looks, progress.pair, progress.surveyed) == ([], 0, 1)


def test_the_time_is_that_of_its_clock() -> None:
    clock = iter([10.0, 17.5])
    assert GateProgress(a_gate(A), now=lambda: next(clock)).elapsed == 7.5
