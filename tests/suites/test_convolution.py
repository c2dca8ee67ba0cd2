"""The convolutional networks: published sizes, what torch counts, output sides and receptive fields by two ways."""

import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from torch import nn

from networks import convolution
from networks.accounting import Account
from networks.convolution import deep_cnn, keras_cnn, lenet5, mnist_example, output_side, reached, receptive_field
from tests.suites.reality import chained, counted, held, losses

pytestmark = pytest.mark.torch

PLAIN = {
    "keras_cnn": (keras_cnn, convolution.keras_cnn_account, 10),
    "lenet5": (lenet5, convolution.lenet5_account, 12),
    "mnist_example": (mnist_example, convolution.mnist_example_account, 6),
}
"""Networks of one size of image, their accounts, the smallest image that they take."""


def equals(account: Account, network: nn.Module, size: int) -> bool:
    images = torch.randn(2, 1, size, size)
    forward, backward = counted(network, images, items=2)
    found = (held(network), forward, backward, chained(network, images))
    return found == (account.parameters, account.forward, account.backward, account.sequential_steps)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("more", [0, 1, 6])
def test_the_account_of_a_plain_network_equals_what_torch_holds_and_counts(name: str, more: int) -> None:
    build, account, smallest = PLAIN[name]
    assert equals(account(smallest + more), build(smallest + more), smallest + more)


@settings(max_examples=15, deadline=None)
@given(depth=st.integers(1, 5), channels=st.integers(1, 6), size=st.integers(1, 9))
def test_the_account_of_any_depth_equals_what_torch_holds_and_counts(depth: int, channels: int, size: int) -> None:
    account = convolution.deep_cnn_account(size, depth=depth, channels=channels)
    assert equals(account, deep_cnn(depth, channels=channels), size)


def test_lenet5_is_the_published_one() -> None:
    account = convolution.lenet5_account()
    assert (account.parameters, account.forward, account.sequential_steps) == (61_706, 416_520, 5)


def test_the_mnist_example_is_the_published_one() -> None:
    account = convolution.mnist_example_account()
    assert (account.parameters, account.forward, account.sequential_steps) == (1_199_882, 11_992_448, 4)


def test_document_004s_example_has_the_parameters_of_keras() -> None:
    assert convolution.keras_cnn_account().parameters == 320 + 9_248 + 205_056 + 2_570


@pytest.mark.parametrize("depth", [1, 8, 100])
def test_depth_costs_what_the_formula_says(depth: int) -> None:
    account = convolution.deep_cnn_account(28, depth=depth, channels=16)
    weights = 9 * 16**2 * (depth - 1) + 9 * 16
    assert account.parameters == weights + 16 * depth + 10 * 16 + 10
    assert account.forward == 784 * weights + 10 * 16
    assert account.sequential_steps == depth + 1


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_network_gives_ten_logits_an_image_and_learns(name: str) -> None:
    build, _, smallest = PLAIN[name]
    torch.manual_seed(0)
    network, images = build(smallest + 2), torch.randn(3, 1, smallest + 2, smallest + 2)
    assert network(images).shape == (3, 10)
    before, after = losses(network, images, torch.tensor([0, 4, 9]))
    assert after < before


def test_a_deep_network_takes_images_of_any_shape_and_learns() -> None:
    torch.manual_seed(0)
    network, images = deep_cnn(3, channels=4), torch.randn(3, 1, 5, 8)
    assert network(images).shape == (3, 10)
    before, after = losses(network, images, torch.tensor([0, 4, 9]))
    assert after < before


@pytest.mark.parametrize("name", PLAIN)
def test_an_image_of_which_nothing_would_be_left_is_refused(name: str) -> None:
    build, _, smallest = PLAIN[name]
    with pytest.raises(ValueError, match=f"size={smallest - 1}: "):
        build(smallest - 1)


@settings(max_examples=25, deadline=None)
@given(side=st.integers(1, 12), kernel=st.integers(1, 5), padding=st.integers(0, 3), stride=st.integers(1, 4))
def test_the_formula_for_output_sides_is_torchs(side: int, kernel: int, padding: int, stride: int) -> None:
    assume(kernel <= side + 2 * padding)
    maps = nn.Conv2d(1, 1, kernel, padding=padding, stride=stride)(torch.zeros(1, 1, side, side))
    assert maps.shape[2:] == (output_side(side, kernel, padding=padding, stride=stride),) * 2


@pytest.mark.parametrize(
    ("shape", "kernel", "options"),
    [
        ((8, 8), (3, 3), {"padding": (1, 1)}),
        ((8, 8), (5, 3), {"padding": (2, 1)}),
        ((6, 6), (3, 5), {"padding": (0, 1)}),
        ((2, 3), (3, 5), {"padding": (0, 1), "stride": (3, 2)}),
    ],
)
def test_document_003s_layers_make_maps_of_these_sides(
    shape: tuple[int, int], kernel: tuple[int, int], options: dict[str, tuple[int, int]]
) -> None:
    assert nn.Conv2d(1, 1, kernel, **options)(torch.zeros(1, 1, 8, 8)).shape[2:] == shape  # type: ignore[arg-type]
    padding, stride = options["padding"], options.get("stride", (1, 1))
    assert shape == tuple(output_side(8, kernel[n], padding=padding[n], stride=stride[n]) for n in range(2))


@settings(max_examples=15, deadline=None)
@given(layers=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2)), min_size=1, max_size=3))
@example(layers=[(3, 2), (3, 2), (3, 1)])
def test_the_receptive_field_by_formula_is_the_one_by_gradient(layers: list[tuple[int, int]]) -> None:
    field = receptive_field(layers)
    network = nn.Sequential(*(nn.Conv2d(1, 1, kernel, stride=stride) for kernel, stride in layers)).double()
    for parameter in network.parameters():
        nn.init.ones_(parameter)  # so that no two paths cancel
    side = field + 5
    rows, columns = reached(network, torch.zeros(1, side, side, dtype=torch.float64))
    assert (rows, columns) == (field, field)


def test_the_receptive_field_can_exceed_the_image() -> None:
    network = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(5)))
    assert receptive_field([(3, 1)] * 5) == 11
    assert reached(network, torch.randn(1, 7, 7)) == (7, 7)
