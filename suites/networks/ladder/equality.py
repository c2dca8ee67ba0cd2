"""An implementation, the layer it stands for and a sequence → how far it is from the layer in double precision.

Why the reference stays on a GPU where the layer is on one: of the larger published shapes a processor would take
minutes for the same products in double precision, longer than a case may take. There cuDNN has no part in it: it is
ATen's loop over the steps, so what is compared and its reference share no recurrent code.

Why gradients of few steps where numbers have 16 bits: autograd adds up a weight's gradient of a loop step by step in
those bits, and here all of its parts have one sign. A sum of bfloat16 that is 256 times what is added stands still: of
1,024 steps the loops here miss 58 % of it, in float16 6 % (of 100 steps 5 % and 0.3 %). That is the error of the
numbers, and no other implementation of such a loop would have less.
"""

import copy
from collections.abc import Iterable
from functools import partial

import torch
from torch import Tensor

from networks import numerics
from networks.ladder.implementations import Implementation, Layer, Native

SUMMED = 32
"""Steps of which gradients in 16 bits are compared."""


def equality(
    built: Implementation, layer: Layer, sequence: Tensor, *, training: bool, precision: str = "ieee"
) -> tuple[float, float]:
    """The largest difference from the layer's copy in float64 on its own device, on ATen's native path, as a share of
    the largest value of the tensor where it is found; and the tolerance of the precision (numerics.TOLERANCES).

    Compared are the outputs for `sequence` (steps, batch, features) and, in training, the gradients of the sequence and
    of every parameter in the layer's own layout, in half precision those of its first SUMMED steps. Without training
    nothing is traced (`torch.inference_mode`). An implementation that was compiled or captured for a sequence that
    needs no gradient does so once more for one that does."""
    reference = Native(copy.deepcopy(layer).to(torch.float64))
    summed = SUMMED if sequence.dtype.itemsize == 2 else len(sequence)
    results = partial(_traced, summed=summed) if training else _outputs
    expected = [each.to("cpu") for each in results(reference, sequence.detach().to(torch.float64))]
    pairs = zip(results(built, sequence.detach()), expected, strict=True)
    error = max(numerics.difference(found, right) for found, right in pairs)
    return error, numerics.tolerance(sequence.dtype, precision)


def _outputs(built: Implementation, sequence: Tensor) -> Iterable[Tensor]:
    with torch.inference_mode():
        return [built(sequence)]


def _traced(built: Implementation, sequence: Tensor, *, summed: int) -> Iterable[Tensor]:
    """The outputs, then the gradients of the sequence and of the parameters, for one fixed gradient of the outputs;
    both once more of the first `summed` steps alone, where there are more.

    That gradient has no sign and no two equal values: no sum of gradients cancels, and no two outputs can change
    places."""
    inputs = sequence.clone().requires_grad_()
    outputs = built(inputs)
    if len(sequence) > summed:
        return [outputs.detach(), *_traced(built, sequence[:summed], summed=summed)]
    towards = torch.linspace(0.5, 1.5, outputs.numel(), dtype=torch.float64).to(outputs).view_as(outputs)
    wanted = torch.autograd.grad(outputs, [inputs, *built.trained()], towards)
    return [outputs.detach(), wanted[0], *built.in_layer_order(wanted[1:])]
