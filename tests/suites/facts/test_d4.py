"""What is observed of document 004: every fact of its claims is there, flat and the same twice; its traps by hand."""

import ast

import pytest
import torch
from torch import Tensor, nn

from facts import d4_cell, d4_code, d4_shapes, d4_time
from networks.hybrids import RegLSTM
from networks.workload import seeded
from tests.suites.facts.claimed import Check, assert_flat, checks, facts_of

pytestmark = pytest.mark.torch

FACTS = [fact for module in (d4_cell, d4_code, d4_shapes, d4_time) for fact in facts_of(module)]


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def lstm(*, layers: int = 1, both: bool = False, batch_first: bool = False) -> nn.LSTM:
    with seeded(1):
        return nn.LSTM(3, 5, layers, bidirectional=both, batch_first=batch_first)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_flat_and_the_same_twice(name: str) -> None:
    assert_flat(name)


@pytest.mark.parametrize("check", checks("D4"), ids=str)
def test_what_a_claim_expects_is_observed(check: Check) -> None:
    assert check.missing() == set()


def test_every_fact_is_asked_for_by_a_claim() -> None:
    assert {check.fact for check in checks("D4")} == set(FACTS)


def test_c_of_a_first_step_is_no_forget_gate_since_it_does_not_depend_on_it() -> None:
    layer, vector = lstm(), draw(1, 1, 3)
    before = layer(vector)[1][1]
    with torch.no_grad():
        layer.get_parameter("bias_ih_l0")[5:10] = 7  # the forget gate's
    assert torch.equal(layer(vector)[1][1], before)
    assert d4_cell.what_c_is()["c_agrees_with_forget_gate"] is False


def test_an_open_cell_remembers_more_than_a_gate_can_hold() -> None:
    layer = lstm()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.get_parameter("bias_ih_l0")[:15] = 20  # input gate, forget gate and what is new: all 1
    assert layer(torch.zeros(4, 1, 3))[1][1].sub(4).abs().max() < 1e-5


@pytest.mark.parametrize("steps", [3, 7])
def test_the_states_of_two_directions_do_not_grow_with_the_sequence(steps: int) -> None:
    _, (h, c) = lstm(layers=2, both=True)(torch.zeros(steps, 2, 3))
    assert h.shape == c.shape == (4, 2, 5)


def test_states_with_the_batch_first_are_refused_with_batch_first() -> None:
    layer, states = lstm(layers=2, batch_first=True), torch.zeros(3, 2, 5)
    with pytest.raises(RuntimeError, match=r"Expected hidden\[0\] size"):
        layer(torch.zeros(3, 6, 3), (states, states))
    assert d4_shapes.states_taken()["batch_first"] == d4_shapes.states_taken()["by_default"] == ["4×3×5"]


def test_states_with_the_batch_first_pass_in_silence_where_the_batch_is_as_large_as_the_layers() -> None:
    layer, sequence, h = lstm(layers=2, batch_first=True), draw(2, 6, 3), draw(2, 2, 5)
    turned = h.transpose(0, 1).contiguous()
    with torch.no_grad():
        wrong, right = layer(sequence, (h, h))[0], layer(sequence, (turned, turned))[0]
    assert wrong.shape == right.shape
    assert not torch.allclose(wrong, right)
    observed = d4_shapes.states_turned_by_accident()
    assert observed == {"raised": "none", "agrees_with_states_as_they_should_be": False}


def test_output_holds_every_step() -> None:
    layer, sequence = lstm(), draw(6, 2, 3)
    with torch.no_grad():
        output, (h, _) = layer(sequence)
        third = layer(sequence[:3])[1][0]
    assert len(output) == len(sequence)
    assert torch.allclose(output[2], third[0])
    assert torch.equal(output[-1], h[-1])


def test_a_dense_layer_behind_two_directions_needs_twice_the_inputs() -> None:
    output = lstm(both=True)(draw(6, 2, 3))[0]
    assert nn.Linear(2 * 5, 1)(output).shape == (6, 2, 1)
    assert d4_shapes.dense_after_lstm()["raised_with_two_directions"] == "RuntimeError"


def test_reg_lstm_as_printed_asks_for_a_name_that_nobody_has_given() -> None:
    names = [node for node in ast.walk(ast.parse(d4_code.REG_LSTM)) if isinstance(node, ast.Name) and node.id == "y"]
    assert [type(node.ctx) for node in names] == [ast.Load]
    assert d4_code.reg_lstm_as_printed() == {"raised": "NameError", "raised_with_x_for_y": "none"}


def test_reg_lstm_mended_gives_what_the_subjects_own_gives() -> None:
    assert list(RegLSTM(3, 5)(draw(6, 2, 3)).shape) == d4_code.reg_lstm_mended()["output"]


def test_padding_changes_the_last_state_of_a_short_sequence() -> None:
    layer, short = lstm(), draw(2, 1, 3)
    padded = torch.cat([short, torch.zeros(4, 1, 3)])
    with torch.no_grad():
        assert not torch.allclose(layer(padded)[1][0], layer(short)[1][0])
    assert d4_shapes.sentences_padded()["state_of_the_shortest_agrees"] is False


def test_a_layer_of_several_drops_between_layers_and_never_at_the_end() -> None:
    with seeded(1):
        layer = nn.LSTM(3, 5, 2, dropout=1.0)
    with torch.no_grad():
        output, (h, _) = layer(draw(6, 1, 3))
        other, (k, _) = layer(2 * draw(6, 1, 3))
    assert torch.equal(output, other)
    assert not torch.equal(h[0], k[0])
    assert output.abs().min() > 0


def test_a_neuron_of_one_step_looks_once_for_each_gate_that_counts() -> None:
    observed = d4_time.one_step_as_a_network()
    assert observed["directions_of_an_lstm_neuron"] == len({"input", "output", "new"})


def test_a_keras_example_has_the_parameters_of_its_closed_form() -> None:
    first, second = 32 * (9 + 1), 32 * (32 * 9 + 1)
    dense = 256 * (32 * 5 * 5 + 1) + 10 * (256 + 1)
    assert d4_code.keras_example()["parameters"] == first + second + dense
