"""The longest chain of products in a graph, of graphs whose chain is known."""

import pytest
import torch
from torch import nn

from facts.chains import products_in_a_row

pytestmark = pytest.mark.torch


def test_products_that_read_one_another_are_counted_and_those_side_by_side_are_not() -> None:
    weights = torch.ones(2, 2, requires_grad=True)
    one = weights @ weights
    assert products_in_a_row(one) == 1
    assert products_in_a_row(one @ weights @ weights) == 3
    assert products_in_a_row(one + weights @ weights + weights @ weights) == 1


def test_what_is_no_product_does_not_count() -> None:
    weights = torch.ones(2, 2, requires_grad=True)
    assert products_in_a_row(weights.tanh() + 1) == 0
    assert products_in_a_row((weights.tanh() @ weights).relu().sum()) == 1


@pytest.mark.parametrize("layers", [1, 3])
def test_layers_of_convolution_follow_one_another(layers: int) -> None:
    network = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(layers)))
    assert products_in_a_row(network(torch.ones(1, 1, 5, 5))) == layers


def test_a_chain_longer_than_python_s_stack_is_counted() -> None:
    weights, found = torch.eye(2, requires_grad=True), torch.eye(2)
    for _ in range(5000):
        found = found @ weights
    assert products_in_a_row(found) == 5000
