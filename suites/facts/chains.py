"""A result and the graph that autograd keeps of it → how many products stand one behind the other on its way.

A product that reads what another one has made cannot begin before that has ended; products without a chain between
them can be done in any order, or all at once.
"""

from torch import Tensor
from torch.autograd.graph import Node

PRODUCTS = ("AddmmBackward0", "MmBackward0", "BmmBackward0", "ConvolutionBackward0")


def products_in_a_row(result: Tensor) -> int:
    """The longest chain of matrix products and convolutions that ends in the result; it needs a gradient."""
    assert result.grad_fn is not None
    lengths: dict[Node, int] = {}
    waiting: list[Node] = [result.grad_fn]
    while waiting:
        node = waiting[-1]
        earlier = [other for other, _ in node.next_functions if other is not None]
        unknown = [other for other in earlier if other not in lengths]
        if unknown:
            waiting += unknown
            continue
        waiting.pop()
        lengths[node] = max((lengths[other] for other in earlier), default=0) + (node.name() in PRODUCTS)
    return lengths[result.grad_fn]
