"""Document 003 on padding and stride → the sizes of maps beside its formulas, and where rows are added.

The formulas, of an image's side n, a kernel's k, a stride s, and p, what is added on both sides together (PyTorch's
`padding` is what is added on each):

    n − k + 1                 without padding
    n − k + p + 1             with it; p = k − 1 keeps n
    ⌊(n − k + p + s) / s⌋     with a stride; with p = k − 1 it is ⌊(n + s − 1) / s⌋, and n / s where s divides n

They are the document's, which has them from Zhang et al., Dive into Deep Learning, "Padding and Stride"; Dumoulin and
Visin 2016, A guide to convolution arithmetic, derive the same (their relationships 1, 2 and 6). The sizes that they are
compared with come out of convolutions, and PyTorch's own formula is in no place used here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from warnings import catch_warnings

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad

from facts import Observed, raised
from networks.convolution import lenet5, mnist_example
from networks.workload import seeded

TRIED = 400
KERNELS = range(1, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Sizes as (height, width): of the image, of the kernel, added on both sides together, and the steps."""

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
    """(n − k + 1), of images and kernels of random sizes."""
    drawn = [replace(each, p=(0, 0), s=(1, 1)) for each in _drawn()]
    return _checked((each.map(), [n - k + 1 for n, k in zip(each.n, each.k, strict=True)]) for each in drawn)


def with_padding() -> Observed:
    """(n − k + p + 1) with p on both sides together; then with p as what PyTorch's `padding` is."""
    drawn = [replace(each, s=(1, 1)) for each in _drawn()]
    by_formula = [[n - k + p + 1 for n, k, p in zip(each.n, each.k, each.p, strict=True)] for each in drawn]
    layers = [nn.Conv2d(1, 1, each.k, padding=each.p)(torch.zeros(1, *each.n)) for each in drawn]
    of_each_side = _checked((list(found.shape[1:]), size) for found, size in zip(layers, by_formula, strict=True))
    return {
        **_checked((each.map(), size) for each, size in zip(drawn, by_formula, strict=True)),
        "unlike_formula_with_p_as_the_padding_of_a_layer": of_each_side["unlike_formula"],
    }


def with_stride() -> Observed:
    """⌊(n − k + p + s) / s⌋."""
    return _checked(
        (each.map(), [(n - k + p + s) // s for n, k, p, s in zip(each.n, each.k, each.p, each.s, strict=True)])
        for each in _drawn()
    )


def with_stride_and_p_of_k_minus_1() -> Observed:
    """⌊(n + s − 1) / s⌋."""
    drawn = [replace(each, p=_less_one(each.k)) for each in _drawn()]
    return _checked((each.map(), [(n + s - 1) // s for n, s in zip(each.n, each.s, strict=True)]) for each in drawn)


def with_stride_that_divides() -> Observed:
    """n / s, of images whose sides are multiples of the strides."""
    drawn = [replace(each, n=_times(each.n, each.s), p=_less_one(each.k)) for each in _drawn()]
    return _checked((each.map(), [n // s for n, s in zip(each.n, each.s, strict=True)]) for each in drawn)


def p_of_k_minus_1() -> Observed:
    """The sides of the maps of an image of 12×12, for kernels of 1×1 to 8×8."""
    return {
        "kernels": list(KERNELS),
        "sides": [Drawn(n=(12, 12), k=(k, k), p=(k - 1, k - 1)).map()[0] for k in KERNELS],
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
    added = [_added_by_same(k) for k in odd]
    return {"kernels": odd, "on_top": [top for top, _ in added], "at_the_bottom": [bottom for _, bottom in added]}


def rows_for_even_kernels() -> Observed:
    """The side of a map of 12×12 where the greater half of p = k − 1 is added on top, for kernels with 2 to 8 rows;
    and what `padding="same"` adds itself."""
    even = [k for k in KERNELS if k % 2 == 0]
    images = [pad(torch.zeros(1, 12, 1), (0, 0, k // 2, k // 2 - 1)) for k in even]
    added = [_added_by_same(k) for k in even]
    return {
        "kernels": even,
        "rows_with_more_on_top": [nn.Conv2d(1, 1, (k, 1))(one).shape[1] for k, one in zip(even, images, strict=True)],
        "on_top_by_same": [top for top, _ in added],
        "at_the_bottom_by_same": [bottom for _, bottom in added],
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
        "rows_on_top_by_same_for_2_rows": _added_by_same(2)[0],
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


@seeded(0)
def _drawn() -> list[Drawn]:
    """Sizes at random with kernels that fit: images of 4 to 12, kernels and p and s of up to 4."""

    def pair(low: int, high: int) -> tuple[int, int]:
        height, width = torch.randint(low, high + 1, (2,)).tolist()
        return height, width

    return [Drawn(n=pair(4, 12), k=pair(1, 4), p=pair(0, 4), s=pair(1, 4)) for _ in range(TRIED)]


def _checked(sizes: Iterator[tuple[list[int], list[int]]]) -> dict[str, int]:
    """Of sizes observed and worked out: how many there are, and how many are not the same."""
    pairs = list(sizes)
    return {"tried": len(pairs), "unlike_formula": sum(found != formula for found, formula in pairs)}


def _side(side: int, kernel: int, *, padding: int = 0, stride: int = 1) -> int:
    found: Tensor = nn.Conv2d(1, 1, kernel, padding=padding, stride=stride)(torch.zeros(1, side, side))
    return found.shape[1]


def _added_by_same(rows: int) -> tuple[int, int]:
    """Rows on top and at the bottom: a kernel whose only weight is its first sees an impulse in the first row as many
    rows down as there are on top."""
    layer = nn.Conv2d(1, 1, (rows, 1), padding="same", bias=False)
    nn.init.zeros_(layer.weight)
    with torch.no_grad():
        layer.weight[0, 0, 0] = 1
        impulse = torch.zeros(1, 12, 1)
        impulse[0, 0] = 1
        with catch_warnings(action="ignore"):  # that an even kernel takes a copy
            top = int(layer(impulse)[0, :, 0].argmax())
    return top, rows - 1 - top


def _less_one(k: tuple[int, int]) -> tuple[int, int]:
    return k[0] - 1, k[1] - 1


def _times(n: tuple[int, int], s: tuple[int, int]) -> tuple[int, int]:
    return n[0] * s[0], n[1] * s[1]
