"""One tanh RNN layer's weights and a sequence → its outputs, by three loops over the steps that compute the same.

PyTorch's definition: h = tanh(x W + b + h U + d). Every loop maps (steps, batch, features) → (steps, batch, hidden)
from a zero state, with `w` (hidden, features), `u` (hidden, hidden), `b` and `d` (hidden). There is one gate, so that
separate and stacked products are the same two. `stacked` and `hoisted` are also TorchScript.
"""

import torch
from torch import Tensor
from torch.nn.functional import linear


def stacked(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """Two products a step."""
    h = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs: list[Tensor] = []
    for x in sequence.unbind(0):
        h = torch.tanh(linear(x, w, b) + linear(h, u, d))
        outputs.append(h)
    return torch.stack(outputs)


def hoisted(sequence: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """One product a step: the inputs of all steps are multiplied at once, before the loop, and carry both biases."""
    projected, across = linear(sequence, w, b + d), u.t()
    h = sequence.new_zeros(sequence.shape[1], u.shape[1])
    outputs: list[Tensor] = []
    for x in projected.unbind(0):
        h = torch.tanh(torch.addmm(x, h, across))
        outputs.append(h)
    return torch.stack(outputs)


def concatenated(sequence: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """One product a step, of [x, h] with `weights` (hidden, features + hidden); packed as the LSTM's are."""
    h = sequence.new_zeros(sequence.shape[1], weights.shape[1] - sequence.shape[2])
    outputs = []
    for x in sequence.unbind(0):
        h = torch.tanh(linear(torch.cat((x, h), 1), weights, bias))
        outputs.append(h)
    return torch.stack(outputs)
