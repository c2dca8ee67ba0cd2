"""Document 004 on inputs, states and outputs → which axis is which, which shapes an LSTM takes, what it gives back.

All sizes differ from each other, so that no shape is right by accident, but in the one fact that is about that.
"""

from itertools import permutations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from facts import Observed, raised, seen
from facts.comparing import agree, drawn
from networks.slicing import packed
from networks.workload import seeded

STEPS, BATCH, FEATURES, HIDDEN = 6, 2, 3, 5
LAYERS, DIRECTIONS = 2, 2
STATE = (LAYERS * DIRECTIONS, 3, HIDDEN)
"""What the document prints for h0 and c0 by default: layers × directions, a batch of 3, hidden."""


@seeded(0)
def tables_and_cubes() -> Observed:
    """A table of samples and features for every time, laid one behind the other along the second axis."""
    tables = [torch.randn(4, FEATURES) for _ in range(STEPS)]
    cube = torch.stack(tables, dim=1)
    outputs, _ = nn.LSTM(FEATURES, HIDDEN, batch_first=True)(cube)
    return {
        "table": list(tables[0].shape),
        "cube": list(cube.shape),
        "slices_agree_with_tables": [agree(cube[:, time], table) for time, table in enumerate(tables)],
        "output": list(outputs.shape),
    }


def layers_of_five() -> Observed:
    """The document's drawing: two hidden layers with five neurons each."""
    layer = nn.LSTM(FEATURES, HIDDEN, LAYERS)
    _, (h, _) = layer(torch.zeros(STEPS, 1, FEATURES))
    return {
        "layers": len(h),
        "neurons_of_each": [state.numel() for state in h],
        "rows_of_weights": len(layer.get_parameter("weight_hh_l0")),
    }


@seeded(0)
def output_features() -> Observed:
    """The last axis of the output, of one direction, of two, and of one whose h is projected to two numbers."""
    sequence = drawn(STEPS, BATCH, FEATURES)
    made = {
        "one_direction": nn.LSTM(FEATURES, HIDDEN, dtype=torch.float64),
        "two_directions": nn.LSTM(FEATURES, HIDDEN, bidirectional=True, dtype=torch.float64),
        "projected_to_2": nn.LSTM(FEATURES, HIDDEN, proj_size=2, dtype=torch.float64),
    }
    return {name: layer(sequence)[0].shape[-1] for name, layer in made.items()} | {"hidden": HIDDEN}


def states_of_two_directions() -> Observed:
    """H and C of a bidirectional LSTM of two layers that has read 3, and then 7, steps, two sequences at once."""
    layer, lengths = _both_ways(), (3, 7)
    states = [layer(torch.zeros(steps, BATCH, FEATURES))[1] for steps in lengths]
    return {
        "steps": list(lengths),
        "first_axis_of_h": [len(h) for h, _ in states],
        "first_axis_of_c": [len(c) for _, c in states],
        "h": list(states[0][0].shape),
    }


@seeded(0)
def axes_of_the_input() -> Observed:
    return {
        "by_default": _axes(nn.LSTM(FEATURES, HIDDEN)),
        "batch_first": _axes(nn.LSTM(FEATURES, HIDDEN, batch_first=True)),
        "without_a_batch": list(nn.LSTM(FEATURES, HIDDEN)(torch.zeros(STEPS, FEATURES))[0].shape),
    }


@seeded(0)
def sentences_padded() -> Observed:
    """Sequences of 2, 4 and 6 steps made equally long with zeros; and the state after the shortest, with its zeros read
    and with them packed away, beside that of the sequence by itself."""
    sentences = [drawn(steps, FEATURES) for steps in (2, 4, 6)]
    together = pad_sequence(sentences)
    layer = nn.LSTM(FEATURES, HIDDEN, dtype=torch.float64)
    alone, _ = layer(sentences[0])[1]
    read, _ = layer(together)[1]
    skipped, _ = layer(packed(together, torch.tensor([2, 4, 6])))[1]
    return {
        "padded": list(together.shape),
        "added_numbers_agree_with_zeros": agree(together[2:, 0], torch.zeros(4, FEATURES, dtype=torch.float64)),
        "raised": raised(lambda: layer(together)),
        "state_of_the_shortest_agrees": agree(read[:, 0], alone),
        "state_of_the_shortest_agrees_if_packed": agree(skipped[:, 0], alone),
    }


@seeded(0)
def random_states() -> Observed:
    """What drawing h0 and c0 does to a layer, beside leaving them out and beside zeros."""
    layer, sequence = nn.LSTM(FEATURES, HIDDEN, dtype=torch.float64), drawn(STEPS, BATCH, FEATURES)
    zeros = torch.zeros(1, BATCH, HIDDEN, dtype=torch.float64)
    one, other = (layer(sequence, (drawn(1, BATCH, HIDDEN), drawn(1, BATCH, HIDDEN)))[0] for _ in range(2))
    return {
        "raised": raised(lambda: layer(sequence, (drawn(1, BATCH, HIDDEN), drawn(1, BATCH, HIDDEN)))),
        "left_out_agrees_with_zeros": agree(layer(sequence)[0], layer(sequence, (zeros, zeros))[0]),
        "two_draws_agree": agree(one, other),
    }


def states_taken() -> Observed:
    """Which orders of (layers × directions, batch, hidden) a layer takes for h0 and c0, with and without batch_first;
    and what it says to the four axes that the document prints for batch_first, the "h" among them taken for 1."""
    plain, turned = _both_ways(), _both_ways(batch_first=True)
    layers, batch, hidden = STATE
    sequence, of_batches = torch.zeros(STEPS, batch, FEATURES), torch.zeros(batch, STEPS, FEATURES)
    four = torch.zeros(batch, layers, 1, hidden)
    return {
        "by_default": _taken(plain, sequence),
        "batch_first": _taken(turned, of_batches),
        "four_axes_raised": raised(lambda: turned(of_batches, (four, four))),
    }


@seeded(0)
def states_turned_by_accident() -> Observed:
    """States with the batch first, handed to a layer with batch_first, where the batch is layers × directions: beside
    what comes of the same states in the order that PyTorch wants."""
    layer = _both_ways(batch_first=True).double()
    batch = LAYERS * DIRECTIONS
    sequence, h, c = drawn(batch, STEPS, FEATURES), drawn(batch, batch, HIDDEN), drawn(batch, batch, HIDDEN)
    asked = (h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous())
    return {
        "raised": raised(lambda: layer(sequence, (h, c))),
        "agrees_with_states_as_they_should_be": agree(layer(sequence, (h, c))[0], layer(sequence, asked)[0]),
    }


@seeded(0)
def what_output_holds() -> Observed:
    """The output beside what the layer gives when it reads the first step alone, the first two, and so on."""
    layer, sequence = nn.LSTM(FEATURES, HIDDEN, LAYERS, dtype=torch.float64), drawn(STEPS, BATCH, FEATURES)
    output, (h, _) = layer(sequence)
    tops = torch.stack([layer(sequence[: step + 1])[1][0][-1] for step in range(STEPS)])
    return {
        "agrees_with_the_last_state": agree(output, h[-1]),
        "its_last_step_agrees_with_the_last_state": agree(output[-1], h[-1]),
        "agrees_with_the_top_layer_after_each_step": agree(output, tops),
        "steps": len(output),
        "shape": list(output.shape),
    }


def shapes_given_back() -> Observed:
    """All that a bidirectional LSTM of two layers gives back, of a batch of three."""
    batch = STATE[1]
    output, (h, c) = _both_ways()(torch.zeros(STEPS, batch, FEATURES))
    turned, (turned_h, turned_c) = _both_ways(batch_first=True)(torch.zeros(batch, STEPS, FEATURES))
    found = {"output": output, "ht": h, "ct": c}
    found |= {"output_batch_first": turned, "ht_batch_first": turned_h, "ct_batch_first": turned_c}
    return {name: list(tensor.shape) for name, tensor in found.items()}


@seeded(0)
def dense_after_lstm() -> Observed:
    """A dense layer for hidden_size numbers behind an LSTM of one direction, of two, and a projected one."""
    sequence, dense = drawn(STEPS, BATCH, FEATURES), nn.Linear(HIDDEN, 1, dtype=torch.float64)
    one, two = (nn.LSTM(FEATURES, HIDDEN, bidirectional=both, dtype=torch.float64) for both in (False, True))
    projected = nn.LSTM(FEATURES, HIDDEN, proj_size=2, dtype=torch.float64)
    return {
        "raised": raised(lambda: dense(one(sequence)[0])),
        "raised_with_two_directions": raised(lambda: dense(two(sequence)[0])),
        "raised_with_a_projection": raised(lambda: dense(projected(sequence)[0])),
        "output": one(sequence)[0].shape[-1],
        "output_of_two_directions": two(sequence)[0].shape[-1],
    }


def _both_ways(*, batch_first: bool = False) -> nn.LSTM:
    return nn.LSTM(FEATURES, HIDDEN, LAYERS, batch_first=batch_first, bidirectional=True)


def _taken(layer: nn.LSTM, sequence: Tensor) -> list[str]:
    """The orders of the three sizes that the layer does not refuse."""

    def refusal(order: tuple[int, ...]) -> str:
        state = torch.zeros(order)
        return raised(lambda: layer(sequence, (state, state)))

    return ["×".join(map(str, order)) for order in permutations(STATE) if refusal(order) == "none"]


def _axes(layer: nn.LSTM) -> list[str]:
    """What the first two axes of the input are, by gradient: along the steps the last output depends on all that came
    before, along the batch on its own entry alone; the last axis must have the size of the features."""
    cube = torch.randn(4, 4, FEATURES, requires_grad=True)
    output, _ = layer(cube)
    lasts = (output[-1], output[:, -1])
    names = ["seq_len" if len(seen(last, cube, along=axis)) > 1 else "batch" for axis, last in enumerate(lasts)]
    wrong = raised(lambda: layer(torch.zeros(4, 4, FEATURES + 1)))
    return [*names, "input_size" if wrong != "none" else "any"]
