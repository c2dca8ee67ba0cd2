"""Document 003's convolution: its examples, every implementation against the library, what each of them counts."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import conv2d
from torch.utils.flop_counter import FlopCounterMode

from networks.loops import IMPLEMENTATIONS, Conv2D, convolution_account, corr2d, pixels_together

pytestmark = pytest.mark.torch


def drawn(*, channels: int, outputs: int, side: int = 9, kernel: int = 3) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    image = torch.randn(channels, side, side, dtype=torch.float64)
    return image, torch.randn(outputs, channels, kernel, kernel, dtype=torch.float64)


@settings(max_examples=25, deadline=None)
@given(
    channels=st.integers(1, 3), outputs=st.integers(1, 3), kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    more=st.tuples(st.integers(0, 5), st.integers(0, 5)), seed=st.integers(0, 99),
)  # fmt: skip
def test_every_implementation_is_the_same_map(
    channels: int, outputs: int, kernel: tuple[int, int], more: tuple[int, int], seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    sides = [k + m for k, m in zip(kernel, more, strict=True)]
    image = torch.randn(channels, *sides, generator=generator, dtype=torch.float64)
    kernels = torch.randn(outputs, channels, *kernel, generator=generator, dtype=torch.float64)
    expected = conv2d(image.unsqueeze(0), kernels).squeeze(0)
    for name, implementation in IMPLEMENTATIONS.items():
        found = implementation(image, kernels)
        assert found.shape == expected.shape, name
        assert torch.allclose(found, expected, rtol=1e-11, atol=1e-11), name


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_every_implementation_has_the_same_gradients(name: str) -> None:
    image, kernels = (part.requires_grad_() for part in drawn(channels=2, outputs=2))
    expected = torch.autograd.grad(conv2d(image.unsqueeze(0), kernels).square().sum(), (image, kernels))
    found = torch.autograd.grad(IMPLEMENTATIONS[name](image, kernels).square().sum(), (image, kernels))
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_document_003s_example_of_two_channels(name: str) -> None:
    image = torch.stack([torch.arange(9.0), torch.arange(1.0, 10.0)]).view(2, 3, 3)
    kernels = torch.tensor([[[[0.0, 1.0], [2.0, 3.0]], [[1.0, 2.0], [3.0, 4.0]]]])
    expected = torch.tensor([[[56.0, 72.0], [104.0, 120.0]]])
    torch.testing.assert_close(IMPLEMENTATIONS[name](image, kernels), expected)


def test_layers_correlate_and_convolve_only_with_the_kernel_turned() -> None:
    image, kernels = drawn(channels=1, outputs=1, side=5)
    convolved = torch.zeros(7, 7, dtype=torch.float64)  # Σab f(a, b) g(i − a, j − b), over the whole plane
    for a in range(3):
        for b in range(3):
            convolved[a : a + 5, b : b + 5] += kernels[0, 0, a, b] * image[0]
    inner = convolved[2:-2, 2:-2]
    assert not torch.allclose(corr2d(image[0], kernels[0, 0]), inner)
    torch.testing.assert_close(corr2d(image[0], kernels[0, 0].flip(0, 1)), inner)


def test_document_003s_layer_has_a_kernel_and_one_bias_and_is_the_librarys() -> None:
    layer = Conv2D((2, 3))
    assert sum(parameter.numel() for parameter in layer.parameters()) == 7
    with torch.no_grad():
        layer.bias.fill_(0.5)
    image = torch.randn(5, 6)
    expected = conv2d(image[None, None], layer.weight[None, None], layer.bias)[0, 0]
    torch.testing.assert_close(layer(image), expected)


def test_pixels_put_together_once_are_not_copied_again() -> None:
    image, kernels = pixels_together(*drawn(channels=3, outputs=2))
    assert image.permute(1, 2, 0).is_contiguous()
    again = pixels_together(image, kernels)
    assert (again[0].data_ptr(), again[1].data_ptr()) == (image.data_ptr(), kernels.data_ptr())


@pytest.mark.parametrize("name", ["channel_loop", "unfolded", "library", "channels_last"])
def test_the_account_is_what_torch_counts_where_products_are_products(name: str) -> None:
    image, kernels = drawn(channels=2, outputs=3, side=7)
    account = convolution_account(7, channels=2, outputs=3, kernel=3)
    kernels.requires_grad_()
    with FlopCounterMode(display=False) as forward:
        maps = IMPLEMENTATIONS[name](image, kernels)
    with FlopCounterMode(display=False) as backward:
        torch.autograd.backward(maps.square().sum())
    assert kernels.numel() == account.parameters
    assert forward.get_total_flops() == 2 * account.forward
    assert backward.get_total_flops() == 2 * account.backward


def test_the_account_is_that_of_the_formula() -> None:
    account = convolution_account(28, channels=1, outputs=1, kernel=3)
    assert (account.parameters, account.forward, account.sequential_steps) == (9, 26 * 26 * 9, 1)


def test_an_edge_detector_is_learned_by_gradient_descent() -> None:
    """Document 003's example, on the image of its source: Zhang et al., Dive into Deep Learning, 6.2.4."""
    image = torch.ones(6, 8)
    image[:, 2:6] = 0
    edges = corr2d(image, torch.tensor([[1.0, -1.0]]))
    torch.manual_seed(0)
    layer = Conv2D((1, 2))
    before = nn.functional.mse_loss(layer(image), edges)
    torch.autograd.backward(before)
    with torch.no_grad():
        for parameter in layer.parameters():
            assert parameter.grad is not None
            parameter.sub_(0.1 * parameter.grad)
    assert nn.functional.mse_loss(layer(image), edges) < before
