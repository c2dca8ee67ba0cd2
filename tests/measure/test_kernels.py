"""Kernels of one step: how many, how long, and how long any of them."""

import pytest

from bench.measure.kernels import LONGEST, Launched, metrics, names


def kernel(start: float, end: float, name: str = "void gemm<float>(int)") -> Launched:
    return Launched(name=name, start=start, end=end)


def test_kernels_that_overlap_are_busy_once() -> None:
    found = metrics([kernel(20, 30), kernel(0, 10), kernel(5, 12), kernel(6, 7)])
    assert found["kernels"] == 4
    assert found["kernel_time"] == pytest.approx(28e-6)
    assert found["kernel_busy"] == pytest.approx(22e-6)


def test_a_step_without_kernels_is_not_busy() -> None:
    assert metrics([]) == {"kernels": 0, "kernel_time": 0, "kernel_busy": 0}


def test_names_are_there_once_and_not_without_end() -> None:
    assert names([kernel(0, 1), kernel(1, 2), kernel(2, 3, "Memset (Device)")]) == [
        "Memset (Device)",
        "gemm<float>(int)",
    ]
    (long,) = names([kernel(0, 1, "x" * 500)])
    assert len(long) == LONGEST
