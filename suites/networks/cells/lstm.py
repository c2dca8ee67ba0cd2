"""A sequence → its outputs by variants of the LSTM: with peepholes, with coupled gates, with normalised sums.

Each multiplies the inputs of all steps at once, and the state of each step by all gates at once.
"""

from torch import Tensor, addcmul, empty, lerp, nn, stack

from networks import backends
from networks.accounting import Cost
from networks.cells.cell import Cell, Gates, cost_of_gates, draw


class PeepholeLSTM(Cell):
    """The gates see the memory: i and f have p ⊙ c(t − 1) added, o has p ⊙ c(t). Gers & Schmidhuber 2000.

    With `clip` the memory is kept within ± clip before the output gate sees it: so does TensorFlow's LSTMCell
    (`use_peepholes`, `cell_clip`), which document 001 speaks of. The gates lie in PyTorch's order (i, f, g, o), the
    peepholes in the order i, f, o."""

    proof = staticmethod(backends.shown("aten::addcmul"))

    def __init__(self, features: int, hidden: int, *, clip: float | None = None) -> None:
        super().__init__(features, hidden)
        self.gates = Gates(4, features, hidden)
        self.peepholes = nn.Parameter(empty(3, hidden))
        self.clip = clip
        draw(self, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        h = c = sequence.new_zeros(sequence.shape[1], self.hidden)
        outputs = []
        for given in self.gates.of_inputs(sequence).unbind(0):
            h, c = self._advance(self.gates.with_state(given, h), c)
            outputs.append(h)
        return stack(outputs)

    def _advance(self, sums: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i_f, g, o = sums.split([2 * self.hidden, self.hidden, self.hidden], dim=1)
        i, f = addcmul(i_f.unflatten(1, (2, self.hidden)), self.peepholes[:2], c.unsqueeze(1)).sigmoid().unbind(1)
        c = addcmul(i * g.tanh(), f, c)
        if self.clip is not None:
            c = c.clamp(-self.clip, self.clip)
        return addcmul(o, self.peepholes[2], c).sigmoid() * c.tanh(), c

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """4 H (I + H) + 8 H + 3 H parameters."""
        return cost_of_gates(4, features, hidden, vectors=11)


class CoupledLSTM(Cell):
    """What is forgotten makes room for what is new, i = 1 − f: c = f c + (1 − f) g. Greff et al. 2016 (CIFG).

    Three gates, in the order f, o, g, so that one call squashes the first two."""

    proof = staticmethod(backends.shown("aten::lerp"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        self.gates = Gates(3, features, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        h = c = sequence.new_zeros(sequence.shape[1], self.hidden)
        outputs = []
        for given in self.gates.of_inputs(sequence).unbind(0):
            f_o, g = self.gates.with_state(given, h).split([2 * self.hidden, self.hidden], dim=1)
            f, o = f_o.sigmoid().chunk(2, dim=1)
            c = lerp(g.tanh(), c, f)
            h = o * c.tanh()
            outputs.append(h)
        return stack(outputs)

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """3 H (I + H) + 6 H parameters."""
        return cost_of_gates(3, features, hidden, vectors=6)


class LayerNormLSTM(Cell):
    """Normalised sums and memory: gates = LN(W x) + LN(U h), c = LN(f c + i g). Ba et al. 2016, in the form of
    PyTorch's fastrnns benchmark (`custom_lstms.py`): one normalisation over all four gates, no other bias, and what is
    carried to the next step is the normalised memory. The gates lie in PyTorch's order (i, f, g, o)."""

    proof = staticmethod(backends.shown("aten::native_layer_norm"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        self.gates = Gates(4, features, hidden, biases=0)
        self.norm_inputs, self.norm_state = nn.LayerNorm(4 * hidden), nn.LayerNorm(4 * hidden)
        self.norm_memory = nn.LayerNorm(hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        h = c = sequence.new_zeros(sequence.shape[1], self.hidden)
        across = self.gates.weight_hh.t()
        outputs = []
        for given in self.norm_inputs(self.gates.of_inputs(sequence)).unbind(0):
            sums = given + self.norm_state(h @ across)
            i_f, g, o = sums.split([2 * self.hidden, self.hidden, self.hidden], dim=1)
            i, f = i_f.sigmoid().chunk(2, dim=1)
            c = self.norm_memory(addcmul(i * g.tanh(), f, c))
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        return stack(outputs)

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """4 H (I + H) + 18 H parameters: weight and bias of normalisations over 4 H, 4 H and H."""
        return cost_of_gates(4, features, hidden, vectors=18)
