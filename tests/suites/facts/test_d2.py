"""What is observed of document 002: every fact of its claims is there, flat and the same twice; its traps by hand."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from facts import d2_images, d2_layer, d2_weights, d2_windows
from facts.comparing import agree
from networks.workload import seeded
from tests.suites.facts.claimed import Check, assert_flat, checks, facts_of

pytestmark = pytest.mark.torch

FACTS = [fact for module in (d2_images, d2_layer, d2_weights, d2_windows) for fact in facts_of(module)]


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def rnn(layers: int = 3) -> nn.RNN:
    with seeded(1):
        return nn.RNN(4, 2, layers)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_flat_and_the_same_twice(name: str) -> None:
    assert_flat(name)


@pytest.mark.parametrize("check", checks("D2"), ids=str)
def test_what_a_claim_expects_is_observed(check: Check) -> None:
    assert check.missing() == set()


def test_every_fact_is_asked_for_by_a_claim() -> None:
    assert {check.fact for check in checks("D2")} == set(FACTS)


def test_results_of_different_shapes_never_agree() -> None:
    assert not agree(torch.ones(3, 2), torch.ones(2))


@pytest.mark.parametrize(("difference", "found"), [(1e-13, True), (1e-7, False)])
def test_results_agree_within_rounding_and_no_further(difference: float, found: bool) -> None:
    exact = torch.ones(3, dtype=torch.float64)
    assert agree(exact + difference, exact) is found


def test_weights_are_the_products_that_the_document_prints() -> None:
    assert d2_weights.convolution_128_to_64()["weights"] == 128 * 5**2 * 64
    assert d2_weights.dense_4096_to_1024()["weights"] == 4096 * 1024


def test_the_same_weights_read_images_of_every_size() -> None:
    images, kernels = [draw(1, 128, side, side) for side in (8, 16, 32)], torch.zeros(64, 128, 5, 5)
    observed = d2_weights.convolution_by_image_size()
    assert observed["map_sides"] == [conv2d(image, kernels).shape[-1] for image in images]
    assert observed["weights"] == [kernels.numel()] * 3


def test_a_dense_layer_has_more_parameters_than_an_rnn_only_from_a_few_steps() -> None:
    steps = d2_weights.dense_over_a_sequence()["dense_has_more_from_steps"]
    recurrent = 100 * 28 + 100 * 100 + 2 * 100
    assert isinstance(steps, int)
    assert (steps - 1) * 28 * 100 + 100 <= recurrent < steps * 28 * 100 + 100


def test_an_h0_as_wide_as_the_input_is_refused_by_its_size() -> None:
    with pytest.raises(RuntimeError, match="Expected hidden size"):
        rnn()(draw(5, 1, 4), torch.zeros(3, 1, 4))
    observed = d2_layer.h0_of_the_inputs_size()
    assert observed["raised"] == "RuntimeError"
    assert observed["raised_if_both_are_as_wide"] == "none"


def test_an_rnn_has_a_bend_where_a_linear_layer_has_none() -> None:
    cell = nn.RNNCell(1, 1)
    for parameter in cell.parameters():
        nn.init.ones_(parameter)
    zero, one, two = (cell(torch.tensor([[x]])) for x in (0.0, 1.0, 2.0))
    assert one - zero > 2 * (two - one)
    assert d2_layer.cell_as_a_linear_layer()["middles_agree"] is False


def test_batch_first_leaves_the_hidden_state_where_it_was() -> None:
    with seeded(1):
        turned = nn.RNN(4, 2, 3, batch_first=True)
    out, hidden = turned(draw(7, 5, 4))
    assert (out.shape, hidden.shape) == ((7, 5, 2), (3, 7, 2))
    assert d2_layer.batch_first()["hidden_out"] == [3, 2, 2]


def test_the_last_output_is_the_top_layers_last_state_and_no_other_layers() -> None:
    with torch.no_grad():
        out, hidden = rnn()(draw(5, 1, 4))
    assert [torch.equal(out[-1], state) for state in hidden] == [False, False, True]


def test_a_vector_of_a_sequence_is_no_sample_by_itself_after_the_first() -> None:
    observed = d2_layer.what_seq_len_counts()
    assert observed["states_that_agree_with_the_vector_read_alone"] == 1
    assert observed["samples_of_a_batch_that_agree_with_the_vector_read_alone"] == 5


def test_a_pattern_is_answered_alike_where_a_correlation_by_hand_answers_alike() -> None:
    pattern, kernel = draw(3, 3), torch.randn(3, 3, generator=torch.Generator().manual_seed(2))
    corner, inside = torch.zeros(9, 9), torch.zeros(9, 9)
    corner[:3, :3], inside[4:7, 2:5] = pattern, pattern
    assert (corner[:3, :3] * kernel).sum() == (inside[4:7, 2:5] * kernel).sum()
    observed = d2_images.a_pattern_anywhere()
    assert observed["places"] == (9 - 3 + 1) ** 2
    assert observed["flat_corner_agrees_with_flat_middle"] is False


@pytest.mark.parametrize("seq_len", [1, 3, 5])
def test_only_whole_windows_are_fewer_the_longer_they_are(seq_len: int) -> None:
    whole = [range(start, start + seq_len) for start in range(1, 11) if start + seq_len <= 11]
    observed = d2_windows.batches_by_seq_len()
    assert isinstance(observed["seq_len"], list)
    assert isinstance(observed["batches_without_padding"], list)
    place = observed["seq_len"].index(seq_len)
    assert observed["batches_without_padding"][place] == -(-len(whole) // 2)
