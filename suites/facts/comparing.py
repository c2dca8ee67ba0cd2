"""Layers and tensors → how many parameters there are, whether two results agree: what facts report with."""

import torch
from torch import Tensor, nn


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def weights(network: nn.Module) -> int:
    """Parameters without the biases."""
    return sum(parameter.numel() for name, parameter in network.named_parameters() if "bias" not in name)


def drawn(*sizes: int) -> Tensor:
    """Normal numbers in double precision, so that equal computations agree far within the tolerance of `agree`."""
    return torch.randn(*sizes, dtype=torch.float64)


def agree(found: Tensor, other: Tensor) -> bool:
    """Two results of the same shape whose numbers differ by no more than rounding in double precision."""
    return found.shape == other.shape and torch.allclose(found, other, rtol=1e-9, atol=1e-12)
