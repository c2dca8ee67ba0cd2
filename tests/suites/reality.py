"""Networks and their inputs → what torch holds, counts and learns, for the closed forms to be compared with."""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import cross_entropy
from torch.optim import SGD
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

PRODUCTS = ("AddmmBackward", "MmBackward", "BmmBackward", "ConvolutionBackward")


def counted(network: Callable[[Tensor], Tensor], inputs: Tensor, *, items: int) -> tuple[int, int]:
    """Multiply-adds an item, forward and backward, of a step that trains.

    Without oneDNN, of whose LSTM the counter sees nothing, and with attention as the two products that it is: its fused
    kernels compute one of them again on the way back. Not `mkldnn.flags`: it also sets TF32, which warns."""
    enabled, torch.backends.mkldnn.enabled = torch.backends.mkldnn.enabled, False  # type: ignore[assignment]
    try:
        with sdpa_kernel(SDPBackend.MATH):
            with FlopCounterMode(display=False) as forward:
                outputs = network(inputs)
            with FlopCounterMode(display=False) as backward:
                torch.autograd.backward(outputs.square().sum())
    finally:
        torch.backends.mkldnn.enabled = enabled
    return forward.get_total_flops() // 2 // items, backward.get_total_flops() // 2 // items


def events(step: Callable[[], object]) -> set[str]:
    """What the profiler sees of one step."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        step()
    return {event.name for event in profiler.events() or ()}


def held(network: nn.Module) -> int:
    """Parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def chained(network: nn.Module, inputs: Tensor) -> int:
    """Products on the longest chain of the forward pass, as autograd's graph remembers it. Not for PyTorch's recurrent
    layers: their product with the inputs of all steps lies on it too."""

    @cache
    def longest(node: Node | None) -> int:
        if node is None:
            return 0
        behind = max((longest(one) for one, _ in node.next_functions), default=0)
        return behind + node.name().startswith(PRODUCTS)

    with sdpa_kernel(SDPBackend.MATH):
        return longest(network(inputs).grad_fn)


def losses(network: nn.Module, inputs: Tensor, labels: Tensor, *, rate: float = 0.01) -> tuple[float, float]:
    """On one batch, before and after a step of gradient descent on it; without dropout."""
    network.eval()
    optimizer = SGD(network.parameters(), lr=rate)
    before = cross_entropy(network(inputs), labels)
    torch.autograd.backward(before)
    optimizer.step()
    with torch.no_grad():
        return before.item(), cross_entropy(network(inputs), labels).item()
