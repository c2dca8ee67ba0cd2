"""Document 001's question, is the last output the state? → answers of PyTorch's recurrent layers, one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor, nn

from facts import Observed
from networks.slicing import packed, padded
from networks.workload import seeded

FEATURES, HIDDEN, STEPS, BATCH = 28, 100, 28, 4

KINDS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A layer's outputs, (steps, batch, features), and its final state: every tensor in it, of every layer and
    direction, (batch, hidden) each, the hidden states first."""

    outputs: Tensor
    state: list[Tensor]
    top: Tensor


def outputs_and_states() -> Observed:
    """Of one layer read step by step: at how many steps the output is the state."""
    with seeded(0):
        rnn, gru = nn.RNN(FEATURES, HIDDEN), nn.GRU(FEATURES, HIDDEN)
    return {"steps": STEPS, "rnn_steps_that_agree": _agreeing(rnn), "gru_steps_that_agree": _agreeing(gru)}


def lstm_state() -> Observed:
    """What an LSTM returns as its state, which part of it its output is, and whether it goes on with one part alone."""
    with seeded(0):
        layer = nn.LSTM(FEATURES, HIDDEN)
    outputs, state = layer(_sequence())
    hidden, memory = state
    following, forgetful = layer(_sequence(), state)[0], layer(_sequence(), (hidden, torch.zeros_like(memory)))[0]
    return {
        "state_is": type(state).__name__,
        "parts": len(state),
        "output_is_first_part": torch.equal(outputs[-1], hidden[0]),
        "parts_that_the_output_is": sum(torch.equal(outputs[-1], part[0]) for part in state),
        "goes_on_the_same_without_second_part": torch.equal(following, forgetful),
    }


def interface() -> Observed:
    """One layer and three, called alike: sizes of what they return."""
    one, three = nn.GRU(FEATURES, HIDDEN), nn.GRU(FEATURES, HIDDEN, 3)
    output, state = one(_sequence())
    outputs, states = three(_sequence())
    return {
        "output": list(outputs.shape),
        "output_of_one": list(output.shape),
        "dimensions_of_state": states.dim(),
        "dimensions_of_state_of_one": state.dim(),
        "state": list(states.shape),
        "state_of_one": list(state.shape),
    }


def top_layer() -> Observed:
    """The output of three layers, against the third of three single layers in a row with the same weights."""
    return {f"{name}_output_is_of_the_top": _output_is_of_the_top(KINDS[name]) for name in KINDS} | {
        "output_features": nn.LSTM(FEATURES, HIDDEN, 3)(_sequence())[0].shape[2]
    }


def equal_ends() -> Observed:
    """The layers whose last output is their whole state; those whose last output is the last hidden state of the top;
    and whether it is that of one RNN layer over sequences of two lengths, padded and packed."""
    ends = dict(_ends())
    return {
        "whole_state": [name for name, end in ends.items() if len(end.state) == 1 and _last_is(end, end.state[0])],
        "last_hidden_state": [name for name, end in ends.items() if _last_is(end, end.top)],
        "single_rnn_of_unequal_lengths": _unequal_lengths_agree(),
    }


def _ends() -> Iterator[tuple[str, Ended]]:
    for name, layers, both in product(KINDS, (1, 2), (False, True)):
        with seeded(0):
            layer = KINDS[name](FEATURES, HIDDEN, layers, bidirectional=both)
        yield f"{name} of {layers}" + (" in both directions" if both else ""), _end(layer)


def _end(layer: nn.RNNBase) -> Ended:
    """`top`: the last hidden states of the top layer, its directions side by side."""
    outputs, final = layer(_sequence())
    parts = final if isinstance(final, tuple) else (final,)
    directions = 2 if layer.bidirectional else 1
    return Ended(
        outputs=outputs,
        state=[state for part in parts for state in part],
        top=torch.cat(list(parts[0][-directions:]), dim=1),
    )


def _last_is(end: Ended, state: Tensor) -> bool:
    return torch.equal(end.outputs[-1], state)


def _agreeing(layer: nn.RNNBase) -> int:
    outputs, _ = layer(_sequence())
    states = [layer(_sequence()[: step + 1])[1][0] for step in range(STEPS)]
    return sum(torch.allclose(output, state, atol=1e-6) for output, state in zip(outputs, states, strict=True))


def _output_is_of_the_top(kind: Callable[..., nn.RNNBase]) -> bool:
    with seeded(0):
        stack = kind(FEATURES, HIDDEN, 3)
    given = _sequence()
    for weights in stack.all_weights:
        single = kind(given.shape[2], HIDDEN)
        single.load_state_dict(dict(zip(single.state_dict(), weights, strict=True)))
        given = single(given)[0]
    return torch.allclose(stack(_sequence())[0], given, atol=1e-6)


def _unequal_lengths_agree() -> bool:
    with seeded(0):
        layer = nn.RNN(FEATURES, HIDDEN)
    batch, lengths = padded([_sequence()[:14, 0], _sequence()[:, 0]], longest=STEPS)
    of_packed, final = layer(packed(batch, lengths))
    outputs, _ = nn.utils.rnn.pad_packed_sequence(of_packed)
    return torch.equal(outputs[-1], final[0])


def _sequence() -> Tensor:
    return torch.rand(STEPS, BATCH, FEATURES, generator=torch.Generator().manual_seed(0))
