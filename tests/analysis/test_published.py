"""Published numbers beside a run's: read strictly, joined by suite and cases, and told apart from ours by name."""

import re
from collections import Counter
from pathlib import Path

import pytest

from bench.analysis.analysed import Analysed
from bench.analysis.published import FILE, at_equal_shapes, beside, quoted
from bench.errors import BenchError
from bench.plan.matrix import expand
from bench.plan.overlays import overlaid
from bench.plan.suite import load_suite
from bench.records.nouns import Case
from bench.records.published import Beside, Difference, Quoted
from bench.records.suite import Policy
from tests.analysis.made_up import analysed, case, survey, trials

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "results" / FILE
HEAD = "suite,case,metric,value,unit,source,hardware,conditions\n"
SLOW, FAST = "rung=loop,batch=4", "rung=fused,batch=4"
RATIO = f'made_up,"{SLOW} / {FAST}",latency,2.5,×,a paper,GTX 1080,batch=4; dtype=float16; torch=0.4.0; threads=1\n'
TIME = f'made_up,"{FAST}",latency,2.5,ms,a paper,GTX 1080,batch=4\n'
TEN = [1 + 0.01 * n for n in range(10)]


def measured(*, slow: list[float] = TEN, fast: list[float] = TEN) -> Analysed:
    cases = [case(levels={"rung": rung, "batch": 4}) for rung in ("loop", "fused")]
    surveys = [survey(name, {"items": 8}) for name in (SLOW, FAST)]
    return analysed(cases, [*surveys, *trials(SLOW, slow), *trials(FAST, fast)])


def found(row: str, run: Analysed) -> Beside:
    (only,) = beside(run, quoted(HEAD + row))
    return only


def refusal(rows: str) -> str:
    with pytest.raises(BenchError) as raised:
        quoted(rows)
    return f"{raised.value.where}: {raised.value.what}"


def test_a_row_with_two_cases_is_their_ratio_and_ours_stands_beside_it() -> None:
    here = found(RATIO, measured(slow=[5 * value for value in TEN]))
    assert (here.quoted.case, here.quoted.against, here.quoted.written) == (SLOW, FAST, "2.5×")
    assert (here.quoted.value, here.value) == pytest.approx((2.5, 5))
    assert (here.low, here.high) == pytest.approx((5, 5))


def test_a_row_with_one_case_is_a_time_in_the_metrics_base_unit() -> None:
    here = found(TIME, measured())
    assert (here.quoted.against, here.quoted.written) == (None, "2.5 ms")
    assert (here.quoted.value, here.value) == pytest.approx((0.0025, 0.001045))
    assert here.low is not None
    assert here.high is not None
    assert here.low < 0.001045 < here.high


def test_a_ratio_is_the_first_value_by_the_second_even_where_more_is_better() -> None:
    here = found(RATIO.replace("latency", "throughput"), measured(slow=[4 * value for value in TEN]))
    assert here.value == pytest.approx(0.25)
    assert (here.low, here.high) == pytest.approx((0.25, 0.25))


def test_conditions_that_are_ours_too_are_no_difference_and_those_without_a_counterpart_are_told() -> None:
    here = found(RATIO, measured())
    assert here.differences == (
        Difference(name="dtype", theirs="float16", ours=None),
        Difference(name="torch", theirs="0.4.0", ours=None),
    )
    assert (
        Difference(name="threads", theirs="8", ours="1")
        in found(RATIO.replace("threads=1", "threads=8"), measured()).differences
    )


@pytest.mark.parametrize(
    "row", [RATIO.replace("batch=4;", "batch=16;"), RATIO.replace("batch=4; ", ""), TIME.replace("=4\n", "=8\n")]
)
def test_a_number_for_another_shape_or_for_none_that_is_told_stands_beside_none_of_ours(row: str) -> None:
    assert beside(measured(), quoted(HEAD + row)) == ()


def test_what_tells_the_two_cases_of_a_ratio_apart_is_no_condition_of_both() -> None:
    here = found(RATIO.replace("threads=1", "rung=loop"), measured())
    assert Difference(name="rung", theirs="loop", ours=None) in here.differences


def test_software_is_compared_with_the_fingerprint() -> None:
    run = measured()
    run.run.fingerprint["torch"] = "2.15.0"
    assert Difference(name="torch", theirs="0.4.0", ours="2.15.0") in found(RATIO, run).differences


def test_a_case_that_was_not_measured_leaves_the_published_number_alone() -> None:
    here = found(RATIO, measured(slow=[]))
    assert (here.value, here.low, here.high) == (None, None, None)


@pytest.mark.parametrize(
    "row", [RATIO.replace("made_up", "other"), TIME.replace("batch=4", "batch=8"), RATIO.replace("loop", "cell")]
)
def test_rows_of_other_suites_and_cases_are_left_out(row: str) -> None:
    assert beside(measured(), quoted(HEAD + row)) == ()


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("suite,case\n", "published.csv:1: the columns are suite, case, metric, value, unit, source, hardware"),
        ("", "published.csv:1: the columns are"),
        (HEAD + TIME + TIME.replace("latency", "lateness"), "published.csv:3: no metric 'lateness'"),
        (HEAD + TIME.replace("2.5", "two"), "published.csv:2: 'two' is no number"),
        (HEAD + TIME.replace("2.5", "-1"), "published.csv:2: the value -1 is not above 0"),
        (HEAD + TIME.replace("2.5", "nan"), "published.csv:2: the value nan is not above 0"),
        (HEAD + TIME.replace("ms", "×"), "published.csv:2: the unit '×'"),
        (HEAD + RATIO.replace("×", "ms"), "published.csv:2: the unit 'ms'"),
        (HEAD + TIME.replace("latency", "parameters"), "published.csv:2: the unit 'ms'"),
        (HEAD + RATIO.replace("batch=4; ", "batch; "), "published.csv:2: the condition 'batch'"),
        (HEAD + TIME.replace(",GTX 1080,", ""), "published.csv:2: a row has 8 cells"),
        (HEAD + TIME.replace("\n", ",more\n"), "published.csv:2: a row has 8 cells"),
        (HEAD + 'made_up,"', "published.csv:2: unexpected end of data"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_with_its_line(rows: str, complaint: str) -> None:
    assert refusal(rows).startswith(complaint)


def test_a_row_of_no_suite_stands_beside_none_of_ours() -> None:
    assert beside(measured(), quoted(HEAD + TIME.replace("made_up", ""))) == ()


@pytest.fixture(scope="module")
def committed() -> tuple[Quoted, ...]:
    return quoted(COMMITTED.read_text("utf-8"))


def test_a_committed_row_has_the_shape_of_its_cases_on_a_processor_or_on_a_gpu(committed: tuple[Quoted, ...]) -> None:
    plans = {name: planned(name) for name in {row.suite for row in committed if row.suite}}
    apart = [row for row in committed if row.suite and not any(at_equal_shapes(row, at) for at in plans[row.suite])]
    assert apart == []


def planned(name: str) -> list[dict[str, Case]]:
    """A suite's cases by their ids, on a processor and on a GPU."""
    suite = load_suite(ROOT / "suites" / f"{name}.yaml")
    return [{c.id: c for c in expand(overlaid(suite, overlays), Policy())} for overlays in ((), ("cuda",))]


def test_few_committed_rows_are_of_a_shape_that_no_suite_has(committed: tuple[Quoted, ...]) -> None:
    """A network that is not at hand, five bidirectional layers that take a processor seconds, two convolutions, and
    of the QRNN's batches and lengths those between and beside the ones that are measured."""
    assert Counter(row.source.partition(": ")[0] for row in committed if not row.suite) == {
        "pytorch/pytorch#93447": 1,
        "RETURNN documentation, LSTM benchmark": 2,
        "DeepBench, sheet of results": 2,
        "QRNN (Bradbury et al. 2016), read off the figure of its repository": 22,
    }


def test_a_committed_ratio_is_that_of_the_times_that_its_source_gives(committed: tuple[Quoted, ...]) -> None:
    told = [(row, found) for row in committed if (found := re.search(r"([\d.]+) m?s by ([\d.]+) m?s$", row.source))]
    assert len(told) > 15
    wrong = []
    for row, found in told:
        written = row.written.removesuffix("×")
        ratio = float(found[1]) / float(found[2])
        if round(ratio, len(written.partition(".")[2])) != float(written):
            wrong.append((row.source, written, ratio))
    assert wrong == []


def test_the_committed_rows_have_a_source_and_hardware(committed: tuple[Quoted, ...]) -> None:
    assert [row for row in committed if not row.source or not row.hardware] == []
