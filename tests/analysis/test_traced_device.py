"""A trace as torch's profiler writes it on CUDA: two steps, launches and their kernels, and what is nobody's step."""

import json
from pathlib import Path

import pytest

from bench.analysis.traced import traced
from bench.measure.traces import read_trace
from bench.records.profile import STEP, Operator, Traced

Event = dict[str, object]

LSTM = "void RNN_blockPersist_fp_LSTM<float, float, float, 128>(int, int, float const*)"
GEMM = "void cutlass::Kernel2<cutlass_80_simt_sgemm_128x32_8x5_tn_align1>(cutlass_80_simt_sgemm::Params)"
HOST, DEVICE = (4242, 4242), (0, 7)


def host(name: str, cat: str, start: float, end: float, **args: object) -> Event:
    pid, tid = HOST
    return {"ph": "X", "cat": cat, "name": name, "pid": pid, "tid": tid, "ts": start, "dur": end - start, "args": args}


def device(name: str, cat: str, start: float, end: float, *, correlation: int = 0) -> Event:
    pid, tid = DEVICE
    args = {"device": 0, "context": 1, "stream": 7, "correlation": correlation, "grid": [1, 1, 1], "External id": 9}
    return {"ph": "X", "cat": cat, "name": name, "pid": pid, "tid": tid, "ts": start, "dur": end - start, "args": args}


def one_step(at: float, *, number: int) -> list[Event]:
    """100 µs on the host. The second kernel is launched while the first one runs, the third after it has ended."""
    first = 10 * number
    return [
        host(STEP, "user_annotation", at, at + 100),
        device(STEP, "gpu_user_annotation", at + 15, at + 95),
        host("aten::lstm", "cpu_op", at + 5, at + 60),
        host("aten::_cudnn_rnn", "cpu_op", at + 8, at + 55),
        host("cudaLaunchKernel", "cuda_runtime", at + 10, at + 14, correlation=first + 1),
        host("cuLaunchKernelEx", "cuda_driver", at + 20, at + 24, correlation=first + 2),
        host("aten::addmm", "cpu_op", at + 65, at + 90),
        host("cudaLaunchKernel", "cuda_runtime", at + 70, at + 75, correlation=first + 3),
        {"ph": "s", "cat": "ac2g", "id": first + 1, "name": "ac2g", "pid": 4242, "tid": 4242, "ts": at + 10},
        {"ph": "f", "cat": "ac2g", "id": first + 1, "name": "ac2g", "pid": 0, "tid": 7, "ts": at + 15, "bp": "e"},
        device(LSTM, "kernel", at + 15, at + 35, correlation=first + 1),
        device(LSTM, "kernel", at + 40, at + 60, correlation=first + 2),
        device(GEMM, "kernel", at + 80, at + 90, correlation=first + 3),
        device("Memcpy DtoD (Device -> Device)", "gpu_memcpy", at + 90, at + 95, correlation=first + 3),
    ]


EVENTS: list[Event] = [
    {"ph": "M", "name": "process_labels", "pid": 0, "tid": 0, "ts": 0, "args": {"labels": "GPU 0"}},
    host("Activity Buffer Request", "overhead", 0, 900),
    *one_step(1000, number=1),
    *one_step(1100, number=2),
    host("cudaDeviceSynchronize", "cuda_runtime", 1200, 1450),
    {"ph": "i", "s": "g", "name": "Record Window End", "pid": "", "tid": "", "ts": 1500},
]


@pytest.fixture
def found(tmp_path: Path) -> Traced:
    """What a profile says of the file, after it was made fit to be handed on."""
    file = tmp_path / "trace.json"
    file.write_text(json.dumps({"deviceProperties": [{"name": "NVIDIA H100"}], "traceEvents": EVENTS}))
    return traced(read_trace(file, ()).events, steps=2, watched=110e-6)


def named(found: Traced, name: str) -> Operator:
    (operator,) = [each for each in found.operators if each.name == name]
    return operator


def microseconds(seconds: float) -> float:
    return round(seconds * 1e6, 6)


def test_kernels_are_counted_by_step_and_keep_their_names(found: Traced) -> None:
    assert [(each.name, each.launches, microseconds(each.time)) for each in found.kernels] == [
        (LSTM, 2.0, 40.0),
        (GEMM, 1.0, 10.0),
        ("Memcpy DtoD (Device -> Device)", 1.0, 5.0),
    ]


def test_the_wait_at_the_end_and_the_profiler_s_own_work_are_no_step_s(found: Traced) -> None:
    names = {each.name for each in found.operators}
    assert not names & {"cudaDeviceSynchronize", "Activity Buffer Request", STEP}


def test_a_launch_is_no_time_of_the_operator_around_it(found: Traced) -> None:
    assert named(found, "cudaLaunchKernel").kind == named(found, "cuLaunchKernelEx").kind == "runtime"
    assert microseconds(named(found, "aten::_cudnn_rnn").own) == 47 - 4 - 4
    assert microseconds(found.inside) == 55 + 25


def test_the_device_is_idle_between_kernels_and_late_where_the_host_had_not_launched_the_next(found: Traced) -> None:
    """Gaps of a step: 5 µs (launched before), 20 µs (launched after); and 20 µs between the steps, launched after."""
    assert found.gaps is not None
    assert microseconds(found.gaps.busy) == 55
    assert microseconds(found.gaps.idle) == (2 * (5 + 20) + 20) / 2
    assert microseconds(found.gaps.late) == (2 * 20 + 20) / 2
    assert found.gaps.count == 5 / 2


def test_the_algorithm_of_a_recurrent_layer_is_told_by_its_kernels(found: Traced) -> None:
    assert found.recurrent == ("cuDNN forward: persistent, small hidden size",)


def test_kernels_without_their_launches_have_gaps_that_nobody_is_late_for() -> None:
    gaps = traced([device("k", "kernel", 0, 10), device("k", "kernel", 20, 30)], steps=1, watched=1e-4).gaps
    assert gaps is not None
    assert (microseconds(gaps.idle), gaps.late) == (10, 0.0)
