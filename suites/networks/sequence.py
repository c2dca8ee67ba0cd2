"""Images → sequences of their rows, and the recurrent networks that classify a sequence by its last step."""

import torch
from torch import Tensor, nn

HIDDEN, CLASSES = 100, 10
CELLS: dict[str, type[nn.RNN | nn.GRU | nn.LSTM]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class RecurrentClassifier(nn.Module):
    """One recurrent layer over the steps and a linear classifier on the last one.

    (steps, batch, features) → logits (batch, classes)."""

    def __init__(self, kind: str, *, features: int, hidden: int = HIDDEN, classes: int = CLASSES) -> None:
        super().__init__()
        self.layer = CELLS[kind](features, hidden)
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, sequence: Tensor) -> Tensor:
        outputs, _ = self.layer(sequence)
        return self.classifier(outputs[-1])


def rows(images: Tensor) -> Tensor:
    """(batch, 1, height, width) → (height, batch, width): a step a row, in the layout of the recurrent layers.

    Done once, before timing: with `batch_first` every step of the clock would pay for the transposition too."""
    return images.squeeze(1).permute(1, 0, 2).contiguous(memory_format=torch.contiguous_format)
