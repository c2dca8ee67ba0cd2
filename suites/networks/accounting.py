"""Shapes of networks → parameters, multiply-adds and sequential steps, in closed form.

Counted are matrix products and convolutions, as torch's FlopCounterMode counts them: 2 flops a multiply-add, no
pointwise work, no normalisation, no optimiser. Closed forms are needed because the counter sees nothing of an LSTM that
oneDNN or cuDNN runs. Training adds the gradients that autograd computes: of every weight, and of every input but the
images. Nor has a recurrent layer's initial state a gradient: the state's gradient crosses T − 1 of the T steps (counted
with torch 2.15 on ATen's native path; what cuDNN multiplies inside is its own affair).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
RESNET18_STAGES = ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2))
"""Channels in and out and the stride of each stage of two blocks: He et al. 2016, table 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`forward` and `backward` are multiply-adds for one image; `sequential_steps` are products on the longest chain of
    the forward pass that must be computed one after the other."""

    parameters: int
    forward: int
    backward: int
    sequential_steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """A square convolution and the side of its output; `vectors`: numbers per output channel beside the weights (one
    for a bias, two for a batch normalisation)."""

    inputs: int
    outputs: int
    kernel: int
    side: int
    vectors: int


def flops(account: Account, *, batch: int, training: bool) -> int:
    """Of one step."""
    return 2 * batch * (account.forward + account.backward * training)


def recurrent(kind: str, *, steps: int, features: int, hidden: int, classes: int) -> Account:
    """One layer in one direction with PyTorch's two bias vectors, and a linear classifier on the last step."""
    to_gates, across = GATES[kind] * hidden * features, GATES[kind] * hidden * hidden
    classifier = hidden * classes
    return Account(
        parameters=to_gates + across + 2 * GATES[kind] * hidden + classifier + classes,
        forward=steps * (to_gates + across) + classifier,
        backward=steps * (to_gates + across) + (steps - 1) * across + 2 * classifier,
        sequential_steps=steps + 1,
    )


def small_cnn(size: int, *, channels: Sequence[int], kernel: int, classes: int) -> Account:
    """Convolutions that keep the size, each followed by a pooling that halves it, and a linear classifier."""
    pairs = list(pairwise(channels))
    layers = [
        Convolution(inputs=i, outputs=o, kernel=kernel, side=size // 2**n, vectors=1) for n, (i, o) in enumerate(pairs)
    ]
    features = channels[-1] * (size // 2 ** len(pairs)) ** 2
    return _convolutional(layers, features=features, classes=classes, depth=len(layers) + 1)


def resnet18(size: int) -> Account:
    """torchvision's ResNet-18 with 1,000 classes; the convolutions of its shortcuts lie beside the chain."""
    side = _halved(size)
    layers = [Convolution(inputs=3, outputs=64, kernel=7, side=side, vectors=2)]
    side = _halved(side)
    for inputs, outputs, stride in RESNET18_STAGES:
        side = _halved(side) if stride == 2 else side
        layers += [
            Convolution(inputs=i, outputs=outputs, kernel=3, side=side, vectors=2) for i in (inputs, *[outputs] * 3)
        ]
        if inputs != outputs:
            layers.append(Convolution(inputs=inputs, outputs=outputs, kernel=1, side=side, vectors=2))
    on_the_chain = sum(layer.kernel > 1 for layer in layers)
    return _convolutional(layers, features=512, classes=1000, depth=on_the_chain + 1)


def _convolutional(layers: Sequence[Convolution], *, features: int, classes: int, depth: int) -> Account:
    forward = sum(map(_products, layers)) + features * classes
    return Account(
        parameters=sum(_weights(layer) + layer.vectors * layer.outputs for layer in layers) + (features + 1) * classes,
        forward=forward,
        backward=2 * forward - _products(layers[0]),
        sequential_steps=depth,
    )


def _weights(layer: Convolution) -> int:
    return layer.inputs * layer.outputs * layer.kernel**2


def _products(layer: Convolution) -> int:
    return _weights(layer) * layer.side**2


def _halved(side: int) -> int:
    """What a stride of 2 leaves, with the padding that ResNet gives each of its kernels."""
    return (side + 1) // 2
