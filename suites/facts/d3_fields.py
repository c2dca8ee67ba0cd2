"""Document 003 on places in images → what moves with an object, which pixels a map sees, and how often each is seen."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.autograd import grad

from facts import Observed
from facts.comparing import agree, drawn
from networks.convolution import reached, receptive_field
from networks.workload import seeded

SIDE, OBJECT, KERNEL = 16, 4, 5
PLACE, MOVED = (4, 4), (9, 7)
"""Where the object's first pixel is: far enough from the edges for no kernel to reach beyond them."""


@seeded(0)
def an_object_that_moves() -> Observed:
    """An object in front of nothing, at two places: what a convolution, and the mean of its map, answer."""
    layer, thing = nn.Conv2d(1, 1, KERNEL, padding=KERNEL // 2, dtype=torch.float64), drawn(OBJECT, OBJECT)
    first, second = layer(_picture(thing, PLACE))[0], layer(_picture(thing, MOVED))[0]
    distance = MOVED[0] - PLACE[0], MOVED[1] - PLACE[1]
    return {
        "answers_at_the_object_agree": agree(_at(first, PLACE), _at(second, MOVED)),
        "map_moves_with_the_object": agree(first.roll(distance, dims=(0, 1)), second),
        "map_stays_the_same": agree(first, second),
        "mean_of_map_stays_the_same": agree(first.mean(), second.mean()),
    }


@seeded(0)
def what_a_pixel_depends_on() -> Observed:
    """The middle pixel of a map made by a kernel of 5×5 and of one made by a dense layer: pixels of the image that it
    depends on, by gradient, outside the 5×5 around it."""
    dense = nn.Sequential(nn.Flatten(), nn.Linear(SIDE**2, SIDE**2), nn.Unflatten(1, (1, SIDE, SIDE)))
    convolution = nn.Conv2d(1, 1, KERNEL, padding=KERNEL // 2)
    return {
        "pixels_of_image": SIDE**2,
        "outside_for_convolution": _outside(convolution),
        "outside_for_dense_layer": _outside(dense),
    }


@seeded(0)
def field_and_input() -> Observed:
    """Five convolutions of 3×3 that keep the size: the side of their receptive field, seen on an image of 21×21, and
    that of an image of 7×7."""
    network = _deep(5)
    image, field = 7, reached(network, torch.randn(1, 21, 21))[0]
    return {
        "receptive_field": field,
        "receptive_field_by_formula": receptive_field([(3, 1)] * 5),
        "image": image,
        "rows_seen_of_the_image": reached(network, torch.randn(1, image, image))[0],
        "larger": "receptive field" if field > image else "image",
    }


@seeded(0)
def field_by_depth() -> Observed:
    """Rows of an image of 21×21 that a pixel depends on after one to five convolutions of 3×3."""
    depths = range(1, 6)
    return {
        "layers": list(depths),
        "rows_seen": [reached(_deep(depth), torch.randn(1, 21, 21))[0] for depth in depths],
        "rows_by_formula": [receptive_field([(3, 1)] * depth) for depth in depths],
    }


def how_often_pixels_are_used() -> Observed:
    """In how many pixels of the map of a 3×3 kernel a pixel of the image has a part: a corner, then the middle."""
    bare, padded = _uses(padding=0), _uses(padding=1)
    counted = {"corner": int(bare[0, 0]), "corner_with_padding": int(padded[0, 0]), "middle": int(bare[4, 4])}
    order = sorted(counted, key=lambda name: counted[name])
    return {**counted, "middle_with_padding": int(padded[4, 4]), "least_used_first": order}


def _picture(thing: Tensor, place: tuple[int, int]) -> Tensor:
    """(1, side, side) with the thing's first pixel at a place, zeros around it."""
    image = torch.zeros(1, SIDE, SIDE, dtype=thing.dtype)
    image[0, place[0] : place[0] + OBJECT, place[1] : place[1] + OBJECT] = thing
    return image


def _at(found: Tensor, place: tuple[int, int]) -> Tensor:
    return found[place[0] : place[0] + OBJECT, place[1] : place[1] + OBJECT]


def _outside(network: nn.Module) -> int:
    image = torch.randn(1, 1, SIDE, SIDE, requires_grad=True)
    middle = SIDE // 2
    (gradient,) = grad(network(image)[0, 0, middle, middle], image)
    window = _window(middle)
    gradient[0, 0, window, window] = 0
    return int(gradient.count_nonzero())


def _window(middle: int) -> slice:
    return slice(middle - KERNEL // 2, middle + KERNEL // 2 + 1)


def _deep(layers: int) -> nn.Sequential:
    return nn.Sequential(*_convolutions(layers))


def _convolutions(layers: int) -> Iterable[nn.Conv2d]:
    """Without anything between them that could take a gradient away."""
    return (nn.Conv2d(1, 1, 3, padding=1) for _ in range(layers))


def _uses(*, padding: int) -> Tensor:
    """The gradient of the sum of a map of ones: (9, 9) counts."""
    layer = nn.Conv2d(1, 1, 3, padding=padding, bias=False)
    nn.init.ones_(layer.weight)
    image = torch.ones(1, 9, 9, requires_grad=True)
    (counts,) = grad(layer(image).sum(), image)
    return counts[0]
