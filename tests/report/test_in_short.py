"""A run's answer in a few sentences."""

from collections.abc import Mapping
from dataclasses import replace

from markdown_it import MarkdownIt

from bench.report.answers import Said
from bench.report.in_short import NO_REFERENCE, SENTENCES, answering, in_short, lead, short_text
from bench.report.nouns import Amount, Cell, Facet, Row, Table
from tests.report.samples import HOSTILE, RUN, SPEC, START, SUITE, table
from tests.report.test_answers import LIBRARY, by_rows, ratio
from tests.report.test_law_answers import LAWS, LINE

NONE = Cell(case="c", status="failed", lacking="model=cnn skipped: too slow")


def matched(
    rows: Mapping[str, tuple[Cell, ...]], *, title: str = "", columns: tuple[str, ...] = ("rnn", "gru")
) -> Table:
    """Rows of `match`, columns beside the reference's."""
    made = tuple(Row(labels=(label,), cells=(*cells, LIBRARY)) for label, cells in rows.items())
    return Table(
        heading="latency by match and model",
        row_factors=("match",),
        ratio_label="× slower",
        facets=(Facet(title=title, divisor=1.0, unit="s", columns=(*columns, "cnn"), rows=made),),
        caption=(),
        footnotes=(),
        reference=(("model", "cnn"),),
    )


def text(made: Table) -> str:
    (said,) = in_short([made], ())
    return said.text


def test_rows_with_one_outcome_share_a_clause_and_their_factors_a_range() -> None:
    rows = {
        "input": (ratio(0.5), ratio(1.5)),
        "parameters": (ratio(0.8), ratio(1.6)),
        "flops": (ratio(2.0), ratio(4.0)),
    }
    assert in_short([matched(rows, title="batch 1 · inference")], ()) == (
        Said(
            subject="batch 1 · inference",
            text="against model=cnn: at match=input and parameters, rnn is 1.25× to 2.00× faster, "
            "gru is 1.50× to 1.60× slower; at match=flops, rnn and gru are 2.00× (rnn) to 4.00× (gru) slower",
            remarks=(),
        ),
    )


def test_where_no_difference_is_shown_no_factor_is_said() -> None:
    assert text(matched({"input": (ratio(1.01), ratio(3.0))})) == (
        "against model=cnn: at match=input, gru is 3.00× slower, no difference is shown for rnn"
    )


def test_what_has_no_paired_interval_or_no_value_is_named() -> None:
    assert text(matched({"input": (ratio(2.0, None), NONE)})) == (
        "against model=cnn: at match=input, there is no paired interval for rnn, not compared: gru "
        "(model=cnn skipped: too slow)"
    )


def test_one_outcome_everywhere_is_said_once() -> None:
    assert text(matched({"input": (ratio(0.5), ratio(0.25)), "flops": (ratio(0.8), ratio(0.5))})) == (
        "against model=cnn: at every match, rnn and gru are 1.25× (rnn) to 4.00× (gru) faster"
    )


def test_a_table_of_speed_ups_says_the_same() -> None:
    rows = {"input": (ratio(0.5), ratio(1.5)), "flops": (ratio(2.0), ratio(4.0))}
    turned = {
        label: tuple(
            replace(cell, ratio=Amount(value=1 / cell.ratio.value, low=1 / cell.ratio.high, high=1 / cell.ratio.low))
            for cell in cells
            if cell.ratio and cell.ratio.low and cell.ratio.high
        )
        for label, cells in rows.items()
    }
    assert text(replace(matched(turned), ratio_label="× faster")) == text(matched(rows))


def test_each_sub_table_has_its_sentence() -> None:
    one, two = (matched({"input": (ratio(2.0), ratio(2.0))}, title=title) for title in ("batch 1", "batch 64"))
    found = in_short([replace(one, facets=(*one.facets, *two.facets))], ())
    assert [said.subject for said in found] == ["batch 1", "batch 64"]


def test_places_of_several_factors_are_named_one_by_one() -> None:
    rows = {("lstm", "1"): (ratio(2.0),), ("cnn", "64"): (ratio(1.0),)}
    made = matched({" ".join(labels): cells for labels, cells in rows.items()}, columns=("system",))
    (facet,) = made.facets
    facet = replace(
        facet, columns=("system", "retain"),
        rows=tuple(replace(row, labels=labels) for row, labels in zip(facet.rows, rows, strict=True)),
    )  # fmt: skip
    made = replace(made, row_factors=("model", "batch"), facets=(facet,), reference=(("allocator", "retain"),))
    assert text(made) == (
        "against allocator=retain: in lstm · batch 1, system is 2.00× slower; "
        "in cnn · batch 64, no difference is shown for system"
    )


def test_where_the_reference_is_a_row_the_other_rows_are_named() -> None:
    rows = (Row(labels=("library",), cells=(LIBRARY,)), Row(labels=("loop",), cells=(ratio(9.0),)))
    assert text(by_rows(*rows, columns=("size 8",))) == "against implementation=library: loop is 9.00× slower"


def test_the_first_table_that_compares_times_answers_with_those_that_a_level_sets_apart() -> None:
    inference = replace(SPEC, facets=(), where={"mode": ("inference",)})
    made = [
        replace(table(spec), heading=heading, apart=apart)
        for spec, heading, apart in [
            (replace(SPEC, value="flops"), "flops by size and model", ""),
            (inference, "latency by size and model, mode=inference", "mode=inference"),
            (replace(SPEC, rows=("size", "mode"), facets=()), "latency by size, mode and model", ""),
            (inference, "latency by size and model", ""),
        ]
    ]
    assert answering(made) == (made[1], made[3])
    assert [said.subject for said in in_short(made, ())] == ["mode=inference", "latency by size and model"]
    assert answering([]) == ()


def test_tables_that_the_suite_says_answer_it_go_before_the_first_that_compares() -> None:
    spec = replace(SPEC, where={"mode": ("inference",)})
    plain = table(replace(spec, facets=(), relative_to=None, answers=True))
    assert answering([table(spec), plain]) == (plain,)
    assert in_short([table(spec), plain], ()) == (
        Said(
            subject="latency by size and model",
            text="from row to row, lstm is 349 to 1,250 µs, cnn is 190 to 1,260 µs",
            remarks=(),
        ),
    )


def test_the_lead_tells_the_work_of_each_where_it_differs() -> None:
    works = ((("flops", 0.5),), (("flops", 4.0),))
    cells = tuple(replace(ratio(2.0), work=work) for work in works)
    said = lead(replace(RUN, fingerprint={}), [], [matched({"input": cells})])
    assert said.endswith(" Beside model=cnn, rnn has 0.50× the flops; gru has 4.0× the flops.")
    many = tuple(f"m{n}" for n in range(8))
    for columns in (many, many[:2]):
        bare = matched({"input": (ratio(2.0),) * len(columns)}, columns=columns)
        assert "Beside" not in lead(replace(RUN, fingerprint={}), [], [bare])
    alike = matched({"input": (cells[0], cells[0])})
    assert lead(replace(RUN, fingerprint={}), [], [alike]).endswith(" Beside model=cnn they have 0.50× the flops.")


def test_without_a_comparison_the_laws_answer() -> None:
    assert [said.subject for said in in_short([table(replace(SPEC, relative_to=None))], [LAWS])] == ["lstm · layers 2"]
    assert in_short([], []) == ()


def test_the_lead_says_on_what_it_was_measured_and_what_the_compared_cases_share() -> None:
    run = replace(RUN, machine=replace(RUN.machine, facts={"cpu": "AMD EPYC", "cores": "2"}))
    spec = replace(SPEC, where={"mode": ("inference",)})
    assert lead(run, [START], [table(spec)]) == (
        "Measured on 2026-11-18 on epyc-2c (AMD EPYC, 2 cores), device cpu, with torch 2.15.0, python 3.11.9; in these "
        "cases: mode inference, allocator retain, threads 1. Beside model=cnn they have 36× the parameters and 1.00× "
        "to 4.1× the flops."
    )


def test_the_lead_of_a_run_of_which_little_is_known_is_short() -> None:
    assert lead(replace(RUN, fingerprint={}), [], []) == (
        "Measured on epyc-2c, device cpu; in these cases: allocator retain, threads 1."
    )


def test_the_text_ends_with_the_suites_notes() -> None:
    run = replace(RUN, suite=replace(SUITE, notes=("One network.", HOSTILE)))
    found = short_text(run, [START], [table()], [])
    assert "\n\nOne network.\n\n" in found
    assert "- **inference** against model=cnn: " in found
    assert "<script" not in MarkdownIt("commonmark").render(found)


def test_a_text_of_many_laws_says_how_many_it_leaves_out() -> None:
    many = replace(LAWS, lines=(LINE,) * (SENTENCES + 3))
    found = short_text(RUN, [START], [], [many])
    assert found.count("\n- **") == SENTENCES
    assert "\n\nAnd 3 more on the run's own page." in found
    assert "more on" not in short_text(RUN, [START], [], [replace(LAWS, lines=(LINE,) * SENTENCES)])


def test_a_suite_that_compares_nothing_says_so() -> None:
    assert NO_REFERENCE in short_text(RUN, [START], [], [])
