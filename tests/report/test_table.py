from dataclasses import replace

import pytest

from bench.records.nouns import Case
from bench.records.suite import TableSpec
from bench.report.nouns import Amount, Cell, Facet, Table
from bench.report.table import build_table
from tests.report.samples import (
    CASES,
    ESTIMATES,
    HOSTILE,
    LATENCIES,
    SPEC,
    SUITE,
    Comparer,
    Estimates,
    by_key,
    crossed,
    exact,
    missing,
    name,
    table,
    timed,
)

FLAT = TableSpec(rows=("size",), columns=("model",), value="latency")


def cells(built: Table) -> dict[str, Cell]:
    every = (cell for facet in built.facets for row in facet.rows for cell in row.cells)
    return {cell.case: cell for cell in every if cell.case is not None}


def one_row(value: str, *amounts: float, spread: float = 0.01) -> tuple[tuple[Case, ...], Estimates]:
    cases = crossed(model=[f"m{i}" for i in range(len(amounts))], size=(28,))
    made = (
        timed(case.id, amount, what=value, spread=spread) if spread else exact(case.id, value, amount)
        for case, amount in zip(cases, amounts, strict=True)
    )
    return cases, by_key(made)


def best(value: str, *amounts: float, intervals: bool = True) -> list[bool]:
    cases, estimates = one_row(value, *amounts)
    compare = Comparer(estimates, intervals=intervals)
    built = build_table(replace(FLAT, value=value), SUITE, cases, estimates, compare=compare)
    return [cell.best for cell in built.facets[0].rows[0].cells]


def test_a_cell_has_the_value_the_interval_and_the_ratio_to_its_reference() -> None:
    cell = cells(table())[name("lstm", 28, "inference")]
    assert cell.value == Amount(value=0.000349, low=0.000349 * 0.99, high=0.000349 * 1.01)
    assert cell.ratio is not None
    assert cell.ratio.value == pytest.approx(0.349 / 0.190)


def test_the_reference_has_no_ratio_to_itself() -> None:
    assert cells(table())[name("cnn", 28, "inference")].ratio is None


def test_a_case_whose_reference_has_no_value_has_no_ratio() -> None:
    assert cells(table())[name("lstm", 28, "training")].ratio is None


def test_the_reference_may_stand_outside_the_table() -> None:
    found = cells(table(replace(SPEC, where={"model": ("lstm",)})))
    assert set(found) == {one.id for one in CASES if one.levels["model"] == "lstm"}
    assert found[name("lstm", 28, "inference")].ratio is not None


def test_a_speed_up_is_the_inverse_with_its_bounds_exchanged() -> None:
    built = table(replace(SPEC, shown_as="speed-up"))
    ratio, plain = (cells(t)[name("lstm", 28, "inference")].ratio for t in (built, table()))
    assert plain is not None
    assert plain.low is not None
    assert plain.high is not None
    assert ratio == Amount(value=1 / plain.value, low=1 / plain.high, high=1 / plain.low)
    assert (built.ratio_label, table().ratio_label) == ("× faster", "× slower")


def test_sizes_are_more_or_less_and_not_slower_or_faster() -> None:
    spec = replace(SPEC, value="parameters")
    assert table(spec).ratio_label == "× more"
    assert table(replace(spec, shown_as="speed-up")).ratio_label == "× less"


def test_a_table_without_any_ratio_has_no_label_for_one() -> None:
    assert table(replace(SPEC, relative_to=None)).ratio_label == ""
    assert table(replace(SPEC, relative_to={"model": "absent"})).ratio_label == ""


def test_the_best_of_a_row_is_marked_with_all_that_is_not_separated_from_it() -> None:
    assert best("latency", 1.0, 1.01, 1.5) == [True, True, False]


def test_the_best_throughput_is_the_largest() -> None:
    assert best("throughput", 1000.0, 1990.0, 2000.0) == [False, True, True]


def test_without_an_interval_only_a_difference_beyond_a_disturbance_separates() -> None:
    assert best("latency", 1.0, 1.1, intervals=False) == [True, True]
    assert best("latency", 1.0, 9.0, intervals=False) == [True, False]


def test_exact_values_are_compared_without_noise() -> None:
    assert best("parameters", 1000, 1001, 1000, intervals=False) == [True, False, True]


def test_a_row_with_one_value_has_no_best() -> None:
    assert best("latency", 1.0) == [False]
    assert not cells(table())[name("lstm", 28, "training")].best


def test_an_excluded_combination_is_an_empty_cell_without_a_footnote() -> None:
    assert table().facets[1].rows[1].cells[1] == Cell()


def test_what_has_no_value_has_its_status_and_a_footnote_with_the_reason() -> None:
    built = table()
    failed, skipped = (cells(built)[name(*which)] for which in (("cnn", 28, "training"), ("lstm", 56, "training")))
    texts = {note.number: note.text for note in built.footnotes}
    assert (failed.status, skipped.status) == ("failed", "skipped")
    assert failed.footnote is not None
    assert skipped.footnote is not None
    assert texts[failed.footnote] == f"failed: {HOSTILE}"
    assert texts[skipped.footnote] == "skipped: too slow here"


def test_a_value_with_a_remark_keeps_the_value_and_gets_a_footnote() -> None:
    cell = cells(table())[name("cnn", 56, "inference")]
    assert (cell.value is not None, cell.footnote) == (True, 1)


def test_equal_reasons_share_a_footnote() -> None:
    gone = by_key(missing(one.id, "oom", "2 GB") for one in CASES)
    built = table(estimates=gone)
    assert [note.text for note in built.footnotes] == ["oom: 2 GB"]
    assert {cell.footnote for cell in cells(built).values()} == {1}


def test_a_case_without_an_estimate_says_so_or_gives_the_suites_reason() -> None:
    cases = (replace(CASES[0], skip="needs a GPU"), *CASES[1:])
    built = table(cases=cases, estimates={})
    assert [note.text for note in built.footnotes] == ["skipped: needs a GPU", "no value: not measured in this run"]


def test_a_value_that_is_not_known_is_not_called_ok() -> None:
    built = table(estimates=by_key([missing(CASES[0].id, "ok", "a sample is several steps"), *LATENCIES[1:]]))
    assert cells(built)[CASES[0].id].status == "no value"
    assert built.footnotes[0].text == "no value: a sample is several steps"


def test_all_facets_share_one_unit() -> None:
    assert [(facet.divisor, facet.unit) for facet in table().facets] == [(1e-6, "µs"), (1e-6, "µs")]


def test_facets_that_are_far_apart_have_units_of_their_own() -> None:
    far = {
        key: timed(key[0], 3.0) if "training" in key[0] and estimate.value else estimate
        for key, estimate in ESTIMATES.items()
    }
    assert [facet.unit for facet in table(estimates=far).facets] == ["µs", "s"]


def test_a_table_without_a_value_still_has_a_unit() -> None:
    facets: tuple[Facet, ...] = table(estimates={}).facets
    assert {facet.unit for facet in facets} == {"s"}


def test_a_table_without_cases_says_so() -> None:
    built = table(replace(SPEC, where={"model": ("absent",)}))
    assert built.facets == ()
    assert [sentence.text for sentence in built.caption] == ["No case of this run belongs in this table."]


def test_comparing_is_asked_only_for_values_that_exist() -> None:
    compare = Comparer(ESTIMATES)
    build_table(SPEC, SUITE, CASES, ESTIMATES, compare=compare)
    valued = {estimate.case for estimate in LATENCIES if estimate.value is not None}
    assert compare.asked
    assert all({one, against} <= valued and one != against for one, against, _ in compare.asked)


def test_equal_input_makes_equal_tables() -> None:
    assert table() == table()


def test_the_cost_of_a_table_grows_with_its_cells_and_not_with_their_square() -> None:
    cases = crossed(model=[f"m{i}" for i in range(10)], size=range(100))
    estimates = by_key(timed(one.id, 0.001) for one in cases)
    compare = Comparer(estimates)
    build_table(replace(FLAT, relative_to={"model": "m0"}), SUITE, cases, estimates, compare=compare)
    assert len(compare.asked) <= 2 * len(cases)


def test_a_cell_with_a_ratio_says_how_its_work_compares() -> None:
    found = cells(table())
    assert found[name("lstm", 28, "inference")].work == (("parameters", 52_000 / 1_440), ("flops", 1.0))
    assert found[name("cnn", 28, "inference")].work == ()
    assert found[name("lstm", 28, "inference")].paired


def test_a_ratio_of_other_rounds_is_marked() -> None:
    comparer = Comparer(ESTIMATES)
    built = build_table(SPEC, SUITE, CASES, ESTIMATES, compare=lambda *asked: replace(comparer(*asked), paired=False))
    cell = cells(built)[name("lstm", 28, "inference")]
    assert not cell.paired
    said = {footnote.number: footnote.text for footnote in built.footnotes}
    assert cell.footnote is not None
    assert said[cell.footnote].endswith("the bracket of the ratio is unpaired: too few rounds have both cases")


def test_a_table_knows_whether_its_values_are_exact() -> None:
    assert table(replace(SPEC, value="parameters")).exact
    assert not table().exact
