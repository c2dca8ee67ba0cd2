"""An implementation → the same through `torch.compile`; `networks.compiling` says how, and what that costs."""

import torch
from torch import Tensor

from networks import compiling
from networks.ladder.implementations import Implementation


class Compiled(Implementation):
    """An implementation behind `torch.compile`, for the shapes that it is called with.

    `whole` as for `compiling.held`. `close` must be called. In training hand in a sequence that requires a gradient:
    for one that does not, torch 2.15 puts oneDNN's layer into a whole LSTM's graph on a CPU, and fails where its
    backward pass should be.

    Raises Unavailable where no C++ compiler answers."""

    def __init__(self, original: Implementation, *, whole: bool = False) -> None:
        super().__init__(original.layer)
        self.original = original
        self._held = compiling.held(whole=whole)
        self.compiled = torch.compile(original, dynamic=False)

    def forward(self, sequence: Tensor) -> Tensor:
        return self.compiled(sequence)

    def close(self) -> None:
        self._held.close()
