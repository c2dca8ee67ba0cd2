"""What one trial is worth."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.analysis.values import UNKNOWN, VALUES, Known, Rounds, values
from bench.records.metrics import METRICS
from bench.records.nouns import Record, Unknown


def trial(*, loops: int = 1, samples: tuple[int, ...] = (), cpu: tuple[int, ...] = (), round_: int = 0) -> Record:
    return Record(schema=1, kind="timed", status="ok", case="a=b", round=round_, loops=loops, samples=samples, cpu=cpu)


def worth(trials: Sequence[Record], metric: str, known: Known) -> Rounds:
    return values(trials, known)[metric]


TEN = tuple(1000 * n for n in range(1, 12))


@pytest.mark.parametrize(
    ("metric", "loops", "expected"),
    [
        ("latency", 1, 6e-6),
        ("latency", 2, 3e-6),
        ("undisturbed", 1, 2e-6),
        ("cpu_time", 4, 0.25e-6),
        ("mean_latency", 1, 6e-6),
        ("tail", 1, 10.5e-6),
        ("throughput", 2, 64 / 3e-6),
        ("per_step", 2, 1e-6),
        ("flop_rate", 2, 12 / 3e-6),
    ],
)
def test_a_trial_is_worth_its_statistic_per_step_in_seconds(metric: str, loops: int, expected: float) -> None:
    record = trial(loops=loops, samples=TEN, cpu=tuple(n // 2 for n in TEN))
    assert worth([record], metric, {"items": 64, "sequential_steps": 3, "flops": 12}) == {0: pytest.approx(expected)}


def test_a_slow_sample_moves_the_mean_and_not_the_median() -> None:
    records = [trial(samples=(1000, 1000, 4000))]
    assert worth(records, "latency", {}) == {0: pytest.approx(1e-6)}
    assert worth(records, "mean_latency", {}) == {0: pytest.approx(2e-6)}


def test_a_sample_of_several_steps_has_no_tail_and_one_such_trial_takes_the_cases() -> None:
    records = [trial(samples=TEN, round_=0), trial(samples=TEN, loops=2, round_=1)]
    assert worth(records[:1], "tail", {}) != {}
    assert worth(records, "tail", {}) == {}


def test_the_device_s_time_leaves_out_its_marks_and_launching_is_what_the_latency_has_beyond_it() -> None:
    record = replace(trial(loops=2, samples=(9000,)), device=(4200, 4300, 4000), noise={"mark_floor": 200.0})
    assert worth([record], "device_time", {}) == {0: pytest.approx(2e-6)}
    assert worth([record], "launch", {}) == {0: pytest.approx(2.5e-6)}


def test_a_device_s_samples_may_have_fewer_steps_than_those_by_the_wall_clock() -> None:
    noise: dict[str, float | Unknown] = {"mark_floor": 200.0, "device_loops": 1.0}
    record = replace(trial(loops=2, samples=(9000,)), device=(2200,), noise=noise)
    assert worth([record], "device_time", {}) == {0: pytest.approx(2e-6)}


def test_a_device_that_seems_to_take_longer_than_the_wall_clock_says_leaves_nothing_for_launching() -> None:
    record = replace(trial(samples=(1000,)), device=(1500,), noise={"mark_floor": 0.0})
    assert worth([record], "launch", {}) == {0: 0.0}


@pytest.mark.parametrize("metric", ["device_time", "launch"])
def test_a_processor_has_no_clock_of_its_own(metric: str) -> None:
    assert worth([trial(samples=TEN)], metric, {}) == {}
    assert "CUDA" in UNKNOWN[metric]


def test_throughput_needs_the_items_and_cpu_time_a_clock() -> None:
    assert worth([trial(samples=TEN)], "throughput", {}) == {}
    assert worth([trial(samples=TEN)], "cpu_time", {}) == {}


def test_the_time_of_a_product_is_not_known_where_steps_without_one_follow_each_other_too() -> None:
    known = {"sequential_steps": 2}
    assert worth([trial(samples=TEN)], "per_step", {**known, "pointwise_steps": 0}) == {0: pytest.approx(3e-6)}
    assert worth([trial(samples=TEN)], "per_step", {**known, "pointwise_steps": 28}) == {}


def test_the_time_of_a_step_of_a_layer_counts_the_steps_of_all_layers() -> None:
    assert worth([trial(samples=TEN)], "per_layer_step", {"layer_steps": 4}) == {0: pytest.approx(1.5e-6)}
    assert worth([trial(samples=TEN)], "per_layer_step", {"sequential_steps": 4}) == {}


def test_page_faults_are_those_of_the_timed_steps_and_unknown_where_the_kernel_does_not_count() -> None:
    counted = [
        replace(trial(samples=TEN, round_=n), noise={"page_faults": faults}) for n, faults in enumerate((0.0, 4.5))
    ]
    assert worth(counted, "page_faults", {}) == {0: 0.0, 1: 4.5}
    assert (
        worth([*counted, replace(trial(samples=TEN, round_=2), noise={"page_faults": "unknown"})], "page_faults", {})
        == {}
    )


def test_every_metric_from_trials_has_a_function_and_what_may_lack_has_a_reason() -> None:
    assert set(VALUES) == {metric.name for metric in METRICS.values() if metric.source == "trials"}
    bare = trial(samples=TEN, loops=2)
    assert {metric for metric in VALUES if not worth([bare], metric, {})} == set(UNKNOWN)
