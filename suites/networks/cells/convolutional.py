"""A sequence of small maps → the maps that a ConvLSTM makes of them, both flat: (steps, batch, features)."""

from dataclasses import dataclass
from functools import partial
from math import isqrt

from torch import Tensor, addcmul, nn, stack
from torch.nn.functional import conv2d

from networks import backends
from networks.accounting import Cost
from networks.backends import Convolution
from networks.cells.cell import Cell, draw

KERNEL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Pixels of a map, and of the kernel that slides over it."""

    height: int
    width: int
    kernel: tuple[int, int]


class ConvLSTM(Cell):
    """The LSTM with convolutions for products: i, f, o = σ(W ∗ x + U ∗ h + b), g = tanh(…), c = f c + i g,
    h = o tanh(c). Shi et al. 2015 (arXiv 1506.04214), without their peepholes; gates in PyTorch's order (i, f, g, o).

    A step's features are `channels` maps one after the other, as a patch or a map of features is when it is flattened;
    `shape` says how wide and high. `hidden` counts the channels of the state, so the output is as many times as wide as
    a map has pixels; a layer on top of it reads them as so many channels, twice as many where it reads both directions.
    Raises ValueError for features that are no whole maps."""

    proof = staticmethod(
        backends.convolution(lambda shape: Convolution(items=shape[0] * shape[1], numbers=shape[2], kernel=(1, KERNEL)))
    )
    """The products with the inputs are one call, of every step of every item."""

    def __init__(self, features: int, hidden: int, *, channels: int = 1) -> None:
        super().__init__(features, hidden)
        self.channels, self.shape = channels, shape(features, channels=channels)
        kernel = self.shape.kernel
        self.padding = (kernel[0] // 2, kernel[1] // 2)
        self.inputs = nn.Conv2d(channels, 4 * hidden, kernel, padding=self.padding)
        self.states = nn.Conv2d(hidden, 4 * hidden, kernel, padding=self.padding, bias=False)
        draw(self, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        steps, batch, _ = sequence.shape
        height, width = self.shape.height, self.shape.width
        maps = sequence.reshape(steps * batch, self.channels, height, width)
        h = c = sequence.new_zeros(batch, self.hidden, height, width)
        outputs = []
        for given in self.inputs(maps).unflatten(0, (steps, batch)).unbind(0):
            sums = given + conv2d(h, self.states.weight, padding=self.padding)
            i_f, g, o = sums.split([2 * self.hidden, self.hidden, self.hidden], dim=1)
            i, f = i_f.sigmoid().chunk(2, dim=1)
            c = addcmul(i * g.tanh(), f, c)
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        return stack(outputs).flatten(start_dim=2)

    def above(self, features: int) -> "ConvLSTM":
        return ConvLSTM(features, self.hidden, channels=features // (self.shape.height * self.shape.width))

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """4 H (1 + H) k + 4 H parameters for one channel of input, k numbers in the kernel (9, or 3 over a row).

        A layer above reads C = H channels, or 2 H: 4 H (C + H) k + 4 H."""
        return _cost(features, hidden, pixels=features)


def _cost(features: int, hidden: int, *, pixels: int) -> Cost:
    channels = features // pixels
    taps = shape(features, channels=channels).kernel[0] * KERNEL
    from_inputs, from_state = 4 * hidden * channels * taps, 4 * hidden * hidden * taps
    return Cost(
        parameters=from_inputs + from_state + 4 * hidden,
        inputs=from_inputs * pixels,
        states=from_state * pixels,
        width=hidden * pixels,
        above=partial(_cost, pixels=pixels),
    )


def shape(features: int, *, channels: int = 1) -> Shape:
    """Of the maps in a step: square where the features allow (a patch, a map of features), with a square kernel; else
    a single row (a row of the image), with a kernel along it.

    Raises ValueError for features that are no whole maps."""
    if features % channels:
        raise ValueError(f"features={features}: {channels} maps of equal size need a multiple of {channels}")
    pixels = features // channels
    side = isqrt(pixels)
    if side**2 == pixels:
        return Shape(height=side, width=side, kernel=(KERNEL, KERNEL))
    return Shape(height=1, width=pixels, kernel=(1, KERNEL))
