"""One recurrent layer, a shape and a rung of the ladder → a workload that is that layer and nothing else.

The input is real all the same: digits, scaled to as many rows as there are steps and as many columns as features. A
step is the forward pass, or the forward and the backward pass for one fixed gradient of the outputs, without an
optimiser: that would be the same on every rung."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from networks import accounting
from networks.accounting import GATES, gated
from networks.images import digits
from networks.ladder import RUNGS, Implementation, equality, kind_of
from networks.workload import DTYPES, Equality, known, seeded

LEVELS = {
    "family": ("lstm", "gru", "rnn"),
    "rung": (
        "separate",
        "stacked",
        "hoisted",
        "concatenated",
        "cell_loop",
        "native",
        "script_stacked",
        "script_hoisted",
        "compile_stacked",
        "compile_hoisted",
        "compile_module",
        "compile_module_rnn",
        "fused",
        "graph_stacked",
        "graph_cell_loop",
        "graph_native",
    ),
    "mode": ("forward", "training"),
}

FAMILIES: dict[str, type[nn.LSTM | nn.GRU | nn.RNN]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A rung on its input. `step` returns the outputs, or in training the gradient of the input."""

    built: Implementation
    original: nn.LSTM | nn.GRU | nn.RNN
    sequence: Tensor
    towards: Tensor
    training: bool
    items: int
    values: int
    parameters: int
    flops: int
    sequential_steps: int
    expects: tuple[str, ...]
    compilation: dict[str, float] = field(default_factory=dict)

    def step(self) -> Tensor:
        if not self.training:
            with torch.inference_mode():
                return self.built(self.sequence)
        gradients = torch.autograd.grad(self.built(self.sequence), [self.sequence, *self.built.trained()], self.towards)
        return gradients[0]

    def check(self) -> Equality:
        """Outputs and, in training, all gradients, against PyTorch's own layer in double precision."""
        error, tolerance = equality(self.built, self.original, self.sequence, training=self.training)
        return Equality(max_error=error, tolerance=tolerance)

    def metrics(self) -> Mapping[str, float]:
        """What compiling took, where something was compiled."""
        return self.compilation

    def close(self) -> None:
        self.built.close()


def layer(
    *,
    family: str,
    rung: str,
    mode: str,
    batch: int,
    steps: int,
    features: int,
    hidden: int,
    layers: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
    seed: int = 0,
) -> Layer:
    """`layers` recurrent layers over (steps, batch, features), in one direction.

    Raises ValueError for a level that does not exist, networks.ladder.Unavailable where the rung needs what the
    machine lacks."""
    place = RUNGS[known("rung", rung, RUNGS)]
    training = known("mode", mode, LEVELS["mode"]) == "training"
    kind = DTYPES[known("dtype", dtype, DTYPES)]
    with seeded(seed):
        original = FAMILIES[known("family", family, FAMILIES)](features, hidden, layers).to(device, kind)
    built = place.build(original)
    sequence = stretched(batch, steps=steps, features=features).to(device, kind).requires_grad_(training)
    cost = accounting.recurrence(
        lambda i, h: gated(GATES[family], i, h), steps=steps, features=features, hidden=hidden, layers=layers
    )
    made = Layer(
        built=built,
        original=original,
        sequence=sequence,
        towards=torch.ones(steps, batch, hidden, device=device, dtype=kind),
        training=training,
        items=batch,
        values=steps * features,
        parameters=cost.parameters,
        flops=2 * batch * (cost.forward + (cost.backward + cost.to_input) * training),
        sequential_steps=cost.depth,
        expects=place.expects.get((torch.device(device).type, kind_of(original)), ()),
    )
    if place.first is not None:
        made.compilation.update(place.first(made.step))
    return made


def stretched(batch: int, *, steps: int, features: int) -> Tensor:
    """The first `batch` digits with as many rows as steps and as many columns as features: (steps, batch, features)."""
    images = interpolate(digits(batch).images, size=(steps, features), mode="bilinear", align_corners=False)
    return images.squeeze(1).transpose(0, 1).contiguous()
