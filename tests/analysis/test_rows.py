"""The tidy rows."""

from bench.analysis.estimate import estimates
from bench.analysis.rows import columns, measurements
from tests.analysis.made_up import analysed, case, survey, trials

CASES = (
    case(levels={"model": "lstm", "batch": 1}),
    case(levels={"model": "cnn", "batch": 64}, skip="too wide"),
)


def test_the_suites_factors_stand_in_their_order_between_the_other_columns() -> None:
    run = analysed(CASES, []).run
    assert ",".join(columns(run)) == (
        "run,machine,device,suite,case,model,batch,metric,unit,value,low,high,rounds,status,note"
    )


def test_a_row_holds_the_estimate_unrounded_and_the_cases_levels() -> None:
    records = [survey(CASES[0].id, {"flops": 3}), *trials(CASES[0].id, [1 / 3] * 10)]
    found = analysed(CASES, records, metrics=("latency", "flops"))
    estimated = estimates(found)
    rows = measurements(found.run, estimated)
    assert [list(row) for row in rows] == [columns(found.run)] * 4
    assert rows[0]["value"] == estimated[0].value
    assert (rows[0]["model"], rows[0]["batch"], rows[0]["unit"], rows[0]["rounds"]) == ("lstm", 1, "s", 10)
    assert (rows[1]["metric"], rows[1]["unit"], rows[1]["value"], rows[1]["low"]) == ("flops", "1", 3, None)


def test_what_was_skipped_is_a_row_with_an_empty_value() -> None:
    found = analysed(CASES, [])
    row = measurements(found.run, estimates(found))[1]
    assert (row["case"], row["value"], row["status"], row["note"]) == (CASES[1].id, None, "skipped", "too wide")
