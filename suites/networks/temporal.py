"""Sequences → logits by convolution over time: the parallel control of the recurrent networks.

Both networks take what a recurrent one takes, (steps, batch, features), and return logits (batch, classes).
Convolutions want (batch, features, steps), so each step of the clock pays for one transposition of the input.
"""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn.functional import pad
from torch.nn.utils.parametrizations import weight_norm

from networks import backends
from networks.accounting import IDENTITY, Account, Layer, account, beside, conv1d, dense, series
from networks.backends import Convolution, Proof, Shape

CLASSES = 10
HIDDEN, LEVELS, KERNEL = 25, 8, 7
"""Of the TCN that Bai et al. 2018 train on sequential MNIST."""


class CausalConvolution(nn.Module):
    """(batch, inputs, steps) → (batch, outputs, steps); step t sees the steps t, t − d, …, t − (k − 1)·d and no later.

    Zeros are put before the sequence. Bai et al. pad both ends and cut the far one off again: the same numbers for
    (k − 1)·d more steps of arithmetic."""

    def __init__(self, inputs: int, outputs: int, *, kernel: int, dilation: int, normalised: bool) -> None:
        super().__init__()
        convolution = nn.Conv1d(inputs, outputs, kernel, dilation=dilation)
        self.convolution = weight_norm(convolution) if normalised else convolution
        self.before = (kernel - 1) * dilation

    def forward(self, sequence: Tensor) -> Tensor:
        return self.convolution(pad(sequence, (self.before, 0)))


class Level(nn.Module):
    """Two causal convolutions with ReLU, and the input added to their output, brought to its width by a 1×1 convolution
    where that differs: (batch, inputs, steps) → (batch, outputs, steps). Bai et al. 2018, figure 1 (b); no dropout."""

    def __init__(self, inputs: int, outputs: int, *, kernel: int, dilation: int, normalised: bool) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            CausalConvolution(inputs, outputs, kernel=kernel, dilation=dilation, normalised=normalised),
            nn.ReLU(),
            CausalConvolution(outputs, outputs, kernel=kernel, dilation=dilation, normalised=normalised),
            nn.ReLU(),
        )
        self.shortcut = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, sequence: Tensor) -> Tensor:
        return (self.convolutions(sequence) + self.shortcut(sequence)).relu()


class TCN(nn.Module):
    """Temporal convolutional network, classifying by its last step: (steps, batch, features) → logits (batch, classes).

    Bai, Kolter, Koltun 2018 (github.com/locuslab/TCN): level l, counted from 0, has dilation 2^l. Weights are
    normalised as theirs are, w = g·v/‖v‖, which every forward pass works out anew; `normalised=False` is the same
    network as one would deploy it, with w itself as parameter. On one core of an EPYC, 8 levels of 25 units, batch 1,
    that is 1.26 against 0.99 ms for 28 steps (training: 2.98 against 2.32) and 4.4 against 3.9 ms for 784."""

    def __init__(
        self,
        features: int,
        hidden: int = HIDDEN,
        *,
        levels: int = LEVELS,
        kernel: int = KERNEL,
        classes: int = CLASSES,
        normalised: bool = True,
    ) -> None:
        super().__init__()
        widths = (features, *[hidden] * levels)
        self.levels = nn.Sequential(
            *(
                Level(inputs, outputs, kernel=kernel, dilation=2**level, normalised=normalised)
                for level, (inputs, outputs) in enumerate(pairwise(widths))
            )
        )
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, sequence: Tensor) -> Tensor:
        return self.classifier(self.levels(sequence.permute(1, 2, 0))[:, :, -1])


def tcn_account(
    steps: int,
    features: int,
    hidden: int = HIDDEN,
    *,
    levels: int = LEVELS,
    kernel: int = KERNEL,
    classes: int = CLASSES,
    normalised: bool = True,
) -> Account:
    """Two products a level and one for the classifier lie on the chain; a normalised weight has a scale an output."""
    vectors = 2 if normalised else 1

    def level(inputs: int) -> Layer:
        first, second = (conv1d(i, hidden, kernel=kernel, steps=steps, vectors=vectors) for i in (inputs, hidden))
        shortcut = IDENTITY if inputs == hidden else conv1d(inputs, hidden, kernel=1, steps=steps)
        return beside(series(first, second), shortcut)

    return account(series(level(features), *[level(hidden)] * (levels - 1), dense(hidden, classes)))


def tcn_proof(hidden: int = HIDDEN, *, levels: int = LEVELS, kernel: int = KERNEL) -> Proof:
    """The topmost level puts most zeros before what it reads."""
    reach = 2 ** (levels - 1)
    return backends.convolution(
        lambda shape: Convolution(
            items=shape[1],
            numbers=hidden * (shape[0] + (kernel - 1) * reach),
            kernel=(1, kernel),
            dilated=reach > 1,
        )
    )


def receptive_steps(*, levels: int = LEVELS, kernel: int = KERNEL) -> int:
    """Steps that the last one of a TCN sees, itself included: 1 + 2·(k − 1)·(2^levels − 1), from two convolutions a
    level."""
    return 1 + 2 * (kernel - 1) * (2**levels - 1)


class SliceCNN(nn.Module):
    """Convolutions over the steps that keep their number, each with a ReLU, the mean over all steps, and a linear
    classifier: (steps, batch, features) → logits (batch, classes), for any number of steps, one included."""

    def __init__(
        self, features: int, hidden: int = 100, *, layers: int = 2, kernel: int = 3, classes: int = CLASSES
    ) -> None:
        super().__init__()
        if kernel % 2 == 0:
            raise ValueError(f"kernel={kernel}: only odd kernels keep the number of steps")
        convolutions: list[nn.Module] = []
        for inputs, outputs in pairwise((features, *[hidden] * layers)):
            convolutions += [nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2), nn.ReLU()]
        self.convolutions = nn.Sequential(*convolutions)
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, sequence: Tensor) -> Tensor:
        return self.classifier(self.convolutions(sequence.permute(1, 2, 0)).mean(dim=2))


def slice_cnn_account(
    steps: int, features: int, hidden: int = 100, *, layers: int = 2, kernel: int = 3, classes: int = CLASSES
) -> Account:
    """k·I·H + (L − 1)·k·H² weights, each used once a step."""
    widths = pairwise((features, *[hidden] * layers))
    convolutions = [conv1d(inputs, outputs, kernel=kernel, steps=steps) for inputs, outputs in widths]
    return account(series(*convolutions, dense(hidden, classes)))


def slice_cnn_proof(hidden: int = 100, *, layers: int = 2, kernel: int = 3) -> Proof:
    """What reads most reads the features, or what a layer below has made of them."""

    def largest(shape: Shape) -> Convolution:
        steps, batch, features = shape
        width = max(features, hidden) if layers > 1 else features
        return Convolution(items=batch, numbers=width * steps, kernel=(1, kernel))

    return backends.convolution(largest)
