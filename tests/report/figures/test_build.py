"""Which case stands where in a figure, and what is said of those that stand nowhere."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bench.records.nouns import Case, Estimate
from bench.records.suite import FigureSpec
from bench.report.figures.build import build_figure
from bench.report.figures.nouns import Curve, Figure, Line
from tests.report.figures.made_up import laws_of
from tests.report.samples import (
    CASES,
    ESTIMATES,
    HOSTILE,
    SUITE,
    Comparer,
    by_key,
    case,
    crossed,
    exact,
    missing,
    name,
    timed,
)

SPEC = FigureSpec(x="size", y="latency", series=("model",), facets=("mode",), scale="log-log")


def figure(
    spec: FigureSpec = SPEC,
    cases: tuple[Case, ...] = CASES,
    estimates: Mapping[tuple[str, str], Estimate] = ESTIMATES,
    *,
    fits: bool = True,
) -> Figure:
    laws = None if spec.law is None else laws_of(spec, cases, fits=fits)
    return build_figure(spec, SUITE, cases, dict(estimates), number=3, compare=Comparer(estimates), laws=laws)


def drawn(found: Figure, title: str) -> dict[str, list[tuple[float, float]]]:
    """The points of a panel by series."""
    (panel,) = (panel for panel in found.panels if panel.title == title)
    return {
        " ".join(found.series[line.series]): [(point.x.value, point.y.value) for point in line.points]
        for line in panel.lines
    }


def test_a_numeric_factor_makes_lines_with_a_panel_for_each_facet() -> None:
    found = figure()
    assert (found.kind, found.name, found.categories) == ("lines", "3-latency-by-size", ())
    assert drawn(found, "inference") == {
        "lstm": [(28, 0.000349), (56, 0.00125)],
        "cnn": [(28, 0.00019), (56, 0.00126)],
    }
    assert (found.y.unit, found.y.divisor, found.y.log, found.x.log) == ("µs", 1e-6, True, True)


def test_a_case_without_a_value_is_named_with_its_reason_and_has_no_point() -> None:
    found = figure()
    assert drawn(found, "training") == {"lstm": [(28, 0.00102)]}
    assert "Not drawn: lstm, size 56 of training (skipped: too slow here)." in found.notes
    assert any(note.startswith("Not drawn: cnn, size 28 of training (failed: ") for note in found.notes)


def test_many_cases_of_one_reason_are_counted() -> None:
    cases = crossed(model=("a",), size=(1, 2, 3, 4, 5, 6))
    known = by_key(missing(one.id, "oom", None) for one in cases)
    spec = FigureSpec(x="size", y="latency", series=("model",))
    found = figure(spec, cases, known)
    assert found.notes[-1] == "Not drawn: a, size 1; a, size 2; a, size 3; a, size 4 and 2 more (oom)."


def test_an_interval_that_is_absent_stays_absent() -> None:
    known = {
        **ESTIMATES,
        (name("cnn", 28, "inference"), "latency"): replace(
            ESTIMATES[name("cnn", 28, "inference"), "latency"], low=None, high=None
        ),
    }
    found = figure(estimates=known)
    points = [point.y for panel in found.panels for line in panel.lines for point in line.points]
    assert [amount.value for amount in points if amount.low is None] == [0.00019]
    assert "Hollow: too few undisturbed trials for an interval." in found.notes
    assert "Hollow: too few undisturbed trials for an interval." not in figure().notes


def test_words_and_truth_values_along_x_make_dots_in_the_order_of_the_suite() -> None:
    found = figure(FigureSpec(x="model", y="latency", series=("size",), facets=("mode",)))
    assert (found.kind, found.categories) == ("dots", ("lstm", "cnn"))
    assert drawn(found, "inference")["size 28"] == [(0, 0.000349), (1, 0.00019)]
    switched = crossed(fused=(True, False))
    known = by_key(timed(one.id, 0.001) for one in switched)
    assert figure(FigureSpec(x="fused", y="latency"), switched, known).categories == ("true", "false")


def test_a_metric_along_x_makes_a_front() -> None:
    found = figure(FigureSpec(x="parameters", y="latency", series=("model", "size"), facets=("mode",)))
    assert found.kind == "front"
    assert drawn(found, "inference")["cnn size 28"] == [(1440, 0.00019)]
    assert found.panels[0].front == ((1440, 0.00019),)
    assert (found.x.unit, found.y.unit) == ("", "µs")


def test_a_case_without_the_metric_along_x_is_named() -> None:
    cases = crossed(model=("a", "b"))
    known = by_key((timed("model=a", 1.0), timed("model=b", 2.0), exact("model=a", "flops", 7)))
    found = figure(FigureSpec(x="flops", y="latency", series=("model",)), cases, known)
    assert found.notes[-1] == "Not drawn: b (no value of flops)."


def test_a_heat_map_has_x_across_and_series_down_even_where_x_is_numbers() -> None:
    found = figure(FigureSpec(x="size", y="latency", series=("model",), facets=("mode",), kind="heat-map"))
    assert (found.kind, found.categories, found.series) == ("heat map", ("28", "56"), (("lstm",), ("cnn",)))
    assert drawn(found, "inference")["cnn"] == [(0, 0.00019), (1, 0.00126)]


def test_ratios_are_those_of_the_tables_and_the_reference_is_the_line_of_equality() -> None:
    slower = replace(SPEC, relative_to={"model": "cnn"})
    found = figure(slower)
    assert found.even
    assert list(drawn(found, "inference")) == ["lstm"]
    assert drawn(found, "inference")["lstm"][0] == pytest.approx((28, 0.000349 / 0.00019))
    assert found.y.what == "latency: × slower than model=cnn"
    faster = figure(replace(slower, shown_as="speed-up"))
    assert drawn(faster, "inference")["lstm"][0] == pytest.approx((28, 0.00019 / 0.000349))
    assert faster.y.what == "latency: × faster than model=cnn"


def test_a_level_keeps_its_number_where_the_reference_is_left_out() -> None:
    spec = replace(SPEC, series=("model",), relative_to={"model": "lstm"})
    assert figure(spec).series == figure().series
    assert list(drawn(figure(spec), "inference")) == ["cnn"]


def test_a_ladder_has_no_rung_for_its_reference_and_a_heat_map_has() -> None:
    ladder = FigureSpec(x="model", y="latency", series=("size",), facets=("mode",), relative_to={"model": "cnn"})
    assert figure(ladder).categories == ("lstm",)
    tiles = figure(replace(ladder, kind="heat-map"))
    assert tiles.categories == ("lstm", "cnn")
    assert drawn(tiles, "inference")["size 28"][1] == (1, 1.0)


def test_what_has_nothing_to_be_compared_with_is_named() -> None:
    found = figure(replace(SPEC, relative_to={"model": "cnn"}))
    assert "Not drawn: lstm, size 28 of training (nothing to compare it with)." in found.notes


def test_zero_is_no_point_of_a_logarithmic_axis_and_one_of_a_linear_one() -> None:
    cases = crossed(model=("a", "b"), size=(0, 2))
    known = by_key(
        exact(one.id, "operations", one.levels["size"]) for one in cases if isinstance(one.levels["size"], int)
    )
    spec = FigureSpec(x="size", y="operations", series=("model",), scale="log")
    found = figure(spec, cases, known)
    assert drawn(found, "")["a"] == [(2, 2)]
    assert found.notes == ("Not drawn: a, size 0; b, size 0 (0 has no place on a logarithmic axis).",)
    assert drawn(figure(replace(spec, scale="linear"), cases, known), "")["a"] == [(0, 0), (2, 2)]


def curves(found: Figure) -> set[Curve | None]:
    lines: list[Line] = [line for panel in found.panels for line in panel.lines]
    return {line.law for line in lines if len(line.points) > 1}


def test_a_law_that_fits_is_a_curve_and_one_that_does_not_is_none() -> None:
    spec = replace(SPEC, law="line")
    assert curves(figure(spec)) == {Curve(form="line", first=2e-4, second=1e-5)}
    assert "Lines: the fitted law latency = a + b·x." in figure(spec).notes
    assert curves(figure(spec, fits=False)) == {None}
    assert "No series follows the law latency = a + b·x." in figure(spec, fits=False).notes
    assert curves(figure()) == {None}


def test_values_that_span_decades_have_a_unit_at_every_tick() -> None:
    cases = crossed(size=(1, 2))
    known = by_key((timed("size=1", 2e-6), timed("size=2", 0.5)))
    spec = FigureSpec(x="size", y="latency", scale="log")
    assert figure(spec, cases, known).y.wide
    assert not figure(replace(spec, scale="linear"), cases, known).y.wide


def test_a_factor_that_varies_without_a_place_makes_panels() -> None:
    found = figure(FigureSpec(x="size", y="latency", series=("model",)))
    assert [panel.title for panel in found.panels] == ["inference", "training"]


def test_a_name_that_is_no_name_of_a_file_is_made_one() -> None:
    strange = case({"../../etc/x y": 1})
    known = by_key((timed(strange.id, 1.0, what=HOSTILE),))
    found = figure(FigureSpec(x="../../etc/x y", y=HOSTILE), (strange,), known)
    assert set(found.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-")
    assert found.name.startswith("3-")
    assert len(found.name) < 140
