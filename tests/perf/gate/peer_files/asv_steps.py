"""The cases as a class of benchmarks of asv, which makes each parameter a benchmark of its own."""

import torch
from cases import CASES  # type: ignore[import-not-found]
from dosed import step  # type: ignore[import-not-found]


class Steps:
    """One step of each."""

    params = CASES

    def setup(self, case: str) -> None:
        """Not timed."""
        torch.set_num_threads(1)
        self.workload = step(*case.split("-"))

    def time_step(self, case: str) -> None:
        """What is timed."""
        self.workload.step()
