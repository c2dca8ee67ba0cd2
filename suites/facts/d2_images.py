"""Document 002 on images → which pixels an output depends on, where a pattern is found, what a picture does as h0."""

import torch
from torch import nn

from facts import Observed, raised
from facts.comparing import agree, drawn
from networks.convolution import reached
from networks.workload import seeded

SIDE, PATTERN = 9, 3


@seeded(0)
def local_connections() -> Observed:
    """Rows and columns of a 9×9 image that the middle pixel of a map depends on, by gradient."""
    dense = nn.Sequential(nn.Flatten(), nn.Linear(SIDE**2, SIDE**2), nn.Unflatten(1, (1, SIDE, SIDE)))
    image = torch.randn(1, SIDE, SIDE)
    return {
        "convolution_5x5_depends_on": list(reached(nn.Conv2d(1, 1, 5, padding=2), image)),
        "dense_depends_on": list(reached(dense, image)),
    }


@seeded(0)
def a_pattern_anywhere() -> Observed:
    """What a convolution answers at a pattern's middle, with the pattern at every place of an image where it fits; and
    on a flat image with zeros around it, at the corner and in the middle."""
    layer = nn.Conv2d(1, 1, PATTERN, padding=1, dtype=torch.float64)
    pattern = drawn(PATTERN, PATTERN)
    places = range(SIDE - PATTERN + 1)
    answers = torch.stack([_answer(layer, pattern, row, column) for row in places for column in places])
    flat = layer(torch.ones(1, SIDE, SIDE, dtype=torch.float64))[0]
    return {
        "places": len(answers),
        "answers_agree_at_all_places": agree(answers, answers[0].expand_as(answers)),
        "flat_corner_agrees_with_flat_middle": agree(flat[0, 0], flat[SIDE // 2, SIDE // 2]),
    }


@seeded(0)
def a_picture_as_h0() -> Observed:
    """A convolution and a dense layer look at a picture, their vector is the h0 of an RNN that reads five vectors."""
    glance = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 2)).double()
    layer = nn.RNN(4, 2, dtype=torch.float64)
    sequence, pictures = drawn(5, 1, 4), drawn(2, 1, 1, 6, 6)
    first, second = (glance(picture).unsqueeze(0) for picture in pictures)
    return {
        "raised": raised(lambda: layer(sequence, first)),
        "h0": list(first.shape),
        "last_outputs_agree_for_two_pictures": agree(layer(sequence, first)[0][-1], layer(sequence, second)[0][-1]),
    }


def _answer(layer: nn.Conv2d, pattern: torch.Tensor, row: int, column: int) -> torch.Tensor:
    image = torch.zeros(1, SIDE, SIDE, dtype=torch.float64)
    image[0, row : row + PATTERN, column : column + PATTERN] = pattern
    return layer(image)[0, row + PATTERN // 2, column + PATTERN // 2]
