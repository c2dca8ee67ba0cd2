"""The laws of a figure's lines."""

import pytest

from bench.analysis.fitted import fitted
from bench.records.nouns import Case
from bench.records.suite import FigureSpec
from tests.analysis.made_up import analysed, case, trials

LENGTHS = (1, 2, 4, 8)
SLOPES = {"lstm": 2.0, "cnn": 0.5}
JITTER = [0.999, 1.001, 1.0, 0.998, 1.002, 1.0, 0.999, 1.001, 1.0, 1.0005]


def made(model: str, length: int) -> Case:
    return case(levels={"model": model, "length": length})


CASES = [made(model, length) for model in SLOPES for length in LENGTHS]
RECORDS = [
    record
    for model, slope in SLOPES.items()
    for length in LENGTHS
    for record in trials(made(model, length).id, [(1 + slope * length) * shake for shake in JITTER])
]


def test_each_line_of_a_figure_has_its_own_law() -> None:
    lines = fitted(analysed(CASES, RECORDS), FigureSpec(x="length", y="latency", series=("model",), law="line"))
    assert [line.levels for line in lines] == [("lstm",), ("cnn",)]
    for line in lines:
        assert line.law is not None
        assert line.law.fits
        assert line.law.coefficients["a"].value == pytest.approx(1e-3, rel=0.05)
        assert line.law.coefficients["b"].value == pytest.approx(SLOPES[str(line.levels[0])] * 1e-3, rel=0.05)


def test_only_what_where_names_is_fitted() -> None:
    figure = FigureSpec(x="length", y="latency", law="line", where={"model": ("cnn",)})
    (line,) = fitted(analysed(CASES, RECORDS), figure)
    assert line.levels == ()


def test_a_line_with_too_few_measured_cases_has_no_law() -> None:
    figure = FigureSpec(x="length", y="latency", series=("model",), law="power")
    few = [record for record in RECORDS if "length=8" not in record.case and "length=4" not in record.case]
    assert [line.law for line in fitted(analysed(CASES, few), figure)] == [None, None]


def test_levels_that_no_law_can_run_along_are_passed_over() -> None:
    odd = [case(levels={"model": "lstm", "length": level}) for level in ("long", 0)]
    records = [*RECORDS, *(record for one in odd for record in trials(one.id, JITTER))]
    figure = FigureSpec(x="length", y="latency", series=("model",), law="power")
    run = analysed([*CASES, *odd], records)
    assert fitted(run, figure) == fitted(analysed(CASES, RECORDS), figure)


def test_a_figure_that_asks_for_no_law_has_none() -> None:
    assert fitted(analysed(CASES, RECORDS), FigureSpec(x="length", y="latency", series=("model",))) == ()
