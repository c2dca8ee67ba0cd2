"""A sequence → its outputs by simple recurrent layers that PyTorch does not have: IndRNN and IRNN."""

from torch import Tensor, addcmul, empty, nn, relu, stack

from networks import backends
from networks.accounting import Cost, every
from networks.cells.cell import Cell, draw
from networks.cells.native import ReluRNN


class IndRNN(Cell):
    """h = max(0, W x + u ⊙ h + b): each unit sees its own past only. Li et al. 2018 (arXiv 1803.04831).

    The rectifier stands between the steps, so this is no linear recurrence and no parallel scan computes it."""

    proof = staticmethod(backends.shown("aten::addcmul"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        self.inputs = nn.Linear(features, hidden)
        self.own_past = nn.Parameter(empty(hidden))
        draw(self, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        h = sequence.new_zeros(sequence.shape[1], self.hidden)
        outputs = []
        for given in self.inputs(sequence).unbind(0):
            h = relu(addcmul(given, self.own_past, h))
            outputs.append(h)
        return stack(outputs)

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """H I + 2 H parameters. The steps follow one another with no matrix product between them: one product deep, and
        as many pointwise steps as there are steps."""
        inputs = hidden * features
        return Cost(parameters=inputs + 2 * hidden, inputs=inputs, states=0, width=hidden, chain=0, pointwise=every)


class IRNN(ReluRNN):
    """The rectified RNN that begins by keeping its state: U = 1, biases 0, W normal with deviation 0.001. Le et al.
    2015 (arXiv 1504.00941); it costs what `rnn_relu` costs and differs in what it can learn."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        of_inputs, of_state, *biases = self.layer.parameters()
        nn.init.normal_(of_inputs, std=0.001)
        nn.init.eye_(of_state)
        for bias in biases:
            nn.init.zeros_(bias)
