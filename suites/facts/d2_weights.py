"""Document 002 on weights → how many a convolution, a dense and a recurrent layer have, as torch builds them.

Large dense layers are built on the meta device: they have shapes and no memory.
"""

from itertools import count

import torch
from torch import Tensor, nn

from facts import Observed
from facts.comparing import parameters, weights

CONVOLUTION = (128, 64, 5)
"""Channels, maps and the kernel's side in the document's example."""
FEATURES, HIDDEN = 28, 100
STEPS = (7, 28, 112)
SIDES = (8, 16, 32)


def dense_over_a_sequence() -> Observed:
    """A dense layer that sees all steps at once and gives one vector of 100, beside an RNN that gives one a step."""
    recurrent = parameters(nn.RNN(FEATURES, HIDDEN))
    dense = [parameters(_dense(steps)) for steps in STEPS]
    return {
        "steps": list(STEPS),
        "dense": dense,
        "recurrent": recurrent,
        "has_more": ["dense" if found > recurrent else "recurrent" for found in dense],
        "dense_has_more_from_steps": next(n for n in count(1) if parameters(_dense(n)) > recurrent),
    }


def convolution_128_to_64() -> Observed:
    layer = _convolution()
    return {
        "weights": weights(layer),
        "with_biases": parameters(layer),
        "map_of_28x28": list(layer(torch.zeros(CONVOLUTION[0], 28, 28)).shape),
    }


def convolution_by_image_size() -> Observed:
    """Layers that learn their channels from the first image they see, shown images of several sizes."""
    shown = [nn.LazyConv2d(64, 5) for _ in SIDES]
    maps = [layer(torch.zeros(1, 128, side, side)) for layer, side in zip(shown, SIDES, strict=True)]
    return {
        "image_sides": list(SIDES),
        "map_sides": [found.shape[-1] for found in maps],
        "weights": [weights(layer) for layer in shown],
        "weights_of_half_the_channels": weights(nn.Conv2d(64, 64, 5)),
        "weights_of_a_3x3_kernel": weights(nn.Conv2d(128, 64, 3)),
        "weights_in_two_groups": weights(nn.Conv2d(128, 64, 5, groups=2)),
    }


def dense_by_image_size() -> Observed:
    """Layers to 10 numbers that learn their inputs from the first image they see, of one channel, written out."""
    shown = [nn.LazyLinear(10) for _ in SIDES]
    outputs = [layer(torch.zeros(1, 1, side, side).flatten(1)) for layer, side in zip(shown, SIDES, strict=True)]
    return {
        "image_sides": list(SIDES),
        "outputs": [found.shape[-1] for found in outputs],
        "weights": [weights(layer) for layer in shown],
    }


def dense_4096_to_1024() -> Observed:
    layer = nn.Linear(4096, 1024, device="meta")
    return {"weights": weights(layer), "with_biases": parameters(layer)}


def dense_against_convolution() -> Observed:
    """The document's two examples, and a dense layer that makes the maps its convolution makes of 8×8 pixels."""
    convolution, example = _convolution(), nn.Linear(4096, 1024, device="meta")
    image = torch.zeros(CONVOLUTION[0], 8, 8)
    maps: Tensor = convolution(image)
    same_task = nn.Linear(image.numel(), maps.numel(), device="meta")
    pairs = {"in_the_examples": example, "for_the_same_maps": same_task}
    return {
        "convolution": weights(convolution),
        **{f"dense_{name}": weights(dense) for name, dense in pairs.items()},
        **{f"more_{n}": "dense" if weights(d) > weights(convolution) else "convolution" for n, d in pairs.items()},
        "products_of_the_convolution_on_8x8": weights(convolution) * maps[0].numel(),
        "products_of_the_dense_example": weights(example),
    }


def shared_over_time() -> Observed:
    """One cell for all steps beside a cell of its own for each: what there is to be learned."""
    shared = [_learned_by(nn.RNN(FEATURES, HIDDEN), steps) for steps in STEPS]
    unshared = [sum(parameters(nn.RNNCell(FEATURES, HIDDEN)) for _ in range(steps)) for steps in STEPS]
    return {
        "steps": list(STEPS),
        "shared": shared,
        "unshared": unshared,
        "has_fewer": ["shared" if one < other else "unshared" for one, other in zip(shared, unshared, strict=True)],
    }


def _convolution() -> nn.Conv2d:
    channels, maps, kernel = CONVOLUTION
    return nn.Conv2d(channels, maps, kernel)


def _dense(steps: int) -> nn.Linear:
    return nn.Linear(steps * FEATURES, HIDDEN, device="meta")


def _learned_by(layer: nn.RNN, steps: int) -> int:
    """Parameters that have a gradient once the layer has read so many steps."""
    outputs, _ = layer(torch.zeros(steps, 1, FEATURES))
    torch.autograd.backward(outputs.sum())
    return sum(parameter.numel() for parameter in layer.parameters() if parameter.grad is not None)
