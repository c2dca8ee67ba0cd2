from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.gate.doses import Dosed, cost_of, dosed, faults, noise_of, overlooked, undosed
from bench.gate.outcome import outcome
from bench.records.gate import Judged, Verdict
from bench.records.nouns import Record
from tests.gate.made_up import a_gate, measured, noise, survey, surveys
from tests.measure.made_up import case

EQUAL, TWO, FIVE, LONG = (
    case(kind=kind, dose=dose) for kind, dose in (("short", 0), ("short", 2), ("short", 5), ("long", 0))
)


def dose(found: Verdict, percent: int, kind: str = "short") -> Dosed:
    return Dosed(kind=kind, dose=percent, judged=Judged(case=f"{kind}{percent}", verdict=found))


def said(*cases: Dosed) -> list[str]:
    return list(faults("quiet", cases, limit=0.01))


def test_cases_come_by_kind_and_then_by_dose() -> None:
    run = a_gate(FIVE, LONG, EQUAL, TWO)
    found = dosed(run, outcome(run, []))
    assert [(each.kind, each.dose) for each in found] == [("short", 0), ("short", 2), ("short", 5), ("long", 0)]
    assert [each.judged.case for each in found] == [EQUAL.id, TWO.id, FIVE.id, LONG.id]


def counted(base: int, candidate: int) -> list[Record]:
    return [survey(FIVE.id, "base", {"operations": base}), survey(FIVE.id, "candidate", {"operations": candidate})]


def test_a_dose_is_proved_by_the_operators_of_both_sides() -> None:
    assert undosed(a_gate(FIVE), counted(400, 420)) == []


@pytest.mark.parametrize(("base", "candidate"), [(400, 400), (400, 421), (420, 400), (0, 0)])
def test_other_numbers_of_operators_are_no_dose_of_5_per_cent(base: int, candidate: int) -> None:
    (wrong,) = undosed(a_gate(FIVE), counted(base, candidate))
    assert wrong == f"{FIVE.id}: {candidate} operators after {base}, where 105 parts after 100 were asked for"


def test_extra_work_without_a_dose_is_told_as_well() -> None:
    records = [survey(EQUAL.id, "base", {"operations": 400}), survey(EQUAL.id, "candidate", {"operations": 404})]
    assert len(undosed(a_gate(EQUAL), records)) == 1


def test_a_case_that_could_not_be_surveyed_proves_no_dose() -> None:
    broken = [
        survey(FIVE.id, "base", {"operations": 400}),
        survey(FIVE.id, "candidate", status="failed", note="no torch"),
    ]
    assert undosed(a_gate(FIVE), broken) == [f"{FIVE.id}: not surveyed on the candidate: no torch"]
    assert undosed(a_gate(FIVE), []) == [f"{FIVE.id}: not surveyed on the base"]


def test_noise_is_that_of_one_kind_of_step_and_of_all_its_doses() -> None:
    run = a_gate(EQUAL, FIVE, LONG)
    records = [
        *(record for each in run.cases for record in surveys(each.id)),
        *measured(EQUAL.id, noise("a")),
        *measured(FIVE.id, noise("b", centre=0.05, n=24)),
        *measured(LONG.id, noise("c", sd=0.2)),
    ]
    short = noise_of(run, records, "short")
    assert len(short.pairs) == 12 + 24
    assert short.spread == pytest.approx(0.004, rel=0.5)
    assert noise_of(run, records, "long").spread > 0.05


def test_a_cost_holds_repeats_and_shares_servers_among_24_cases() -> None:
    run = a_gate(EQUAL)
    pairs = measured(EQUAL.id, [0.0] * 12)
    again = [replace(record, attempt=1) for record in pairs[:6]]
    control = measured(EQUAL.id, [0.0] * 3, sides=("reference", "control"))
    found = cost_of(run, lasting([*surveys(EQUAL.id), *pairs, *again, *control], 0.5, between=0.1), "short")
    assert found is not None
    assert found.survey == 1.0
    assert found.pair == pytest.approx(0.5 * (24 + 6) / 12)
    count = 2 + 24 + 6 + 6
    assert found.servers == pytest.approx(0.1 * (count - 1) / 12)
    assert found.of_case(12) == pytest.approx(1.0 + 13 * found.pair + (12 + 24 / 2) * found.servers / 24)


def lasting(records: Sequence[Record], seconds: float, *, between: float) -> list[Record]:
    """One after the other."""
    every = seconds + between
    return [replace(r, started=1000 + every * i, phases={"total": seconds}) for i, r in enumerate(records)]


def test_without_a_pair_there_is_no_cost() -> None:
    assert cost_of(a_gate(EQUAL), surveys(EQUAL.id), "short") is None


@pytest.mark.parametrize("verdict", ["regression", "improvement"])
def test_equal_code_that_was_called_a_change_is_a_fault(verdict: Verdict) -> None:
    assert said(dose(verdict, 0)) == [f"quiet: short steps with 0 % more work were called {verdict}"]


@pytest.mark.parametrize("percent", [2, 5])
@pytest.mark.parametrize("verdict", ["unchanged", "improvement"])
def test_twice_the_limit_that_was_called_no_change_is_a_fault(percent: int, verdict: Verdict) -> None:
    assert said(dose(verdict, percent)) == [f"quiet: short steps with {percent} % more work were called {verdict}"]


@pytest.mark.parametrize("verdict", ["regression", "unchanged", "inconclusive"])
def test_a_dose_of_the_limit_itself_may_be_called_anything_but_faster(verdict: Verdict) -> None:
    assert said(dose(verdict, 1)) == []
    assert len(said(dose("improvement", 1))) == 1


def test_an_undecided_case_is_no_fault() -> None:
    assert said(*(dose("inconclusive", percent) for percent in (0, 1, 2, 5))) == []


def test_only_the_largest_dose_has_to_be_found() -> None:
    cases = [dose("inconclusive", 2), dose("regression", 5), dose("inconclusive", 5, kind="long")]
    assert overlooked(cases) == ["long"]
