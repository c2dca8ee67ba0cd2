"""An implementation on a GPU → the same as CUDA graphs: launched as a whole, no kernel waits for the processor."""

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn

from networks.ladder.implementations import Implementation, Layer
from networks.unavailable import Unavailable


class Graphed(Implementation):
    """Captured at the first call of a shape, forward and backward; captured once more where the sequence itself is to
    have a gradient, which is more work. A call copies the sequence in and returns memory that the next call
    overwrites.

    `make_graphed_callables` captures the backward pass even where it is never asked for: the first call and the peak
    memory of a forward pass include it, its latency does not.

    Raises Unavailable for a layer that is not on a GPU."""

    def __init__(self, layer: Layer, build: Callable[[Layer], Implementation]) -> None:
        super().__init__(layer)
        if layer.weight_hh_l0.device.type != "cuda":
            raise Unavailable("CUDA graphs need a layer on a CUDA device")
        self.build = build
        self.captured: dict[tuple[bool, torch.Size], nn.Module] = {}

    def forward(self, sequence: Tensor) -> Tensor:
        key = sequence.requires_grad, sequence.shape
        if key not in self.captured:
            self.captured[key] = self._capture(sequence)
        return self.captured[key](sequence)

    def _capture(self, sequence: Tensor) -> nn.Module:
        with torch.inference_mode(False), torch.enable_grad():
            sample = torch.zeros_like(sequence).requires_grad_(sequence.requires_grad)
            return cast("nn.Module", torch.cuda.make_graphed_callables(self.build(self.layer), (sample,)))
