"""Whose time it is: of operators in each other and on two threads, of ranges, of kernels and the gaps between them."""

import pytest

from bench.analysis.traced import traced
from bench.records.profile import STEP, Gaps, Operator, Traced

Event = dict[str, object]


def event(name: str, start: float, end: float, *, cat: str = "cpu_op", tid: int = 1) -> Event:
    """From one microsecond to another."""
    return {"ph": "X", "cat": cat, "name": name, "pid": 1, "tid": tid, "ts": start, "dur": end - start}


def step(start: float, end: float) -> Event:
    return event(STEP, start, end, cat="user_annotation")


def one(*events: Event) -> Traced:
    """Of one step of 100 µs."""
    return traced([step(0, 100), *events], steps=1, watched=1.0)


def named(found: Traced, name: str) -> Operator:
    (operator,) = [each for each in found.operators if each.name == name]
    return operator


def microseconds(seconds: float) -> float:
    return round(seconds * 1e6, 6)


def test_own_time_is_less_than_total_time_by_what_was_called() -> None:
    found = one(event("linear", 10, 50), event("t", 15, 20), event("addmm", 20, 45), event("copy", 30, 31))
    assert [each.name for each in found.operators] == ["addmm", "linear", "t", "copy"]
    assert [microseconds(each.own) for each in found.operators] == [24, 10, 5, 1]
    assert [microseconds(each.total) for each in found.operators] == [25, 40, 5, 1]
    assert microseconds(found.inside) == 40
    assert found.outermost == 1


def test_what_begins_together_is_nested_by_its_length() -> None:
    found = one(event("inner", 10, 20), event("outer", 10, 40), event("none", 20, 20))
    assert microseconds(named(found, "outer").own) == 20
    assert microseconds(named(found, "inner").own) == 10


def test_an_operator_that_calls_itself_counts_once_in_its_total() -> None:
    found = one(event("copy", 0, 30), event("to", 5, 25), event("copy", 10, 20))
    assert named(found, "copy").calls == 2
    assert microseconds(named(found, "copy").total) == 30
    assert microseconds(named(found, "copy").own) == 20


def test_time_that_two_threads_share_is_inside_once() -> None:
    found = one(event("forward", 0, 40), event("backward", 30, 60, tid=2), event("mm", 35, 50, tid=2))
    assert microseconds(found.inside) == 60
    assert microseconds(named(found, "forward").own) == 40
    assert found.outermost == 2


def test_a_range_is_python_and_no_operator() -> None:
    found = one(event("Optimizer.step", 10, 60, cat="user_annotation"), event("add_", 20, 30))
    assert microseconds(found.inside) == 10
    assert named(found, "Optimizer.step").kind == "range"
    assert microseconds(named(found, "Optimizer.step").own) == 40
    assert found.outermost == 1


def test_a_call_of_the_driver_belongs_to_the_operator_around_it_and_is_none() -> None:
    runtime = "cuda_runtime"
    found = one(event("mm", 0, 20), event("launch", 5, 15, cat=runtime), event("synchronize", 50, 90, cat=runtime))
    assert microseconds(found.inside) == 20
    assert microseconds(named(found, "mm").own) == 10
    assert named(found, "synchronize").kind == "runtime"


def test_the_wrappers_of_a_compiled_graph_are_python_and_the_graph_is_an_operator() -> None:
    found = one(event("Torch-Compiled Region: 0/0", 0, 50), event("## Call CompiledFxGraph fo5 ##", 20, 40))
    assert found.compiled
    assert microseconds(found.inside) == 20
    assert not one(event("mm", 0, 1)).compiled


def test_where_no_device_computes_the_quickest_quarter_of_the_steps_counts() -> None:
    steps = [step(100 * i, 100 * i + length) for i, length in enumerate([50, 90, 20, 70, 60])]
    inside = [event("mm", 100 * i + 1, 100 * i + 11 + i) for i in range(5)]
    outside = event("mm", 490, 495)
    found = traced([*steps, *inside, outside], steps=5, watched=1.0)
    assert found.steps == 2
    assert microseconds(found.watched) == 35
    assert named(found, "mm").calls == 1
    assert microseconds(found.inside) == (10 + 12) / 2


def test_a_device_counts_all_steps_because_they_overlap_there() -> None:
    kernels = [
        event("gemm", 10, 30, cat="kernel"),
        event("gemm", 25, 40, cat="kernel", tid=2),
        event("Memcpy", 60, 70, cat="gpu_memcpy"),
        event("gemm", 75, 80, cat="kernel"),
    ]
    annotation = event(STEP, 0, 200, cat="gpu_user_annotation")
    found = traced([step(0, 10), step(10, 90), annotation, *kernels], steps=2, watched=45e-6)
    assert (found.steps, found.watched) == (2, 45e-6)
    assert [(each.name, each.launches, microseconds(each.time)) for each in found.kernels] == [
        ("gemm", 1.5, 20),
        ("Memcpy", 0.5, 5),
    ]
    assert found.gaps is not None
    assert [microseconds(x) for x in (found.gaps.busy, found.gaps.idle, found.gaps.longest)] == [22.5, 12.5, 20]
    assert found.gaps.count == 1


def test_one_kernel_has_no_gap() -> None:
    assert one(event("gemm", 10, 30, cat="kernel")).gaps == Gaps(busy=20e-6, idle=0.0, count=0.0, longest=0.0)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"ph": "M", "name": "process_name"},
        {"ph": "X", "cat": "cpu_op", "name": "x", "ts": None, "dur": 1},
        {"ph": "X", "cat": "cpu_op", "name": "x", "ts": 1, "dur": "long"},
        {"ph": "X", "cat": "python_function", "name": "x", "ts": 1, "dur": 1},
    ],
)
def test_what_is_no_complete_event_is_passed_over(odd: Event) -> None:
    found = one(odd, event("mm", 0, 1))
    assert [each.name for each in found.operators] == ["mm"]


def test_a_trace_without_events_has_nothing_in_it() -> None:
    found = traced([], steps=3, watched=0.5)
    assert (found.steps, found.watched, found.inside, found.operators, found.gaps) == (3, 0.5, 0.0, (), None)
