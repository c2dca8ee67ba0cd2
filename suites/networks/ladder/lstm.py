"""One LSTM layer's weights and a sequence → its outputs, by four loops over the steps that compute the same.

PyTorch's definition and order of gates (i, f, g, o): i, f, o = σ(x W + b + h U + d), g = tanh(x W + b + h U + d),
c = f c + i g, h = o tanh c. Every loop maps (steps, batch, features) → (steps, batch, hidden) from a zero state, with
`w` (4 hidden, features), `u` (4 hidden, hidden), `b` and `d` (4 hidden). `stacked` and `hoisted` are also TorchScript.
"""

import torch
from torch import Tensor
from torch.nn.functional import linear


def separate(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """Eight products a step: each gate multiplies the input and the state by weights of its own."""
    wi, wf, wg, wo = w.chunk(4)
    ui, uf, ug, uo = u.chunk(4)
    bi, bf, bg, bo = b.chunk(4)
    di, df, dg, do = d.chunk(4)
    h = c = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs = []
    for x in sequence.unbind(0):
        i = torch.sigmoid(linear(x, wi, bi) + linear(h, ui, di))
        f = torch.sigmoid(linear(x, wf, bf) + linear(h, uf, df))
        g = torch.tanh(linear(x, wg, bg) + linear(h, ug, dg))
        o = torch.sigmoid(linear(x, wo, bo) + linear(h, uo, do))
        c = f * c + i * g
        h = o * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs)


def stacked(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """Two products a step: the weights of the four gates lie below one another, as PyTorch keeps them."""
    h = c = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs: list[Tensor] = []
    for x in sequence.unbind(0):
        h, c = _advance(linear(x, w, b) + linear(h, u, d), c)
        outputs.append(h)
    return torch.stack(outputs)


def hoisted(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """One product a step: the inputs of all steps are multiplied at once, before the loop, and carry both biases."""
    projected, across = linear(sequence, w, b + d), u.t()
    h = c = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs: list[Tensor] = []
    for x in projected.unbind(0):
        h, c = _advance(torch.addmm(x, h, across), c)
        outputs.append(h)
    return torch.stack(outputs)


def concatenated(sequence: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """One product a step, of [x, h] with `weights` (4 hidden, features + hidden); see `pack`."""
    h = c = sequence.new_zeros(sequence.shape[1], weights.shape[1] - sequence.shape[2])
    outputs = []
    for x in sequence.unbind(0):
        h, c = _advance(linear(torch.cat((x, h), 1), weights, bias), c)
        outputs.append(h)
    return torch.stack(outputs)


def pack(w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    """The layer's weights → those of `concatenated`: side by side, and one bias."""
    return torch.cat((w, u), 1), b + d


def unpack(weights: Tensor, bias: Tensor, *, features: int) -> tuple[Tensor, ...]:
    """Gradients of the packed weights → of the layer's own: a sum hands its gradient to both biases."""
    return *weights.tensor_split((features,), 1), bias, bias


def _advance(gates: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """The four gates before their activations, and c → the next h and c."""
    i, f, g, o = gates.chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
