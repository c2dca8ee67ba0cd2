"""Document 001 as observed: every fact of its claims is there, flat and the same twice; its traps by hand."""

import pytest
import torch
from torch import Tensor, nn

from facts import d1, d1_cells, d1_code, d1_states
from facts.d1_code import RnnClassify
from networks.hybrids import ConvolutionFirst
from networks.slicing import gray
from networks.workload import seeded
from tests.suites.facts.claimed import assert_flat, checks, facts_of

pytestmark = pytest.mark.torch

FACTS = [fact for module in (d1, d1_cells, d1_code, d1_states) for fact in facts_of(module)]


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_flat_and_the_same_twice(name: str) -> None:
    assert_flat(name)


def test_what_the_claims_expect_is_observed() -> None:
    assert [check for check in checks("D1") if check.missing()] == []


def test_every_fact_is_asked_for_by_a_claim() -> None:
    assert {check.fact for check in checks("D1")} == set(FACTS)


def test_the_class_is_the_network_that_the_suites_measure() -> None:
    network, subject = RnnClassify(), ConvolutionFirst(28, blocks=0)
    with torch.no_grad():
        for target, source in zip(subject.parameters(), network.parameters(), strict=True):
            target.copy_(source)
    images = draw(3, 1, 28, 28)
    torch.testing.assert_close(network(images), subject(images))


def test_a_batch_of_one_image_ends_with_an_exception_and_squeeze_1_would_not() -> None:
    network, image = RnnClassify(), draw(1, 1, 28, 28)
    with pytest.raises(RuntimeError, match="permute"):
        network(image)
    assert network.rnn(image.squeeze(1).permute(2, 0, 1))[0].shape == (28, 1, 100)
    assert d1_code.squeeze()["exception_with_one"] == "RuntimeError"


def test_white_is_gray_by_the_formula_and_white_by_the_standard() -> None:
    observed = d1_code.gray()
    assert observed["white"] == pytest.approx(0.791 * 255)
    assert observed["white_by_bt601"] == pytest.approx(gray(torch.full((1, 3, 1, 1), 255.0)).item())


def test_the_output_holds_every_step_and_the_state_only_the_last() -> None:
    with seeded(1):
        layer = nn.LSTM(28, 100, 2)
    outputs, (hidden, memory) = layer(draw(28, 4, 28))
    assert (len(outputs), len(hidden), len(memory)) == (28, 2, 2)
    assert torch.equal(outputs[-1], hidden[1])
    assert not torch.allclose(outputs[-1], hidden[0])


def test_only_a_state_of_one_part_can_be_the_last_output_whole() -> None:
    observed = d1_states.equal_ends()
    assert observed["whole_state"] == ["rnn of 1", "gru of 1"]
    others = observed["last_hidden_state"]
    assert isinstance(others, list)
    assert "lstm of 2" in others
    assert not any("both directions" in other for other in others)


def test_dropout_of_a_single_layer_is_refused_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="dropout"):
        nn.LSTM(28, 100, 1, dropout=0.5)
    assert d1_cells.dropout()["warnings_with_one_layer"] == ["UserWarning"]


def test_a_lost_name_leaves_no_program() -> None:
    with pytest.raises(SyntaxError):
        compile(d1_code.OPTIMIZER, "document 001", "exec")
    compile(d1_code.OPTIMIZER.replace("= ()", "= torch.optim.Adadelta(net.parameters()"), "document 001", "exec")


def test_columns_are_read_from_left_to_right() -> None:
    image = torch.zeros(2, 1, 28, 28)
    image[:, 0, :, 5] = 1
    sequence = image.squeeze().permute(2, 0, 1)
    assert sequence.sum(dim=(1, 2)).nonzero().item() == 5
    assert d1.columns()["column_of_step"] == list(range(28))


def test_a_convolution_over_time_waits_no_longer_for_more_steps() -> None:
    observed = d1.waiting()
    assert observed["lstm_in_a_row"] == observed["steps"]
    chains = observed["tcn_in_a_row"]
    assert isinstance(chains, list)
    assert len(set(chains)) == 1


def test_steps_in_another_order_are_another_sequence_and_convolutions_are_not() -> None:
    observed = d1.side_by_side()
    assert observed["rnn_in_reverse_is_the_same"] is False
    assert observed["channels_in_reverse_are_the_same"] is True


def test_two_sets_of_draws_are_told_apart_only_where_neither_reaches_into_the_other() -> None:
    assert d1_cells._apart([0.1, 0.2], [0.3, 0.4])
    assert d1_cells._apart([0.3, 0.4], [0.1, 0.2])
    assert not d1_cells._apart([0.1, 0.35], [0.3, 0.4])


def test_an_lstm_whose_gates_are_coupled_would_weigh_old_and_new_as_a_gru_does() -> None:
    with seeded(1):
        cell = nn.LSTMCell(28, 100).double()
    given, states = draw(4, 28).double(), (draw(4, 100).double(), draw(4, 100).double())
    assert not d1_cells._lstm_shares(cell, given, states, coupled=True)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter[:100] = -parameter[100:200]  # i = σ(−a) = 1 − σ(a) = 1 − f
    assert d1_cells._lstm_shares(cell, given, states, coupled=True)
    assert d1_cells._lstm_shares(cell, given, states, coupled=False)


def test_the_gates_worked_out_by_hand_are_those_of_the_cells() -> None:
    observed = d1_cells.weighing()
    assert observed["rnn_takes_the_new_alone"] is observed["gru_takes_what_the_old_leaves"] is True
    assert (observed["lstm_weighs_old_and_new_apart"], observed["lstm_takes_what_the_old_leaves"]) == (True, False)


def test_a_convolution_over_time_remembers_as_far_as_its_kernels_reach() -> None:
    observed = d1.memory()
    assert (observed["rnn_steps_seen"], observed["tcn_steps_seen"]) == (28, 28)
    assert observed["cnn_images_seen"] == 1
