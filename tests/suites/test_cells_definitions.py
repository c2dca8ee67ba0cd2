"""Every cell that is not PyTorch's own against its definition, gate by gate and step by step."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import conv2d, layer_norm

from networks.cells import CELLS
from networks.cells.attention import AttentionLSTM
from networks.cells.cell import Cell, Gates
from networks.cells.convolutional import ConvLSTM, shape
from networks.cells.elman import IRNN, IndRNN
from networks.cells.grid import GridLSTM, diagonals, fold
from networks.cells.gru import ResetBeforeGRU
from networks.cells.lstm import CoupledLSTM, LayerNormLSTM, PeepholeLSTM
from networks.cells.scans import QRNN, SCANS, SRU, MinGRU, MinLSTM, SRUv1, in_parallel, step_by_step

pytestmark = pytest.mark.torch

BATCH = 2
SIZES = st.tuples(st.integers(1, 7), st.integers(1, 5), st.integers(1, 5))
"""Steps, features, hidden."""
Sizes = tuple[int, int, int]
σ, tanh = torch.sigmoid, torch.tanh


def drawn(*sizes: int) -> Tensor:
    return torch.randn(*sizes, dtype=torch.float64)


def zeros(*sizes: int) -> Tensor:
    return torch.zeros(*sizes, dtype=torch.float64)


def equal(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


def against_definition(kind: type[Cell], sizes: Sizes, define: Callable[..., list[Tensor]], **options: object) -> None:
    """Outputs of a freshly drawn cell against the outputs that `define(cell, sequence)` lists step by step."""
    steps, features, hidden = sizes
    torch.manual_seed(sum(sizes))
    cell = kind(features, hidden, **options).double()
    sequence = drawn(steps, BATCH, features)
    equal(cell(sequence), torch.stack(define(cell, sequence)))


def gate(gates: Gates, number: int, x: Tensor, h: Tensor) -> Tensor:
    """The sum of one gate, from its own rows of the weights."""
    own = slice(number * h.shape[1], (number + 1) * h.shape[1])
    total = x @ gates.weight_ih[own].T + h @ gates.weight_hh[own].T
    for bias in (gates.bias_ih, gates.bias_hh):
        total = total if bias is None else total + bias[own]
    return total


def part(layer: nn.Linear, number: int, hidden: int, x: Tensor) -> Tensor:
    """One of the sums that a dense layer works out together."""
    own = slice(number * hidden, (number + 1) * hidden)
    total = x @ layer.weight[own].T
    return total if layer.bias is None else total + layer.bias[own]


def define_indrnn(cell: IndRNN, sequence: Tensor) -> list[Tensor]:
    h, outputs = zeros(BATCH, cell.hidden), []
    for x in sequence:
        h = torch.relu(x @ cell.inputs.weight.T + cell.own_past * h + cell.inputs.bias)
        outputs.append(h)
    return outputs


def define_reset_before(cell: ResetBeforeGRU, sequence: Tensor) -> list[Tensor]:
    h, outputs = zeros(BATCH, cell.hidden), []
    for x in sequence:
        r, z = σ(gate(cell.gates, 0, x, h)), σ(gate(cell.gates, 1, x, h))
        n = tanh(gate(cell.gates, 2, x, r * h))
        h = (1 - z) * n + z * h
        outputs.append(h)
    return outputs


def define_peephole(cell: PeepholeLSTM, sequence: Tensor) -> list[Tensor]:
    h = c = zeros(BATCH, cell.hidden)
    outputs = []
    for x in sequence:
        i = σ(gate(cell.gates, 0, x, h) + cell.peepholes[0] * c)
        f = σ(gate(cell.gates, 1, x, h) + cell.peepholes[1] * c)
        c = f * c + i * tanh(gate(cell.gates, 2, x, h))
        c = c if cell.clip is None else torch.clip(c, -cell.clip, cell.clip)
        h = σ(gate(cell.gates, 3, x, h) + cell.peepholes[2] * c) * tanh(c)
        outputs.append(h)
    return outputs


def define_coupled(cell: CoupledLSTM, sequence: Tensor) -> list[Tensor]:
    h = c = zeros(BATCH, cell.hidden)
    outputs = []
    for x in sequence:
        f, o, g = σ(gate(cell.gates, 0, x, h)), σ(gate(cell.gates, 1, x, h)), tanh(gate(cell.gates, 2, x, h))
        c = f * c + (1 - f) * g
        h = o * tanh(c)
        outputs.append(h)
    return outputs


def define_layer_norm(cell: LayerNormLSTM, sequence: Tensor) -> list[Tensor]:
    def normalised(by: nn.LayerNorm, values: Tensor) -> Tensor:
        return layer_norm(values, values.shape[1:], by.weight, by.bias)

    h = c = zeros(BATCH, cell.hidden)
    outputs = []
    for x in sequence:
        sums = normalised(cell.norm_inputs, x @ cell.gates.weight_ih.T)
        sums = sums + normalised(cell.norm_state, h @ cell.gates.weight_hh.T)
        i, f, g, o = sums.chunk(4, dim=1)
        c = normalised(cell.norm_memory, σ(f) * c + σ(i) * tanh(g))
        h = σ(o) * tanh(c)
        outputs.append(h)
    return outputs


def define_convlstm(cell: ConvLSTM, sequence: Tensor) -> list[Tensor]:
    size = (BATCH, -1, cell.shape.height, cell.shape.width)
    h = c = zeros(BATCH, cell.hidden, cell.shape.height, cell.shape.width)
    outputs = []
    for x in sequence:
        sums = conv2d(x.reshape(size), cell.inputs.weight, cell.inputs.bias, padding="same")
        sums = sums + conv2d(h, cell.states.weight, padding="same")
        i, f, g, o = sums.chunk(4, dim=1)
        c = σ(f) * c + σ(i) * tanh(g)
        h = σ(o) * tanh(c)
        outputs.append(h.reshape(BATCH, -1))
    return outputs


def define_grid(cell: GridLSTM, sequence: Tensor) -> list[Tensor]:
    hidden, (_, columns) = cell.hidden, fold(len(sequence))
    weights = cell.gates.weight.reshape(4, 2, hidden, 2 * hidden)
    biases = cell.gates.bias.reshape(4, 2, hidden)
    nothing = (zeros(BATCH, hidden), zeros(BATCH, hidden))
    along, down, outputs = nothing, [nothing] * columns, []
    for step, x in enumerate(sequence):
        column = step % columns
        along = nothing if column == 0 else along
        seen = x @ cell.inputs.weight.T
        incoming = torch.cat((along[0] + seen, down[column][0] + seen), dim=1)
        states = []
        for dimension, (_, c) in enumerate((along, down[column])):
            i, f, g, o = (incoming @ weights[k, dimension].T + biases[k, dimension] for k in range(4))
            c = σ(f) * c + σ(i) * tanh(g)
            states.append((σ(o) * tanh(c), c))
        along, down[column] = states
        outputs.append(torch.cat((along[0], down[column][0]), dim=1))
    return outputs


def define_min_gru(cell: MinGRU, sequence: Tensor) -> list[Tensor]:
    h, outputs = zeros(BATCH, cell.hidden), []
    for x in sequence:
        z, candidate = σ(part(cell.inputs, 0, cell.hidden, x)), part(cell.inputs, 1, cell.hidden, x)
        h = (1 - z) * h + z * candidate
        outputs.append(h)
    return outputs


def define_min_lstm(cell: MinLSTM, sequence: Tensor) -> list[Tensor]:
    h, outputs = zeros(BATCH, cell.hidden), []
    for x in sequence:
        f, i = σ(part(cell.inputs, 0, cell.hidden, x)), σ(part(cell.inputs, 1, cell.hidden, x))
        h = f / (f + i) * h + i / (f + i) * part(cell.inputs, 2, cell.hidden, x)
        outputs.append(h)
    return outputs


def define_qrnn(cell: QRNN, sequence: Tensor) -> list[Tensor]:
    c, before, outputs = zeros(BATCH, cell.hidden), torch.zeros_like(sequence[0]), []
    for x in sequence:
        z, f, o = (part(cell.inputs, k, cell.hidden, torch.cat((before, x), dim=1)) for k in range(3))
        c = σ(f) * c + (1 - σ(f)) * tanh(z)
        outputs.append(σ(o) * c)
        before = x
    return outputs


def define_sru(cell: SRU | SRUv1, sequence: Tensor) -> list[Tensor]:
    c, outputs = zeros(BATCH, cell.hidden), []
    of_state = cell.of_state if isinstance(cell, SRU) else zeros(2, cell.hidden)
    for x in sequence:
        candidate, forget, reset = (part(cell.inputs, k, cell.hidden, x) for k in range(3))
        past = x if cell.features == cell.hidden else part(cell.inputs, 3, cell.hidden, x)
        f, r = σ(forget + of_state[0] * c + cell.biases[0]), σ(reset + of_state[1] * c + cell.biases[1])
        c = f * c + (1 - f) * candidate
        outputs.append(r * c + (1 - r) * past)
    return outputs


def define_attention(cell: AttentionLSTM, sequence: Tensor) -> list[Tensor]:
    h = c = found = zeros(BATCH, cell.hidden)
    outputs: list[Tensor] = []
    for x in sequence:
        mixed = cell.mix_inputs(x) + cell.mix_found(found)
        i, f, g, o = (gate(cell.gates, k, mixed, h) for k in range(4))
        c = σ(f) * c + σ(i) * tanh(g)
        h = σ(o) * tanh(c)
        window = [zeros(BATCH, cell.hidden)] * cell.window + outputs
        window = window[-cell.window :]
        query = cell.query(torch.cat((c, h), dim=1))
        scores = torch.stack([(cell.score * tanh(cell.key(m) + query)).sum(1) for m in window]).softmax(0)
        found = torch.stack([score.unsqueeze(1) * m for score, m in zip(scores, window, strict=True)]).sum(0)
        outputs.append(cell.output(torch.cat((h, found), dim=1)))
    return outputs


DEFINITIONS: list[tuple[type[Cell], Callable[..., list[Tensor]], dict[str, object]]] = [
    (IndRNN, define_indrnn, {}),
    (ResetBeforeGRU, define_reset_before, {}),
    (PeepholeLSTM, define_peephole, {}),
    (PeepholeLSTM, define_peephole, {"clip": 0.05}),
    (CoupledLSTM, define_coupled, {}),
    (LayerNormLSTM, define_layer_norm, {}),
    (ConvLSTM, define_convlstm, {}),
    (GridLSTM, define_grid, {}),
    (MinGRU, define_min_gru, {}),
    (MinLSTM, define_min_lstm, {}),
    (QRNN, define_qrnn, {}),
    (SRU, define_sru, {}),
    (SRUv1, define_sru, {}),
    (AttentionLSTM, define_attention, {}),
    (AttentionLSTM, define_attention, {"window": 2}),
]


@pytest.mark.parametrize(
    ("kind", "define", "options"),
    DEFINITIONS,
    ids=[f"{kind.__name__}{options or ''}" for kind, _, options in DEFINITIONS],
)
@settings(max_examples=15, deadline=None)
@given(sizes=SIZES)
def test_a_cell_equals_its_definition(
    kind: type[Cell], define: Callable[..., list[Tensor]], options: dict[str, object], sizes: Sizes
) -> None:
    against_definition(kind, sizes, define, **options)


def test_every_cell_that_is_not_pytorchs_own_has_a_definition_here() -> None:
    own = {CELLS[name] for name in ("rnn", "rnn_relu", "irnn", "gru", "lstm", "lstm_projection")}
    assert set(CELLS.values()) == own | {kind for kind, *_ in DEFINITIONS}


def test_a_patch_may_have_channels() -> None:
    against_definition(ConvLSTM, (4, 18, 3), define_convlstm, channels=2)


@settings(max_examples=25, deadline=None)
@given(steps=st.integers(1, 40), seed=st.integers(0, 99))
def test_a_scan_equals_its_sequential_definition_and_so_do_its_gradients(steps: int, seed: int) -> None:
    torch.manual_seed(seed)
    decays, values, weights = (
        torch.rand(steps, BATCH, 3, dtype=torch.float64),
        drawn(steps, BATCH, 3),
        drawn(steps, BATCH, 3),
    )
    leaves = (decays.requires_grad_(), values.requires_grad_())
    found = []
    for scan in (in_parallel, step_by_step):
        states = scan(*leaves)
        gradients = torch.autograd.grad((states * weights).sum(), leaves, materialize_grads=True)
        found.append([states.detach(), *gradients])
    for parallel, sequential in zip(*found, strict=True):
        equal(parallel, sequential)


@pytest.mark.parametrize("kind", [MinGRU, MinLSTM, QRNN, SRUv1])
@settings(max_examples=10, deadline=None)
@given(sizes=SIZES)
def test_a_scan_cell_is_the_same_in_parallel_and_step_by_step(kind: Callable[..., Cell], sizes: Sizes) -> None:
    steps, features, hidden = sizes
    cells = [kind(features, hidden, scan=scan).double() for scan in SCANS]
    cells[1].load_state_dict(cells[0].state_dict())
    sequence = drawn(steps, BATCH, features)
    equal(cells[0](sequence), cells[1](sequence))


def test_a_min_lstm_whose_gates_are_both_shut_stays_finite() -> None:
    cell = MinLSTM(1, 1).double()
    with torch.no_grad():
        cell.inputs.bias[:2] = -2000
    assert torch.isfinite(cell(drawn(5, BATCH, 1))).all()


@settings(max_examples=15, deadline=None)
@given(sizes=SIZES)
def test_without_peepholes_a_peephole_lstm_is_pytorchs(sizes: Sizes) -> None:
    steps, features, hidden = sizes
    cell, reference = PeepholeLSTM(features, hidden).double(), nn.LSTM(features, hidden).double()
    weights = {f"gates.{name.removesuffix('_l0')}": value for name, value in reference.state_dict().items()}
    cell.load_state_dict({**weights, "peepholes": zeros(3, hidden)})
    sequence = drawn(steps, BATCH, features)
    equal(cell(sequence), reference(sequence)[0])


def test_clipping_keeps_the_memory_within_its_bounds() -> None:
    cell = PeepholeLSTM(3, 4, clip=0.05).double()
    assert cell(drawn(6, BATCH, 3)).abs().max() <= torch.tanh(torch.tensor(0.05, dtype=torch.float64))


def test_an_irnn_begins_by_keeping_its_state() -> None:
    cell = IRNN(3, 4).double()
    with torch.no_grad():
        next(cell.layer.parameters()).fill_(1)  # the weights of the inputs
    pulse = zeros(5, 1, 3)
    pulse[0] = 1
    equal(cell(pulse), torch.full((5, 1, 4), 3.0, dtype=torch.float64))


@pytest.mark.parametrize(
    ("steps", "expected"), [(49, (7, 7)), (784, (28, 28)), (28, (4, 7)), (13, (1, 13)), (1, (1, 1))]
)
def test_a_sequence_is_folded_as_near_to_a_square_as_divides_it(steps: int, expected: tuple[int, int]) -> None:
    assert fold(steps) == expected
    assert diagonals(steps) == sum(expected) - 1


@pytest.mark.parametrize(
    ("features", "size", "kernel"),
    [(49, (7, 7), (3, 3)), (28, (1, 28), (1, 3)), (1, (1, 1), (3, 3)), (2, (1, 2), (1, 3))],
)
def test_a_patch_is_a_square_map_and_a_row_a_low_one(
    features: int, size: tuple[int, int], kernel: tuple[int, int]
) -> None:
    found = shape(features)
    assert ((found.height, found.width), found.kernel) == (size, kernel)


def test_features_that_are_no_whole_maps_are_refused() -> None:
    with pytest.raises(ValueError, match=r"features=28: 3 maps of equal size need a multiple of 3"):
        ConvLSTM(28, 4, channels=3)
