from dataclasses import replace

from bench.records.suite import Factors, FigureSpec, Overlay, TableSpec
from bench.report.layout import Grid, apart, grids, heading, label, law_heading
from tests.report.samples import CASES, SPEC, SUITE, crossed


def columns(found: tuple[Grid, ...]) -> list[tuple[str, ...]]:
    return [grid.columns for grid in found]


def test_a_facet_without_cases_is_left_out() -> None:
    spec = replace(SPEC, where={"mode": ("inference",)})
    assert [grid.title for grid in grids(SPEC, SUITE, CASES)] == ["inference", "training"]
    assert [grid.title for grid in grids(spec, SUITE, CASES)] == ["inference"]


def test_an_excluded_combination_is_a_hole_in_its_row() -> None:
    training = grids(SPEC, SUITE, CASES)[1]
    assert [[case and case.levels["model"] for case in cases] for _, cases in training.rows] == [
        ["lstm", "cnn"],
        ["lstm", None],
    ]


def test_levels_stand_in_the_order_of_the_suite_whatever_the_order_of_the_cases() -> None:
    found = grids(SPEC, SUITE, CASES[::-1])
    assert columns(found) == [("lstm", "cnn"), ("lstm", "cnn")]
    assert [labels for labels, _ in found[0].rows] == [("28",), ("56",)]


def test_levels_that_only_an_overlay_has_come_after_the_suites_own_and_unknown_ones_last() -> None:
    suite = replace(SUITE, quick=Overlay(factors={"model": ("tcn", "cnn")}))
    cases = crossed(model=("new", "tcn", "cnn"), size=(28,), mode=("inference",))
    assert columns(grids(SPEC, suite, cases)) == [("cnn", "tcn", "new")]


def test_numbers_ascend_although_the_lists_of_a_suite_overlap_and_words_keep_its_order() -> None:
    steps: Factors = {"model": ("lstm",), "size": (7, 28, 196, 784)}
    pixels: Factors = {"model": ("cnn",), "size": (49, 196)}
    cases = (
        *crossed(model=("lstm",), size=(7, 28, 196, 784), mode=("inference",)),
        *crossed(model=("cnn",), size=(49, 0.5, 196), mode=("inference",)),
    )
    (found,) = grids(SPEC, replace(SUITE, factors=(steps, pixels)), cases)
    assert [labels for labels, _ in found.rows] == [("0.5",), ("7",), ("28",), ("49",), ("196",), ("784",)]
    assert found.columns == ("lstm", "cnn")


def test_a_factor_that_varies_without_a_place_becomes_a_facet() -> None:
    spec = TableSpec(rows=("size",), columns=("model",), value="latency")
    assert [grid.title for grid in grids(spec, SUITE, CASES)] == ["inference", "training"]


def test_several_factors_may_share_the_columns() -> None:
    spec = TableSpec(rows=("size",), columns=("model", "mode"), value="latency")
    assert columns(grids(spec, SUITE, CASES)) == [
        ("lstm · inference", "lstm · training", "cnn · inference", "cnn · training")
    ]


def test_true_and_one_are_two_levels() -> None:
    spec = TableSpec(rows=("size",), columns=("model",), value="latency")
    assert columns(grids(spec, SUITE, crossed(model=(True, 1, 1.0), size=(28,)))) == [
        ("model true", "model 1", "model 1.0")
    ]
    assert columns(grids(replace(spec, where={"model": (1,)}), SUITE, crossed(model=(True, 1), size=(28,)))) == [
        ("model 1",)
    ]


def test_a_label_names_the_factor_where_the_level_alone_says_too_little() -> None:
    assert label(("batch", "mode"), (1, "inference")) == "batch 1 · inference"
    assert label(("backend", "compile"), ("default", "default")) == "backend default · compile default"
    assert label((), ()) == ""


def test_a_heading_says_what_stands_where() -> None:
    spec = TableSpec(rows=("size", "mode"), columns=("model",), value="latency", where={"size": (28,)})
    assert heading(spec, replace(SUITE, tables=(spec, SPEC))) == "latency by size, mode and model"


def test_tables_that_would_be_headed_alike_say_in_which_part_of_where_they_differ() -> None:
    plain = replace(SPEC, where={"fused": (True,)})
    one = replace(plain, where={**plain.where, "mode": ("inference",)})
    two = replace(plain, where={**plain.where, "mode": ("training", "inference"), "size": (28,)})
    suite = replace(SUITE, tables=(plain, one, two, replace(one, value="flops")))
    assert [heading(spec, suite) for spec in suite.tables] == [
        "latency by size and model",
        "latency by size and model, mode=inference",
        "latency by size and model, mode=training or inference, size=28",
        "flops by size and model",
    ]


def test_laws_that_would_be_headed_alike_say_in_which_part_of_where_they_differ() -> None:
    plain = FigureSpec(x="size", y="latency", law="line")
    other = replace(plain, where={"model": ("cnn",)})
    drawn = replace(plain, law=None, where={"model": ("lstm",)})
    assert law_heading(plain, replace(SUITE, figures=(plain, drawn))) == "The law of latency by size"
    suite = replace(SUITE, figures=(replace(plain, where={"model": ("lstm", "gru")}), other))
    assert [law_heading(spec, suite) for spec in suite.figures] == [
        "The law of latency by size, model=lstm or gru",
        "The law of latency by size, model=cnn",
    ]


def test_what_sets_a_heading_apart_is_its_end() -> None:
    one = replace(SPEC, where={"mode": ("inference",)})
    suite = replace(SUITE, tables=(one, SPEC))
    assert [apart(spec, suite) for spec in suite.tables] == ["mode=inference", ""]
    assert heading(one, suite) == f"latency by size and model, {apart(one, suite)}"
