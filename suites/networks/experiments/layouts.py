"""One recurrent layer and how its input lies in memory → its workload: what an arrangement of the same digits costs.

`time_major` is (steps, batch, features), contiguous, as the layers want it; `batch_first` has them turn it round;
`noncontiguous` is a view of the images, transposed and not copied; `unflattened` has weights that do not lie side by
side (cuDNN copies them at every call). `padded` and `packed` are the same digits cut off after 14 to 28 rows: the first
computes the zeros too."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from networks import accounting, slicing
from networks.accounting import GATES, gated
from networks.images import SIDE, digits
from networks.sequence import HIDDEN, PYTORCH, rows
from networks.workload import DTYPES, known, seeded

LEVELS = {
    "model": ("rnn", "gru", "lstm"),
    "layout": ("time_major", "batch_first", "noncontiguous", "unflattened", "padded", "packed"),
}

SHORTEST = SIDE // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """A layer and an input. `step` returns what the layer has said last, of each item: (1, batch, hidden)."""

    layer: nn.RNNBase
    inputs: Tensor | PackedSequence
    items: int
    values: int
    parameters: int
    flops: int
    sequential_steps: int

    def step(self) -> Tensor:
        with torch.inference_mode():
            _, final = self.layer(self.inputs)
        return final[0] if isinstance(final, tuple) else final


def arranged(
    *, model: str, layout: str, batch: int, dtype: str = "float32", device: str = "cpu", seed: int = 0
) -> Arranged:
    """One layer of 100 units over the rows of the first `batch` test digits.

    Raises ValueError for a level that does not exist."""
    kind = DTYPES[known("dtype", dtype, DTYPES)]
    known("layout", layout, LEVELS["layout"])
    with seeded(seed):
        made = PYTORCH[known("model", model, LEVELS["model"])](SIDE, HIDDEN, batch_first=layout == "batch_first")
    made = made.to(device, kind)
    if layout == "unflattened":
        scatter(made)
    images = digits(batch).images.to(device, kind)
    lengths = lengths_of(batch) if layout in ("padded", "packed") else torch.full((batch,), SIDE)
    cost = accounting.recurrence(lambda i, h: gated(GATES[model], i, h), steps=SIDE, features=SIDE, hidden=HIDDEN)
    counted = int(lengths.sum()) if layout == "packed" else batch * SIDE
    return Arranged(
        layer=made,
        inputs=_inputs(images, layout, lengths),
        items=batch,
        values=SIDE * SIDE,
        parameters=cost.parameters,
        flops=2 * cost.forward * counted // SIDE,
        sequential_steps=SIDE,
    )


def lengths_of(batch: int) -> Tensor:
    """14 to 28 rows, in turn, whoever draws them: (batch,), int64."""
    return SHORTEST + torch.arange(batch) % (SIDE - SHORTEST + 1)


def scatter(layer: nn.RNNBase) -> None:
    """Gives every weight memory of its own, one element apart from its neighbours."""
    for name, weight in list(layer.named_parameters()):
        apart = weight.new_empty(weight.numel() + 1)[1:].view_as(weight)
        setattr(layer, name, nn.Parameter(apart.copy_(weight.detach())))


def _inputs(images: Tensor, layout: str, lengths: Tensor) -> Tensor | PackedSequence:
    if layout == "batch_first":
        return images.squeeze(1)
    if layout == "noncontiguous":
        return images.squeeze(1).transpose(0, 1)
    if layout in ("padded", "packed"):
        cut = [image[:length] for image, length in zip(images.squeeze(1), lengths.tolist(), strict=True)]
        sequence, known_lengths = slicing.padded(cut, longest=SIDE)
        return sequence if layout == "padded" else slicing.packed(sequence, known_lengths)
    return rows(images)
