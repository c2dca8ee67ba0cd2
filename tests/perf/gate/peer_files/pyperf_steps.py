"""The cases as a script of pyperf, whose processes all run it."""

import pyperf  # type: ignore[import-untyped]
import torch
from cases import CASES  # type: ignore[import-not-found]
from dosed import step  # type: ignore[import-not-found]

if __name__ == "__main__":
    torch.set_num_threads(1)
    runner = pyperf.Runner()
    for case in CASES:
        runner.bench_func(case, step(*case.split("-")).step)
