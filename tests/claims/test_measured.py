"""Ratios, trends and laws of made-up runs."""

from dataclasses import replace

import pytest

from bench.analysis.estimate import estimates
from bench.analysis.rows import columns, measurements
from bench.claims.measured import link, measured
from bench.records.claims import Axes, Evidence, LawCheck, RatioCheck, TrendCheck
from bench.report.csv_text import csv_text
from tests.claims.made_up import SPREAD, published

LSTM, CNN, GRU = (f"model={model},size=28" for model in ("lstm", "cnn", "gru"))
LARGE = "model=lstm,size=56"
UNLIKE = SPREAD[::-1]
"""About 1 ms, and never the same by another case's trials."""
RATIO = RatioCheck(suite="made_up", compare={"model": ("lstm",)}, to={"model": "cnn"}, metric="latency", above=2)


def outcomes(lines: tuple[Evidence, ...]) -> list[str]:
    return [line.outcome for line in lines]


def test_a_ratio_is_of_cases_that_differ_in_those_levels_alone() -> None:
    (line,) = measured(RATIO, 1, [published({LSTM: 3.0, CNN: UNLIKE, GRU: 9.0, LARGE: 50.0})])
    assert line.subject == "latency, model=lstm by model=cnn (size=28)"
    assert line.value == pytest.approx(3.0, rel=0.01)
    assert line.low is not None
    assert line.high is not None
    assert line.low < 3.0 < line.high
    assert (line.outcome, line.expected, line.unit) == ("holds", "above 2", "×")
    assert (line.machine, line.device, line.link) == ("here", "cpu", "made_up/here/measurements.csv#L2")


@pytest.mark.parametrize(("lstm", "found"), [(3.0, "holds"), (1.5, "fails"), (2.0, "open")])
def test_a_ratio_is_decided_by_its_interval(lstm: float, found: str) -> None:
    assert outcomes(measured(RATIO, 1, [published({LSTM: lstm, CNN: UNLIKE})])) == [found]


def test_several_levels_are_compared_with_one() -> None:
    check = replace(RATIO, compare={"model": ("lstm", "gru")})
    lines = measured(check, 1, [published({LSTM: 3.0, GRU: 1.0, CNN: 1.0})])
    assert outcomes(lines) == ["holds", "fails"]


def test_where_leaves_cases_out() -> None:
    larger = "model=cnn,size=56"
    run = published({LSTM: 3.0, CNN: 1.0, LARGE: 1.0, larger: 1.0})
    assert outcomes(measured(RATIO, 1, [run])) == ["holds", "fails"]
    assert outcomes(measured(replace(RATIO, where={"size": (28,)}), 1, [run])) == ["holds"]


def test_of_a_metric_of_which_more_is_better_the_plain_ratio_counts() -> None:
    check = replace(RATIO, metric="throughput", above=None, below=0.5)
    (line,) = measured(check, 1, [published({LSTM: 4.0, CNN: UNLIKE})])
    assert line.value == pytest.approx(0.25, rel=0.01)
    assert line.low is not None
    assert line.high is not None
    assert line.low < 0.25 < line.high
    assert line.outcome == "holds"


def test_an_exact_metric_is_its_own_interval() -> None:
    run = published({LSTM: 1.0, CNN: 1.0}, parameters={LSTM: 300, CNN: 100})
    check = replace(RATIO, metric="parameters")
    (line,) = measured(check, 1, [run])
    assert (line.value, line.low, line.high, line.outcome) == (3.0, 3.0, 3.0, "holds")
    assert line.link == "made_up/here/measurements.csv#L3"
    assert outcomes(measured(replace(check, above=3.0), 1, [run])) == ["fails"]


def test_a_ratio_of_times_says_how_much_more_arithmetic_stands_behind_it() -> None:
    def note(check: RatioCheck, flops: int, cnn: float | list[float] = 1.0) -> str:
        (line,) = measured(check, 1, [published({LSTM: 3.0, CNN: cnn}, flops={LSTM: flops, CNN: 100})])
        return line.note

    assert note(RATIO, 1040) == "at 10.4× the flops"
    assert note(RATIO, 34) == "at 0.340× the flops"
    assert note(RATIO, 104) == ""
    assert note(RATIO, 0) == ""
    assert note(RATIO, 400, [1.0, 1.0, 1.1]) == "no interval; at 4.00× the flops"
    assert note(replace(RATIO, metric="flops"), 400) == ""


def test_too_few_trials_decide_nothing() -> None:
    (line,) = measured(RATIO, 1, [published({LSTM: [3.0, 3.1, 3.2], CNN: [1.0, 1.0, 1.1]})])
    assert (line.outcome, line.note) == ("open", "no interval")
    assert line.value is not None


def test_a_case_that_failed_says_so() -> None:
    (line,) = measured(RATIO, 1, [published({LSTM: None, CNN: 1.0})])
    assert (line.outcome, line.value) == ("open", None)
    assert "failed: no such kernel" in line.note


def test_a_run_without_such_cases_is_named() -> None:
    (line,) = measured(RATIO, 1, [published({GRU: 1.0, CNN: 1.0})])
    assert (line.outcome, line.note, line.machine) == ("open", "the run has no such cases", "here")
    (line,) = measured(replace(RATIO, to={"depth": 1}), 1, [published({LSTM: 1.0, CNN: 1.0})])
    assert line.note == "the run has no such cases"


def test_without_a_published_run_the_missing_one_is_named() -> None:
    run = published({LSTM: 3.0, CNN: 1.0})
    (line,) = measured(replace(RATIO, suite="other"), 1, [run])
    assert (line.outcome, line.note, line.machine) == ("open", "no published run of other", "")
    (line,) = measured(replace(RATIO, device="cuda"), 1, [run])
    assert line.note == "no published run of made_up on cuda"
    gpu = published({LSTM: 3.0, CNN: 1.0}, machine="h200", device="cuda:1")
    assert outcomes(measured(replace(RATIO, device="cuda"), 1, [run, gpu])) == ["holds"]


def test_every_machine_has_lines_of_its_own() -> None:
    here, there = published({LSTM: 3.0, CNN: 1.0}), published({LSTM: 1.0, CNN: 1.0}, machine="h200", device="cuda")
    found = [(line.machine, line.device, line.outcome) for line in measured(RATIO, 1, [here, there])]
    assert found == [("here", "cpu", "holds"), ("h200", "cuda", "fails")]


LAYERS = [f"model={model},layers={layers}" for model in ("rnn", "cnn") for layers in (8, 1, 2)]
TREND = TrendCheck(suite="made_up", monotone="layers", metric="latency", rises=True, where={"model": ("rnn",)})


def test_a_trend_compares_each_level_with_the_one_before_in_the_order_of_numbers() -> None:
    lines = measured(TREND, 1, [published(dict(zip(LAYERS, (8.0, 1.0, 2.0, 1.0, 1.0, 1.0), strict=True)))])
    assert [line.subject for line in lines] == [
        "latency, layers=2 by layers=1 (model=rnn)",
        "latency, layers=8 by layers=2 (model=rnn)",
    ]
    assert [line.value for line in lines] == pytest.approx([2.0, 4.0])
    assert outcomes(lines) == ["holds", "holds"]


def test_a_step_down_fails_a_rising_trend_and_the_other_way_round() -> None:
    run = published(dict(zip(LAYERS[:3], (1.5, 1.0, 2.0), strict=True)))
    assert outcomes(measured(TREND, 1, [run])) == ["holds", "fails"]
    assert outcomes(measured(replace(TREND, rises=None, falls=True), 1, [run])) == ["fails", "holds"]


def test_words_follow_one_another_as_in_the_suite() -> None:
    named = ["size=small", "size=middle", "size=big"]
    check = TrendCheck(suite="made_up", monotone="size", metric="latency", rises=True)
    lines = measured(check, 1, [published(dict(zip(named, (1.0, 2.0, 3.0), strict=True)))])
    assert [line.subject for line in lines] == [
        "latency, size=middle by size=small",
        "latency, size=big by size=middle",
    ]


STEPS = {f"model=rnn,steps={steps}": steps for steps in (10, 20, 40, 80)}
LAW = LawCheck(suite="made_up", law=Axes(x="steps", y="latency"), coefficient="k", between=(0.9, 1.1))


def test_an_exponent_lies_where_the_claim_says() -> None:
    run = published({name: 0.1 * steps for name, steps in STEPS.items()})
    (line,) = measured(LAW, 1, [run])
    assert line.subject == "k of latency along steps (model=rnn)"
    assert line.value == pytest.approx(1.0, abs=0.02)
    assert (line.outcome, line.unit) == ("holds", "1")
    assert outcomes(measured(replace(LAW, between=None, above=1.5), 1, [run])) == ["fails"]
    assert outcomes(measured(replace(LAW, between=None, below=1.5), 1, [run])) == ["holds"]


def test_a_slope_is_in_the_unit_of_its_metric() -> None:
    run = published({name: 1.0 + 0.1 * steps for name, steps in STEPS.items()})
    (line,) = measured(replace(LAW, coefficient="b", between=(0.00009, 0.00011)), 1, [run])
    assert line.value == pytest.approx(0.0001, rel=0.02)
    assert (line.outcome, line.unit) == ("holds", "s")


def test_a_law_that_does_not_fit_fails_and_says_where() -> None:
    run = published(dict(zip(STEPS, (1.0, 9.0, 2.0, 5.0), strict=True)))
    (line,) = measured(LAW, 1, [run])
    assert (line.outcome, line.value) == ("fails", None)
    assert line.note.startswith("no such law: it misses the median at ")


def test_a_law_that_bends_fails_although_it_meets_every_median() -> None:
    run = published(dict(zip(STEPS, (1.0, 1.8, 3.5, 7.4), strict=True)))
    (line,) = measured(LAW, 1, [run])
    assert (line.outcome, line.value) == ("fails", None)
    assert line.note == "no such law: it bends between 10 and 80"


def test_two_cases_make_no_law_and_a_power_needs_positive_numbers() -> None:
    first, second, *_ = STEPS
    (line,) = measured(LAW, 1, [published({first: 1.0, second: 2.0})])
    assert (line.outcome, line.note) == ("open", "too few cases with values for a law")
    (line,) = measured(LAW, 1, [published({"model=rnn,steps=0": 1.0, first: 1.0, second: 2.0})])
    assert line.note == "too few cases with values for a law"


def test_a_link_leads_to_the_line_of_that_case_and_metric() -> None:
    run = published({LSTM: 3.0, CNN: 1.0, GRU: 2.0})
    made = run.analysed.run
    rows = csv_text(measurements(made, estimates(run.analysed)), columns(made)).splitlines()
    for case in made.cases:
        for metric in made.suite.metrics:
            place = int(link(run, case.id, metric).rpartition("#L")[2])
            fields = rows[place - 1].split(",")
            assert f'"{case.id}"' in rows[place - 1]
            assert metric in fields
    assert link(run, LSTM, "flops") == "made_up/here/measurements.csv"
