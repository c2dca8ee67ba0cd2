"""A sequence → its outputs by PyTorch's own recurrent layers, the only ones here that have fused implementations."""

from torch import Tensor, nn

from networks import backends
from networks.accounting import Cost
from networks.cells.cell import Cell, cost_of_gates

PROJECTION = 4
"""Cells a projected output: Sak et al. 2014 (arXiv 1402.1128) go from 2,048 cells to 512."""


class Native(Cell):
    """A layer of PyTorch's own, without the final states that it returns beside its outputs."""

    def __init__(self, features: int, hidden: int, *, layer: nn.RNNBase) -> None:
        super().__init__(features, hidden)
        self.layer = layer

    def forward(self, sequence: Tensor) -> Tensor:
        outputs, _ = self.layer(sequence)
        return outputs


class RNN(Native):
    """h = tanh(W x + b + U h + d): Elman 1990, `nn.RNN`."""

    proof = staticmethod(backends.native("aten::rnn_tanh"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden, layer=nn.RNN(features, hidden))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """H (I + H) + 2 H parameters."""
        return cost_of_gates(1, features, hidden, vectors=2)


class ReluRNN(Native):
    """h = max(0, W x + b + U h + d): `nn.RNN` with its other nonlinearity."""

    proof = staticmethod(backends.native("aten::rnn_relu"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden, layer=nn.RNN(features, hidden, nonlinearity="relu"))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """H (I + H) + 2 H parameters."""
        return cost_of_gates(1, features, hidden, vectors=2)


class GRU(Native):
    """r, z = σ(W x + b + U h + d), n = tanh(W x + b + r (U h + d)), h = (1 − z) n + z h: `nn.GRU`, which resets after
    the product with the state, unlike the first version of Cho et al. 2014 (`networks.cells.gru`)."""

    proof = staticmethod(backends.native(backends.NATIVE_GATES))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden, layer=nn.GRU(features, hidden))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """3 H (I + H) + 6 H parameters."""
        return cost_of_gates(3, features, hidden, vectors=6)


class LSTM(Native):
    """i, f, o = σ(W x + b + U h + d), g = tanh(…), c = f c + i g, h = o tanh(c): Hochreiter & Schmidhuber 1997 with the
    forget gate of Gers et al. 2000, `nn.LSTM`."""

    proof = staticmethod(backends.lstm)

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden, layer=nn.LSTM(features, hidden))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """4 H (I + H) + 8 H parameters."""
        return cost_of_gates(4, features, hidden, vectors=8)


class ProjectedLSTM(Native):
    """The LSTM with h = R (o tanh(c)), R of shape (P, H), P = H // 4: Sak et al. 2014, `nn.LSTM` with `proj_size`.

    oneDNN does not run it. Raises ValueError for hidden = 1, which leaves nothing smaller to project to."""

    proof = staticmethod(backends.native(backends.NATIVE_GATES))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden, layer=nn.LSTM(features, hidden, proj_size=projection(hidden)))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """4 H (I + P) + 8 H + P H parameters; the projection waits for the gates, so the chain has two products."""
        width = projection(hidden)
        inputs, across, projected = 4 * hidden * features, 4 * hidden * width, width * hidden
        return Cost(
            parameters=inputs + across + 8 * hidden + projected,
            inputs=inputs,
            states=across + projected,
            width=width,
            chain=2,
            inner=projected,
        )


def projection(hidden: int) -> int:
    """Features of the projected output."""
    return max(1, hidden // PROJECTION)
