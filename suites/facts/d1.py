"""Document 001, RNNs after CNNs → what is observed of its sequences: memory, order, colour, what waits for what.

`d1_code` runs its classifier, `d1_states` asks what a recurrent layer returns, `d1_cells` which cells there are.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from facts import Observed, raised, seen
from facts.chains import products_in_a_row
from facts.comparing import parameters
from networks.convolution import small_cnn
from networks.hybrids import ConvolutionFirst
from networks.ladder import lstm
from networks.slicing import SLICINGS, gray, sliced
from networks.temporal import TCN
from networks.workload import seeded

BATCH, SIDE, HIDDEN = 4, 28, 100
BLOCKS = (1, 2, 3, 4)
LENGTHS = (7, 28, 56)
MAPS = (1, 6, 64)


def memory() -> Observed:
    """How many of 28 steps the last output depends on: of an RNN that reads rows, of a CNN that is shown 28 images one
    after the other, of a convolution over time (TCN) that reads rows."""
    frames, sequence = _drawn(SIDE, 1, SIDE, SIDE).requires_grad_(), _drawn(SIDE, 1, SIDE).requires_grad_()
    with seeded(0):
        rnn, cnn, tcn = nn.RNN(SIDE, HIDDEN), small_cnn(SIDE), TCN(SIDE, levels=4)
    return {
        "rnn_steps_seen": len(seen(rnn(sequence)[0][-1], sequence)),
        "cnn_images_seen": len(seen(cnn(frames)[-1], frames)),
        "tcn_steps_seen": len(seen(tcn(sequence), sequence)),
    }


def columns() -> Observed:
    """Which column of the image each step is, after the document's `permute(2, 0, 1)`, and how large the sequence."""
    places = torch.arange(SIDE).expand(BATCH, SIDE, SIDE).permute(2, 0, 1)
    images = _drawn(BATCH, 1, SIDE, SIDE)
    return {
        "sequence": list(places.shape),
        "column_of_step": [int(step.unique()) for step in places],
        "same_as_columns": torch.equal(images.squeeze().permute(2, 0, 1), sliced(images, SLICINGS["column"])),
    }


def waiting() -> Observed:
    """How many products stand one behind the other in the last output of a recurrent layer, and of a convolution over
    time (TCN), by the number of steps; how many steps each output of an LSTM depends on; and whether the products with
    all inputs at once, before the loop, change its outputs. In double precision, for which PyTorch has no fused loop
    that would hide the products."""
    sequence = _drawn(SIDE, 1, SIDE).double().requires_grad_()
    kinds: dict[str, Callable[[], nn.RNNBase]] = {
        "rnn": lambda: nn.RNN(SIDE, 20, dtype=torch.float64),
        "gru": lambda: nn.GRU(SIDE, 20, dtype=torch.float64),
        "lstm": lambda: nn.LSTM(SIDE, 20, dtype=torch.float64),
    }
    with seeded(0):
        layers, tcn = {name: make() for name, make in kinds.items()}, TCN(SIDE, levels=4).double()
    outputs, _ = layers["lstm"](sequence)
    one_by_one, at_once = (loop(sequence, *layers["lstm"].all_weights[0]) for loop in (lstm.stacked, lstm.hoisted))
    read = [_drawn(steps, 1, SIDE).double() for steps in LENGTHS]
    return {
        "steps": list(LENGTHS),
        **{
            f"{name}_in_a_row": [products_in_a_row(layer(one)[0][-1]) for one in read] for name, layer in layers.items()
        },
        "tcn_in_a_row": [products_in_a_row(tcn(one)) for one in read],
        "steps_seen_by_output": [len(seen(output, sequence)) for output in outputs],
        "inputs_at_once_is_the_same": torch.allclose(one_by_one, at_once),
    }


def side_by_side() -> Observed:
    """A convolution all at once, against its channels one by one in reverse, and its image in four parts; in small
    whole numbers, whose sums are exact in any order. And how many convolutions stand one behind the other in a layer,
    by the number of its maps; an RNN read backwards, for comparison."""
    generator = torch.Generator().manual_seed(0)
    image = torch.randint(-8, 8, (1, 3, 14, 14), generator=generator).double()
    kernels = torch.randint(-8, 8, (6, 3, 3, 3), generator=generator).double()
    whole = conv2d(image, kernels)
    channels = [conv2d(image, kernel[None]) for kernel in reversed(kernels)][::-1]
    parts = [conv2d(image[:, :, top : top + 5], kernels) for top in (9, 6, 3, 0)][::-1]
    with seeded(0):
        layers, rnn = [nn.Conv2d(3, maps, 3).double() for maps in MAPS], nn.RNN(SIDE, HIDDEN)
    sequence = _drawn(SIDE, 1, SIDE)
    return {
        "channels_in_reverse_are_the_same": torch.equal(torch.cat(channels, dim=1), whole),
        "parts_in_reverse_are_the_same": torch.equal(torch.cat(parts, dim=2), whole),
        "maps": list(MAPS),
        "in_a_row": [products_in_a_row(layer(image)) for layer in layers],
        "rnn_in_reverse_is_the_same": torch.allclose(rnn(sequence.flip(0))[0].flip(0), rnn(sequence)[0], atol=1e-6),
    }


def convolution_first() -> Observed:
    """One to four blocks of convolution whose map an LSTM reads column by column: what it ends with."""
    images = _drawn(BATCH, 1, SIDE, SIDE)
    with seeded(0):
        networks = [ConvolutionFirst(SIDE, blocks=blocks) for blocks in BLOCKS]
    sequences = [network.read(network.convolutions(images)) for network in networks]
    return {
        "blocks": list(BLOCKS),
        "exceptions": [raised(partial(network, images)) for network in networks],
        "steps": [sequence.shape[0] for sequence in sequences],
        "features": [sequence.shape[2] for sequence in sequences],
        "logits": list(networks[0](images).shape),
    }


def steps_of_a_rectangle() -> Observed:
    """Images of 20 × 12 pixels (h × w) given to a layer as they lie, and as the document's code turns them."""
    images = _drawn(BATCH, 20, 12)
    outputs, _ = nn.LSTM(12, HIDDEN, batch_first=True)(images)
    return {
        "time_steps": outputs.shape[1],
        "input_size": images[:, 0].shape[1],
        "exception": raised(lambda: nn.LSTM(12, HIDDEN, batch_first=True)(images)),
        "time_steps_in_the_code": images.permute(2, 0, 1).shape[0],
        "input_size_in_the_code": images.permute(2, 0, 1).shape[2],
    }


def colour() -> Observed:
    """Colour images made gray, and how many channels an LSTM over rows can read as they are."""
    images = _drawn(BATCH, 3, SIDE, SIDE)
    sequences = [sliced(given, SLICINGS["row"]) for given in (gray(images), images)]
    layers = [nn.LSTM(sequence.shape[2], HIDDEN) for sequence in sequences]
    tried = [raised(partial(layer, sequence)) for layer, sequence in zip(layers, sequences, strict=True)]
    return {
        "gray": list(sequences[0].shape),
        "colour": list(sequences[1].shape),
        "channels_that_can_be_read": [channels for channels, end in zip((1, 3), tried, strict=True) if end == "none"],
        "parameters": parameters(layers[0]),
        "parameters_in_colour": parameters(layers[1]),
    }


def _drawn(*sizes: int) -> Tensor:
    return torch.rand(*sizes, generator=torch.Generator().manual_seed(0))
