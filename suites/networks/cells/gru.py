"""A sequence → its outputs by the GRU of the first paper, which resets the state before it is multiplied."""

from torch import Tensor, addmm, lerp, stack

from networks import backends
from networks.accounting import Cost
from networks.cells.cell import Cell, Gates, cost_of_gates


class ResetBeforeGRU(Cell):
    """r, z = σ(W x + U h + b), n = tanh(W x + U (r ⊙ h) + b), h = (1 − z) n + z h: Cho et al. 2014 (arXiv 1406.1078v1).

    The gates lie in PyTorch's order (r, z, n); one bias vector, as in the paper."""

    proof = staticmethod(backends.shown("aten::lerp"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        self.gates = Gates(3, features, hidden, biases=1)

    def forward(self, sequence: Tensor) -> Tensor:
        both, last = [2 * self.hidden, self.hidden], sequence.new_zeros(sequence.shape[1], self.hidden)
        to_gates, to_candidate = self.gates.weight_hh.t().split(both, dim=1)
        gates, candidates = self.gates.of_inputs(sequence).split(both, dim=2)
        outputs = []
        for gate, candidate in zip(gates.unbind(0), candidates.unbind(0), strict=True):
            r, z = addmm(gate, last, to_gates).sigmoid().chunk(2, dim=1)
            last = lerp(addmm(candidate, r * last, to_candidate).tanh(), last, z)
            outputs.append(last)
        return stack(outputs)

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """3 H (I + H) + 3 H parameters; the candidate's product waits for the reset gate's."""
        return cost_of_gates(3, features, hidden, vectors=3, chain=2, inner=hidden * hidden)
