"""A network of each kind → its multiply-adds by our closed form and by four counters, as a page.

`python -m tests.evidence.flop_counters` prints the page that `results/evidence/flop_counters.md` holds; it needs the
counters that the `test` extra installs. Every count is of one forward pass over one item, of packed sequences two."""

import importlib
import importlib.util
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from types import ModuleType

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.flop_counter import FlopCounterMode

from networks import accounting, convolution
from networks.accounting import Layer, dense, gated, recurrence
from networks.experiments.sequences import described
from networks.ladder import RUNGS
from networks.patches import mlp, mlp_account
from networks.sequence import HIDDEN
from networks.slicing import SLICINGS

SIDE = 28
LENGTHS = (SIDE, 14)
"""Of the packed sequences, unequal: torch 2.15 hands a single one to oneDNN as it does what is not packed."""

HEAD = """# What counters of arithmetic see

Made by `PYTHONPATH=.:suites python -m tests.evidence.flop_counters`. Multiply-adds of one forward pass over one item
(of the packed sequences two): by the closed forms of `networks.accounting`, which the suites publish (twice them:
flops), and by four counters. Where a counter agrees, the cell says so; else it has the count and its ratio to the
closed form. The test suite holds the closed forms against FlopCounterMode for every network on a path that it sees.
"""

TAIL = """
- **FlopCounterMode** (torch) counts the operators that are dispatched, two flops a multiply-add, halved here: matrix
  products, convolutions and attention, no biases, nothing pointwise. oneDNN's LSTM is one operator that it does not
  know (`aten::mkldnn_rnn_layer`): it counts **0**, without a word. Sequences of unequal lengths and projections do not
  run on oneDNN, and are counted.
- **torchinfo** counts what the modules that it knows hold: every parameter, biases too, times the places of their
  output. Of a cell, and of packed sequences, it takes the units for places too, a hundredfold. Arithmetic between
  modules is nothing to it: products written out, attention, half of a ConvLSTM.
- **fvcore** traces the network and counts multiply-adds of the operators that it knows, and some operations of
  normalisations. A recurrent layer is one operator that it does not know, on oneDNN or not: **0**, with a warning. So
  are the products inside torch's attention.
- **thop** has a formula for each module that it knows: for recurrent layers and cells the pointwise work of every step
  and two biases too, nothing less for a projection or for steps that packing leaves out; for normalisations and pooling
  some operations a value. Arithmetic between modules is nothing to it either.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A network, what it reads, and its multiply-adds by closed form; `fused` where oneDNN may run it."""

    name: str
    network: nn.Module
    inputs: Tensor
    forward: int
    fused: bool = True


class Packed(nn.Module):
    """A recurrent layer that reads the first `LENGTHS` steps of two sequences."""

    def __init__(self, layer: nn.RNNBase) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, sequence: Tensor) -> Tensor:
        outputs: Tensor = self.layer(pack_padded_sequence(sequence, torch.tensor(LENGTHS)))[0].data
        return outputs


def subjects() -> Iterator[Subject]:
    """A network of each kind: layers first, then networks that read rows, then networks that read images."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield from chain(_layers(), _of_rows(), _of_images())


def by_flop_counter(network: nn.Module, inputs: Tensor) -> int:
    """Multiply-adds that torch's own counter sees."""
    with FlopCounterMode(display=False) as counter:
        network(inputs)
    return int(counter.get_total_flops()) // 2


def by_torchinfo(module: ModuleType, network: nn.Module, inputs: Tensor) -> int:
    """Multiply-adds by torchinfo."""
    return int(module.summary(network, input_data=[inputs], verbose=0).total_mult_adds)


def by_fvcore(module: ModuleType, network: nn.Module, inputs: Tensor) -> int:
    """Multiply-adds by fvcore, which calls them flops."""
    counted = module.FlopCountAnalysis(network, inputs)
    return int(counted.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def by_thop(module: ModuleType, network: nn.Module, inputs: Tensor) -> int:
    """Multiply-adds by thop."""
    return int(module.profile(network, inputs=(inputs,), verbose=False)[0])


OTHERS: dict[str, tuple[str, Callable[[ModuleType, nn.Module, Tensor], int]]] = {
    "torchinfo": ("torchinfo", by_torchinfo),
    "fvcore": ("fvcore.nn", by_fvcore),
    "thop": ("thop", by_thop),
}
"""By the name of its distribution: the module of each counter, and how it is asked."""


def missing() -> list[str]:
    """The counters that are not installed here."""
    return [name for name, (module, _) in OTHERS.items() if importlib.util.find_spec(module.partition(".")[0]) is None]


def counts(subject: Subject) -> list[int]:
    """By every counter, in the order of the page's columns."""
    with _onednn(subject.fused), sdpa_kernel(SDPBackend.MATH), torch.no_grad(), warnings.catch_warnings():
        # The counters are years old and use what Python and torch have deprecated since.
        warnings.simplefilter("ignore")
        network, inputs = subject.network.eval(), subject.inputs
        others = [count(importlib.import_module(module), network, inputs) for module, count in OTHERS.values()]
        return [by_flop_counter(network, inputs), *others]


def versions() -> str:
    """What counted: the page's last line, the only one that another release of a counter may change."""
    return f"Counted with {', '.join(f'{name} {version(name)}' for name in ('torch', *OTHERS))}."


def page() -> str:
    """The whole page."""
    heads = ["network", "closed form", "FlopCounterMode", *OTHERS]
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1)]
    lines += [[s.name, f"{s.forward:,}", *(_compared(n, s.forward) for n in counts(s))] for s in subjects()]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{HEAD}\n{table}\n{TAIL}\n{versions()}\n"


def main() -> None:
    """Prints the page."""
    print(page(), end="")


def _layers() -> Iterator[Subject]:
    sequence = torch.zeros(SIDE, 1, SIDE)
    lstm = nn.LSTM(SIDE, HIDDEN)
    one = _recurrence(4).forward
    yield Subject(name="LSTM on oneDNN", network=lstm, inputs=sequence, forward=one)
    yield Subject(name="LSTM, ATen's loop", network=lstm, inputs=sequence, forward=one, fused=False)
    for name, rung in (("LSTM, cells in a loop", "cell_loop"), ("LSTM, products in a loop", "stacked")):
        yield Subject(name=name, network=RUNGS[rung].build(lstm), inputs=sequence, forward=one)
    twice = _recurrence(4, layers=2).forward
    yield Subject(name="LSTM of 2 layers on oneDNN", network=nn.LSTM(SIDE, HIDDEN, 2), inputs=sequence, forward=twice)
    both = nn.LSTM(SIDE, HIDDEN, bidirectional=True)
    yield Subject(name="LSTM in both directions on oneDNN", network=both, inputs=sequence, forward=2 * one)
    two = sum(_recurrence(4, steps=steps).forward for steps in LENGTHS)
    pair = torch.zeros(SIDE, len(LENGTHS), SIDE)
    yield Subject(
        name=f"LSTM, packed, {LENGTHS[0]} and {LENGTHS[1]} steps", network=Packed(lstm), inputs=pair, forward=two
    )
    yield Subject(name="GRU", network=nn.GRU(SIDE, HIDDEN), inputs=sequence, forward=_recurrence(3).forward)
    yield Subject(name="RNN", network=nn.RNN(SIDE, HIDDEN), inputs=sequence, forward=_recurrence(1).forward)
    pixels = torch.zeros(1, SIDE**2)
    linear = dense(SIDE**2, HIDDEN).forward
    yield Subject(name="Linear", network=nn.Linear(SIDE**2, HIDDEN), inputs=pixels, forward=linear)


def _of_rows() -> Iterator[Subject]:
    """Classifiers of digits by their rows."""
    names = {
        "lstm_projection": "LSTM with projection",
        "lstm_peephole": "peephole LSTM",
        "convlstm": "ConvLSTM",
        "gridlstm": "GridLSTM",
        "qrnn": "QRNN",
        "minlstm": "minLSTM",
        "attention": "attention over an LSTM's outputs",
        "cnn1d": "1-D CNN",
        "tcn": "TCN",
        "vit": "ViT",
    }
    for model, name in names.items():
        network = described(model, SLICINGS["row"], SIDE)
        width = 8 if model == "convlstm" else HIDDEN
        forward = network.account(width).forward
        yield Subject(name=name, network=network.build(width), inputs=torch.zeros(SIDE, 1, SIDE), forward=forward)


def _of_images() -> Iterator[Subject]:
    image = torch.zeros(1, 1, SIDE, SIDE)
    yield Subject(name="MLP", network=mlp(), inputs=image, forward=mlp_account().forward)
    cnn = accounting.small_cnn(
        SIDE, channels=convolution.CHANNELS, kernel=convolution.KERNEL, classes=convolution.CLASSES
    )
    yield Subject(name="CNN", network=convolution.small_cnn(SIDE), inputs=image, forward=cnn.forward)
    lenet = convolution.lenet5_account().forward
    yield Subject(name="LeNet-5", network=convolution.lenet5(), inputs=image, forward=lenet)
    resnet = accounting.resnet18(224).forward
    large = torch.zeros(1, 3, 224, 224)
    yield Subject(name="ResNet-18, 224 px", network=convolution.resnet18(), inputs=large, forward=resnet)


def _recurrence(gates: int, *, steps: int = SIDE, layers: int = 1) -> Layer:
    return recurrence(
        lambda features, hidden: gated(gates, features, hidden),
        steps=steps,
        features=SIDE,
        hidden=HIDDEN,
        layers=layers,
    )


def _compared(count: int, forward: int) -> str:
    if count == forward:
        return "agrees"
    return f"**{count:,}**" if count == 0 else f"{count:,} ({count / forward:.3f}×)"


@contextmanager
def _onednn(enabled: bool) -> Iterator[None]:
    """Not `mkldnn.flags`: it also sets TF32, which warns."""
    before, torch.backends.mkldnn.enabled = torch.backends.mkldnn.enabled, enabled  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.backends.mkldnn.enabled = before


if __name__ == "__main__":
    main()
