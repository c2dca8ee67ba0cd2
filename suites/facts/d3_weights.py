"""Document 003 on weights → how many a dense layer and a convolution have, and that a dense layer is its first formula.

The formulas, from Zhang et al., Dive into Deep Learning, "From Fully Connected Layers to Convolutions":

    [H]ij = [U]ij + Σk Σl [W]ijkl [X]kl = [U]ij + Σa Σb [V]ijab [X]i+a,j+b     a dense layer, [V]ijab = [W]ij,i+a,j+b:
                                                                            (h·w)² weights, h·w biases
    [H]ijd = Σa Σb Σc [V]abcd [X]i+a,j+b,c,  |a|, |b| ≤ Δ                      a convolution: (2Δ + 1)² · c · d weights

A large layer is built on the meta device: it has shapes and no memory.
"""

import torch
from torch import Tensor, nn

from facts import Observed
from facts.comparing import agree, drawn, parameters, weights
from networks.convolution import lenet5
from networks.workload import seeded

SIDE, PIXELS = 28, 28 * 28
CHANNELS, MAPS, REACH = 3, 4, 1
"""Of the formula with channels; REACH is its Δ."""


def images_by_dense_layers_and_by_convolutions() -> Observed:
    """Two classifiers of digits: a network of two dense layers, and LeNet-5."""
    dense = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, 256), nn.ReLU(), nn.Linear(256, 10))
    return _compared({"dense": parameters(dense), "convolutional": parameters(lenet5(SIDE))})


def one_layer_of_each() -> Observed:
    """LeNet-5's first layer, six maps of 28×28 from kernels of 5×5, and a dense layer that makes the same maps."""
    convolution = nn.Conv2d(1, 6, 5, padding=2)
    maps: Tensor = convolution(torch.zeros(1, SIDE, SIDE))
    dense = nn.Linear(PIXELS, maps.numel(), device="meta")
    return _compared({"dense": parameters(dense), "convolutional": parameters(convolution)})


@seeded(0)
def dense_as_tensor() -> Observed:
    """A dense layer from an image of 28×28 to as many numbers, its weights as [W]ijkl, then as [V]ijab around i, j."""
    layer = nn.Linear(PIXELS, PIXELS, dtype=torch.float64)
    four, biases = layer.weight.view(SIDE, SIDE, SIDE, SIDE), layer.bias.view(SIDE, SIDE)
    image = drawn(SIDE, SIDE)
    hidden = layer(image.flatten()).view(SIDE, SIDE)
    return {
        "dimensions_of_weights": four.dim(),
        "weights": weights(layer),
        "biases": biases.numel(),
        "sum_over_k_l_agrees": agree(torch.einsum("ijkl,kl->ij", four, image) + biases, hidden),
        "sum_over_a_b_agrees": agree(_around(four, image) + biases, hidden),
    }


@seeded(0)
def convolution_of_channels() -> Observed:
    """A layer's weights turned into [V]abcd, and its maps by the formula with channels."""
    layer = nn.Conv2d(CHANNELS, MAPS, 2 * REACH + 1, bias=False, dtype=torch.float64)
    turned = layer.weight.permute(2, 3, 1, 0)
    image = drawn(6, 7, CHANNELS)
    maps: Tensor = layer(image.permute(2, 0, 1))
    inner = [(i, j) for i in range(REACH, 6 - REACH) for j in range(REACH, 7 - REACH)]
    by_formula = torch.stack([_weighed(turned, image, i, j) for i, j in inner])
    return {
        "dimensions_of_weights": turned.dim(),
        "weights": weights(layer),
        "maps": list(maps.shape),
        "formula_agrees": agree(by_formula.T.view_as(maps), maps),
    }


def colour_image() -> Observed:
    """The document's image of 1024×1024 in three colours; a pixel is a place in it."""
    image = torch.zeros(1024, 1024, 3, dtype=torch.uint8)
    return {"dimensions": image.dim(), "values": image.numel(), "pixels": len(image.flatten(end_dim=1))}


def _compared(counts: dict[str, int]) -> Observed:
    order = sorted(counts, key=lambda name: counts[name])
    return {**counts, "fewest_first": order}


def _around(four: Tensor, image: Tensor) -> Tensor:
    """Σ [V]ijab [X]i+a,j+b over the a and b that stay inside the image, with [V]ijab = [W]ij,i+a,j+b."""
    hidden = torch.empty_like(image)
    for i in range(SIDE):
        for j in range(SIDE):
            rows, columns = torch.arange(-i, SIDE - i), torch.arange(-j, SIDE - j)
            moved = four[i, j][i + rows][:, j + columns]
            hidden[i, j] = (moved * image[i + rows][:, j + columns]).sum()
    return hidden.detach()


def _weighed(turned: Tensor, image: Tensor, i: int, j: int) -> Tensor:
    """Σ [V]abcd [X]i+a,j+b,c for every d, with a and b from −Δ to Δ."""
    offsets = range(-REACH, REACH + 1)
    terms = [turned[a + REACH, b + REACH, c] * image[i + a, j + b, c]
             for a in offsets for b in offsets for c in range(CHANNELS)]  # fmt: skip
    return torch.stack(terms).sum(dim=0)
