"""What holds of every cell: its closed forms, its gradients, and that steps and items see only what they may."""

from collections.abc import Callable
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd.graph import Node
from torch.utils.flop_counter import FlopCounterMode

from networks.accounting import Cost, recurrence
from networks.cells import CELLS
from networks.cells.cell import Cell
from networks.cells.scans import in_parallel, rounds, step_by_step

pytestmark = pytest.mark.torch

EVERY = pytest.mark.parametrize("name", CELLS)
SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(1, 9), st.integers(2, 9))
"""Steps, batch, features, hidden; a state of one number leaves an LSTM nothing smaller to project to."""

STEPS, BATCH, FEATURES, HIDDEN = 6, 3, 4, 5


def made(name: str, features: int = FEATURES, hidden: int = HIDDEN, seed: int = 0) -> Cell:
    torch.manual_seed(seed)
    return CELLS[name](features, hidden).double()


def drawn(steps: int = STEPS, batch: int = BATCH, features: int = FEATURES) -> Tensor:
    return torch.randn(steps, batch, features, dtype=torch.float64)


def counted(work: Callable[[], object]) -> int:
    """Multiply-adds. In double precision no recurrent layer is oneDNN's, of which the counter sees nothing."""
    with FlopCounterMode(display=False) as counter:
        work()
    return int(counter.get_total_flops()) // 2


@EVERY
@settings(max_examples=15, deadline=None)
@given(shape=SHAPES)
def test_parameters_are_those_that_torch_holds(name: str, shape: tuple[int, int, int, int]) -> None:
    *_, features, hidden = shape
    held = sum(parameter.numel() for parameter in made(name, features, hidden).parameters())
    assert CELLS[name].cost(features, hidden).parameters == held


@EVERY
@settings(max_examples=15, deadline=None)
@given(shape=SHAPES)
def test_the_outputs_have_the_width_that_the_cost_says(name: str, shape: tuple[int, int, int, int]) -> None:
    steps, batch, features, hidden = shape
    outputs = made(name, features, hidden)(drawn(steps, batch, features))
    assert outputs.shape == (steps, batch, CELLS[name].cost(features, hidden).width)
    assert torch.isfinite(outputs).all()


@EVERY
@settings(max_examples=15, deadline=None)
@given(shape=SHAPES)
def test_multiply_adds_are_those_that_torch_counts(name: str, shape: tuple[int, int, int, int]) -> None:
    steps, batch, features, hidden = shape
    cell, sequence = made(name, features, hidden), drawn(steps, batch, features)
    cost = cell.cost(features, hidden)
    assert counted(lambda: cell(sequence)) == steps * batch * (cost.inputs + cost.states)


@EVERY
@settings(max_examples=10, deadline=None)
@given(shape=SHAPES)
def test_the_gradients_take_the_multiply_adds_that_the_cost_tells(name: str, shape: tuple[int, int, int, int]) -> None:
    """Of every weight, of what is inside the steps, and of the states handed on; the images need none."""
    steps, batch, features, hidden = shape
    cell = made(name, features, hidden)
    loss = cell(drawn(steps, batch, features)).square().sum()
    assert counted(loss.backward) == batch * backward(cell.cost(features, hidden), steps)


def backward(cost: Cost, steps: int) -> int:
    weights = steps * (cost.inputs + cost.states)
    return weights + steps * cost.inner + (steps - 1) * (cost.states - cost.inner)


@EVERY
def test_a_gradient_flows_to_every_parameter(name: str) -> None:
    cell = made(name)
    cell(drawn()).square().sum().backward()
    idle = [name for name, p in cell.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle


@EVERY
@settings(max_examples=15, deadline=None)
@given(steps=st.integers(2, 12), data=st.data())
def test_no_output_depends_on_a_later_step(name: str, steps: int, data: st.DataObject) -> None:
    cell, sequence = made(name), drawn(steps)
    later = data.draw(st.integers(1, steps - 1))
    changed = sequence.clone()
    changed[later:] += 1
    before, after = cell(sequence), cell(changed)
    torch.testing.assert_close(after[:later], before[:later], rtol=0, atol=1e-12)
    assert not torch.allclose(after[later], before[later])


@EVERY
@settings(max_examples=10, deadline=None)
@given(item=st.integers(0, BATCH - 1))
def test_the_items_of_a_batch_do_not_see_each_other(name: str, item: int) -> None:
    cell, sequence = made(name), drawn()
    outputs = cell(sequence)
    alone = cell(sequence[:, item : item + 1])
    torch.testing.assert_close(alone, outputs[:, item : item + 1], rtol=0, atol=1e-12)


@EVERY
def test_the_first_step_leaves_its_trace_in_the_last_output(name: str) -> None:
    cell, sequence = made(name), drawn()
    changed = sequence.clone()
    changed[0] += 1
    assert not torch.equal(cell(changed)[-1], cell(sequence)[-1])


@EVERY
def test_equal_seeds_give_equal_cells(name: str) -> None:
    pairs = zip(made(name, seed=7).parameters(), made(name, seed=7).parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize(
    ("name", "features", "parameters"),
    [
        ("rnn", 28, 13_000),
        ("rnn_relu", 28, 13_000),
        ("irnn", 28, 13_000),
        ("indrnn", 28, 3_000),
        ("gru", 28, 39_000),
        ("gru_reset_before", 28, 38_700),
        ("lstm", 28, 52_000),
        ("lstm_projection", 28, 24_500),
        ("lstm_peephole", 28, 52_300),
        ("lstm_coupled", 28, 39_000),
        ("lstm_layernorm", 28, 53_000),
        ("convlstm", 49, 364_000),
        ("gridlstm", 28, 163_600),
        ("sru", 28, 11_600),
        ("sru", 100, 30_400),
        ("sru_v1", 28, 11_400),
        ("qrnn", 28, 17_100),
        ("mingru", 28, 5_800),
        ("minlstm", 28, 8_700),
        ("attention", 28, 105_512),
    ],
)
def test_a_hundred_units_have_the_parameters_worked_out_by_hand(name: str, features: int, parameters: int) -> None:
    assert CELLS[name].cost(features, 100).parameters == parameters


def waited(outcome: Tensor) -> int:
    """Combinations of two steps on the longest path to an outcome, as autograd's graph remembers it."""

    @cache
    def longest(node: Node | None) -> int:
        if node is None:
            return 0
        behind = max((longest(one) for one, _ in node.next_functions), default=0)
        return behind + node.name().startswith("AddcmulBackward")

    return longest(outcome.grad_fn)


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 8, 28, 49, 196])
def test_a_scan_waits_as_often_as_it_says_and_a_loop_once_a_step(steps: int) -> None:
    decays, values = drawn(steps).sigmoid(), drawn(steps).requires_grad_()
    assert waited(in_parallel(decays, values)) == rounds(steps)
    assert waited(step_by_step(decays, values)) == steps - 1


BY_HAND = {
    "rnn": (6, "U h, which waits for the h of the step before"),
    "rnn_relu": (6, "as rnn"),
    "irnn": (6, "as rnn"),
    "indrnn": (1, "W x of all steps together; u ⊙ h is no product"),
    "gru": (6, "U h of all three gates at once"),
    "gru_reset_before": (12, "U h of r and z, and U (r ⊙ h), which waits for r"),
    "lstm": (6, "U h of all four gates at once"),
    "lstm_projection": (12, "U h, and R (o tanh c), which the next step's U h waits for"),
    "lstm_peephole": (6, "as lstm; a peephole is no product"),
    "lstm_coupled": (6, "as lstm"),
    "lstm_layernorm": (6, "as lstm; a normalisation is no product"),
    "convlstm": (6, "U ∗ h of all four gates at once"),
    "gridlstm": (5, "V x of all points, and one product for each of the 2 + 3 − 1 anti-diagonals of 2 × 3 points"),
    "sru": (1, "W x of all steps together; v ⊙ c is no product"),
    "sru_v1": (1, "W x of all steps together"),
    "qrnn": (1, "W [x before, x] of all steps together"),
    "mingru": (1, "W x of all steps together"),
    "minlstm": (1, "W x of all steps together"),
    "attention": (31, "A a, W x', Q [c, h], v · tanh, Σ weight m: what is found waits for five; then O [h, a]"),
}
"""Products that must follow one another over six steps, and which they are."""


@EVERY
def test_six_steps_wait_for_as_many_products_as_counted_by_hand(name: str) -> None:
    steps, why = BY_HAND[name]
    assert recurrence(CELLS[name].cost, steps=6, features=FEATURES, hidden=HIDDEN).depth == steps, why


@EVERY
def test_a_cell_has_products_between_its_steps_or_says_how_many_steps_wait_without_one(name: str) -> None:
    cost = CELLS[name].cost(FEATURES, HIDDEN)
    assert (cost.chain == 0) == (cost.states == 0) == (cost.pointwise(28) > 0)
