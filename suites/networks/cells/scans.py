"""A sequence → its outputs by cells whose state is multiplied by no matrix: SRU, QRNN, minGRU, minLSTM.

Where the gates do not look at the state, what is left of the recurrence is linear, h(t) = a(t) ⊙ h(t − 1) + b(t), and
pairs of steps can be combined in any grouping: a parallel scan. No other rewriting is needed, in particular no
logarithms, which would ask for positive values and change the cell (Feng et al. 2024, appendix B).
"""

from dataclasses import replace

from torch import Tensor, addcmul, cat, empty, lerp, nn, sigmoid, stack, tanh
from torch.nn.functional import logsigmoid, pad

from networks import backends
from networks.accounting import Cost, every
from networks.cells.cell import Cell, draw


def step_by_step(decays: Tensor, values: Tensor) -> Tensor:
    """h(t) = decays(t) ⊙ h(t − 1) + values(t), h(−1) = 0, over the first dimension: the definition."""
    h = values[0]
    states = [h]
    for decay, value in zip(decays[1:].unbind(0), values[1:].unbind(0), strict=True):
        h = addcmul(value, decay, h)
        states.append(h)
    return stack(states)


def in_parallel(decays: Tensor, values: Tensor) -> Tensor:
    """The same in 2 log₂ T rounds of whole-tensor operations: pairs of steps become one, what is left is scanned, the
    steps between follow. Ladner & Fischer 1980, Blelloch 1990.

    Not the doubling of Hillis & Steele 1986, of half the rounds and T log₂ T work: 784 steps of 100 units took 0.33 ms
    this way, 0.44 ms by doubling and 2.1 ms step by step at batch 1; 17, 84 and 10 ms at batch 64 (one thread): where
    one step fills the core, the parallel scan is the slower one."""
    steps = len(values)
    if steps == 1:
        return values
    evens, odds = slice(0, steps // 2 * 2, 2), slice(1, None, 2)
    paired = addcmul(values[odds], decays[odds], values[evens])
    at_odds = in_parallel(decays[odds] * decays[evens], paired)
    at_evens = cat((values[:1], addcmul(values[2::2], decays[2::2], at_odds[: (steps - 1) // 2])))
    states = stack((at_evens[: len(at_odds)], at_odds), 1).flatten(0, 1)
    return cat((states, at_evens[-1:])) if steps % 2 else states


def rounds(steps: int) -> int:
    """Of `in_parallel`, that wait for one another: 2 ⌊log₂ T⌋."""
    return 2 * (steps.bit_length() - 1)


SCANS = {"parallel": in_parallel, "step by step": step_by_step}


class _Scan(Cell):
    """`sums` inner products of every step with its inputs, then a linear scan by one of SCANS."""

    proof = staticmethod(backends.shown("aten::addcmul"))

    def __init__(self, features: int, hidden: int, *, sums: int, seen: int = 1, scan: str = "parallel") -> None:
        super().__init__(features, hidden)
        self.inputs = nn.Linear(seen * features, sums * hidden)
        self.scan = SCANS[scan]
        draw(self, hidden)


class MinGRU(_Scan):
    """z = σ(W x + b), h̃ = V x + d, h = (1 − z) h + z h̃: Feng et al. 2024 (arXiv 2410.01201), section 3.1.

    The sums lie in the order z, h̃."""

    def __init__(self, features: int, hidden: int, *, scan: str = "parallel") -> None:
        super().__init__(features, hidden, sums=2, scan=scan)

    def forward(self, sequence: Tensor) -> Tensor:
        z, candidate = self.inputs(sequence).chunk(2, dim=2)
        return self.scan(sigmoid(-z), sigmoid(z) * candidate)

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """2 H I + 2 H parameters."""
        return _scanned(2, features, hidden, vectors=2)


class MinLSTM(_Scan):
    """f, i = σ(W x + b), h̃ = V x + d, h = f / (f + i) h + i / (f + i) h̃: Feng et al. 2024, section 3.2.

    The sums lie in the order f, i, h̃. The shares come from σ(log f − log i), which does not divide 0 by 0 where both
    gates are shut."""

    def __init__(self, features: int, hidden: int, *, scan: str = "parallel") -> None:
        super().__init__(features, hidden, sums=3, scan=scan)

    def forward(self, sequence: Tensor) -> Tensor:
        f, i, candidate = self.inputs(sequence).chunk(3, dim=2)
        balance = logsigmoid(f) - logsigmoid(i)
        return self.scan(sigmoid(balance), sigmoid(-balance) * candidate)

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """3 H I + 3 H parameters."""
        return _scanned(3, features, hidden, vectors=3)


class QRNN(_Scan):
    """z = tanh, f, o = σ of a convolution over this step and the one before; c = f c + (1 − f) z, h = o ⊙ c: Bradbury
    et al. 2016 (arXiv 1611.01576), fo-pooling, window 2. The sums lie in the order z, f, o; they see [before, now]."""

    def __init__(self, features: int, hidden: int, *, scan: str = "parallel") -> None:
        super().__init__(features, hidden, sums=3, seen=2, scan=scan)

    def forward(self, sequence: Tensor) -> Tensor:
        z, f, o = self.inputs(cat((_delayed(sequence), sequence), dim=2)).chunk(3, dim=2)
        return sigmoid(o) * self.scan(sigmoid(f), sigmoid(-f) * tanh(z))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """3 H · 2 I + 3 H parameters."""
        return _scanned(3, 2 * features, hidden, vectors=3)


class _SRU(Cell):
    """What both versions of the SRU share: the sums in the order x̃, f, r, and a projection of x where x has not the
    state's width; only f and r have a bias."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        self.inputs = nn.Linear(features, _matrices(features, hidden) * hidden, bias=False)
        self.biases = nn.Parameter(empty(2, hidden))

    def _sums(self, sequence: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Of every step x̃, f, r, and the x that is let past."""
        candidate, forget, reset, *past = self.inputs(sequence).split(self.hidden, dim=2)
        return candidate, forget + self.biases[0], reset + self.biases[1], past[0] if past else sequence


class SRUv1(_SRU):
    """f, r = σ(W x + b), c = f c + (1 − f) x̃, h = r c + (1 − r) x: the SRU whose gates do not see the state, as its
    first version had them (Lei et al. 2017, arXiv 1709.02755v1; without its tanh, as the package `sru` by default)."""

    proof = staticmethod(backends.shown("aten::addcmul"))

    def __init__(self, features: int, hidden: int, *, scan: str = "parallel") -> None:
        super().__init__(features, hidden)
        self.scan = SCANS[scan]
        draw(self, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        candidate, forget, reset, past = self._sums(sequence)
        memory = self.scan(sigmoid(forget), sigmoid(-forget) * candidate)
        return lerp(past, memory, sigmoid(reset))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """3 I H + 2 H parameters where I = H, else 4 I H + 2 H."""
        return _scanned(_matrices(features, hidden), features, hidden, vectors=2)


class SRU(_SRU):
    """f, r = σ(W x + v ⊙ c(t − 1) + b), the rest as in SRUv1: Lei et al. 2018 (arXiv 1709.02755v5), the package's v2.

    The forget gate sees the state, so the recurrence is not linear and goes step by step, without a product; the other
    gate and the output are worked out for all steps after it. `of_state` holds v of f and of r."""

    proof = staticmethod(backends.shown("aten::lerp"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        self.of_state = nn.Parameter(empty(2, hidden))
        draw(self, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        candidates, forgets, reset, past = self._sums(sequence)
        c = sequence.new_zeros(sequence.shape[1], self.hidden)
        memories = []
        for candidate, forget in zip(candidates.unbind(0), forgets.unbind(0), strict=True):
            c = lerp(candidate, c, sigmoid(addcmul(forget, self.of_state[0], c)))
            memories.append(c)
        memory = stack(memories)
        return lerp(past, memory, sigmoid(addcmul(reset, self.of_state[1], _delayed(memory))))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """3 I H + 4 H parameters where I = H, else 4 I H + 4 H. One product deep, and every step waits for the one
        before all the same."""
        return replace(_scanned(_matrices(features, hidden), features, hidden, vectors=4), pointwise=every)


def _scanned(count: int, seen: int, hidden: int, *, vectors: int) -> Cost:
    inputs = count * hidden * seen
    return Cost(parameters=inputs + vectors * hidden, inputs=inputs, states=0, width=hidden, chain=0, pointwise=rounds)


def _matrices(features: int, hidden: int) -> int:
    return 3 if features == hidden else 4


def _delayed(sequence: Tensor) -> Tensor:
    """Every step's predecessor; a step of zeros comes first."""
    return pad(sequence, (0, 0, 0, 0, 1, -1))
