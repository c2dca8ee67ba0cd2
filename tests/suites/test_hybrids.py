"""Convolution and recurrence together: the order of the steps, the state given first, what torch holds and counts."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from networks.hybrids import (
    WIDTHS,
    ConditionedLSTM,
    ConvolutionFirst,
    RegLSTM,
    columns,
    conditioned_account,
    convolution_first_account,
    convolutions,
    reg_lstm_account,
    rows,
)
from networks.slicing import SLICINGS, sliced
from tests.suites.reality import counted, held, losses

pytestmark = pytest.mark.torch


@settings(max_examples=20, deadline=None)
@given(
    blocks=st.integers(0, 3), more=st.integers(0, 8), hidden=st.integers(1, 5), layers=st.integers(1, 3),
    reading=st.sampled_from(["columns", "rows"]),
)  # fmt: skip
def test_the_account_of_convolution_first_equals_what_torch_holds_and_counts(
    blocks: int, more: int, hidden: int, layers: int, reading: str
) -> None:
    size = 2**blocks + more
    account = convolution_first_account(size, blocks=blocks, hidden=hidden, layers=layers, classes=3)
    network = ConvolutionFirst(size, blocks=blocks, reading=reading, hidden=hidden, layers=layers, classes=3)
    assert held(network) == account.parameters
    assert counted(network, torch.randn(2, 1, size, size), items=2) == (account.forward, account.backward)


@settings(max_examples=15, deadline=None)
@given(blocks=st.integers(1, 3), more=st.integers(0, 6), hidden=st.integers(1, 5))
def test_the_account_of_a_conditioned_lstm_equals_what_torch_holds_and_counts(
    blocks: int, more: int, hidden: int
) -> None:
    size = 2**blocks + more
    account = conditioned_account(size, blocks=blocks, hidden=hidden, classes=3)
    network = ConditionedLSTM(size, blocks=blocks, hidden=hidden, classes=3)
    assert held(network) == account.parameters
    assert counted(network, torch.randn(2, 1, size, size), items=2) == (account.forward, account.backward)


@settings(max_examples=15, deadline=None)
@given(steps=st.integers(1, 6), features=st.integers(1, 5), hidden=st.integers(1, 5), layers=st.integers(1, 3))
def test_the_account_of_reg_lstm_equals_what_torch_holds_and_counts(
    steps: int, features: int, hidden: int, layers: int
) -> None:
    account = reg_lstm_account(steps, features, hidden, layers=layers)
    network = RegLSTM(features, hidden, layers=layers)
    assert held(network) == account.parameters
    assert counted(network, torch.randn(steps, 2, features), items=2) == (account.forward, account.backward)


def test_without_blocks_it_is_document_001s_network() -> None:
    account = convolution_first_account(28, blocks=0)
    assert account.parameters == 133_810
    assert account.sequential_steps == 28 + 2 - 1 + 1


@pytest.mark.parametrize(("blocks", "steps"), [(0, 28), (1, 14), (2, 7), (3, 3), (4, 1)])
def test_each_block_halves_the_steps_and_adds_a_convolution(blocks: int, steps: int) -> None:
    assert columns(convolutions(blocks)(torch.zeros(1, 1, 28, 28))).shape[0] == steps
    assert convolution_first_account(28, blocks=blocks).sequential_steps == blocks + steps + 1 + 1


def test_a_glance_comes_before_the_first_step() -> None:
    assert conditioned_account(28, blocks=2).sequential_steps == 2 + 1 + 28 + 1


def test_columns_run_from_left_to_right_and_rows_from_top_to_bottom() -> None:
    maps = torch.arange(2 * 3 * 4 * 5).view(2, 3, 4, 5)
    assert torch.equal(columns(maps)[4, 1], maps[1, :, :, 4].flatten())
    assert torch.equal(rows(maps)[3, 1], maps[1, :, 3, :].flatten())
    image = torch.randn(3, 1, 6, 6)
    assert torch.equal(columns(image), image.squeeze(1).permute(2, 0, 1))  # as document 001 has it
    assert columns(image).is_contiguous()
    assert rows(image).is_contiguous()


@pytest.mark.parametrize(("reading", "slicing"), [(columns, "column"), (rows, "row")])
def test_maps_are_cut_as_the_slicings_cut_images(reading: Callable[[Tensor], Tensor], slicing: str) -> None:
    maps = torch.randn(2, 3, 4, 5)
    assert torch.equal(reading(maps), sliced(maps, SLICINGS[slicing]))


def test_the_glance_is_the_initial_state() -> None:
    network = ConditionedLSTM(8, blocks=1, hidden=3).double()
    images = torch.randn(2, 1, 8, 8, dtype=torch.float64)
    seen = network.glance(images)
    state = seen[None, :, :3].contiguous(), seen[None, :, 3:].contiguous()
    outputs, _ = network.recurrence(images.squeeze(1).transpose(0, 1), state)
    torch.testing.assert_close(network(images), network.classifier(outputs[-1]))
    torch.nn.init.zeros_(network.glance[-1].get_parameter("weight"))
    torch.nn.init.zeros_(network.glance[-1].get_parameter("bias"))
    outputs, _ = network.recurrence(images.squeeze(1).transpose(0, 1))
    torch.testing.assert_close(network(images), network.classifier(outputs[-1]))


def test_reg_lstm_gives_a_number_for_every_step_from_that_steps_output() -> None:
    network = RegLSTM(3, 4).double()
    sequence = torch.randn(5, 2, 3, dtype=torch.float64)
    numbers = network(sequence)
    assert numbers.shape == (5, 2, 1)
    torch.testing.assert_close(numbers[:3], network(sequence[:3]))


def test_hybrids_give_ten_logits_an_image_and_learn() -> None:
    torch.manual_seed(0)
    images, labels = torch.randn(3, 1, 8, 8), torch.tensor([0, 4, 9])
    for network in (ConvolutionFirst(8, blocks=2, hidden=5), ConditionedLSTM(8, blocks=1, hidden=5)):
        assert network(images).shape == (3, 10)
        before, after = losses(network, images, labels)
        assert after < before


def test_a_step_of_descent_lowers_the_error_of_reg_lstm() -> None:
    torch.manual_seed(0)
    network, sequence, wanted = RegLSTM(3, 4), torch.randn(5, 2, 3), torch.randn(5, 2, 1)
    before = (network(sequence) - wanted).square().mean()
    torch.autograd.backward(before)
    with torch.no_grad():
        for parameter in network.parameters():
            assert parameter.grad is not None
            parameter.sub_(0.05 * parameter.grad)
    assert (network(sequence) - wanted).square().mean() < before


@pytest.mark.parametrize("blocks", [-1, len(WIDTHS)])
def test_there_are_none_to_four_blocks(blocks: int) -> None:
    with pytest.raises(ValueError, match=f"blocks={blocks}: there are 0 to 4"):
        convolutions(blocks)


@pytest.mark.parametrize("build", [ConvolutionFirst, ConditionedLSTM])
def test_an_image_of_which_nothing_would_be_left_is_refused(build: type[ConvolutionFirst | ConditionedLSTM]) -> None:
    with pytest.raises(ValueError, match=r"size=7: 3 poolings need images of at least 8 pixels"):
        build(7, blocks=3)
