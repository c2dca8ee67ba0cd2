"""What the times of compared cases go with."""

from dataclasses import replace

from bench.records.nouns import Case, Estimate
from bench.records.suite import TableSpec
from bench.report.amounts import column_heads, value_words
from bench.report.nouns import Cell, Table
from bench.report.why import BY_DEVICE, COLUMNS, HEADING, LONGEST, asked, compared_cases, why_table
from tests.report.samples import (
    CASES,
    SPEC,
    SUITE,
    Comparer,
    Estimates,
    by_key,
    crossed,
    exact,
    missing,
    name,
    timed,
)

UNKNOWN = "not known for this workload"


def known(case: Case) -> list[Estimate]:
    slow = case.levels["model"] == "lstm"
    return [
        timed(case.id, 0.004 if slow else 0.002, note="left out as disturbed: 1"),
        timed(case.id, 5e8 if slow else 2e9, what="flop_rate"),
        timed(case.id, 0.0 if slow else 4672.25, what="page_faults"),
        exact(case.id, "flops", 2_000_000 if slow else 4_000_000),
        exact(case.id, "sequential_steps", 29 if slow else 3),
        exact(case.id, "operations", 431),
        exact(case.id, "allocated", 3 << 20 if slow else 12 << 20),
        exact(case.id, "peak_memory", 24 << 20 if slow else 48 << 20),
    ]


NO_DEVICE = by_key(missing(case.id, "ok", UNKNOWN, name) for case in CASES for name in BY_DEVICE)
EVERY = {**NO_DEVICE, **by_key(estimate for case in CASES for estimate in known(case))}
ELSEWHERE = tuple(name for name in COLUMNS if name not in BY_DEVICE)
"""The columns on a device without a clock of its own."""
OLD = {key: missing(key[0], "ok", UNKNOWN, key[1]) if key[1] == "allocated" else one for key, one in EVERY.items()}


def why(estimates: Estimates = EVERY, spec: TableSpec = SPEC) -> Table:
    made = why_table(replace(SUITE, tables=(spec,)), CASES, estimates, compare=Comparer(estimates))
    assert made is not None
    return made


def shown(table: Table) -> dict[tuple[str, ...], list[str]]:
    (facet,) = table.facets

    def text(cell: Cell) -> str:
        return "" if cell.case is None else cell.status if cell.value is None else " ".join(value_words(cell.value, 1))

    return {row.labels: [text(cell).strip() for cell in row.cells] for row in facet.rows}


def test_every_compared_case_has_a_row_and_every_metric_a_column_in_its_own_unit() -> None:
    made = why()
    (facet,) = made.facets
    assert made.heading == HEADING
    assert column_heads(facet) == [
        *("latency (ms)", "flops (10⁶)", "flop_rate (Mflop/s)", "sequential_steps", "operations", "page_faults"),
        *("allocated (MiB)", "peak_memory (MiB)"),
    ]
    assert shown(made)["28", "inference", "cnn"] == [
        *("2.00 [1.98–2.02]", "4.00", "2,000", "3", "431", "4,670 [4,630–4,720]", "12.0", "48.0"),
    ]
    assert len(facet.rows) == len(CASES)


def test_the_factors_that_vary_stand_first_and_what_is_compared_last() -> None:
    assert why().row_factors == ("size", "mode", "model")
    assert list(shown(why()))[:2] == [("28", "inference", "lstm"), ("28", "inference", "cnn")]


def test_what_the_run_does_not_know_is_left_out_with_the_reason() -> None:
    made = why(OLD)
    assert [head.partition(" ")[0] for head in made.facets[0].columns] == [
        each for each in ELSEWHERE if each != "allocated"
    ]
    assert shown(made)["28", "inference", "cnn"][-2:] == ["4,670 [4,630–4,720]", "48.0"]
    assert "allocated" not in made.caption[0].text
    assert made.caption[-1].text == "Left out, because no survey or trial of this run knows it: allocated."
    assert made.footnotes == ()
    assert len(why().caption) == 1


def test_what_a_device_s_own_clock_and_kernels_tell_stands_beside_the_latency() -> None:
    told = (("device_time", 0.001), ("launch", 0.003), ("busy_share", 0.2))
    device = by_key(timed(case.id, value, what=name) for case in CASES for name, value in told)
    kernels = by_key(exact(case.id, "kernels", 170) for case in CASES)
    made = why({**EVERY, **device, **kernels})
    assert column_heads(made.facets[0])[:5] == [
        *("latency (ms)", "device_time (ms)", "launch (ms)", "kernels", "busy_share"),
    ]
    assert shown(made)["28", "inference", "lstm"][1:5] == ["1.00", "3.00", "170", "0.200"]
    assert len(made.caption) == 1


def test_a_case_without_a_value_says_why_once() -> None:
    lost = name("lstm", 28, "inference")
    made = why({**EVERY, **{(lost, column): missing(lost, "failed", "too large", column) for column in COLUMNS}})
    assert shown(made)["28", "inference", "lstm"] == ["failed"] * len(ELSEWHERE)
    assert [note.text for note in made.footnotes] == ["failed: too large"]


def test_only_cases_of_tables_that_relate_times_are_compared() -> None:
    chosen = replace(SPEC, where={"mode": ("training",)})
    assert why(spec=chosen).row_factors == ("size", "model")
    assert compared_cases(replace(SUITE, tables=(replace(SPEC, relative_to=None),)), CASES) == ()
    assert compared_cases(replace(SUITE, tables=(replace(SPEC, value="flops"),)), CASES) == ()
    assert why_table(SUITE, CASES, EVERY, compare=Comparer(EVERY)) is None


def test_nothing_in_it_is_best_or_relative() -> None:
    made = why()
    cells = [cell for facet in made.facets for row in facet.rows for cell in row.cells]
    assert made.ratio_label == ""
    assert not [cell for cell in cells if cell.best or cell.ratio]


def sized(number: int) -> tuple[Case, ...]:
    return crossed(model=("lstm", "cnn"), size=range(number // 2), mode=("inference",))


def left_out(*metrics: str) -> list[str]:
    suite = replace(SUITE, tables=(SPEC,), metrics=metrics)
    made = why_table(suite, sized(LONGEST + 2), {}, compare=Comparer({}))
    assert made is not None
    assert (made.heading, made.facets, made.footnotes) == (HEADING, (), ())
    return [sentence.text for sentence in made.caption]


def test_more_cases_than_anybody_reads_have_no_table_and_the_reader_learns_where_the_numbers_are() -> None:
    why = "No table, because 502 cases are compared, more than 500."
    assert left_out(*COLUMNS) == [
        f"{why} measurements.csv has each one's latency, device_time, launch, kernels, busy_share, flops, flop_rate, "
        "sequential_steps, operations, page_faults, allocated and peak_memory."
    ]
    assert left_out("latency", "undisturbed", "flops") == [
        f"{why} measurements.csv has each one's latency and flops.",
        "Not among the metrics of the suite, so not there either: flop_rate, sequential_steps, operations, "
        "page_faults, allocated and peak_memory.",
    ]
    assert left_out("undisturbed") == [f"{why} measurements.csv has none of its columns."]


def test_estimates_are_asked_for_only_where_there_is_a_table() -> None:
    suite = replace(SUITE, tables=(SPEC,))
    assert asked(suite, sized(LONGEST)) == COLUMNS
    assert asked(suite, sized(LONGEST + 2)) == ()
    assert asked(SUITE, CASES) == ()
