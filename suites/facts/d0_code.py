"""Document 000's program, run as it is printed → the sizes it prints, what its layers weigh, what it leaves out.

Its statements are unchanged; its comments, and the prose between them, are not repeated.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from facts import Observed
from facts.comparing import parameters
from networks.workload import seeded

EXAMPLE = """
import torch.nn as nn
import torch

input = torch.randn(4, 28, 28)
print(input.shape)
input = input.permute(1, 0, 2)
print(input.shape)

rnn_bid = nn.LSTM(28, 100, bidirectional=True)
rnn_sig = nn.LSTM(28, 100, bidirectional=False)

h_bid = torch.randn(2, 4, 100)
h_sig = torch.randn(1, 4, 100)

c_bid = torch.randn(2, 4, 100)
c_sig = torch.randn(1, 4, 100)

output_bid, (hn_bid, cn_bid) = rnn_bid(input, (h_bid, c_bid))
print("output_bid.shape", output_bid.shape)
print("hn_bid.shape", hn_bid.shape)
print("cn_bid.shape", cn_bid.shape)

output_sig, (hn_sig, cn_sig) = rnn_sig(input, (h_sig, c_sig))
print("output_sig.shape", output_sig.shape)
print("hn_sig.shape", hn_sig.shape)
print("cn_sig.shape", cn_sig.shape)
"""

WEIGHTS_OF_BOTH = """
print(rnn_bid.weight_hh_l0.shape)
print(rnn_bid.weight_ih_l0.shape)
print(rnn_bid.bias_hh_l0.shape)
print(rnn_bid.bias_ih_l0.shape)
print(rnn_bid.weight_hh_l0_reverse.shape)
print(rnn_bid.weight_ih_l0_reverse.shape)
print(rnn_bid.bias_hh_l0_reverse.shape)
print(rnn_bid.bias_ih_l0.shape)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The sizes that the program printed, in its order, the sequence it made, and its two layers."""

    printed: list[list[int]]
    sequence: Tensor
    both: nn.LSTM
    single: nn.LSTM


class Asked:
    """Stands where a layer stood, and notes which of its parameters are asked for."""

    def __init__(self, layer: nn.LSTM) -> None:
        self.layer, self.names = layer, list[str]()

    def __getattr__(self, name: str) -> Tensor:
        self.names.append(name)
        return self.layer.get_parameter(name)


def sizes() -> Observed:
    """Of everything that the program prints before it turns to the weights."""
    ran = _ran()
    given, turned, output_both, hidden_both, memory_both, output, hidden, memory = ran.printed
    return {
        "given": given,
        "turned": turned,
        "steps": len(ran.sequence),
        "one_step": list(ran.sequence[0].shape),
        "bidirectional_output": output_both,
        "bidirectional_hidden_state": hidden_both,
        "bidirectional_memory": memory_both,
        "output": output,
        "hidden_state": hidden,
        "memory": memory,
    }


def hidden_size() -> Observed:
    """Of the program's layers, with the parameters that its size and the size in the text make."""
    ran = _ran()
    return {
        "hidden_size": ran.single.hidden_size,
        "parameters": parameters(ran.single),
        "parameters_with_50": parameters(nn.LSTM(ran.single.input_size, 50)),
    }


def bidirectional_lstm() -> Observed:
    """The two layers side by side, and stacks of two, where the upper layer reads both directions of the lower."""
    ran = _ran()
    return {
        "features": ran.printed[2][-1],
        "features_of_one": ran.printed[5][-1],
        "parameters": parameters(ran.both),
        "parameters_of_one": parameters(ran.single),
        "parameters_of_two_layers": parameters(nn.LSTM(28, 100, 2, bidirectional=True)),
        "parameters_of_two_layers_of_one": parameters(nn.LSTM(28, 100, 2)),
    }


def printed_weights() -> Observed:
    """Which of the two-directional layer's parameters the program prints, and which it does not."""
    layer = nn.LSTM(28, 100, bidirectional=True)
    asked = Asked(layer)
    exec(WEIGHTS_OF_BOTH, {"rnn_bid": asked, "print": lambda size: None})
    return {
        "printed": asked.names,
        "left_out": [name for name, _ in layer.named_parameters() if name not in asked.names],
        "twice": sorted({name for name in asked.names if asked.names.count(name) > 1}),
    }


def _ran() -> Ran:
    printed: list[list[int]] = []
    names: dict[str, object] = {"print": lambda *values: printed.append(list(values[-1]))}
    with seeded(0):
        exec(EXAMPLE, names)
    sequence, both, single = names["input"], names["rnn_bid"], names["rnn_sig"]
    assert isinstance(sequence, torch.Tensor)
    assert isinstance(both, nn.LSTM)
    assert isinstance(single, nn.LSTM)
    return Ran(printed=printed, sequence=sequence, both=both, single=single)
