"""Document 001's classifier and its formula for gray → their sizes and values, and what its printed lines end with.

The page has lost what stood before some dots and brackets (`class rnn_classify):`, `= nn.LSTM(…)`); the class below
has names there, and otherwise the document's statements.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from facts import Observed, raised
from facts.comparing import parameters
from networks.slicing import LUMA
from networks.workload import seeded

BATCH = 64

OPTIMIZER = "optimzier = (), 1e-1)"
HEADER = "class rnn_classify):\n    pass"
DYNAMIC = "from torch import nn\nnn.dynamic_rnn"

Layers = Callable[[int, int, int], nn.Module]
"""(in_feature, hidden_feature, num_layers) → what the document's one line makes."""


class RnnClassify(nn.Module):
    """(batch, 1, 28, 28) → logits (batch, 10), as the document means it."""

    def __init__(
        self,
        in_feature: int = 28,
        hidden_feature: int = 100,
        num_class: int = 10,
        num_layers: int = 2,
        *,
        api: Layers = nn.LSTM,
    ) -> None:
        super().__init__()
        self.rnn = api(in_feature, hidden_feature, num_layers)
        self.classifier = nn.Linear(hidden_feature, num_class)

    def forward(self, x: Tensor) -> Tensor:
        x = x.squeeze()
        x = x.permute(2, 0, 1)
        out, _ = self.rnn(x)
        out = out[-1, :, :]
        return self.classifier(out)


def model() -> Observed:
    """The classifier's layers and what they weigh."""
    network = RnnClassify()
    lstm = network.rnn
    assert isinstance(lstm, nn.LSTM)
    return {
        "layers": len(lstm.all_weights),
        "hidden_sizes": [weights[1].shape[1] for weights in lstm.all_weights],
        "classes": network.classifier.out_features,
        "parameters_of_lstm": parameters(lstm),
        "parameters_of_classifier": parameters(network.classifier),
        "parameters": parameters(network),
    }


def shapes() -> Observed:
    """What the statements of `forward` make of a batch of 64."""
    network, images = RnnClassify(), _images(BATCH)
    squeezed = images.squeeze()
    turned = squeezed.permute(2, 0, 1)
    out, _ = network.rnn(turned)
    return {
        "squeezed": list(squeezed.shape),
        "turned": list(turned.shape),
        "out": list(out.shape),
        "last": list(out[-1, :, :].shape),
        "logits": list(network(images).shape),
    }


def squeeze() -> Observed:
    """What `squeeze` leaves of batches of two images and of one, and how `forward` ends with each."""
    network = RnnClassify()
    return {
        "of_two": list(_images(2).squeeze().shape),
        "of_one": list(_images(1).squeeze().shape),
        "exception_with_two": raised(lambda: network(_images(2))),
        "exception_with_one": raised(lambda: network(_images(1))),
    }


def gray() -> Observed:
    """The document's formula on white and on the three primary colours, 255 as the brightest, beside ITU-R BT.601."""
    brightest = torch.eye(3, dtype=torch.float64) * 255
    ours = [_gray(*colour.tolist()) for colour in brightest]
    standard = [255 * weight for weight in LUMA]
    return {
        "white": round(_gray(255, 255, 255), 6),
        "white_by_bt601": round(sum(standard), 6),
        "sum_of_weights": round(sum(ours) / 255, 6),
        "weights_red_green_blue": [round(one / 255, 6) for one in ours],
        "weights_of_bt601": list(LUMA),
        "largest_difference_from_bt601": round(abs(_gray(255, 255, 255) - sum(standard)), 6),
    }


def swapped_layers() -> Observed:
    """The class with another layer in the document's one line, and with cells that the document lists."""
    layers: dict[str, Layers] = {
        "rnn": nn.RNN,
        "gru": nn.GRU,
        "lstm": nn.LSTM,
        "gru_cell": lambda features, hidden, _: nn.GRUCell(features, hidden),
        "lstm_cell": lambda features, hidden, _: nn.LSTMCell(features, hidden),
    }
    return {f"exception_{name}": raised(partial(RnnClassify(api=api), _images(2))) for name, api in layers.items()}


def printed_lines() -> Observed:
    """How lines end that are compiled or run as they are printed."""
    return {
        "optimizer": raised(lambda: compile(OPTIMIZER, "document 001", "exec")),
        "class_statement": raised(lambda: compile(HEADER, "document 001", "exec")),
        "dynamic_rnn": raised(lambda: exec(DYNAMIC, {})),
    }


def _gray(r: float, g: float, b: float) -> float:
    return b * 0.114 + g * 0.387 + r * 0.29


def _images(batch: int) -> Tensor:
    with seeded(0):
        return torch.randn(batch, 1, 28, 28)
