from dataclasses import replace

from bench.report.answers import PLACES, Said, answers
from bench.report.nouns import Amount, Cell, Facet, Row, Table
from bench.report.work import Ratios
from tests.report.samples import HOSTILE, SPEC, hostile_table, table


def ratio(value: float, spread: float | None = 0.02, *, paired: bool = True, work: Ratios = ()) -> Cell:
    bounds = {} if spread is None else {"low": value * (1 - spread), "high": value * (1 + spread)}
    made = Amount(value=value, **bounds)
    return Cell(case="c", value=Amount(value=1.0), ratio=made, paired=paired, work=work)


def compared(*cells: Cell, label: str = "× slower", title: str = "", column: str = "lstm") -> Table:
    """One column, a row for each cell: size 1, 2, …"""
    rows = tuple(Row(labels=(str(i),), cells=(cell,)) for i, cell in enumerate(cells, 1))
    return Table(
        heading="latency by size and model",
        row_factors=("size",),
        ratio_label=label,
        facets=(Facet(title=title, divisor=1.0, unit="s", columns=(column,), rows=rows),),
        caption=(),
        footnotes=(),
        reference=(("model", "cnn"),),
    )


def said(*cells: Cell, label: str = "× slower", title: str = "") -> Said:
    ((one,),) = [answer.sentences for answer in answers([compared(*cells, label=label, title=title)])]
    return one


def test_a_column_has_one_sentence_with_its_range_and_where_its_ends_are() -> None:
    found = said(ratio(4.0), ratio(1.5), ratio(2.0))
    assert found == Said(subject="lstm", text="is 1.50× (size 2) to 4.00× (size 1) slower than model=cnn", remarks=())


def test_ratios_below_one_are_said_the_other_way_round_the_smaller_first() -> None:
    assert said(ratio(0.25), ratio(0.5)).text == "is 2.00× (size 2) to 4.00× (size 1) faster than model=cnn"
    assert said(ratio(0.5), label="× more").text == "is 2.00× less than model=cnn"
    assert said(ratio(0.5), label="× faster").text == "is 2.00× slower than model=cnn"


def test_a_column_on_both_sides_of_one_says_in_how_many_rows_it_is_which() -> None:
    found = said(ratio(2.0), ratio(0.5), ratio(0.4))
    assert found.text == "is from 2.00× slower (size 1) to 2.50× faster (size 3) than model=cnn"
    assert found.remarks == ("slower in 1 and faster in 2 of 3 cases",)


def test_ends_that_read_the_same_are_said_once() -> None:
    assert said(ratio(2.0), ratio(2.001)).text == "is 2.00× slower than model=cnn"


def test_rows_whose_interval_contains_one_are_named_and_are_no_end_of_a_range() -> None:
    found = said(ratio(1.01), ratio(3.0), ratio(0.99))
    assert found == Said(
        subject="lstm",
        text="is 3.00× slower (size 2) than model=cnn",
        remarks=("no difference shown in size 1, size 3",),
    )
    wide = Cell(case="c", value=Amount(value=1.0), ratio=Amount(value=5.0, low=0.9, high=9.0))
    assert said(wide, ratio(3.0), ratio(2.0)).text == "is 2.00× (size 3) to 3.00× (size 2) slower than model=cnn"


def test_a_small_difference_that_is_shown_is_not_written_as_none() -> None:
    assert said(ratio(1.003, 0.001)).text == "is 1.003× slower than model=cnn"
    assert said(ratio(1 / 1.003, 0.001)).text == "is 1.003× faster than model=cnn"


def test_an_interval_that_touches_one_contains_it() -> None:
    touching = Cell(case="c", value=Amount(value=1.0), ratio=Amount(value=1.2, low=1.0, high=1.4))
    assert said(touching, ratio(3.0)).remarks == ("no difference shown in size 1",)


def test_what_is_told_apart_nowhere_is_not_called_slower_or_faster() -> None:
    assert said(ratio(1.01), ratio(0.99)) == Said(
        subject="lstm", text="shows no difference from model=cnn in any of 2 cases", remarks=()
    )
    assert said(ratio(1.01)).text == "shows no difference from model=cnn"
    ((one,),) = [answer.sentences for answer in answers([replace(compared(ratio(1.0, None)), exact=True)])]
    assert one.text == "is equal to model=cnn"


def test_rows_without_an_interval_are_named() -> None:
    assert said(ratio(2.0, None), ratio(3.0)).remarks == ("without a paired interval: size 1",)


def test_an_interval_over_other_rounds_of_the_two_cases_says_nothing() -> None:
    found = said(ratio(9.0, paired=False), ratio(3.0))
    assert found.text == "is 3.00× slower than model=cnn"
    assert found.remarks == ("without a paired interval: size 1",)


def test_where_no_ratio_has_a_paired_interval_none_is_said() -> None:
    assert said(ratio(2.0, None), ratio(3.0, paired=False)) == Said(
        subject="lstm", text="is not told from model=cnn by any paired interval", remarks=()
    )


def test_exact_values_need_no_interval() -> None:
    ((one,),) = [answer.sentences for answer in answers([replace(compared(ratio(2.0, None)), exact=True)])]
    assert one == Said(subject="lstm", text="is 2.00× slower than model=cnn", remarks=())
    ((one,),) = [
        answer.sentences for answer in answers([replace(compared(ratio(2.0, None), ratio(1.0, None)), exact=True)])
    ]
    assert (one.text, one.remarks) == ("is 2.00× slower (size 1) than model=cnn", ("equal in size 2",))


def test_unequal_work_stands_in_the_sentence_that_compares() -> None:
    found = said(
        ratio(4.0, work=(("parameters", 36.0), ("flops", 0.25))),
        ratio(5.0, work=(("parameters", 36.0), ("flops", 4.1))),
    )
    assert found.text == (
        "is 4.00× (size 1) to 5.00× (size 2) slower than model=cnn, at 36× the parameters and 0.25× to 4.1× the flops"
    )


def test_of_values_that_are_work_themselves_no_other_work_is_said() -> None:
    made = compared(ratio(0.25, None, work=(("parameters", 0.25), ("flops", 0.5))), label="× more")
    ((one,),) = [answer.sentences for answer in answers([replace(made, exact=True)])]
    assert one.text == "is 4.00× less than model=cnn"


def test_work_that_is_equal_is_called_so_and_none_that_is_not_known() -> None:
    assert said(ratio(4.0, work=(("parameters", 1.0), ("flops", 1.04)))).text.endswith(
        ", at equal parameters and flops"
    )
    assert said(ratio(4.0)).text.endswith("than model=cnn")


def test_the_work_is_that_of_the_rows_that_are_said() -> None:
    found = said(ratio(4.0, work=(("flops", 2.0),)), ratio(5.0, None, work=(("flops", 9.0),)))
    assert found.text.endswith("at 2.0× the flops")


def test_rows_that_cannot_be_compared_are_named() -> None:
    failed, excluded = Cell(case="c", status="failed"), Cell()
    assert said(ratio(2.0), failed, excluded).remarks == ("not compared: size 2",)


def test_many_places_are_counted() -> None:
    (remark,) = said(*[ratio(1.0)] * (PLACES + 3), ratio(2.0)).remarks
    assert remark.endswith(f"size {PLACES} and 3 more")


def test_a_place_names_its_part_of_the_table_and_words_need_no_factor() -> None:
    assert "(size 1 of batch 8)" in said(ratio(2.0), ratio(3.0), title="batch 8").text
    words = compared(ratio(2.0), ratio(3.0))
    (facet,) = words.facets
    named = tuple(Row(labels=(label,), cells=row.cells) for label, row in zip(("row", "true"), facet.rows, strict=True))
    made = Table(
        heading="h", row_factors=("slicing",), ratio_label="× slower", caption=(), footnotes=(),
        facets=(Facet(title="", divisor=1.0, unit="s", columns=("x",), rows=named),), reference=(("model", "cnn"),),
    )  # fmt: skip
    assert answers([made])[0].sentences[0].text.startswith("is 2.00× (row) to 3.00× (slicing true) slower")


def by_rows(*rows: Row, columns: tuple[str, ...], title: str = "") -> Table:
    """A table of which one row, `library`, is the reference."""
    return Table(
        heading="h", row_factors=("implementation",), ratio_label="× slower", caption=(), footnotes=(),
        facets=(Facet(title=title, divisor=1.0, unit="s", columns=columns, rows=rows),),
        reference=(("implementation", "library"),),
    )  # fmt: skip


LIBRARY = Cell(case="r", value=Amount(value=1.0))


def test_where_the_reference_is_a_row_the_sentences_are_about_the_other_rows() -> None:
    made = by_rows(
        Row(labels=("library",), cells=(LIBRARY, LIBRARY)),
        Row(labels=("loop",), cells=(ratio(9.0), ratio(4.0))),
        Row(labels=("unfolded",), cells=(ratio(1.01), ratio(2.0))),
        columns=("size 8", "size 16"),
        title="training",
    )
    (answer,) = answers([made])
    assert answer.heading == "h, against implementation=library"
    assert answer.sentences == (
        Said(
            subject="loop",
            text="is 4.00× (size 16 of training) to 9.00× (size 8 of training) slower than implementation=library",
            remarks=(),
        ),
        Said(
            subject="unfolded",
            text="is 2.00× slower (size 16 of training) than implementation=library",
            remarks=("no difference shown in size 8 of training",),
        ),
    )


def test_the_one_column_that_is_compared_is_not_named() -> None:
    first, second = (
        by_rows(
            Row(labels=("library",), cells=(LIBRARY,)),
            Row(labels=("loop",), cells=(ratio(value),)),
            columns=("hidden 100",),
            title=title,
        )
        for value, title in ((2.0, "training"), (3.0, "inference"))
    )
    other = by_rows(
        Row(labels=("library",), cells=(Cell(),)),
        Row(labels=("loop",), cells=(Cell(case="c", value=Amount(value=1.0)),)),
        columns=("hidden 8",),
    )
    (one,) = answers([replace(first, facets=(*first.facets, *second.facets, *other.facets))])[0].sentences
    assert one.remarks == ("not compared: hidden 8",)
    assert one.text == "is 2.00× (training) to 3.00× (inference) slower than implementation=library"


def test_another_factor_of_the_rows_says_where_and_not_what() -> None:
    rows = [
        Row(labels=(implementation, batch), cells=(cell,))
        for implementation, cells in (("library", (LIBRARY, LIBRARY)), ("loop", (ratio(2.0), ratio(3.0))))
        for batch, cell in zip(("1", "64"), cells, strict=True)
    ]
    made = replace(by_rows(*rows, columns=("lstm",)), row_factors=("implementation", "batch"))
    (one,) = answers([made])[0].sentences
    assert (one.subject, one.text) == (
        "loop", "is 2.00× (batch 1) to 3.00× (batch 64) slower than implementation=library"
    )  # fmt: skip


def test_where_the_reference_is_a_row_of_one_column_another_column_belongs_to_what_is_compared() -> None:
    made = by_rows(
        Row(labels=("library",), cells=(LIBRARY, Cell())),
        Row(labels=("loop",), cells=(ratio(2.0), Cell())),
        Row(labels=("maps",), cells=(Cell(), ratio(5.0))),
        columns=("hidden 100", "hidden 8"),
    )
    made = replace(made, reference=(("implementation", "library"), ("hidden", "100")))
    assert [(one.subject, one.text) for one in answers([made])[0].sentences] == [
        ("loop", "is 2.00× slower than implementation=library, hidden=100"),
        ("maps · hidden 8", "is 5.00× slower than implementation=library, hidden=100"),
    ]


def test_what_has_values_and_no_reference_anywhere_is_said_to_be_compared_nowhere() -> None:
    rows = (Row(labels=("library",), cells=(LIBRARY,)), Row(labels=("loop",), cells=(ratio(2.0),)))
    alone = Row(labels=("alone",), cells=(Cell(case="c", value=Amount(value=1.0)),))
    (loop, other) = answers([by_rows(*rows, alone, columns=("x",))])[0].sentences
    assert loop.subject == "loop"
    assert other == Said(subject="alone", text="is nowhere compared with implementation=library", remarks=())


def test_the_reference_is_not_called_something_that_cannot_be_compared() -> None:
    reference = Cell(case="r", value=Amount(value=1.0))
    rows = (Row(labels=("library",), cells=(reference,)), Row(labels=("loop",), cells=(ratio(9.0),)))
    made = Table(
        heading="h", row_factors=("implementation",), ratio_label="× slower", caption=(), footnotes=(),
        facets=(Facet(title="", divisor=1.0, unit="s", columns=("size 8",), rows=rows),),
        reference=(("implementation", "library"), ("size", "8")),
    )  # fmt: skip
    assert answers([made])[0].sentences[0].remarks == ()


def test_a_table_names_what_its_ratios_are_relative_to() -> None:
    assert table().reference == (("model", "cnn"),)
    (answer,) = answers([table()])
    assert answer.heading == "latency by size and model, against model=cnn"
    assert [one.subject for one in answer.sentences] == ["lstm"]


def test_a_table_without_a_reference_gives_no_answer() -> None:
    assert answers([hostile_table()]) == ()
    assert SPEC.relative_to
    assert HOSTILE not in str(answers([table()]))


def test_a_ratio_without_an_interval_is_no_extreme_and_counts_for_no_side() -> None:
    found = said(ratio(2.0), ratio(0.5), ratio(0.01, spread=None))
    assert found.text == "is from 2.00× slower (size 1) to 2.00× faster (size 2) than model=cnn"
    assert found.remarks == ("slower in 1 and faster in 1 of 2 cases", "without a paired interval: size 3")
