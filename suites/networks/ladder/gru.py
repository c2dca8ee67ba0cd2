"""One GRU layer's weights and a sequence → its outputs, by four loops over the steps that compute the same.

PyTorch's definition (reset after) and order of gates (r, z, n): r, z = σ(x W + b + h U + d),
n = tanh(x W + b + r (h U + d)), h = (1 − z) n + z h. Every loop maps (steps, batch, features) → (steps, batch, hidden)
from a zero state, with `w` (3 hidden, features), `u` (3 hidden, hidden), `b` and `d` (3 hidden). Because r multiplies
what comes from the state, its bias d cannot join b in the third gate, nor can one product serve both of that gate's
terms. `stacked` and `hoisted` are also TorchScript.
"""

import torch
from torch import Tensor
from torch.nn.functional import linear


def separate(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """Six products a step: each gate multiplies the input and the state by weights of its own."""
    wr, wz, wn = w.chunk(3)
    ur, uz, un = u.chunk(3)
    br, bz, bn = b.chunk(3)
    dr, dz, dn = d.chunk(3)
    h = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs = []
    for x in sequence.unbind(0):
        r = torch.sigmoid(linear(x, wr, br) + linear(h, ur, dr))
        z = torch.sigmoid(linear(x, wz, bz) + linear(h, uz, dz))
        n = torch.tanh(linear(x, wn, bn) + r * linear(h, un, dn))
        h = (1 - z) * n + z * h
        outputs.append(h)
    return torch.stack(outputs)


def stacked(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """Two products a step: the weights of the three gates lie below one another, as PyTorch keeps them."""
    h = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs: list[Tensor] = []
    for x in sequence.unbind(0):
        h = _advance(linear(x, w, b), linear(h, u, d), h)
        outputs.append(h)
    return torch.stack(outputs)


def hoisted(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """One product a step: the inputs of all steps are multiplied at once, before the loop, and carry the biases of r
    and z; that of n stays in the loop, with zeros beside it, where the product adds it for nothing."""
    hidden = u.shape[1]
    folded, kept = d[: 2 * hidden], d[2 * hidden :]
    early = b + torch.cat((folded, torch.zeros_like(kept)))
    late = torch.cat((torch.zeros_like(folded), kept))
    h = sequence.new_zeros(sequence.shape[1], hidden)
    outputs: list[Tensor] = []
    for x in linear(sequence, w, early).unbind(0):
        h = _advance(x, linear(h, u, late), h)
        outputs.append(h)
    return torch.stack(outputs)


def concatenated(sequence: Tensor, weights: Tensor, bias: Tensor, *third: Tensor) -> Tensor:
    """Three products a step: one of [x, h] with `weights` (2 hidden, features + hidden) for r and z, and two for n."""
    w, u, b, d = third
    h = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs = []
    for x in sequence.unbind(0):
        r, z = torch.sigmoid(linear(torch.cat((x, h), 1), weights, bias)).chunk(2, 1)
        n = torch.tanh(linear(x, w, b) + r * linear(h, u, d))
        h = (1 - z) * n + z * h
        outputs.append(h)
    return torch.stack(outputs)


def pack(w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    """The layer's weights → those of `concatenated`: of r and z side by side with one bias, of n as they are."""
    both = 2 * u.shape[1]
    return torch.cat((w[:both], u[:both]), 1), b[:both] + d[:both], w[both:], u[both:], b[both:], d[both:]


def unpack(weights: Tensor, bias: Tensor, *third: Tensor, features: int) -> tuple[Tensor, ...]:
    """Gradients of the packed weights → of the layer's own: a sum hands its gradient to both biases."""
    return tuple(map(torch.cat, zip((*weights.tensor_split((features,), 1), bias, bias), third, strict=True)))


def _advance(x: Tensor, s: Tensor, h: Tensor) -> Tensor:
    """What input and state give to the three gates before their activations, and h → the next h."""
    xr, xz, xn = x.chunk(3, 1)
    sr, sz, sn = s.chunk(3, 1)
    z = torch.sigmoid(xz + sz)
    n = torch.tanh(xn + torch.sigmoid(xr + sr) * sn)
    return (1 - z) * n + z * h
