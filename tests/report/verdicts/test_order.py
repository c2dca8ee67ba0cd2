from dataclasses import replace

import pytest

from bench.records.gate import Standing, Verdict
from bench.report.verdicts.order import is_open, is_regression, worst_first
from tests.report.verdicts.made_up import ALL, DISTRUSTED, SLOWER, UNEVEN, WORSE, exact, gate, judged, name, standing


def test_cases_are_told_worst_first() -> None:
    assert [judged.verdict for judged in worst_first(ALL)] == [
        *("regression", "regression", "failed", "incomparable", "inconclusive"),
        *("removed", "added", "improvement", "skipped", "unchanged"),
    ]


def test_of_two_regressions_the_larger_is_the_worse_by_whichever_metric_is_worse() -> None:
    found = worst_first((SLOWER, UNEVEN, judged("a=1", "regression", 1.5)))
    assert [one.case for one in found] == ["a=1", UNEVEN.case, SLOWER.case]


def test_what_came_from_nothing_is_worse_than_any_ratio() -> None:
    broken = replace(judged("a=1", "regression", 1.0), changes=(exact("a=1", "graph_breaks", 0, 1),))
    assert worst_first((judged("a=2", "regression", 9.0), broken))[0] is broken


def test_equal_cases_are_in_the_order_of_their_names() -> None:
    cases = [standing(name(model), "failed") for model in "cab"]
    assert [one.case for one in worst_first(cases)] == [name(model) for model in "abc"]


@pytest.mark.parametrize("verdict", ["failed", "incomparable", "removed"])
def test_what_the_policy_allows_keeps_no_gate_from_passing(verdict: Verdict | Standing) -> None:
    assert is_open(standing("a=1", verdict), WORSE)
    assert not is_open(standing("a=1", verdict, allowed=True), WORSE)


def test_where_the_control_fired_no_regression_is_believed() -> None:
    assert (is_regression(SLOWER, WORSE), is_open(SLOWER, WORSE)) == (True, False)
    assert (is_regression(SLOWER, DISTRUSTED), is_open(SLOWER, DISTRUSTED)) == (False, True)


@pytest.mark.parametrize("verdict", ["unchanged", "improvement", "added", "skipped"])
def test_what_passes_is_not_open(verdict: Verdict | Standing) -> None:
    assert not is_open(standing("a=1", verdict), gate("pass"))
