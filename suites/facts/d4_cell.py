"""Document 004 on the cell → what C holds beside the gates, what dropout drops, an LSTM that reads another's output."""

import warnings
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from facts import Observed, raised
from facts.comparing import agree, drawn, parameters
from networks.workload import seeded

STEPS, BATCH, FEATURES, HIDDEN = 6, 2, 3, 5


@seeded(0)
def what_c_is() -> Observed:
    """The C that PyTorch returns, beside the gates of the last step, worked out by hand from the same weights. Biases
    of 2 hold the gates open, so that what is remembered adds up over the steps."""
    layer = nn.LSTM(FEATURES, HIDDEN, dtype=torch.float64)
    nn.init.constant_(layer.get_parameter("bias_ih_l0"), 2.0)
    sequence = drawn(STEPS, BATCH, FEATURES)
    last, (_, (h, c)) = _by_hand(layer, sequence), layer(sequence)
    return {
        "c_agrees_with_forget_gate": agree(c[0], last.forget),
        "c_agrees_with_forgotten_plus_added": agree(c[0], last.forget * last.before + last.entry * last.new),
        "h_agrees_with_output_gate_times_tanh_c": agree(h[0], last.out * c[0].tanh()),
        "forget_gate_agrees_with_itself_in_0_to_1": agree(last.forget, last.forget.clamp(0, 1)),
        "c_agrees_with_itself_in_0_to_1": agree(c, c.clamp(0, 1)),
    }


@seeded(0)
def what_dropout_drops() -> Observed:
    """Three layers that drop all they drop, so that the layer above reads zeros; and, of one, what PyTorch says."""
    layer = nn.LSTM(HIDDEN, HIDDEN, 3, dropout=1.0, dtype=torch.float64)
    sequence = drawn(STEPS, BATCH, HIDDEN)
    output, (h, _) = layer(sequence)
    nothing = torch.zeros_like(sequence)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nn.LSTM(HIDDEN, HIDDEN, dropout=0.5)
    return {
        "layer_2_reads_zeros": agree(h[1], _alone(layer, 1)(nothing)[1][0][0]),
        "layer_3_reads_zeros": agree(h[2], _alone(layer, 2)(nothing)[1][0][0]),
        "output_is_zeros": agree(output, nothing),
        "output_agrees_with_layer_3": agree(output, _alone(layer, 2)(nothing)[0]),
        "of_one_layer": [caution.category.__name__ for caution in caught],
    }


@seeded(0)
def one_lstm_after_another() -> Observed:
    """Two layers, the second of which reads the first one's output, beside one of two layers with their weights."""
    both = nn.LSTM(FEATURES, HIDDEN, 2, dtype=torch.float64)
    sequence = drawn(STEPS, BATCH, FEATURES)
    first, second = _alone(both, 0), _alone(both, 1)
    return {
        "raised": raised(lambda: second(first(sequence)[0])),
        "agrees_with_two_layers": agree(second(first(sequence)[0])[0], both(sequence)[0]),
        "parameters_of_the_two": parameters(first) + parameters(second),
        "parameters_of_two_layers": parameters(both),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The gates of one step, (batch, hidden) each, in PyTorch's order; the C before it and the C after."""

    entry: Tensor
    forget: Tensor
    new: Tensor
    out: Tensor
    before: Tensor
    after: Tensor


def _by_hand(layer: nn.LSTM, sequence: Tensor) -> Step:
    """The last step of a layer, from zeros; i, f, o = σ, g = tanh, c = f c + i g, h = o tanh c (torch.nn.LSTM)."""
    w, u, b, d = (layer.get_parameter(f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    h = c = sequence.new_zeros(sequence.shape[1], layer.hidden_size)
    for vectors in sequence:
        i, f, g, o = (linear(vectors, w, b) + linear(h, u, d)).chunk(4, dim=1)
        gates = Step(
            entry=i.sigmoid(), forget=f.sigmoid(), new=g.tanh(), out=o.sigmoid(),
            before=c, after=f.sigmoid() * c + i.sigmoid() * g.tanh(),
        )  # fmt: skip
        c = gates.after
        h = gates.out * c.tanh()
    return gates


def _alone(stack: nn.LSTM, layer: int) -> nn.LSTM:
    """One layer of a stack, as a layer of its own with the same weights."""
    ending = f"_l{layer}"
    state = {name.replace(ending, "_l0"): value for name, value in stack.state_dict().items() if name.endswith(ending)}
    alone = nn.LSTM(state["weight_ih_l0"].shape[1], stack.hidden_size, dtype=torch.float64)
    alone.load_state_dict(state)
    return alone
