"""Convolutions over time: they see the past alone, as far as the formula says, and cost what the formula says."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.parametrize import remove_parametrizations

from networks.accounting import Account
from networks.temporal import (
    TCN,
    CausalConvolution,
    SliceCNN,
    receptive_steps,
    slice_cnn_account,
    tcn_account,
)
from tests.suites.reality import chained, counted, held, losses

pytestmark = pytest.mark.torch


def equals(account: Account, network: nn.Module, steps: int, features: int) -> bool:
    sequence = torch.randn(steps, 2, features)
    forward, backward = counted(network, sequence, items=2)
    found = (held(network), forward, backward, chained(network, sequence))
    return found == (account.parameters, account.forward, account.backward, account.sequential_steps)


@settings(max_examples=20, deadline=None)
@given(
    steps=st.integers(1, 12), features=st.integers(1, 5), hidden=st.integers(1, 5), levels=st.integers(1, 3),
    kernel=st.integers(1, 4), normalised=st.booleans(),
)  # fmt: skip
def test_the_account_of_a_tcn_equals_what_torch_holds_and_counts(
    steps: int, features: int, hidden: int, levels: int, kernel: int, normalised: bool
) -> None:
    account = tcn_account(steps, features, hidden, levels=levels, kernel=kernel, classes=3, normalised=normalised)
    network = TCN(features, hidden, levels=levels, kernel=kernel, classes=3, normalised=normalised)
    assert equals(account, network, steps, features)


@settings(max_examples=20, deadline=None)
@given(
    steps=st.integers(1, 12), features=st.integers(1, 5), hidden=st.integers(1, 5), layers=st.integers(1, 3),
    kernel=st.sampled_from([1, 3, 5]),
)  # fmt: skip
def test_the_account_of_a_slice_cnn_equals_what_torch_holds_and_counts(
    steps: int, features: int, hidden: int, layers: int, kernel: int
) -> None:
    account = slice_cnn_account(steps, features, hidden, layers=layers, kernel=kernel, classes=3)
    network = SliceCNN(features, hidden, layers=layers, kernel=kernel, classes=3)
    assert equals(account, network, steps, features)


def test_the_tcn_of_sequential_mnist_is_the_published_one() -> None:
    account = tcn_account(784, 1)
    assert account.parameters == 66_910
    assert tcn_account(784, 1, normalised=False).parameters == 66_910 - 8 * 2 * 25
    assert round(account.forward / 1e6, 1) == 51.6
    assert receptive_steps() == 3_061


@pytest.mark.parametrize("later", [3, 6])
def test_a_causal_convolution_sees_no_later_step(later: int) -> None:
    convolution = CausalConvolution(2, 3, kernel=3, dilation=2, normalised=True)
    sequence = torch.randn(1, 2, 8)
    changed = sequence.clone()
    changed[:, :, later] += 1
    before, after = convolution(sequence), convolution(changed)
    assert torch.equal(before[:, :, :later], after[:, :, :later])
    assert not torch.equal(before[:, :, later], after[:, :, later])


def test_a_tcn_is_causal_in_every_level() -> None:
    network = TCN(2, 4, levels=3, kernel=3)
    sequence = torch.randn(1, 2, 30)
    for later in (1, 12, 29):
        changed = sequence.clone()
        changed[:, :, later:] = torch.randn(1, 2, 30 - later)
        assert torch.equal(network.levels(sequence)[:, :, :later], network.levels(changed)[:, :, :later])


@pytest.mark.parametrize(("levels", "kernel"), [(1, 2), (2, 3), (3, 2)])
def test_the_last_step_sees_as_far_as_the_formula_says(levels: int, kernel: int) -> None:
    network = TCN(1, 3, levels=levels, kernel=kernel, normalised=False).double()
    for parameter in network.parameters():
        nn.init.ones_(parameter)  # so that no ReLU is closed
    field = receptive_steps(levels=levels, kernel=kernel)
    sequence = torch.rand(field + 4, 1, 1, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(network(sequence).sum(), sequence)
    assert gradient.flatten().ne(0).tolist() == [False] * 4 + [True] * field


def test_normalised_weights_are_the_same_network_once_they_are_worked_out() -> None:
    normalised, plain = TCN(2, 3, levels=2, kernel=3), TCN(2, 3, levels=2, kernel=3, normalised=False)
    for module in normalised.modules():
        if isinstance(module, nn.Conv1d) and hasattr(module, "parametrizations"):
            remove_parametrizations(module, "weight")
    plain.load_state_dict(normalised.state_dict())
    sequence = torch.randn(9, 2, 2)
    assert torch.equal(normalised(sequence), plain(sequence))


@pytest.mark.parametrize("build", [TCN, SliceCNN])
def test_a_network_over_slices_gives_logits_for_any_number_of_steps_and_learns(build: type[TCN | SliceCNN]) -> None:
    torch.manual_seed(0)
    network = build(3, 4)
    assert network(torch.randn(1, 2, 3)).shape == (2, 10)
    before, after = losses(network, torch.randn(7, 4, 3), torch.tensor([0, 3, 6, 9]))
    assert after < before


def test_an_even_kernel_keeps_no_number_of_steps() -> None:
    with pytest.raises(ValueError, match=r"kernel=4: only odd kernels"):
        SliceCNN(3, kernel=4)
