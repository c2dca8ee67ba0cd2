"""Document 000 as observed: every fact of its claims is there, flat and the same twice; its traps by hand."""

import pytest
import torch
from torch import Tensor, nn

from facts import d0, d0_code, d0_layers
from networks.workload import seeded
from tests.suites.facts.claimed import assert_flat, checks, facts_of

pytestmark = pytest.mark.torch

FACTS = [fact for module in (d0, d0_code, d0_layers) for fact in facts_of(module)]


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def made(*, both: bool = False) -> nn.LSTM:
    with seeded(1):
        return nn.LSTM(28, 100, bidirectional=both)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_flat_and_the_same_twice(name: str) -> None:
    assert_flat(name)


def test_what_the_claims_expect_is_observed() -> None:
    assert [check for check in checks("D0") if check.missing()] == []


def test_every_fact_is_asked_for_by_a_claim() -> None:
    assert {check.fact for check in checks("D0")} == set(FACTS)


def test_a_permuted_batch_is_the_same_memory_seen_otherwise() -> None:
    observed = d0.memory_after_permute()
    given = draw(4, 28, 28)
    turned = given.permute(1, 0, 2)
    given[0, 0, 0] = -1
    assert turned[0, 0, 0] == -1
    assert observed["memory_stays_the_same"] is True
    assert observed["between_first_patches"] == 28 * 28


def test_the_backward_half_of_the_last_output_has_read_the_last_step_only() -> None:
    layer, sequence = made(both=True), draw(28, 4, 28)
    with torch.no_grad():
        backward = layer(sequence)[0][-1, :, 100:]
        torch.testing.assert_close(backward, layer(sequence[-1:])[0][-1, :, 100:])
    assert d0.last_step()["steps_seen_by_backward_half"] == 1


def test_a_closed_forget_gate_forgets_and_it_is_the_second_block() -> None:
    layer, states = made(), (draw(1, 4, 100), draw(1, 4, 100))
    with torch.no_grad():
        layer.get_parameter("bias_ih_l0")[100:200] = -1000
        first = layer(draw(1, 4, 28), states)[1][1]
        second = layer(draw(1, 4, 28), (states[0], 5 * states[1]))[1][1]
    assert torch.equal(first, second)
    assert d0_layers.stacked_gates()["orders_that_agree"] == ["input, forget, candidate, output"]


def test_the_memory_is_no_gate_as_it_leaves_the_range_of_one() -> None:
    _, (_, memory) = made()(torch.zeros(1, 1, 28), (torch.zeros(1, 1, 100), torch.full((1, 1, 100), 10.0)))
    assert memory.min() > 1


def test_the_bias_that_the_program_does_not_print_is_another_one() -> None:
    layer = made(both=True)
    assert d0_code.printed_weights()["left_out"] == ["bias_ih_l0_reverse"]
    assert not torch.equal(layer.get_parameter("bias_ih_l0_reverse"), layer.get_parameter("bias_ih_l0"))


def test_the_program_leaves_the_random_numbers_of_others_alone() -> None:
    before = torch.get_rng_state()
    d0_code.sizes()
    assert torch.equal(torch.get_rng_state(), before)


def test_a_loop_over_longer_sequences_repeats_only_the_products_with_the_state() -> None:
    observed = d0_layers.iterations()
    for name in ("rnn", "gru", "lstm"):
        assert observed[f"{name}_with_state"] == observed["steps"]
        assert observed[f"{name}_with_input"] == [1, 1, 1]


def test_a_gradient_falls_with_the_forget_gate_and_stays_where_it_is_open() -> None:
    layer, sequence = nn.LSTM(1, 1, dtype=torch.float64), torch.zeros(10, 1, 1, dtype=torch.float64, requires_grad=True)
    shares = []
    for bias in (-3.0, 20.0):
        with torch.no_grad():
            for parameter in layer.parameters():
                parameter.fill_(0.1)
            layer.get_parameter("bias_hh_l0")[1] = bias
            layer.get_parameter("weight_hh_l0").zero_()
        (gradient,) = torch.autograd.grad(layer(sequence)[0][-1].sum(), sequence)
        shares.append(float(gradient[0].abs().sum() / gradient[-1].abs().sum()))
    assert shares[0] < 1e-8
    assert shares[1] > 0.1
    observed = d0_layers.gradients()
    assert (observed["lstm_after_784"], observed["open_lstm_after_784"]) == ("vanishes", "arrives")


def test_padding_changes_the_final_state_of_the_shorter_and_packing_does_not() -> None:
    layer, short = made(), draw(5, 1, 28)
    with torch.no_grad():
        end = layer(short)[1][0]
        assert not torch.allclose(layer(torch.cat([short, torch.zeros(3, 1, 28)]))[1][0], end, atol=1e-3)
    observed = d0.padding()
    assert (observed["final_states_the_same"], observed["final_states_the_same_when_packed"]) == (False, True)
