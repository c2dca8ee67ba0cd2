"""Image sizes → convolutional networks: the documents' own, LeNet-5, PyTorch's MNIST example, any depth, ResNet-18.

All take (batch, channels, height, width) and return logits (batch, classes), without the softmax that some of their
sources end with: the loss has it.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from networks import backends
from networks.accounting import Account, account, conv2d, dense, series
from networks.backends import Convolution, Proof
from networks.vision import torchvision_part

CHANNELS = (1, 32, 64)
KERNEL, POOL, CLASSES = 3, 2, 10
SMALLEST = POOL ** (len(CHANNELS) - 1)
SIZE = 28


def small_cnn(size: int) -> nn.Sequential:
    """Convolution, ReLU and pooling, twice, and a linear classifier: (batch, 1, size, size) → logits (batch, 10).

    Raises ValueError for images that two poolings leave nothing of."""
    if size < SMALLEST:
        raise ValueError(f"size={size}: two poolings need images of at least {SMALLEST} pixels a side")
    gray, narrow, wide = CHANNELS
    return nn.Sequential(
        *_block(gray, narrow),
        *_block(narrow, wide),
        nn.Flatten(),
        nn.Linear(wide * (size // SMALLEST) ** 2, CLASSES),
    )


def _block(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    # With a kernel of 3, one pixel of padding is "same" without the dispatch that the word costs.
    return nn.Conv2d(inputs, outputs, KERNEL, padding=1), nn.ReLU(), nn.MaxPool2d(POOL)


SMALL_CNN_PROOF = backends.convolution(
    lambda shape: Convolution(items=shape[0], numbers=CHANNELS[1] * (shape[-1] // POOL) ** 2)
)
"""Its second layer reads most."""


def keras_cnn(size: int = SIZE) -> nn.Sequential:
    """Document 004's Keras example: (batch, 1, size, size) → logits (batch, 10).

    Two of its blocks (convolution without padding, as is Keras' default, ReLU, pooling, dropout), a dense layer of 256,
    dropout, a dense layer of 10. The document names no size and leaves out "other convolutions"; neither is added here.
    Raises ValueError for images smaller than 10 pixels a side."""
    side = _left(size, ((KERNEL, POOL), (KERNEL, POOL)))
    return nn.Sequential(
        nn.Conv2d(1, 32, KERNEL), nn.ReLU(), nn.MaxPool2d(POOL), nn.Dropout(0.25),
        nn.Conv2d(32, 32, KERNEL), nn.ReLU(), nn.MaxPool2d(POOL), nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(32 * side**2, 256), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(256, CLASSES),
    )  # fmt: skip


def keras_cnn_account(size: int = SIZE) -> Account:
    """Its dense layers see 32 maps of (⌊(size − 2) / 2⌋ − 2) / 2 pixels a side, rounded down."""
    first = output_side(size, KERNEL)
    second = output_side(first // POOL, KERNEL)
    maps = series(conv2d(1, 32, kernel=KERNEL, side=first), conv2d(32, 32, kernel=KERNEL, side=second))
    return account(series(maps, dense(32 * (second // POOL) ** 2, 256), dense(256, CLASSES)))


KERAS_CNN_PROOF = backends.convolution(
    lambda shape: Convolution(items=shape[0], numbers=32 * (output_side(shape[-1], KERNEL) // POOL) ** 2)
)


def lenet5(size: int = SIZE) -> nn.Sequential:
    """LeNet-5 with its first map padded to the image's size: (batch, 1, size, size) → logits (batch, 10).

    LeCun et al. 1998, figure 2, as it is built today: all maps connected to all, plain average pooling, linear outputs.
    Raises ValueError for images smaller than 12 pixels a side."""
    side = _left(size, ((1, POOL), (5, POOL)))
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(POOL),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(POOL),
        nn.Flatten(),
        nn.Linear(16 * side**2, 120), nn.Tanh(),
        nn.Linear(120, 84), nn.Tanh(),
        nn.Linear(84, CLASSES),
    )  # fmt: skip


def lenet5_account(size: int = SIZE) -> Account:
    """61,706 parameters and 416,520 multiply-adds at 28 pixels, as LeCun et al. 1998 would have them with all maps
    connected and without the coefficients of their poolings."""
    second = output_side(size // POOL, 5)
    maps = series(conv2d(1, 6, kernel=5, side=size), conv2d(6, 16, kernel=5, side=second))
    return account(series(maps, dense(16 * (second // POOL) ** 2, 120), dense(120, 84), dense(84, CLASSES)))


LENET5_PROOF = backends.convolution(lambda shape: Convolution(items=shape[0], numbers=shape[-1] ** 2, kernel=(5, 5)))
"""Its kernels are large enough whatever they read."""


def mnist_example(size: int = SIZE) -> nn.Sequential:
    """The network of PyTorch's MNIST example: (batch, 1, size, size) → logits (batch, 10).

    github.com/pytorch/examples, mnist/main.py. Raises ValueError for images smaller than 6 pixels a side."""
    side = _left(size, ((KERNEL, 1), (KERNEL, POOL)))
    return nn.Sequential(
        nn.Conv2d(1, 32, KERNEL), nn.ReLU(),
        nn.Conv2d(32, 64, KERNEL), nn.ReLU(), nn.MaxPool2d(POOL), nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(64 * side**2, 128), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(128, CLASSES),
    )  # fmt: skip


def mnist_example_account(size: int = SIZE) -> Account:
    """1,199,882 parameters at 28 pixels."""
    first = output_side(size, KERNEL)
    second = output_side(first, KERNEL)
    maps = series(conv2d(1, 32, kernel=KERNEL, side=first), conv2d(32, 64, kernel=KERNEL, side=second))
    return account(series(maps, dense(64 * (second // POOL) ** 2, 128), dense(128, CLASSES)))


MNIST_EXAMPLE_PROOF = backends.convolution(
    lambda shape: Convolution(items=shape[0], numbers=32 * output_side(shape[-1], KERNEL) ** 2)
)


def deep_cnn(depth: int, *, channels: int = 32) -> nn.Sequential:
    """`depth` convolutions that keep the size, each with a ReLU, then the mean over all pixels and a linear classifier:
    (batch, 1, height, width) → logits (batch, 10), for images of any size.

    The counterpart of a recurrent network with `depth` layers. Nothing normalises its maps and nothing leads around its
    layers, so a deep one is for timing, not for learning."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise((1, *[channels] * depth)):
        layers += [nn.Conv2d(inputs, outputs, KERNEL, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES))


def deep_cnn_account(size: int, *, depth: int, channels: int = 32) -> Account:
    """9C²(L − 1) + 9C weights, each used once a pixel; CL biases; 10C + 10 for the classifier."""
    layers = [conv2d(i, o, kernel=KERNEL, side=size) for i, o in pairwise((1, *[channels] * depth))]
    return account(series(*layers, dense(channels, CLASSES)))


def deep_cnn_proof(depth: int, *, channels: int = 32) -> Proof:
    """Every layer but the first reads `channels` maps."""
    maps = channels if depth > 1 else 1
    return backends.convolution(lambda shape: Convolution(items=shape[0], numbers=maps * shape[-1] * shape[-2]))


def resnet18() -> nn.Module:
    """torchvision's, untrained: (batch, 3, height, width) → logits (batch, 1,000).

    Raises RuntimeError where torchvision cannot be imported."""
    return torchvision_part("models").resnet18(weights=None)


RESNET18_PROOF = backends.convolution(
    lambda shape: Convolution(items=shape[0], numbers=3 * shape[-1] ** 2, kernel=(7, 7))
)
"""Its first kernel is large enough whatever it reads; at batch 1 its last blocks are ATen's own over small images."""


def in_three_channels(images: Tensor) -> Tensor:
    """(batch, 1, height, width) → (batch, 3, height, width): the gray image three times, as memory of its own."""
    return images.repeat(1, 3, 1, 1)


def output_side(side: int, kernel: int, *, padding: int = 0, stride: int = 1) -> int:
    """Pixels of a map's side: ⌊(n − k + p + s) / s⌋ of document 003, whose p is the padding of both sides together;
    `padding` is PyTorch's, of each side."""
    return (side - kernel + 2 * padding + stride) // stride


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Pixels of a side that one output pixel can depend on, after layers of (kernel, stride): 1 + Σ (k − 1) · Π s, the
    product over the strides of the layers before (Araujo et al. 2019, equation 2)."""
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field


def reached(network: nn.Module, image: Tensor) -> tuple[int, int]:
    """Rows and columns of the (channels, height, width) image that the middle pixel of the network's map depends on, by
    gradient: how far apart the outermost pixels with a gradient are. The receptive field, if the image is not smaller
    and no gradient happens to be zero."""
    image = image.detach().requires_grad_()
    maps = network(image.unsqueeze(0))
    (gradient,) = torch.autograd.grad(maps[0, :, maps.shape[-2] // 2, maps.shape[-1] // 2].sum(), image)
    rows, columns = gradient.ne(0).any(dim=0).nonzero(as_tuple=True)
    return _span(rows), _span(columns)


def _span(places: Tensor) -> int:
    return int(places.max() - places.min()) + 1


def _left(size: int, stages: Sequence[tuple[int, int]]) -> int:
    """The side of the map that convolutions without padding and poolings, as (kernel, pooling), leave of an image."""
    side = size
    for kernel, pool in stages:
        side = output_side(side, kernel) // pool
    if side < 1:
        raise ValueError(f"size={size}: its convolutions and poolings leave nothing of so small an image")
    return side
