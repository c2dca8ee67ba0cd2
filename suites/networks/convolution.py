"""Image sizes → convolutional networks: the small one of documents 003 and 004, and torchvision's ResNet-18."""

from torch import Tensor, nn

from networks.vision import torchvision_part

CHANNELS = (1, 32, 64)
KERNEL, POOL, CLASSES = 3, 2, 10
SMALLEST = POOL ** (len(CHANNELS) - 1)


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


def resnet18() -> nn.Module:
    """torchvision's, untrained: (batch, 3, height, width) → logits (batch, 1,000).

    Raises RuntimeError where torchvision cannot be imported."""
    return torchvision_part("models").resnet18(weights=None)


def in_three_channels(images: Tensor) -> Tensor:
    """(batch, 1, height, width) → (batch, 3, height, width): the gray image three times, as memory of its own."""
    return images.repeat(1, 3, 1, 1)
