"""One `nn.LSTM`, `nn.GRU` or `nn.RNN` (tanh) of any depth → modules that compute its outputs in other ways, eagerly.

Each maps (steps, batch, features) → (steps, batch, hidden) from zero states. All but `Packed` work on the layer's own
parameters: the same objects, so that a gradient lands where the layer's would.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from networks.ladder import gru, lstm, rnn
from networks.unavailable import Unavailable

Layer = nn.LSTM | nn.GRU | nn.RNN
KINDS = {"LSTM": "lstm", "GRU": "gru", "RNN_TANH": "rnn"}


class Switch(Protocol):
    """A part of `torch.backends` that can be turned off."""

    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """How the steps of one layer are written out, and how its four tensors are packed for one product of [x, h]."""

    separate: Callable[..., Tensor]
    stacked: Callable[..., Tensor]
    hoisted: Callable[..., Tensor]
    concatenated: Callable[..., Tensor]
    pack: Callable[..., tuple[Tensor, ...]]
    unpack: Callable[..., tuple[Tensor, ...]]
    cell: Callable[[int, int], nn.RNNCellBase]


LOOPS = {
    "lstm": Loops(
        separate=lstm.separate,
        stacked=lstm.stacked,
        hoisted=lstm.hoisted,
        concatenated=lstm.concatenated,
        pack=lstm.pack,
        unpack=lstm.unpack,
        cell=nn.LSTMCell,
    ),
    "gru": Loops(
        separate=gru.separate,
        stacked=gru.stacked,
        hoisted=gru.hoisted,
        concatenated=gru.concatenated,
        pack=gru.pack,
        unpack=gru.unpack,
        cell=nn.GRUCell,
    ),
    "rnn": Loops(
        separate=rnn.stacked,  # one gate: its two products are separate already
        stacked=rnn.stacked,
        hoisted=rnn.hoisted,
        concatenated=rnn.concatenated,
        pack=lstm.pack,
        unpack=lstm.unpack,
        cell=nn.RNNCell,
    ),
}


def kind_of(layer: Layer) -> str:
    """`lstm`, `gru` or `rnn`, of a layer that the ladder is for: one direction, biases, time first, nothing dropped."""
    plain = layer.bias and not (layer.bidirectional or layer.batch_first or layer.dropout or layer.proj_size)
    assert plain, f"the ladder has no rungs for {layer}"
    return KINDS[layer.mode]


def loops_of(layer: Layer) -> Loops:
    """The loops of the layer's kind."""
    return LOOPS[kind_of(layer)]


class Implementation(nn.Module):
    """What a rung builds. `close` puts away what it holds outside the module."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        kind_of(layer)
        self.layer = layer

    def trained(self) -> list[nn.Parameter]:
        """What a backward pass gives gradients to."""
        return list(self.layer.parameters())

    def in_layer_order(self, gradients: Sequence[Tensor]) -> list[Tensor]:
        """Gradients of `trained` → of the layer's parameters, in its order and its shapes."""
        return list(gradients)

    def close(self) -> None:
        """Nothing is held outside."""


class Loop(Implementation):
    """A loop over the steps, written in Python or compiled, layer after layer."""

    def __init__(self, layer: Layer, loop: Callable[..., Tensor]) -> None:
        super().__init__(layer)
        self.loop = loop
        self.weights = tuple(map(tuple, layer.all_weights))

    def forward(self, sequence: Tensor) -> Tensor:
        for weights in self.weights:
            sequence = self.loop(sequence, *weights)
        return sequence


class Packed(Implementation):
    """One product of [x, h] a step. Holds its weights as parameters of its own, packed once when it is built: packing
    them in every forward pass would be part of no implementation that people use. A change of the layer's weights does
    not reach them."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(layer)
        self.loops = loops_of(layer)
        with torch.no_grad():
            packed = [self.loops.pack(*weights) for weights in layer.all_weights]
        self.packed = tuple(tuple(nn.Parameter(part.clone()) for part in parts) for parts in packed)

    def trained(self) -> list[nn.Parameter]:
        return [part for parts in self.packed for part in parts]

    def in_layer_order(self, gradients: Sequence[Tensor]) -> list[Tensor]:
        each = len(self.packed[0])
        widths = [weights[0].shape[1] for weights in self.layer.all_weights]
        own = [self.loops.unpack(*gradients[n * each : (n + 1) * each], features=w) for n, w in enumerate(widths)]
        return [part for parts in own for part in parts]

    def forward(self, sequence: Tensor) -> Tensor:
        for parts in self.packed:
            sequence = self.loops.concatenated(sequence, *parts)
        return sequence


class CellLoop(Implementation):
    """PyTorch's own cell, called step by step."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(layer)
        self.cells = nn.ModuleList(self._cell(*weights) for weights in layer.all_weights)

    def _cell(self, *weights: nn.Parameter) -> nn.RNNCellBase:
        cell = loops_of(self.layer).cell(weights[0].shape[1], self.layer.hidden_size)
        cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh = weights
        return cell

    def forward(self, sequence: Tensor) -> Tensor:
        for cell in self.cells:
            state, outputs = None, []
            for x in sequence.unbind(0):
                state = cell(x, state)
                outputs.append(state[0] if isinstance(state, tuple) else state)
            sequence = torch.stack(outputs)
        return sequence


class Whole(Implementation):
    """The layer as it is, by whatever the backend makes of it."""

    def forward(self, sequence: Tensor) -> Tensor:
        outputs, _ = self.layer(sequence)
        return outputs


def fused(layer: Layer) -> Whole:
    """The layer by one operator of oneDNN or cuDNN.

    Raises Unavailable for a GRU or an RNN on a CPU: oneDNN is given LSTMs only (torch 2.15), and what is not fused is
    not to be called so."""
    kind = kind_of(layer)
    if kind != "lstm" and layer.weight_hh_l0.device.type == "cpu":
        raise Unavailable(
            f"PyTorch has no fused {kind.upper()} on a CPU: its layer is the loop of the rung native there"
        )
    return Whole(layer)


class Native(Implementation):
    """The layer with oneDNN, on CUDA cuDNN, switched off around it: ATen's own loop over the steps, in C++.

    Sets the switch itself, which takes under a microsecond a step; the context managers of `torch.backends` set all
    their flags, twice."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(layer)
        on_cuda = layer.weight_hh_l0.device.type == "cuda"
        self.switch: Switch = torch.backends.cudnn if on_cuda else torch.backends.mkldnn

    def forward(self, sequence: Tensor) -> Tensor:
        before = self.switch.enabled
        self.switch.enabled = False
        try:
            outputs, _ = self.layer(sequence)
        finally:
            self.switch.enabled = before
        return outputs
