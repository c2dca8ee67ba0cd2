"""The names of a precision → torch's types and switches; a network and its inputs → how they are rounded and lie.

Left alone, torch multiplies float32 in two ways on a GPU: its convolutions and recurrent layers may round to TF32, its
matrix products do not, and a fused layer would be compared with a loop that computes something else. So a builder says
which, everywhere at once, and the workload records what holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn

DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
PRECISIONS = ("ieee", "tf32")
"""Of products of float32: as they are, or with 10 bits of the 23, where the hardware can do that."""

TOLERANCES = {torch.float64: 1e-10, torch.float32: 1e-4, torch.float16: 2e-2, torch.bfloat16: 1e-1}
"""Shares of the largest value by which a result may differ from the one in double precision; float32 means IEEE."""
TF32_TOLERANCE = 2e-2
"""Products of many layers add up."""

PARTS = (
    *(("cudnn", "conv"), ("cudnn", "rnn"), ("cuda", "matmul")),
    *(("mkldnn", "conv"), ("mkldnn", "rnn"), ("mkldnn", "matmul")),
)
"""Of `torch.backends`, that round products of float32 each as they are told."""


class Rounding(Protocol):
    """One of these parts."""

    fp32_precision: str


Inputs = Tensor | nn.utils.rnn.PackedSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Equality:
    """The largest difference from the reference, as a share of its largest value, and the share that passes."""

    max_error: float
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a workload finds out about itself beside its result: numbers by name, for its `metrics`."""

    numbers: dict[str, float] = field(default_factory=dict)

    def compared(self, error: float, tolerance: float) -> Equality:
        """Keeps both, so that a survey that passed says by how much."""
        self.numbers.update(max_error=error, tolerance=tolerance)
        return Equality(max_error=error, tolerance=tolerance)


def use(precision: str) -> None:
    """Has every backend of this process round products of float32 like that, until another does.

    Each part of cuDNN, cuBLAS and oneDNN by its own switch; before that the two older ones, which nothing else reads
    here, but torch refuses to answer where they say something else than the new ones do (torch 2.15)."""
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    for part in _parts():
        part.fp32_precision = precision


def tolerance(kind: torch.dtype, precision: str = "ieee") -> float:
    """The share by which a result in that precision may differ from one in double precision."""
    return TF32_TOLERANCE if (kind, precision) == (torch.float32, "tf32") else TOLERANCES[kind]


def rounds() -> bool:
    """Whether some backend may round products of float32."""
    return any(part.fp32_precision == "tf32" for part in _parts())


def flattened(network: nn.Module) -> nn.Module:
    """The same network, the weights of each of PyTorch's recurrent layers in one block where cuDNN wants them so."""
    for layer in _recurrent(network):
        layer.flatten_parameters()
    return network


def state(network: nn.Module, inputs: Inputs) -> Mapping[str, float]:
    """What holds now, as numbers (1: it does, 0: it does not).

    `tf32`: some backend may round products of float32. `inputs_contiguous` and `weights_contiguous`: the inputs, and
    each of the weights, are dense in memory, in their own order. `weights_flat`, where PyTorch's recurrent layers are:
    the weights of each lie in one block. cuDNN copies at every call those that do not; on a CPU none do, and nothing
    there asks for it."""
    data = inputs if isinstance(inputs, Tensor) else inputs.data
    layers = list(_recurrent(network))
    found = {
        "tf32": rounds(),
        "inputs_contiguous": data.is_contiguous(),
        "weights_contiguous": all(weight.is_contiguous() for weight in network.parameters()),
        **({"weights_flat": all(map(_one_block, layers))} if layers else {}),
    }
    return {name: float(holds) for name, holds in found.items()}


def difference(found: Tensor, right: Tensor) -> float:
    """The largest difference, as a share of the largest value; `right` is on the CPU, in double precision, and may be
    nothing but zeros."""
    largest = right.abs().max().clamp(min=torch.finfo(right.dtype).tiny)
    return ((found.to("cpu", torch.float64) - right).abs().max() / largest).item()


def _parts() -> list[Rounding]:
    return [getattr(getattr(torch.backends, backend), part) for backend, part in PARTS]


def _recurrent(network: nn.Module) -> Iterable[nn.RNNBase]:
    return (layer for layer in network.modules() if isinstance(layer, nn.RNNBase))


def _one_block(layer: nn.RNNBase) -> bool:
    return len({weight.untyped_storage().data_ptr() for weight in layer.parameters()}) == 1
