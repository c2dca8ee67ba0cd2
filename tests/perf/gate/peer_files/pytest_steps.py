"""The cases as tests of pytest-benchmark."""

from collections.abc import Callable

import pytest
import torch
from cases import CASES  # type: ignore[import-not-found]
from dosed import step  # type: ignore[import-not-found]

torch.set_num_threads(1)


@pytest.mark.parametrize("case", CASES)
def test_step(case: str, benchmark: Callable[[Callable[[], object]], object]) -> None:
    workload = step(*case.split("-"))
    workload.step()
    assert benchmark(workload.step) is not None
