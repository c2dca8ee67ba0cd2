"""A sequence → the outputs of one recurrent layer in one direction: what a cell is, and the gates of many."""

from typing import ClassVar

from torch import Tensor, addmm, empty, nn
from torch.nn.functional import linear

from networks.accounting import Cost
from networks.backends import Proof


class Cell(nn.Module):
    """One layer in one direction: (steps, batch, features) → (steps, batch, width), from a zero state; in closed form
    its cost, and by `proof` the operators that show that its recurrence ran by what it was meant to run by. No output
    depends on a later step."""

    proof: ClassVar[Proof]

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.features, self.hidden = features, hidden

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """Of the layer that the constructor makes with its defaults."""
        raise NotImplementedError

    def above(self, features: int) -> "Cell":
        """A layer of the same kind and size that reads what this one says, in one direction or both."""
        return type(self)(features, self.hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        raise NotImplementedError


class Gates(nn.Module):
    """W x + b + U h + d for `count` gates at once, one below the other: laid out, named and drawn as `nn.LSTM` does.

    `biases` says how many bias vectors there are: two as in PyTorch, one as in most papers, none before a
    normalisation. Whatever their number, they are added once, with the inputs."""

    def __init__(self, count: int, features: int, hidden: int, *, biases: int = 2) -> None:
        super().__init__()
        self.weight_ih = nn.Parameter(empty(count * hidden, features))
        self.weight_hh = nn.Parameter(empty(count * hidden, hidden))
        self.bias_ih = nn.Parameter(empty(count * hidden)) if biases > 0 else None
        self.bias_hh = nn.Parameter(empty(count * hidden)) if biases > 1 else None
        draw(self, hidden)

    def of_inputs(self, inputs: Tensor) -> Tensor:
        """(…, features) → (…, count · hidden): the inputs' share, which can be had for all steps in one product."""
        return linear(inputs, self.weight_ih, self._bias())

    def with_state(self, of_inputs: Tensor, state: Tensor) -> Tensor:
        """(batch, count · hidden) and the state (batch, hidden) → all that the gates see: one product, which adds."""
        return addmm(of_inputs, state, self.weight_hh.t())

    def _bias(self) -> Tensor | None:
        if self.bias_ih is None or self.bias_hh is None:
            return self.bias_ih
        return self.bias_ih + self.bias_hh


def draw(module: nn.Module, hidden: int) -> None:
    """Every parameter from the uniform distribution on ± 1 / √hidden, as PyTorch's recurrent layers do."""
    for parameter in module.parameters():
        nn.init.uniform_(parameter, -(hidden**-0.5), hidden**-0.5)


def cost_of_gates(count: int, features: int, hidden: int, *, vectors: int, chain: int = 1, inner: int = 0) -> Cost:
    """Of `count` gates that each multiply the inputs and the state by a matrix; `vectors`: how many vectors of the
    length of the state there are besides. `chain` and `inner` as in Cost."""
    inputs, states = count * hidden * features, count * hidden * hidden
    return Cost(
        parameters=inputs + states + vectors * hidden,
        inputs=inputs,
        states=states,
        width=hidden,
        chain=chain,
        inner=inner,
    )
