"""A sequence → its outputs by an LSTM that looks back at its own last outputs: document 001's AttentionCell."""

from torch import Tensor, addcmul, addmm, bmm, cat, empty, nn, stack, tanh
from torch.nn.functional import linear

from networks import backends
from networks.accounting import Cost
from networks.cells.cell import Cell, Gates, draw

WINDOW = 8
"""How many outputs it looks back at, where nothing else is said. The document gives no number."""


class AttentionLSTM(Cell):
    """TensorFlow 1's AttentionCellWrapper around an LSTM (after Bahdanau et al. 2014, arXiv 1409.0473), of which the
    document gives the name only. With m(j) the last `window` outputs, zero before the first step:

    x' = A [x, a] + b, where a is what attention found a step ago; h, c = LSTM(x', h, c); weights = softmax over j of
    v · tanh(K m(j) + Q [c, h] + q); a = Σ weight(j) m(j); output = O [h, a] + o.

    The wrapper multiplies by K anew at every step; here an output is multiplied once, when it enters the window. The
    LSTM has TensorFlow's single bias and PyTorch's order of gates (i, f, g, o)."""

    proof = staticmethod(backends.shown("aten::bmm"))

    def __init__(self, features: int, hidden: int, *, window: int = WINDOW) -> None:
        super().__init__(features, hidden)
        self.window = window
        self.mix_inputs = nn.Linear(features, features)
        self.mix_found = nn.Linear(hidden, features, bias=False)
        self.gates = Gates(4, features, hidden, biases=1)
        self.query = nn.Linear(2 * hidden, hidden)
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.score = nn.Parameter(empty(1, hidden))
        self.output = nn.Linear(2 * hidden, hidden)
        draw(self, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        batch = sequence.shape[1]
        h = c = found = output = sequence.new_zeros(batch, self.hidden)
        memory = keys = sequence.new_zeros(batch, self.window, self.hidden)
        outputs = []
        for given in self.mix_inputs(sequence).unbind(0):
            memory, keys = _newer(memory, output), _newer(keys, self.key(output))
            h, c = self._advance(addmm(given, found, self.mix_found.weight.t()), h, c)
            scores = linear(tanh(keys + self.query(cat((c, h), dim=1)).unsqueeze(1)), self.score)
            found = bmm(scores.softmax(dim=1).transpose(1, 2), memory).squeeze(1)
            output = self.output(cat((h, found), dim=1))
            outputs.append(output)
        return stack(outputs)

    def _advance(self, mixed: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        sums = self.gates.with_state(self.gates.of_inputs(mixed), h)
        i_f, g, o = sums.split([2 * self.hidden, self.hidden, self.hidden], dim=1)
        i, f = i_f.sigmoid().chunk(2, dim=1)
        c = addcmul(i * g.tanh(), f, c)
        return o.sigmoid() * c.tanh(), c

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """I (I + H) + I, 4 H (I + H) + 4 H, 2 H H + H, H H, H and 2 H H + H parameters: mixing, LSTM, query, keys,
        score, output. What attention found passes five products before it has found again; the
        output stands behind the last step."""
        mixing, lstm, attending = features * hidden, 4 * hidden * (features + hidden), 5 * hidden * hidden
        looking = WINDOW * hidden
        return Cost(
            parameters=features * features + mixing + features + lstm + attending + 7 * hidden,
            inputs=features * features,
            states=mixing + lstm + attending + 2 * looking,
            width=hidden,
            chain=5,
            around=1,
            inner=4 * hidden * (features + hidden) + looking,
        )


def _newer(window: Tensor, newest: Tensor) -> Tensor:
    """(batch, window, hidden) without its oldest, and with (batch, hidden) after the others."""
    return cat((window[:, 1:], newest.unsqueeze(1)), dim=1)
