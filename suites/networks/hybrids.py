"""Images → logits by convolution and recurrence together; sequences → a number a step by recurrence and a dense layer.

Documents 001, 002 and 004 propose one each; the recurrent part is PyTorch's own LSTM in all of them.
"""

from functools import partial
from itertools import pairwise

from torch import Tensor, nn

from networks.accounting import Account, Layer, account, conv2d, dense, gated, reading_images, recurrence, series

CLASSES = 10
HIDDEN, LAYERS = 100, 2
"""Of document 001's LSTM."""

WIDTHS = (1, 32, 64, 64, 64)
KERNEL, POOL = 3, 2


def convolutions(blocks: int) -> nn.Sequential:
    """The first so many of four blocks (convolution that keeps the size, ReLU, pooling that halves it; the first two
    are those of the small CNN): (batch, 1, size, size) → (batch, WIDTHS[blocks], size // 2^blocks, size // 2^blocks).

    No block at all leaves the image as it is."""
    if not 0 <= blocks < len(WIDTHS):
        raise ValueError(f"blocks={blocks}: there are 0 to {len(WIDTHS) - 1}")
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(WIDTHS[: blocks + 1]):
        layers += [nn.Conv2d(inputs, outputs, KERNEL, padding=1), nn.ReLU(), nn.MaxPool2d(POOL)]
    return nn.Sequential(*layers)


def columns(maps: Tensor) -> Tensor:
    """(batch, channels, height, width) → (width, batch, channels · height): a step a column, from left to right.

    As networks.slicing cuts it, but in one copy: this happens inside the step that is timed."""
    return maps.permute(3, 0, 1, 2).flatten(start_dim=2).contiguous()


def rows(maps: Tensor) -> Tensor:
    """(batch, channels, height, width) → (height, batch, channels · width): a step a row, from top to bottom."""
    return maps.permute(2, 0, 1, 3).flatten(start_dim=2).contiguous()


READINGS = {"columns": columns, "rows": rows}
LSTM = partial(gated, 4)


class ConvolutionFirst(nn.Module):
    """Document 001's proposal: convolve first, then read the map as a sequence with its LSTM of two layers, and
    classify by the last step: (batch, 1, size, size) → logits (batch, classes).

    With `blocks=0` it is the document's own network, which reads the columns of the image (`permute(2, 0, 1)`); each
    block halves the steps. Raises ValueError for images that the poolings leave nothing of."""

    def __init__(
        self,
        size: int,
        *,
        blocks: int,
        reading: str = "columns",
        hidden: int = HIDDEN,
        layers: int = LAYERS,
        classes: int = CLASSES,
    ) -> None:
        super().__init__()
        self.convolutions = convolutions(blocks)
        self.read = READINGS[reading]
        self.recurrence = nn.LSTM(WIDTHS[blocks] * map_side(size, blocks), hidden, layers)
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, images: Tensor) -> Tensor:
        outputs, _ = self.recurrence(self.read(self.convolutions(images)))
        return self.classifier(outputs[-1])


def convolution_first_account(
    size: int, *, blocks: int, hidden: int = HIDDEN, layers: int = LAYERS, classes: int = CLASSES
) -> Account:
    """Maps are square, so columns and rows cost the same."""
    side = map_side(size, blocks)
    reading = recurrence(LSTM, steps=side, features=WIDTHS[blocks] * side, hidden=hidden, layers=layers)
    return account(series(_convolved(size, blocks), reading, dense(hidden, classes)))


class ConditionedLSTM(nn.Module):
    """Document 002's proposal: "CNN + FC" looks at the image first and its vector is the LSTM's initial state; here the
    LSTM then reads the same image row by row: (batch, 1, size, size) → logits (batch, classes).

    The document, which has a plain RNN in mind, speaks of h0; an LSTM has c0 as well, from the same dense layer. Raises
    ValueError for images that the poolings leave nothing of."""

    def __init__(self, size: int, *, blocks: int = 2, hidden: int = HIDDEN, classes: int = CLASSES) -> None:
        super().__init__()
        seen = WIDTHS[blocks] * map_side(size, blocks) ** 2
        self.glance = nn.Sequential(convolutions(blocks), nn.Flatten(), nn.Linear(seen, 2 * hidden))
        self.recurrence = nn.LSTM(size, hidden)
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, images: Tensor) -> Tensor:
        hidden, cell = self.glance(images).unsqueeze(0).chunk(2, dim=2)
        outputs, _ = self.recurrence(rows(images), (hidden.contiguous(), cell.contiguous()))
        return self.classifier(outputs[-1])


def conditioned_account(size: int, *, blocks: int = 2, hidden: int = HIDDEN, classes: int = CLASSES) -> Account:
    """The recurrence waits for the glance, and the gradient of its first state goes back there."""
    seen = WIDTHS[blocks] * map_side(size, blocks) ** 2
    glance = series(_convolved(size, blocks), dense(seen, 2 * hidden))
    reading = recurrence(LSTM, steps=size, features=size, hidden=hidden, state_given=True)
    return account(series(glance, reading_images(reading), dense(hidden, classes)))


class RegLSTM(nn.Module):
    """Document 004's regression: (steps, batch, features) → (steps, batch, 1), a number from every step's output.

    As the document has it, but for its `y.view(-1, hidden_size)`, which names a variable that does not exist: x is
    meant. Sizes and layers are left open there."""

    def __init__(self, features: int, hidden: int = HIDDEN, *, layers: int = LAYERS) -> None:
        super().__init__()
        self.rnn = nn.LSTM(features, hidden, layers)
        self.reg = nn.Sequential(nn.Linear(hidden, 1))

    def forward(self, sequence: Tensor) -> Tensor:
        outputs, _ = self.rnn(sequence)
        steps, batch, hidden = outputs.shape
        return self.reg(outputs.view(-1, hidden)).view(steps, batch, -1)


def reg_lstm_account(steps: int, features: int, hidden: int = HIDDEN, *, layers: int = LAYERS) -> Account:
    """The dense layer is applied to every step; the chain ends with the last of them."""
    reading = recurrence(LSTM, steps=steps, features=features, hidden=hidden, layers=layers)
    return account(series(reading, dense(hidden, 1, times=steps)))


def map_side(size: int, blocks: int) -> int:
    """Pixels of a map's side after so many blocks.

    Raises ValueError where none are left."""
    if size < POOL**blocks:
        raise ValueError(f"size={size}: {blocks} poolings need images of at least {POOL**blocks} pixels a side")
    return size // POOL**blocks


def _convolved(size: int, blocks: int) -> Layer:
    pairs = pairwise(WIDTHS[: blocks + 1])
    return series(*(conv2d(i, o, kernel=KERNEL, side=size // POOL**n) for n, (i, o) in enumerate(pairs)))
