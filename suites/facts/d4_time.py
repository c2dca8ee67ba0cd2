"""Document 004 on the time axis → what an output depends on, and an LSTM unrolled, at one step, beside an RNN."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from facts import Observed, seen
from facts.comparing import agree, drawn, parameters
from networks.temporal import TCN
from networks.workload import seeded

STEPS, BATCH, FEATURES, HIDDEN = 6, 2, 6, 5


@seeded(0)
def steps_that_an_output_depends_on() -> Observed:
    """How many of the steps that a network is given the last of its outputs depends on, by gradient.

    The dense network and the convolution of images see a step's numbers, as the document draws them; the convolution
    over time is a temporal convolutional network, without recurrence."""
    dense = nn.Sequential(nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 2))
    images = nn.Sequential(nn.Unflatten(1, (1, 4, 4)), nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten())
    sequence = torch.randn(STEPS, 16, requires_grad=True)
    lstm = nn.LSTM(16, 2)
    over_time = TCN(16, 4, levels=3, classes=2)
    return {
        "steps": STEPS,
        "dense": len(seen(dense(sequence)[-1], sequence)),
        "convolution_of_images": len(seen(images(sequence)[-1], sequence)),
        "convolution_over_time": len(seen(over_time(sequence.unsqueeze(1)), sequence)),
        "lstm": len(seen(lstm(sequence)[0][-1], sequence)),
    }


@seeded(0)
def one_loop_for_either_cell() -> Observed:
    """The same loop over an RNN's cell and over an LSTM's, beside PyTorch's layers with the same weights."""
    sequence = drawn(STEPS, BATCH, FEATURES)
    rnn, lstm = (make(FEATURES, HIDDEN, dtype=torch.float64) for make in (nn.RNN, nn.LSTM))
    of_rnn, of_lstm = (make(FEATURES, HIDDEN, dtype=torch.float64) for make in (nn.RNNCell, nn.LSTMCell))
    for cell, layer in ((of_rnn, rnn), (of_lstm, lstm)):
        cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    return {
        "loop_over_rnn_cell_agrees": agree(_looped(of_rnn, sequence), rnn(sequence)[0]),
        "loop_over_lstm_cell_agrees": agree(_looped(of_lstm, sequence), lstm(sequence)[0]),
        "output_of_rnn": list(rnn(sequence)[0].shape),
        "output_of_lstm": list(lstm(sequence)[0].shape),
        "tensors_carried_by_rnn": 1 if isinstance(rnn(sequence)[1], Tensor) else len(rnn(sequence)[1]),
        "tensors_carried_by_lstm": 1 if isinstance(lstm(sequence)[1], Tensor) else len(lstm(sequence)[1]),
    }


def how_many_a() -> Observed:
    """One layer that reads sequences of several lengths: states A along the time axis, neurons in each, parameters."""
    layer, lengths = nn.LSTM(FEATURES, HIDDEN), (1, 6, 20)
    outputs = [layer(torch.zeros(steps, BATCH, FEATURES))[0] for steps in lengths]
    return {
        "steps": list(lengths),
        "states": [len(found) for found in outputs],
        "neurons": [found.shape[-1] for found in outputs],
        "parameters": parameters(layer),
    }


@seeded(0)
def one_step_as_a_network() -> Observed:
    """At T=1, from zeros: two hidden layers of an LSTM without their recurrent weights; and in how many directions a
    neuron of the first looks at its inputs, which is the rank of its gradients at many points. In a network of dense
    layers each neuron of the first looks in one, that of its weights."""
    lstm, first = (nn.LSTM(FEATURES, HIDDEN, layers, dtype=torch.float64) for layers in (2, 1))
    dense = nn.Sequential(nn.Linear(FEATURES, HIDDEN, dtype=torch.float64), nn.Tanh())
    vectors = drawn(1, BATCH, FEATURES)
    before = lstm(vectors)[0]
    for layer in range(2):
        nn.init.normal_(getattr(lstm, f"weight_hh_l{layer}"))
    return {
        "agrees_with_other_recurrent_weights": agree(before, lstm(vectors)[0]),
        "directions_of_a_dense_neuron": _directions(lambda points: dense(points)[:, 0]),
        "directions_of_an_lstm_neuron": _directions(lambda points: first(points.unsqueeze(0))[0][0, :, 0]),
    }


def _looped(cell: nn.RNNCell | nn.LSTMCell, sequence: Tensor) -> Tensor:
    """What is carried from step to step is the cell's affair: h, or (h, c)."""
    carried, states = None, []
    for vectors in sequence:
        carried = cell(vectors, carried)
        states.append(carried if isinstance(carried, Tensor) else carried[0])
    return torch.stack(states)


def _directions(neuron: Callable[[Tensor], Tensor]) -> int:
    points = drawn(50, FEATURES).requires_grad_()
    (gradients,) = torch.autograd.grad(neuron(points).sum(), points)
    return int(torch.linalg.matrix_rank(gradients))
