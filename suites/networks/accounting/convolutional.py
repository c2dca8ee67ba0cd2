"""Image sizes → accounts of the networks that rnn_vs_cnn compares with the recurrent ones."""

from collections.abc import Sequence
from itertools import pairwise

from networks.accounting.layers import IDENTITY, Account, Layer, account, beside, conv2d, dense, series

RESNET18_STAGES = ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2))
"""Channels in and out and the stride of each stage of two blocks: He et al. 2016, table 1."""


def small_cnn(size: int, *, channels: Sequence[int], kernel: int, classes: int) -> Account:
    """Convolutions that keep the size, each followed by a pooling that halves it, and a linear classifier."""
    pairs = list(pairwise(channels))
    layers = [conv2d(i, o, kernel=kernel, side=size // 2**n) for n, (i, o) in enumerate(pairs)]
    left = channels[-1] * (size // 2 ** len(pairs)) ** 2
    return account(series(*layers, dense(left, classes)))


def resnet18(size: int) -> Account:
    """torchvision's ResNet-18 with 1,000 classes; the convolutions of its shortcuts lie beside the chain."""
    side = _halved(size)
    layers = [conv2d(3, 64, kernel=7, side=side, vectors=2)]
    side = _halved(side)
    for inputs, outputs, stride in RESNET18_STAGES:
        side = _halved(side) if stride == 2 else side
        layers += [_block(inputs, outputs, side=side), _block(outputs, outputs, side=side)]
    return account(series(*layers, dense(512, 1000)))


def _block(inputs: int, outputs: int, *, side: int) -> Layer:
    """Two convolutions with batch normalisation, and a shortcut that convolves where the width changes."""
    first, second = (conv2d(i, outputs, kernel=3, side=side, vectors=2) for i in (inputs, outputs))
    shortcut = IDENTITY if inputs == outputs else conv2d(inputs, outputs, kernel=1, side=side, vectors=2)
    return beside(series(first, second), shortcut)


def _halved(side: int) -> int:
    """What a stride of 2 leaves, with the padding that ResNet gives each of its kernels."""
    return (side + 1) // 2
