"""Where cases stand under a made-up device that copies 10 GB/s and multiplies 100 Gflop/s."""

from dataclasses import replace

import pytest

from bench.analysis.roofline import roofline
from bench.records.nouns import Record
from bench.records.roofline import Placed
from tests.analysis.checked import LSTM, STEADY
from tests.analysis.made_up import analysed, case, models, survey, trials

COPY, RATE = 1e10, 1e11


def peak(threads: int = 1, status: str = "ok", **rates: float) -> Record:
    rates = rates or {"copy": COPY, "float32": RATE}
    made = Record(schema=1, kind="peak", status="ok", case=f"threads={threads}", metrics=dict(rates))
    return made if status == "ok" else replace(made, status="failed", metrics={})


def surveyed(flops: int = 10**7, moved: int = 10**6, precision: str = "float32", case: str = LSTM) -> Record:
    return replace(survey(case, {"flops": flops, "bytes": moved}), facts={"precision": precision})


def place(*records: Record) -> Placed:
    """Of a case whose steps take 1.0045 ms."""
    (found,) = roofline(analysed(models("lstm"), [*records, *trials(LSTM, STEADY)])).cases
    return found


def test_a_step_of_much_arithmetic_is_bounded_by_it() -> None:
    found = place(peak(), surveyed(flops=10**7, moved=10**5))
    assert (found.intensity, found.bound, found.limit) == (100.0, RATE, "arithmetic")


def test_a_step_that_moves_much_is_bounded_by_memory() -> None:
    found = place(peak(), surveyed(flops=10**7, moved=10**7))
    assert (found.intensity, found.bound, found.limit) == (1.0, COPY, "memory")


def test_what_it_attains_is_its_flops_by_its_latency_with_the_interval_turned_round() -> None:
    found = place(peak(), surveyed())
    assert found.attained == pytest.approx(1e7 / 1.0045e-3)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.attained < found.high


def test_each_number_of_threads_has_a_roof_of_its_own() -> None:
    one, two = case(levels={"threads": 1}), case(levels={"threads": 2}, threads=2)
    surveys = [surveyed(case=each.id, moved=10**4) for each in (one, two)]
    timed = [*trials(one.id, STEADY), *trials(two.id, STEADY)]
    peaks = [peak(1), peak(2, copy=COPY, float32=2 * RATE)]
    found = roofline(analysed([one, two], [*surveys, *peaks, *timed]))
    assert [roof.threads for roof in found.roofs] == [1, 2]
    assert [placed.bound for placed in found.cases] == [RATE, 2 * RATE]


def test_of_two_measurements_of_a_peak_the_better_counts() -> None:
    found = place(peak(copy=COPY, float32=1.0), peak(copy=1.0, float32=RATE), surveyed(moved=10))
    assert found.bound == RATE


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ([surveyed()], "peaks were not measured"),
        ([peak(status="failed"), surveyed()], "peaks were not measured"),
        ([peak(), surveyed(flops=0)], "no flops"),
        ([peak(), surveyed(moved=0)], "bytes of its step were not seen"),
        ([peak(), surveyed(precision="float16")], "rate in float16"),
        ([peak(), survey(LSTM, status="oom", note="too large")], "oom: too large"),
    ],
)
def test_a_case_without_a_place_says_why(records: list[Record], why: str) -> None:
    found = place(*records)
    assert why in found.why
    assert found.bound == 0


def test_a_device_that_says_what_it_ran_tells_when_it_was_idle() -> None:
    known = surveyed()
    known = replace(known, metrics={**known.metrics, "kernel_busy": 0.4e-3})
    device = [
        replace(each, device=tuple(n * 6 // 10 for n in each.samples), noise={**each.noise, "mark_floor": 0.0})
        for each in trials(LSTM, STEADY)
    ]
    (found,) = roofline(analysed(models("lstm"), [peak(), known, *device])).cases
    assert found.busy == pytest.approx(0.4 / 1.0045, rel=1e-3)
    assert found.launch == pytest.approx(0.4, abs=0.01)


def test_a_processor_is_never_said_to_be_idle() -> None:
    found = place(peak(), surveyed())
    assert (found.busy, found.launch) == (None, None)
