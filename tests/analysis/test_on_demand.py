"""Values and medians that are worked out when they are asked for."""

import pytest

from bench.statistics import median
from tests.analysis.made_up import analysed, case, trials

CASE = case(levels={"model": "lstm", "batch": 1})
MILLISECONDS = [1.0, 2.0, 4.0, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]


def test_what_is_asked_for_is_worked_out_once_and_nothing_else_is() -> None:
    found = analysed((CASE,), trials(CASE.id, MILLISECONDS))
    assert not found.values
    asked = found.medians[CASE.id, "latency"]
    assert asked.value == pytest.approx(median(MILLISECONDS) * 1e-3)
    assert list(found.values) == list(found.medians) == [(CASE.id, "latency")]
    assert found.medians[CASE.id, "latency"] is asked


def test_a_metric_that_is_not_timed_has_no_values() -> None:
    found = analysed((CASE,), trials(CASE.id, MILLISECONDS))
    with pytest.raises(KeyError):
        found.values[CASE.id, "parameters"]
    with pytest.raises(KeyError):
        found.values["another", "latency"]
