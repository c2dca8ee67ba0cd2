"""Document 003's formulas for one channel → which of them a convolutional layer computes.

Sums are taken index by index, as the formulas are written, in double precision:

    [H]ij = u + Σa Σb [V]ab [X]i+a,j+b,  |a| ≤ Δ₁, |b| ≤ Δ₂      a layer: u its bias, (2Δ₁ + 1)(2Δ₂ + 1) weights
    (f ∗ g)(i, j) = Σa Σb f(a, b) g(i − a, j − b)                 a convolution
    [H]ij = Σc Σa Σb [V]cab [X]c,i+a,j+b                          a layer over channels c

They are the document's, from Zhang et al., Dive into Deep Learning, "From Fully Connected Layers to Convolutions" and
"Multiple Input and Multiple Output Channels". That the second is a convolution is shown by two things that a sum must
be to be one: the spectrum of f ∗ g is the product of the spectra of f and g (the convolution theorem), and the
polynomial with its coefficients is the product of those with the coefficients of f and g (Cauchy's product).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from facts import Observed
from facts.comparing import agree, drawn, parameters
from networks.loops import corr2d, pixel_loop
from networks.workload import seeded

HEIGHT, WIDTH = 7, 9
REACHES = (1, 2)
"""Δ₁ and Δ₂."""

Places = Mapping[tuple[int, int], float]
"""A function of two whole numbers that is 0 wherever nothing is said of it."""


@seeded(0)
def layer_by_its_formula() -> Observed:
    """u + Σ [V]ab [X]i+a,j+b with |a| ≤ Δ₁ and |b| ≤ Δ₂, pixels beyond the edge 0, beside a layer's map."""
    rows, columns = (2 * reach + 1 for reach in REACHES)
    layer = nn.Conv2d(1, 1, (rows, columns), padding=REACHES, dtype=torch.float64)
    image = drawn(HEIGHT, WIDTH)
    kernel, pixels = _places(layer.weight[0, 0], start=(-REACHES[0], -REACHES[1])), _places(image)
    found = [
        [layer.get_parameter("bias").item() + _correlated(kernel, pixels, i, j) for j in range(WIDTH)]
        for i in range(HEIGHT)
    ]
    return {
        "formula_agrees": agree(_matrix(found), layer(image[None])[0].detach()),
        "weights": layer.weight.numel(),
        "parameters": parameters(layer),
    }


@seeded(0)
def correlation_or_convolution() -> Observed:
    """A layer's map beside the sums Σ [V]ab [X]i+a,j+b and Σ [V]ab [X]i−a,j−b at the pixels where the kernel fits."""
    layer = nn.Conv2d(1, 1, 3, bias=False, dtype=torch.float64)
    image, kernel = drawn(HEIGHT, WIDTH), layer.weight[0, 0].detach()
    found = layer(image[None])[0].detach()
    return {
        "cross_correlation_agrees": agree(corr2d(image, kernel), found),
        "convolution_agrees": agree(_convolved(kernel, image)[2:-2, 2:-2], found),
        "convolution_with_turned_kernel_agrees": agree(_convolved(kernel.flip(0, 1), image)[2:-2, 2:-2], found),
    }


@seeded(0)
def convolution_by_its_formula() -> Observed:
    """Σ f(a,b) g(i−a,j−b) beside two things that are a convolution for certain: the product of the two functions'
    polynomials, by values at points, and the product of their spectra; and beside itself with f and g exchanged."""
    f, g = drawn(3, 3), drawn(HEIGHT, WIDTH)
    found = _convolved(f, g)
    spectra = torch.fft.fft2(f, s=found.shape) * torch.fft.fft2(g, s=found.shape)
    points = torch.linspace(-1, 1, 5, dtype=torch.float64)
    return {
        "product_of_spectra_agrees": agree(torch.fft.ifft2(spectra).real, found),
        "product_of_polynomials_agrees": agree(_polynomial(f, points) * _polynomial(g, points),
                                               _polynomial(found, points)),
        "exchanged_agrees": agree(_convolved(g, f), found),
    }  # fmt: skip


@seeded(0)
def kernels_of_channels() -> Observed:
    """The kernel of a layer with three channels and one map, and a map by one correlation a channel, summed."""
    layer = nn.Conv2d(3, 1, (2, 4), bias=False, dtype=torch.float64)
    image = drawn(3, HEIGHT, WIDTH)
    kernel = layer.weight[0].detach()
    summed = torch.stack([corr2d(channel, own) for channel, own in zip(image, kernel, strict=True)]).sum(dim=0)
    two_maps = nn.Conv2d(3, 2, (2, 4), bias=False, dtype=torch.float64)
    return {
        "kernel": list(kernel.shape),
        "sum_over_channels_agrees": agree(summed, layer(image)[0].detach()),
        "kernels_of_two_maps": two_maps.weight.flatten(end_dim=1).shape[0],
        "sum_for_each_of_two_maps_agrees": agree(pixel_loop(image, two_maps.weight.detach()),
                                                 conv2d(image[None], two_maps.weight)[0].detach()),
    }  # fmt: skip


def _places(matrix: Tensor, *, start: tuple[int, int] = (0, 0)) -> Places:
    """The matrix as a function, its first entry at `start`."""
    rows, columns = matrix.shape
    return {(start[0] + i, start[1] + j): matrix[i, j].item() for i in range(rows) for j in range(columns)}


def _correlated(kernel: Places, image: Places, i: int, j: int) -> float:
    return sum(weight * image.get((i + a, j + b), 0.0) for (a, b), weight in kernel.items())


def _convolved(f: Tensor, g: Tensor) -> Tensor:
    """(f ∗ g)(i, j) wherever it is not 0 for certain."""
    first, second = _places(f), _places(g)
    height, width = f.shape[0] + g.shape[0] - 1, f.shape[1] + g.shape[1] - 1
    return _matrix(
        [
            [sum(weight * second.get((i - a, j - b), 0.0) for (a, b), weight in first.items()) for j in range(width)]
            for i in range(height)
        ]
    )


def _polynomial(coefficients: Tensor, points: Tensor) -> Tensor:
    """Σ cᵢⱼ xⁱ yʲ at every pair of points."""
    rows, columns = (torch.stack([points**power for power in range(size)]) for size in coefficients.shape)
    return torch.einsum("ij,ix,jy->xy", coefficients, rows, columns)


def _matrix(rows: list[list[float]]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)
