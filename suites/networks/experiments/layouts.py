"""One recurrent layer and how its input lies in memory → its workload: what an arrangement of the same digits costs.

`time_major` is (steps, batch, features), contiguous, as the layers want it; `batch_first` has them turn it round;
`noncontiguous` is a view of the images, transposed and not copied; `unflattened` has weights that do not lie side by
side (cuDNN copies them at every call). `padded` and `packed` are the same digits cut off after 14 to 28 rows: the first
computes the zeros too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from networks import accounting, backends, numerics, slicing
from networks.accounting import GATES, gated
from networks.cells import CELLS
from networks.images import SIDE, digits
from networks.numerics import DTYPES, PRECISIONS, Equality, Observed
from networks.sequence import HIDDEN, PYTORCH
from networks.workload import known, seeded

LEVELS = {
    "model": ("rnn", "gru", "lstm"),
    "layout": ("time_major", "batch_first", "noncontiguous", "unflattened", "padded", "packed"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}

SHORTEST = SIDE // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """A layer and an input. `step` returns what the layer has said last, of each item: (1, batch, hidden).

    `model` is the layer's kind; `lengths` says how many rows of each digit are left, `last` at which step each item
    ends: a padded one goes on over the zeros."""

    layer: nn.RNNBase
    inputs: Tensor | PackedSequence
    model: str
    lengths: Tensor
    last: Tensor
    items: int
    values: int
    parameters: int
    flops: int
    sequential_steps: int
    expects: tuple[str, ...]
    tolerance: float
    observed: Observed = field(default_factory=Observed)

    def step(self) -> Tensor:
        with torch.inference_mode():
            _, final = self.layer(self.inputs)
        return final[0] if isinstance(final, tuple) else final

    def check(self) -> Equality:
        """What each item ends with, against what PyTorch's layer with the same weights says at that step, in double
        precision on the CPU, of steps that lie in plain order: no output looks ahead."""
        plain = PYTORCH[self.model](SIDE, HIDDEN, dtype=torch.float64)
        plain.load_state_dict(self.layer.state_dict())
        with torch.inference_mode():
            outputs, _ = plain(_plain(digits(self.items).images, self.lengths).to(torch.float64))
        right = outputs[self.last, torch.arange(self.items)].unsqueeze(0)
        return self.observed.compared(numerics.difference(self.step(), right), self.tolerance)

    def metrics(self) -> Mapping[str, float]:
        """The error, once it is checked; how numbers are rounded and lie in memory."""
        return {**self.observed.numbers, **numerics.state(self.layer, self.inputs)}


def arranged(
    *,
    model: str,
    layout: str,
    batch: int,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Arranged:
    """One layer of 100 units over the rows of the first `batch` test digits.

    Raises ValueError for a level that does not exist."""
    kind = DTYPES[known("dtype", dtype, DTYPES)]
    numerics.use(known("precision", precision, PRECISIONS))
    known("layout", layout, LEVELS["layout"])
    with seeded(seed):
        made = PYTORCH[known("model", model, LEVELS["model"])](SIDE, HIDDEN, batch_first=layout == "batch_first")
    made = made.to(device, kind)
    made.flatten_parameters()
    if layout == "unflattened":
        scatter(made)
    images = digits(batch).images.to(device, kind)
    lengths = lengths_of(batch) if layout in ("padded", "packed") else torch.full((batch,), SIDE)
    cost = accounting.recurrence(lambda i, h: gated(GATES[model], i, h), steps=SIDE, features=SIDE, hidden=HIDDEN)
    read = lengths if layout == "packed" else torch.full((batch,), SIDE)
    counted = int(read.sum())
    proof = backends.native(backends.NATIVE_GATES) if (model, layout) == ("lstm", "packed") else CELLS[model].proof
    return Arranged(
        layer=made,
        inputs=_inputs(images, layout, lengths),
        model=model,
        lengths=lengths,
        last=read - 1,
        items=batch,
        values=SIDE * SIDE,
        parameters=cost.parameters,
        flops=2 * cost.forward * counted // SIDE,
        sequential_steps=SIDE,
        expects=proof(torch.device(device).type, kind, images.shape),
        tolerance=numerics.tolerance(kind, precision),
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
    if layout == "packed":
        return slicing.packed(_plain(images, lengths), lengths)
    return _plain(images, lengths)


def _plain(images: Tensor, lengths: Tensor) -> Tensor:
    """The rows as steps, with zeros where an image is cut off: (steps, batch, features), contiguous."""
    cut = [image[:length] for image, length in zip(images.squeeze(1), lengths.tolist(), strict=True)]
    return slicing.padded(cut, longest=SIDE)[0]
