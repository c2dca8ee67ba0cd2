"""PEER_CASE and PEER_UNTIL → one benchmark of pytest-benchmark: what its user would put into a file of tests.

Not collected by itself; `peer_tools.py` runs it, with `--benchmark-only`, in a process of its own."""

import os
from collections.abc import Callable

import pytest
import torch

from tests.evidence.peer_case import left, warm_step

torch.set_num_threads(1)
STEP = warm_step(os.environ["PEER_CASE"])


@pytest.mark.benchmark(max_time=left(float(os.environ["PEER_UNTIL"])))
def test_step(benchmark: Callable[[Callable[[], object]], object]) -> None:
    assert benchmark(STEP) is not None
