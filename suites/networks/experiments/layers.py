"""One layer that reads a sequence, and a shape → a workload that is that layer and nothing else.

A recurrent layer of PyTorch's on a rung of the ladder (`implementations`), and what others have published such layers'
times against: convolutions over time, and recurrences that multiply no state by a matrix. A step is the forward pass,
or that and the backward pass for one fixed gradient of the outputs, of the inputs too; no classifier, no optimiser.

Those others stand on rungs that say the same of them: `hoisted`, one product for all steps and a loop without any;
`scan`, a parallel scan in the place of that loop (a QRNN of 320 units by the loop is within 3 % of it on one thread);
`fused`, one operator of the library."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from networks import accounting, backends, numerics
from networks.backends import Proof
from networks.cells.cell import Cell
from networks.cells.scans import QRNN, SRU
from networks.experiments import implementations
from networks.experiments.implementations import stretched
from networks.numerics import DTYPES, PRECISIONS
from networks.temporal import CausalConvolution
from networks.workload import REFEREED, Workload, infer, known, seeded

LEVELS = {
    "family": ("lstm", "gru", "rnn", "sru", "qrnn", "conv1d_k2", "conv1d_k3"),
    "mode": ("forward", "training"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}
"""Without the rungs, of which a family has its own: `layer` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A layer by (features, hidden), its cost by (steps, features, hidden), and what proves its backend. `convolves`:
    it reads and gives (batch, width, steps), as the library's convolutions do, the others (steps, batch, width)."""

    build: Callable[[int, int], nn.Module]
    cost: Callable[[int, int, int], accounting.Layer]
    proof: Proof
    convolves: bool = False


def _recurrence(cell: type[Cell]) -> Kind:
    def cost(steps: int, features: int, hidden: int) -> accounting.Layer:
        return accounting.recurrence(cell.cost, steps=steps, features=features, hidden=hidden)

    return Kind(build=cell, cost=cost, proof=cell.proof)


def _convolution(kernel: int) -> Kind:
    """Causal: a step sees itself and the `kernel` − 1 before it, so that there are as many outputs as steps."""
    reach = kernel - 1
    return Kind(
        build=partial(CausalConvolution, kernel=kernel, dilation=1, normalised=False),
        cost=lambda steps, features, hidden: accounting.conv1d(features, hidden, kernel=kernel, steps=steps),
        proof=backends.convolution(
            lambda shape: backends.Convolution(
                items=shape[0], numbers=shape[1] * (shape[2] + reach), kernel=(1, kernel)
            )
        ),
        convolves=True,
    )


KINDS: dict[tuple[str, str], Kind] = {
    ("sru", "hoisted"): _recurrence(SRU),
    ("qrnn", "scan"): _recurrence(QRNN),
    ("conv1d_k2", "fused"): _convolution(2),
    ("conv1d_k3", "fused"): _convolution(3),
}
"""By family and rung, all but PyTorch's recurrent layers."""


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
) -> implementations.Layer | Workload:
    """A layer over `steps` steps of `features` features, to `hidden` units or channels.

    Raises ValueError for a level that does not exist, for several `layers` of what is no recurrent layer of PyTorch's;
    networks.unavailable's Unavailable where the rung needs what the machine lacks."""
    if family in implementations.FAMILIES:
        return implementations.layer(
            family=family,
            rung=rung,
            mode=mode,
            batch=batch,
            steps=steps,
            features=features,
            hidden=hidden,
            layers=layers,
            dtype=dtype,
            precision=precision,
            device=device,
            seed=seed,
        )
    known("rung", rung, [way for own, way in KINDS if own == known("family", family, LEVELS["family"])])
    training = known("mode", mode, LEVELS["mode"]) == "training"
    number = DTYPES[known("dtype", dtype, DTYPES)]
    numerics.use(known("precision", precision, PRECISIONS))
    if layers != 1:
        raise ValueError(f"layers={layers}: of {family} there is one")
    with seeded(seed):
        network = KINDS[family, rung].build(features, hidden).to(device, number)
    drawn = stretched(batch, steps=steps, features=features)
    return _workload(KINDS[family, rung], network, drawn, hidden=hidden, training=training, precision=precision)


def _workload(
    kind: Kind, network: nn.Module, drawn: Tensor, *, hidden: int, training: bool, precision: str
) -> Workload:
    """The layer on what is drawn, (steps, batch, features), in its own type of numbers and where it is."""
    steps, batch, features = drawn.shape
    weight = next(network.parameters())
    order = (1, 2, 0) if kind.convolves else (0, 1, 2)
    inputs = drawn.permute(order).contiguous().to(weight).requires_grad_(training)
    given = torch.ones(steps, batch, hidden).permute(order).contiguous().to(weight)
    cost = kind.cost(steps, features, hidden)
    return Workload(
        network=network,
        inputs=inputs,
        refereed=drawn[:, :REFEREED].permute(order),
        advance=partial(_traced, towards=given) if training else infer,
        items=batch,
        values=steps * features,
        parameters=cost.parameters,
        flops=2 * batch * (cost.forward + (cost.backward + cost.to_input) * training),
        sequential_steps=cost.depth,
        pointwise_steps=cost.pointwise,
        expects=kind.proof(weight.device.type, weight.dtype, inputs.shape),
        tolerance=numerics.tolerance(weight.dtype, precision),
        items_along=0 if kind.convolves else 1,
    )


def _traced(network: nn.Module, inputs: Tensor, *, towards: Tensor) -> Tensor:
    """The gradient of the inputs; those of the weights are worked out beside it."""
    return torch.autograd.grad(network(inputs), [inputs, *network.parameters()], towards)[0]
