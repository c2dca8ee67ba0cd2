"""Document 003 on places in images → what moves with an object, which pixels a map sees, and how often each is seen.

A receptive field is 1 + Σ (k − 1) · Π s pixels wide, the sum over the layers, the product over the strides of those
before (Araujo, Norris and Sim 2019, Computing receptive fields of convolutional neural networks, equation 2); what is
compared with it is observed by gradient. A layer is equivariant to translation where its map moves with what it sees,
f(Tx) = T f(x), and invariant where it stays, f(Tx) = f(x) (Goodfellow, Bengio and Courville 2016, Deep Learning, 9.2).
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.autograd import grad
from torch.nn.functional import max_pool2d

from facts import Observed
from facts.comparing import agree, drawn
from networks.convolution import reached, receptive_field
from networks.workload import seeded

SIDE, OBJECT, KERNEL, POOL = 16, 4, 5, 2


@seeded(0)
def an_object_that_moves() -> Observed:
    """An object in front of ones, at every place where it and all that its answers depend on lie inside the image: what
    two layers of convolution answer where it is; the same followed by a pooling of 2×2; a dense layer. Then the whole
    map for the first and the middle one of these places, and its mean."""
    convolutions, dense = _first_layers(), nn.Linear(SIDE**2, SIDE**2, dtype=torch.float64)
    thing, reach = drawn(OBJECT, OBJECT), KERNEL - 1
    inside = range(reach, SIDE - OBJECT - reach + 1)
    places = [(row, column) for row in inside for column in inside]
    pictures = torch.stack([_picture(thing, place) for place in places])
    maps = convolutions(pictures)[:, 0]
    pooled = max_pool2d(maps, POOL).repeat_interleave(POOL, dim=1).repeat_interleave(POOL, dim=2)
    blind = dense(pictures.flatten(1)).view_as(maps)
    moved = maps[len(places) // 2]
    distance = places[len(places) // 2][0] - places[0][0]
    whole = slice(reach + distance, SIDE - reach)  # where neither map feels the border
    return {
        "places": len(places),
        "answers_at_the_object_agree": _alike_at(maps, places),
        "answers_agree_after_pooling": _alike_at(pooled, places),
        "answers_of_a_dense_layer_agree": _alike_at(blind, places),
        "map_moves_with_the_object": agree(
            maps[0].roll((distance, distance), dims=(0, 1))[whole, whole], moved[whole, whole]
        ),
        "map_stays_the_same": agree(maps[0], moved),
        "mean_of_map_stays_the_same": agree(maps[0].mean(), moved.mean()),
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


def _first_layers() -> nn.Sequential:
    """Two convolutions that keep the size, with a bend between them: one map of (batch, 1, side, side)."""
    first, second = (nn.Conv2d(*maps, KERNEL, padding=KERNEL // 2) for maps in ((1, 3), (3, 1)))
    return nn.Sequential(first, nn.Tanh(), second).double()


def _picture(thing: Tensor, place: tuple[int, int]) -> Tensor:
    """(1, side, side) with the thing's first pixel at a place, ones around it."""
    image = torch.ones(1, SIDE, SIDE, dtype=thing.dtype)
    image[0, place[0] : place[0] + OBJECT, place[1] : place[1] + OBJECT] = thing
    return image


def _alike_at(maps: Tensor, places: Sequence[tuple[int, int]]) -> bool:
    """Whether every map has the same where its picture has the object: (places, side, side)."""
    answers = torch.stack(
        [found[row : row + OBJECT, column : column + OBJECT] for found, (row, column) in zip(maps, places, strict=True)]
    )
    return agree(answers, answers[0].expand_as(answers))


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
