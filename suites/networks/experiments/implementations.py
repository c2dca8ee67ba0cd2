"""One recurrent layer, a shape and a rung of the ladder → a workload that is that layer and nothing else.

The input is real all the same: digits, scaled to as many rows as there are steps and as many columns as features. A
step is the forward pass, or the forward and the backward pass for one fixed gradient of the outputs, without an
optimiser: that would be the same on every rung."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from networks import accounting, compiling, numerics
from networks.accounting import GATES, Cost, CostOf, gated
from networks.images import digits
from networks.ladder import RUNGS, Implementation, equality, kind_of
from networks.numerics import DTYPES, PRECISIONS, Equality, Observed
from networks.workload import known, seeded

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
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}

JOINED = {"lstm": 4, "gru": 2, "rnn": 1}
"""Gates whose products with input and state are one on the rung `concatenated`: a GRU's n keeps two (`ladder.gru`)."""

FAMILIES: dict[str, type[nn.LSTM | nn.GRU | nn.RNN]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A rung on its input. `step` returns the outputs, or in training the gradient of the input.

    `again` builds the rung once more, for the gradients of what is timed without; none where that would be another
    program."""

    built: Implementation
    again: Callable[[], Implementation] | None
    original: nn.LSTM | nn.GRU | nn.RNN
    sequence: Tensor
    towards: Tensor
    training: bool
    items: int
    values: int
    parameters: int
    flops: int
    sequential_steps: int
    precision: str
    expects: tuple[str, ...]
    observed: Observed = field(default_factory=Observed)

    def step(self) -> Tensor:
        if not self.training:
            with torch.inference_mode():
                return self.built(self.sequence)
        gradients = torch.autograd.grad(self.built(self.sequence), [self.sequence, *self.built.trained()], self.towards)
        return gradients[0]

    def check(self) -> Equality:
        """Outputs and all gradients, against PyTorch's own layer in double precision.

        Of a forward pass the gradients are another build's: TorchScript that was specialised for gradients fails
        without them. What is compiled for inference is a program that has none; the case that trains compares its."""
        error, tolerance = self._equality(self.built, training=self.training)
        traced = self.training or self.again is not None
        if self.again is not None and not self.training:
            apart = self.again()
            error = max(error, self._equality(apart, training=True)[0])
            apart.close()
        self.observed.numbers["gradients_compared"] = float(traced)
        return self.observed.compared(error, tolerance)

    def _equality(self, built: Implementation, *, training: bool) -> tuple[float, float]:
        """cuDNN keeps what gradients take, and has them, in a layer that is in training mode alone."""
        self.original.train(training)
        found = equality(built, self.original, self.sequence, training=training, precision=self.precision)
        self.original.train(self.training)
        return found

    def metrics(self) -> Mapping[str, float]:
        """What compiling took, where something was compiled; the error, once it is checked; how numbers are rounded and
        lie in memory; the steps of all layers."""
        layer_steps = self.sequence.shape[0] * self.original.num_layers
        return {**self.observed.numbers, **numerics.state(self.original, self.sequence), "layer_steps": layer_steps}

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
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Layer:
    """`layers` recurrent layers over (steps, batch, features), in one direction.

    Raises ValueError for a level that does not exist, networks.ladder.Unavailable where the rung needs what the
    machine lacks."""
    place = RUNGS[known("rung", rung, RUNGS)]
    training = known("mode", mode, LEVELS["mode"]) == "training"
    kind = DTYPES[known("dtype", dtype, DTYPES)]
    numerics.use(known("precision", precision, PRECISIONS))
    with seeded(seed):
        original = FAMILIES[known("family", family, FAMILIES)](features, hidden, layers).to(device, kind)
    original.train(training)
    original.flatten_parameters()
    shape = (batch, steps, features, hidden, layers)
    with compiling.apart(family, rung, mode, shape, kind, precision, device):
        built = place.build(original)
    sequence = stretched(batch, steps=steps, features=features).to(device, kind).requires_grad_(training)
    cost = accounting.recurrence(_cost_of(family, rung), steps=steps, features=features, hidden=hidden, layers=layers)
    made = Layer(
        built=built,
        again=partial(place.build, original) if place.one_program else None,
        original=original,
        sequence=sequence,
        towards=torch.ones(steps, batch, hidden, device=device, dtype=kind),
        training=training,
        items=batch,
        values=steps * features,
        parameters=cost.parameters,
        flops=2 * batch * (cost.forward + (cost.backward + cost.to_input) * training),
        sequential_steps=cost.depth,
        precision=precision,
        expects=place.expects.get((torch.device(device).type, kind_of(original)), ()),
    )
    if place.first is not None:
        made.observed.numbers.update(place.first(made.step))
    return made


def _cost_of(family: str, rung: str) -> CostOf:
    """A step's products. Of `concatenated` those with the state have a gradient to hand on in the first step too: of
    [x, h] that of x is wanted, and both come out of one product. The other rungs leave that of the first state out."""

    def cost(features: int, hidden: int) -> Cost:
        plain = gated(GATES[family], features, hidden)
        joined = JOINED[family] if rung == "concatenated" else 0
        return replace(plain, inner=joined * hidden * hidden)

    return cost


def stretched(batch: int, *, steps: int, features: int) -> Tensor:
    """The first `batch` digits with as many rows as steps and as many columns as features: (steps, batch, features)."""
    images = interpolate(digits(batch).images, size=(steps, features), mode="bilinear", align_corners=False)
    return images.squeeze(1).transpose(0, 1).contiguous()
