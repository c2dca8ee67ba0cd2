"""The five documents → what is observed of their exact claims: modules of a document, functions of what they observe.

A function of the claims takes nothing and returns a flat mapping: what came out of a layer, a formula or the document's
own code when it was tried just now. What a claim expects stands in suites/claims/claims.yaml, and nowhere here.
"""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor
from torch.autograd import grad

Value = bool | int | float | str
Observed = Mapping[str, Value | Sequence[Value]]
"""Names → values and lists of them, nothing nested. A shape is a list of sizes, an exception the name of its class or
"none"; a boolean says whether two computations agree."""

REFUSALS = (AttributeError, IndexError, KeyError, NameError, RuntimeError, SyntaxError, TypeError, ValueError)
"""What Python and PyTorch raise where code does not fit; anything else is a mistake of ours and ends the fact."""


def raised(action: Callable[[], object]) -> str:
    """The class of the exception that the action ends with, or "none"."""
    try:
        action()
    except REFUSALS as refusal:
        return type(refusal).__name__
    return "none"


def seen(result: Tensor, inputs: Tensor, *, along: int = 0) -> list[int]:
    """The places along a dimension of `inputs` that the sum of `result` has a gradient for: what it depends on.

    The inputs need `requires_grad`; the graph is kept. A gradient too small for the precision counts as none."""
    (gradient,) = grad(result.sum(), inputs, retain_graph=True)
    return gradient.movedim(along, 0).flatten(start_dim=1).any(dim=1).nonzero().flatten().tolist()
