"""Document 002 on the RNN → what its cell computes, and the shapes and meaning of all that goes in and comes out.

A step is hₜ = tanh(W xₜ + b + U hₜ₋₁ + d) (torch.nn.RNN). Sizes are the document's: 5 steps, a batch of 1, 4
features, 2 hidden, 3 layers; 2 sequences where a batch of 1 would hide which axis is which.
"""

import torch
from torch import Tensor, nn

from facts import Observed, raised
from facts.comparing import agree, drawn, parameters
from networks.workload import seeded

BATCH, SEQ_LEN, INPUT, HIDDEN, LAYERS = 1, 5, 4, 2, 3


@seeded(0)
def cell_as_a_linear_layer() -> Observed:
    """A map is linear, up to a constant, if it takes the middle of two points to the middle of their values."""
    cell = nn.RNNCell(INPUT, HIDDEN, dtype=torch.float64)
    one, other = drawn(INPUT + HIDDEN), drawn(INPUT + HIDDEN)

    def before_tanh(both: Tensor) -> Tensor:
        return _step(cell, both).atanh()

    joined = torch.tanh(torch.cat([cell.weight_ih, cell.weight_hh], dim=1) @ one + cell.bias_ih + cell.bias_hh)
    return {
        "middles_agree": agree(_step(cell, (one + other) / 2), (_step(cell, one) + _step(cell, other)) / 2),
        "middles_agree_before_tanh": agree(before_tanh((one + other) / 2), (before_tanh(one) + before_tanh(other)) / 2),
        "one_linear_layer_of_both_and_tanh_agrees": agree(joined, _step(cell, one)),
        "parameters": parameters(cell),
        "parameters_of_a_linear_layer": parameters(nn.Linear(INPUT, HIDDEN)),
        "parameters_of_a_linear_layer_of_both": parameters(nn.Linear(INPUT + HIDDEN, HIDDEN)),
    }


@seeded(0)
def vector_through_the_cell() -> Observed:
    cell = nn.RNNCell(INPUT, HIDDEN)
    vector = torch.randn(INPUT)
    return {"vector": list(vector.shape), "hidden": list(cell(vector).shape)}


@seeded(0)
def one_cell_for_every_step() -> Observed:
    """An RNN layer beside a loop over one cell that holds the layer's weights."""
    layer, sequence = _layer(layers=1), _inputs(batch=2)
    cell = nn.RNNCell(INPUT, HIDDEN, dtype=torch.float64)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    hidden, states = drawn(2, HIDDEN).zero_(), []
    for vectors in sequence:
        hidden = cell(vectors, hidden)
        states.append(hidden)
    return {
        "loop_over_one_cell_agrees": agree(torch.stack(states), layer(sequence)[0]),
        "parameters_of_the_cell": parameters(cell),
        "parameters_of_the_layer": parameters(layer),
    }


@seeded(0)
def h0_of_the_inputs_size() -> Observed:
    """Zeros as h0, as wide as an input; as wide as the hidden state; and the first again where these are the same."""
    layer, square, sequence = _layer(layers=1), nn.RNN(INPUT, INPUT, dtype=torch.float64), _inputs()
    narrow, wide = drawn(1, BATCH, HIDDEN).zero_(), drawn(1, BATCH, INPUT).zero_()
    return {
        "raised": raised(lambda: layer(sequence, wide)),
        "raised_if_as_wide_as_the_hidden_state": raised(lambda: layer(sequence, narrow)),
        "raised_if_both_are_as_wide": raised(lambda: square(sequence, wide)),
        "no_h0_agrees_with_zeros": agree(layer(sequence)[0], layer(sequence, narrow)[0]),
    }


class _Own(nn.Module):
    """The document's first way: a cell of one's own, and the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Linear(INPUT, HIDDEN, dtype=torch.float64)
        self.kept = nn.Linear(HIDDEN, HIDDEN, dtype=torch.float64)

    def forward(self, sequence: Tensor, hidden: Tensor) -> Tensor:
        states = []
        for vectors in sequence:
            hidden = torch.tanh(self.seen(vectors) + self.kept(hidden))
            states.append(hidden)
        return torch.stack(states)


@seeded(0)
def two_ways_to_write_it() -> Observed:
    """The document's own loop over a cell, and PyTorch's layer with the same weights."""
    own, layer, sequence = _Own(), _layer(layers=1), _inputs(batch=2)
    ways = {"weight_ih_l0": own.seen.weight, "weight_hh_l0": own.kept.weight}
    ways |= {"bias_ih_l0": own.seen.bias, "bias_hh_l0": own.kept.bias}
    layer.load_state_dict(ways)
    h0 = drawn(1, 2, HIDDEN)
    return {
        "raised_by_the_loop": raised(lambda: own(sequence, h0[0])),
        "raised_by_the_layer": raised(lambda: layer(sequence, h0)),
        "outputs_agree": agree(own(sequence, h0[0]), layer(sequence, h0)[0]),
    }


@seeded(0)
def out_and_hidden_out() -> Observed:
    """`out` beside what the layer says when it is asked for the first step alone, the first two, and so on."""
    layer, sequence = _layer(), _inputs()
    out, hidden_out = layer(sequence)
    after = [layer(sequence[: step + 1])[1] for step in range(SEQ_LEN)]
    return {
        "steps_in_out": len(out),
        "out_agrees_with_the_top_layer_after_each_step": agree(out, torch.stack([hidden[-1] for hidden in after])),
        "hidden_out_agrees_with_all_layers_after_the_last_step": agree(hidden_out, after[-1]),
    }


@seeded(0)
def batch_first() -> Observed:
    """The same weights with and without it; all shapes of a batch of two."""
    layer, turned, sequence = _layer(), _layer(batch_first=True), _inputs(batch=2)
    turned.load_state_dict(layer.state_dict())
    out, hidden_out = turned(sequence.transpose(0, 1))
    return {
        "inputs_by_default": list(sequence.shape),
        "inputs": list(sequence.transpose(0, 1).shape),
        "out_agrees_with_the_default_turned": agree(out, layer(sequence)[0].transpose(0, 1)),
        "out": list(out.shape),
        "hidden_out": list(hidden_out.shape),
    }


@seeded(0)
def table_of_shapes() -> Observed:
    layer, sequence, hidden = _layer(), _inputs(), drawn(LAYERS, BATCH, HIDDEN)
    out, hidden_out = layer(sequence, hidden)
    shapes = {"input": sequence, "hidden": hidden, "out": out, "hidden_out": hidden_out}
    return {name: list(tensor.shape) for name, tensor in shapes.items()} | {"parameters": parameters(layer)}


@seeded(0)
def what_seq_len_counts() -> Observed:
    """How many vectors x the layer reads, and whether they are samples: computed as if there were no others, whatever
    stands before them, and counted as the batch. Beside them a batch of five sequences of one step."""
    layer, sequence = _layer(), _inputs()
    out, _ = layer(sequence)
    exchanged, _ = layer(sequence.flip(0))
    together, _ = layer(sequence.transpose(0, 1))
    alone = [layer(vector.unsqueeze(0))[0][0] for vector in sequence]
    return {
        "vectors_read": len(sequence),
        "states_given": len(out),
        "states_that_agree_with_the_vector_read_alone": sum(map(agree, out, alone)),
        "exchanged_vectors_give_exchanged_states": agree(exchanged.flip(0), out),
        "sequences_in_the_batch": sequence.shape[1],
        "samples_of_a_batch_that_agree_with_the_vector_read_alone": sum(map(agree, together[0].unsqueeze(1), alone)),
    }


@seeded(0)
def last_of_the_sequence() -> Observed:
    """The last of h1 … hn at the top of the document's drawing, beside hn1, hn2, hn3 at its right."""
    out, hidden_out = _layer()(_inputs())
    return {
        "hn_agrees_with_hn3": agree(out[-1], hidden_out[2]),
        "hn_agrees_with_hn2": agree(out[-1], hidden_out[1]),
        "hn_agrees_with_hn1": agree(out[-1], hidden_out[0]),
        "hidden_out": list(hidden_out.shape),
    }


def _layer(*, layers: int = LAYERS, batch_first: bool = False) -> nn.RNN:
    return nn.RNN(INPUT, HIDDEN, layers, batch_first=batch_first, dtype=torch.float64)


def _inputs(*, batch: int = BATCH) -> Tensor:
    return drawn(SEQ_LEN, batch, INPUT)


def _step(cell: nn.RNNCell, both: Tensor) -> Tensor:
    """The cell's answer to (features and state) in one vector."""
    vector, hidden = both.split([INPUT, HIDDEN])
    return cell(vector, hidden)
