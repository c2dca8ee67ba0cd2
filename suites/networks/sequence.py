"""Sequences → logits: layers of any cell in one direction or two, and a classifier on what they end with.

PyTorch's own layers are stacked by PyTorch, so that its fused multi-layer path runs; every other cell here, layer by
layer. Both give the same shapes in the same order.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import accumulate

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from networks.accounting import stacked
from networks.cells import CELLS
from networks.cells.cell import Cell
from networks.slicing import SLICINGS, sliced

HIDDEN, CLASSES = 100, 10

PYTORCH: dict[str, Callable[..., nn.RNNBase]] = {
    "rnn": nn.RNN,
    "rnn_relu": partial(nn.RNN, nonlinearity="relu"),
    "gru": nn.GRU,
    "lstm": nn.LSTM,
    "lstm_projection": nn.LSTM,
}
"""The cells that PyTorch stacks itself."""


class PyTorchStack(nn.Module):
    """`layers` of one of PyTorch's own recurrent layers. `forward` and `states` as in Stack."""

    def __init__(
        self, cell: str, features: int, hidden: int, *, layers: int = 1, bidirectional: bool = False, dropout: float = 0
    ) -> None:
        super().__init__()
        self.widths = _widths(cell, features, hidden, layers=layers, bidirectional=bidirectional)
        projected = {} if self.widths[-1] == hidden else {"proj_size": self.widths[-1]}
        self.layer = PYTORCH[cell](features, hidden, layers, bidirectional=bidirectional, dropout=dropout, **projected)

    def forward(self, sequence: Tensor) -> Tensor:
        return self.layer(sequence)[0]

    def states(self, sequence: Tensor | PackedSequence) -> Tensor:
        _, final = self.layer(sequence)
        outputs = final[0] if isinstance(final, tuple) else final  # of an LSTM without the states of its cells
        return outputs.transpose(0, 1).flatten(start_dim=1)


class CellStack(nn.Module):
    """`layers` of a cell that reads a sequence in one direction. `forward` and `states` as in Stack."""

    def __init__(
        self, cell: str, features: int, hidden: int, *, layers: int = 1, bidirectional: bool = False, dropout: float = 0
    ) -> None:
        super().__init__()
        self.widths = _widths(cell, features, hidden, layers=layers, bidirectional=bidirectional)
        read = [(2 if bidirectional else 1) * width for width in self.widths[:-1]]
        self.forwards = nn.ModuleList(_layers(CELLS[cell](features, hidden), read))
        self.backwards = nn.ModuleList(_layers(CELLS[cell](features, hidden), read) if bidirectional else ())
        self.dropout = nn.Dropout(dropout)

    def forward(self, sequence: Tensor) -> Tensor:
        return self._outputs(sequence)[-1]

    def states(self, sequence: Tensor) -> Tensor:
        layers = zip(self._outputs(sequence), self.widths, strict=True)
        return torch.cat([last_steps(outputs, width) for outputs, width in layers], dim=1)

    def _outputs(self, sequence: Tensor) -> list[Tensor]:
        """Of every layer."""
        layers: list[Tensor] = []
        for number in range(len(self.forwards)):
            inputs = self.dropout(layers[-1]) if layers else sequence
            layers.append(self._layer(number, inputs))
        return layers

    def _layer(self, number: int, inputs: Tensor) -> Tensor:
        ahead = self.forwards[number](inputs)
        if not self.backwards:
            return ahead
        return torch.cat([ahead, self.backwards[number](inputs.flip(0)).flip(0)], dim=2)


def _layers(lowest: Cell, read: Iterable[int]) -> list[Cell]:
    """One layer on the other, by the features that each reads of the one below."""
    return list(accumulate(read, lambda below, features: below.above(features), initial=lowest))


Stack = PyTorchStack | CellStack
"""Layers on top of each other, with dropout between them; each reads all directions of the one below.

`widths`: of one direction of each layer, from below. `forward`: (steps, batch, features) → the top layer's outputs,
(steps, batch, directions · width), the direction that reads from the end turned round again, so that place t holds what
both say of step t. `states`: the same → (batch, directions · sum of widths), what each direction of each layer has said
last, from below; PyTorch's own layers also take a packed sequence."""


def stack(
    cell: str, features: int, hidden: int, *, layers: int = 1, bidirectional: bool = False, dropout: float = 0
) -> Stack:
    """Raises ValueError for a cell that does not exist, and for dropout where one layer leaves no place for it."""
    if cell not in CELLS:
        raise ValueError(f"cell={cell}: there are {', '.join(CELLS)}")
    if dropout and layers == 1:
        raise ValueError(f"dropout={dropout}: it stands between layers, and layers=1")
    made = PyTorchStack if cell in PYTORCH else CellStack
    return made(cell, features, hidden, layers=layers, bidirectional=bidirectional, dropout=dropout)


def last_steps(outputs: Tensor, width: int) -> Tensor:
    """(steps, batch, directions · width) → (batch, directions · width): what each direction has said last. The one that
    reads from the end says that at the first step."""
    if outputs.shape[2] == width:
        return outputs[-1]
    return torch.cat([outputs[-1, :, :width], outputs[0, :, width:]], dim=1)


def _widths(cell: str, features: int, hidden: int, *, layers: int, bidirectional: bool) -> list[int]:
    costs = stacked(CELLS[cell].cost, features=features, hidden=hidden, layers=layers, bidirectional=bidirectional)
    return [cost.width for cost in costs]


HEADS: dict[str, Callable[[Stack, Tensor], Tensor]] = {
    "last": lambda stack, sequence: last_steps(stack(sequence), stack.widths[-1]),
    "mean": lambda stack, sequence: stack(sequence).mean(dim=0),
    "states": lambda stack, sequence: stack.states(sequence),
}
"""What the classifier looks at: the last step of the top layer, the mean of its steps, the final states of all."""


class SequenceClassifier(nn.Module):
    """A stack of any cell and a linear classifier: (steps, batch, features) → logits (batch, classes).

    Parameters, multiply-adds and steps: networks.accounting.recurrent_classifier. Raises ValueError as `stack` does,
    and for a head that does not exist."""

    def __init__(
        self,
        cell: str,
        *,
        features: int,
        hidden: int = HIDDEN,
        classes: int = CLASSES,
        layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0,
        head: str = "last",
    ) -> None:
        super().__init__()
        if head not in HEADS:
            raise ValueError(f"head={head}: there are {', '.join(HEADS)}")
        self.head = HEADS[head]
        self.stack = stack(cell, features, hidden, layers=layers, bidirectional=bidirectional, dropout=dropout)
        width = sum(self.stack.widths) if head == "states" else self.stack.widths[-1]
        self.classifier = nn.Linear((2 if bidirectional else 1) * width, classes)

    def forward(self, sequence: Tensor) -> Tensor:
        return self.classifier(self.head(self.stack, sequence))


class RecurrentClassifier(SequenceClassifier):
    """One layer in one direction, classified by its last step."""

    def __init__(self, kind: str, *, features: int, hidden: int = HIDDEN, classes: int = CLASSES) -> None:
        super().__init__(kind, features=features, hidden=hidden, classes=classes)


def rows(images: Tensor) -> Tensor:
    """(batch, 1, height, width) → (height, batch, width): a step a row, in the layout of the recurrent layers."""
    return sliced(images, SLICINGS["row"])
