"""Document 003 on padding and stride → the sizes of maps beside its formulas, and where rows are added.

The formulas, of an image's side n, a kernel's k, a stride s, and p, what is added on both sides together (PyTorch's
`padding` is what is added on each):

    n − k + 1                 without padding
    n − k + p + 1             with it; p = k − 1 keeps n
    ⌊(n − k + p + s) / s⌋     with a stride; with p = k − 1 it is ⌊(n + s − 1) / s⌋, and n / s where s divides n

They are the document's, which has them from Zhang et al., Dive into Deep Learning, "Padding and Stride"; Dumoulin and
Visin 2016, A guide to convolution arithmetic, derive the same (their relationships 1, 2 and 6). None is worked out
here: the sizes come out of convolutions of a small grid of images, and what the formulas make of that grid stands with
the claims.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from warnings import catch_warnings

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad

from facts import Observed, raised
from networks.convolution import lenet5, mnist_example

SIDES = range(5, 11)
KERNELS = range(1, 9)
ROWS = 12

MapOf = Callable[[Tensor, Tensor], Tensor]
"""An image (1, 1, ROWS, 1) and a kernel (1, 1, k, 1) → the map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """As (height, width): of the image, of the kernel, added on both sides together, and the steps."""

    n: tuple[int, int]
    k: tuple[int, int]
    p: tuple[int, int] = (0, 0)
    s: tuple[int, int] = (1, 1)

    def map(self) -> list[int]:
        """The size of the map that comes out: less than half of what is added stands on top and at the left."""
        (top, left), (bottom, right) = zip(*((p // 2, p - p // 2) for p in self.p), strict=True)
        image = pad(torch.zeros(1, 1, *self.n), (left, right, top, bottom))
        return list(conv2d(image, torch.zeros(1, 1, *self.k), stride=self.s).shape[2:])


def without_padding() -> Observed:
    """The sides of the maps of squares, by the kernel's side; and the map of a rectangle."""
    return {
        "images": list(SIDES),
        **{f"kernel_{k}": _sides(k) for k in (1, 2, 3, 4)},
        "of_8x10_by_3x4": Sizes(n=(8, 10), k=(3, 4)).map(),
    }


def with_padding() -> Observed:
    """Of a kernel of 3×3, by p, what is added on both sides together; and with as much as a layer's `padding`."""
    layer = nn.Conv2d(1, 1, 3, padding=2)
    return {
        "images": list(SIDES),
        **{f"kernel_3_p_{p}": _sides(3, p=p) for p in (0, 1, 2, 3, 4)},
        "of_8x10_by_3x4_p_1x3": Sizes(n=(8, 10), k=(3, 4), p=(1, 3)).map(),
        "kernel_3_padding_2_of_a_layer": [layer(torch.zeros(1, n, n)).shape[1] for n in SIDES],
    }


def with_stride() -> Observed:
    """Of a kernel of 4×4 and p = 1, by the stride."""
    return {
        "images": list(SIDES),
        **{f"kernel_4_p_1_stride_{s}": _sides(4, p=1, s=s) for s in (1, 2, 3, 4)},
        "of_8x10_by_3x4_p_1x3_stride_3x2": Sizes(n=(8, 10), k=(3, 4), p=(1, 3), s=(3, 2)).map(),
    }


def with_stride_and_p_of_k_minus_1() -> Observed:
    """By the kernel and the stride."""
    return {
        "images": list(SIDES),
        **{f"kernel_{k}_stride_{s}": _sides(k, p=k - 1, s=s) for k in (2, 3) for s in (2, 3, 4)},
        "of_8x10_by_3x4_stride_3x2": Sizes(n=(8, 10), k=(3, 4), p=(2, 3), s=(3, 2)).map(),
    }


def with_stride_that_divides() -> Observed:
    """Of images whose sides are multiples of every stride, by a kernel of 3×3 and p = 2."""
    sides = range(12, 37, 12)
    return {
        "images": list(sides),
        **{f"stride_{s}": _sides(3, p=2, s=s, of=sides) for s in (2, 3, 4)},
        "of_12x24_by_3x4_stride_3x4": Sizes(n=(12, 24), k=(3, 4), p=(2, 3), s=(3, 4)).map(),
    }


def p_of_k_minus_1() -> Observed:
    """The sides of the maps of an image of 12×12, for kernels of 1×1 to 8×8."""
    return {
        "kernels": list(KERNELS),
        "sides": [Sizes(n=(12, 12), k=(k, k), p=(k - 1, k - 1)).map()[0] for k in KERNELS],
    }


def equal_padding_on_both_sides() -> Observed:
    """The kernels of 1×1 to 8×8 for which some `padding` of a layer keeps the size, with how much; and those of two
    networks that have been in use for long."""
    kept = [(k, padding) for k in KERNELS for padding in range(k) if _side(12, k, padding=padding) == 12]
    networks = nn.ModuleList([lenet5(), mnist_example()])
    used = [layer.kernel_size[0] for layer in networks.modules() if isinstance(layer, nn.Conv2d)]
    return {
        "kernels_whose_size_it_keeps": [k for k, _ in kept],
        "padding_of_each": [padding for _, padding in kept],
        "kernels_of_lenet5_and_mnist_example": used,
    }


def rows_for_odd_kernels() -> Observed:
    """Rows that `padding="same"` adds on top and at the bottom for kernels with 1 to 7 rows."""
    odd = [k for k in KERNELS if k % 2]
    added = [_added(k, _same) for k in odd]
    return {"kernels": odd, "on_top": [top for top, _ in added], "at_the_bottom": [bottom for _, bottom in added]}


def rows_for_even_kernels() -> Observed:
    """The map of 12 rows to which p = k − 1 are added, the greater half on top, for kernels with 2 to 8 rows: how many
    rows it has, and how many stand on top and at the bottom; and what `padding="same"` adds itself."""
    even = [k for k in KERNELS if k % 2 == 0]
    added, by_same = ([_added(k, map_of) for k in even] for map_of in (_more_on_top, _same))
    return {
        "kernels": even,
        "rows": [len(_answer(k, _more_on_top, row=0, weight=0)) for k in even],
        "on_top": [top for top, _ in added],
        "at_the_bottom": [bottom for _, bottom in added],
        "on_top_by_same": [top for top, _ in by_same],
        "at_the_bottom_by_same": [bottom for _, bottom in by_same],
    }


def padding_of_a_layer() -> Observed:
    """How many rows and columns of zeros `padding=(2, 1)` puts around an image of 8×8 ones."""
    layer = nn.Conv2d(1, 1, 1, padding=(2, 1), bias=False)
    nn.init.ones_(layer.weight)
    found: Tensor = layer(torch.ones(1, 8, 8))[0]
    rows, columns = found.nonzero(as_tuple=True)
    return {
        "on_top": int(rows.min()),
        "at_the_bottom": len(found) - 1 - int(rows.max()),
        "at_the_left": int(columns.min()),
        "at_the_right": found.shape[1] - 1 - int(columns.max()),
        "with_one_number": list(nn.Conv2d(1, 1, 1, padding=2)(torch.ones(1, 8, 8)).shape[1:]),
    }


def padding_by_default() -> Observed:
    """A layer that is not told its padding: what it has, and the side of its map where the division by the stride
    leaves a rest; and the rows that `padding="same"` puts on top for a kernel with two."""
    layer = nn.Conv2d(1, 1, 3)
    return {
        "padding": list(layer.padding),
        "side_of_8_by_kernel_3_and_stride_2": _side(8, 3, stride=2),
        "rows_on_top_by_same_for_2_rows": _added(2, _same)[0],
    }


def repeated() -> Observed:
    """The sides of the maps of six convolutions of 5×5, one after the other, on 28×28 pixels; then with padding."""
    bare = [28]
    padded = [28]
    for _ in range(6):
        bare.append(_side(bare[-1], 5))
        padded.append(_side(padded[-1], 5, padding=2))
    return {"sides": bare, "sides_with_padding": padded}


def strides() -> Observed:
    """The sides of the maps of a 3×3 kernel, padding 1, on 28×28 pixels, and the pixels there are to work out."""
    sides = [_side(28, 3, padding=1, stride=stride) for stride in (1, 2, 4)]
    return {"strides": [1, 2, 4], "sides": sides, "pixels": [side**2 for side in sides]}


def colours_first() -> Observed:
    """A layer for three channels and an image with the axis of three first, last, and last in memory alone."""
    layer, image = nn.Conv2d(3, 1, 2), torch.zeros(1, 3, 5, 7)
    in_memory = image.contiguous(memory_format=torch.channels_last)
    return {
        "takes": list(image[0].shape),
        "exception_with_channels_first": raised(lambda: layer(image[0])),
        "exception_with_channels_last": raised(lambda: layer(image[0].permute(1, 2, 0))),
        "shape_with_channels_last_in_memory": list(in_memory[0].shape),
    }


def _sides(k: int, *, p: int = 0, s: int = 1, of: Sequence[int] = SIDES) -> list[int]:
    """Of the maps of squares, whose heights and widths are treated alike."""
    maps = [Sizes(n=(n, n), k=(k, k), p=(p, p), s=(s, s)).map() for n in of]
    assert all(height == width for height, width in maps)
    return [height for height, _ in maps]


def _side(side: int, kernel: int, *, padding: int = 0, stride: int = 1) -> int:
    found: Tensor = nn.Conv2d(1, 1, kernel, padding=padding, stride=stride)(torch.zeros(1, side, side))
    return found.shape[1]


def _added(rows: int, map_of: MapOf) -> tuple[int, int]:
    """Rows on top and at the bottom. A kernel whose only weight is its first answers to an impulse in the first row as
    many rows down as stand on top; one whose only weight is its last, to an impulse in the last row, as many rows up as
    stand at the bottom."""
    down, up = _answer(rows, map_of, row=0, weight=0), _answer(rows, map_of, row=-1, weight=-1)
    return int(down.argmax()), int(up.flip(0).argmax())


def _answer(rows: int, map_of: MapOf, *, row: int, weight: int) -> Tensor:
    """The rows of the map of an impulse, by a kernel that has one weight."""
    image, kernel = torch.zeros(1, 1, ROWS, 1), torch.zeros(1, 1, rows, 1)
    image[0, 0, row] = kernel[0, 0, weight] = 1
    return map_of(image, kernel)[0, 0, :, 0]


def _same(image: Tensor, kernel: Tensor) -> Tensor:
    with catch_warnings(action="ignore"):  # that an even kernel takes a copy
        return conv2d(image, kernel, padding="same")


def _more_on_top(image: Tensor, kernel: Tensor) -> Tensor:
    """p = k − 1 rows are added to the image: the greater half on top, the smaller at the bottom."""
    added = kernel.shape[2] - 1
    return conv2d(pad(image, (0, 0, added - added // 2, added // 2)), kernel)
