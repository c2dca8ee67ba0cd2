"""Document 001's list of cells and wrappers → which PyTorch has, how they differ, what its options do."""

import warnings
from collections.abc import Callable
from itertools import combinations

import torch
from torch import Tensor, nn
from torch.autograd import grad
from torch.nn.functional import linear

from facts import Observed, raised
from facts.comparing import agree, drawn, parameters
from networks.cells.lstm import PeepholeLSTM
from networks.workload import seeded

FEATURES, HIDDEN, STEPS, BATCH = 28, 100, 28, 4
DRAWS, BACK = 8, 14

WHOLES = ("LSTM", "GRU", "GridLSTM", "AttentionCell")
CELLS = ("BasicRNNCell", "GRUCell", "BasicLSTMCell", "LSTMCell", "MultiRNNCell", "DropoutWrapper")


def gates() -> Observed:
    """How many blocks of weights each cell has, and which cells are told apart by what they remember: by the share of a
    gradient that is left a step further back, of which no draw of the one cell lies among those of the other."""
    kinds: dict[str, Callable[[int, int], nn.RNNBase]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
    with seeded(0):
        made = {name: [kind(FEATURES, HIDDEN) for _ in range(DRAWS)] for name, kind in kinds.items()}
    left = {name: [_left_a_step(layer) for layer in layers] for name, layers in made.items()}
    return {
        "cells": list(kinds),
        "blocks": [layers[0].get_parameter("weight_hh_l0").shape[0] // HIDDEN for layers in made.values()],
        "draws_of_each": DRAWS,
        **{
            f"{one}_and_{other}_are_told_apart": _apart(left[one], left[other]) for one, other in combinations(kinds, 2)
        },
    }


@seeded(0)
def weighing() -> Observed:
    """What each cell makes of its state h, or its memory c, and of what is new, n: an RNN's state is n alone, a GRU's
    z ⊙ h + (1 − z) ⊙ n, an LSTM's memory f ⊙ c + i ⊙ n. The gates are worked out as PyTorch's documentation of GRUCell
    and LSTMCell has them, and the cells are PyTorch's."""
    given, state, memory = drawn(BATCH, FEATURES), drawn(BATCH, HIDDEN), drawn(BATCH, HIDDEN)
    rnn, gru = nn.RNNCell(FEATURES, HIDDEN).double(), nn.GRUCell(FEATURES, HIDDEN).double()
    lstm = nn.LSTMCell(FEATURES, HIDDEN).double()
    return {
        "rnn_takes_the_new_alone": agree(rnn(given, state), torch.add(*_products(rnn, given, state)).tanh()),
        "gru_takes_what_the_old_leaves": _gru_shares(gru, given, state),
        "lstm_takes_what_the_old_leaves": _lstm_shares(lstm, given, (state, memory), coupled=True),
        "lstm_weighs_old_and_new_apart": _lstm_shares(lstm, given, (state, memory), coupled=False),
    }


def peepholes() -> Observed:
    """An LSTM with peepholes, and one with a clipped memory, against PyTorch's with the same weights otherwise."""
    with seeded(0):
        plain, extended = nn.LSTM(FEATURES, HIDDEN), PeepholeLSTM(FEATURES, HIDDEN)
    with torch.no_grad():
        for target, source in zip(extended.gates.parameters(), plain.parameters(), strict=True):
            target.copy_(source)
    outputs, looking = plain(_sequence())[0], extended(_sequence())
    with torch.no_grad():
        extended.peepholes.zero_()
    return {
        "without_peepholes_is_plain": _close(extended(_sequence()), outputs),
        "with_peepholes_is_plain": _close(looking, outputs),
        "clipped_far_out_is_plain": _close(_clipped(extended, 100), outputs),
        "clipped_close_in_is_plain": _close(_clipped(extended, 0.01), outputs),
        "parameters": parameters(plain),
        "parameters_with_peepholes": parameters(extended),
        "exception_of_basic_cell": _absence("BasicLSTMCell"),
        "exception_of_peepholes_in_pytorch": _refusal("use_peepholes"),
        "exception_of_clipping_in_pytorch": _refusal("cell_clip"),
    }


def dropout() -> Observed:
    """What `dropout=0.5` changes in training, with one layer and with two, and what PyTorch warns of."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        one = nn.LSTM(FEATURES, HIDDEN, 1, dropout=0.5)
        of_one = [warning.category.__name__ for warning in heard]
        two = nn.LSTM(FEATURES, HIDDEN, 2, dropout=0.5)
    return {
        "exception_of_wrapper": _absence("DropoutWrapper"),
        "one_layer_stays_the_same": _same_in_training(one),
        "two_layers_stay_the_same": _same_in_training(two),
        "outputs_dropped": int((two.train()(_sequence())[0] == 0).sum()),
        "warnings_with_one_layer": of_one,
    }


def names() -> Observed:
    """Which of the names in the document's lists `torch.nn` has."""
    return {
        "found": [name for name in WHOLES if hasattr(nn, name)],
        "missing": [name for name in WHOLES if not hasattr(nn, name)],
        "cells_found": [name for name in CELLS if hasattr(nn, name)],
        "cells_missing": [name for name in CELLS if not hasattr(nn, name)],
    }


def _absence(name: str) -> str:
    """What asking `torch.nn` for a name ends with."""
    return raised(lambda: getattr(nn, name))


def _refusal(option: str) -> str:
    """Of PyTorch's cell, given an option that TensorFlow's cell of the same name has."""
    return raised(lambda: nn.LSTMCell(FEATURES, HIDDEN, **{option: True}))


def _left_a_step(layer: nn.RNNBase) -> float:
    """(‖∂y/∂x₁₄ steps back‖ / ‖∂y/∂x last‖)^(1/14) of the last output y: the geometric mean over these steps."""
    sequence = _sequence().requires_grad_()
    (gradient,) = grad(layer(sequence)[0][-1].sum(), sequence)
    reached = gradient.flatten(start_dim=1).norm(dim=1)
    return float(reached[-1 - BACK] / reached[-1]) ** (1 / BACK)


def _products(cell: nn.RNNCellBase, given: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
    return linear(given, cell.weight_ih, cell.bias_ih), linear(state, cell.weight_hh, cell.bias_hh)


def _gru_shares(cell: nn.GRUCell, given: Tensor, state: Tensor) -> bool:
    """Whether the new state is z of the old and 1 − z of what is new."""
    of_input, of_state = (product.chunk(3, dim=1) for product in _products(cell, given, state))
    r, z = ((of_input[gate] + of_state[gate]).sigmoid() for gate in (0, 1))
    new = (of_input[2] + r * of_state[2]).tanh()
    return agree(cell(given, state), z * state + (1 - z) * new)


def _lstm_shares(cell: nn.LSTMCell, given: Tensor, states: tuple[Tensor, Tensor], *, coupled: bool) -> bool:
    """Whether the new memory is f of the old and i of what is new; or, coupled, 1 − f of it."""
    state, memory = states
    i, f, new, _ = torch.add(*_products(cell, given, state)).chunk(4, dim=1)
    taken = 1 - f.sigmoid() if coupled else i.sigmoid()
    return agree(cell(given, states)[1], f.sigmoid() * memory + taken * new.tanh())


def _apart(ones: list[float], others: list[float]) -> bool:
    return max(ones) < min(others) or max(others) < min(ones)


def _clipped(layer: PeepholeLSTM, clip: float) -> Tensor:
    clipped = PeepholeLSTM(FEATURES, HIDDEN, clip=clip)
    clipped.load_state_dict(layer.state_dict())
    return clipped(_sequence())


def _same_in_training(layer: nn.LSTM) -> bool:
    with seeded(0):
        return torch.equal(layer.train()(_sequence())[0], layer.eval()(_sequence())[0])


def _close(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, atol=1e-5)


def _sequence() -> Tensor:
    return torch.rand(STEPS, BATCH, FEATURES, generator=torch.Generator().manual_seed(0))
