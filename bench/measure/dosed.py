"""A kind of step and a dose → real work in 100 equal parts, and so many parts more where the dose counts.

`bench selftest` copies this file into a repository of its own, commits it, and sets INJECT in the working tree alone:
its gate then compares 100 parts with 100 and the dose. So it imports nothing of bench. The parts are operators of
torch's and nothing else is one, so that the number of operators that the profiler sees in a step proves the dose."""

from collections.abc import Callable
from itertools import repeat

import torch

INJECT = False
"""Whether doses count."""

PARTS = 100

LEVELS = {"kind": ("short", "long"), "dose": (0, 1, 2, 5)}


class Dosed:
    """A step of that many equal parts."""

    def __init__(self, part: Callable[[], torch.Tensor], parts: int) -> None:
        self.part, self.parts = part, parts

    def step(self) -> torch.Tensor:
        """The result of the last part; each computes the same."""
        for _ in repeat(None, self.parts - 1):
            self.part()
        return self.part()


def workload(kind: str, dose: int) -> Dosed:
    """About 1 ms of small products of matrices, or about 7 ms of small convolutions, on one thread."""
    return Dosed({"short": _product, "long": _convolution}[kind](), PARTS + (dose if INJECT else 0))


def _product() -> Callable[[], torch.Tensor]:
    left, right = torch.randn(64, 64), torch.randn(64, 64)
    return lambda: torch.mm(left, right)


def _convolution() -> Callable[[], torch.Tensor]:
    """So long that the gate judges it by its CPU time."""
    image, kernels = torch.randn(1, 16, 20, 20), torch.randn(16, 16, 3, 3)
    return lambda: torch.conv2d(image, kernels, padding=1)
