"""Nothing → a table of the networks, in the shapes that the suites of whole networks time: what each has and computes.

PYTHONPATH=suites python -m networks

Parameters, flops for one image of 28 pixels a side where no other size is named, and sequential steps. Steps of a
recurrence that are no products are in a column of their own: a network that has them is not two steps deep in the sense
in which another one is. Single layers and single convolutions, of which the other suites are, are not in it.
"""

from collections.abc import Iterator

from networks import accounting
from networks.accounting import Account
from networks.cells import CELLS
from networks.convolution import deep_cnn_account
from networks.experiments import equals, hybrids
from networks.experiments.sequences import PARALLEL, described, equal
from networks.sequence import CLASSES, HIDDEN
from networks.slicing import SLICINGS
from networks.workload import MODELS

SIZE = 28
LARGER = (56, 112, 224)
BLOCKS = range(5)
SHAPES = ((1, False), (2, False), (1, True))
"""Layers, and whether they read in both directions: of every cell."""

DEEPER = ((4, False), (8, False), (2, True), (4, True), (8, True))
"""Of PyTorch's own."""

CONVOLUTIONS = (1, 2, 4, 8, 16, 32, 100)
CHANNELS = 8
"""Of the maps that are a ConvLSTM's state; a hundred are too slow to be timed beside the others."""

Row = tuple[str, Account]


def networks() -> Iterator[Row]:
    """By name: what reads rows, what reads other slices, what reads images, both, and what is made equal to a CNN."""
    yield from _reading_rows()
    yield from _reading_slices()
    yield from _reading_images()
    yield from _hybrid()
    yield from _equal()


def _reading_rows() -> Iterator[Row]:
    for cell in CELLS:
        yield from (_layers(cell, *shape) for shape in SHAPES)
    for cell in ("rnn", "gru", "lstm"):
        yield from (_layers(cell, *shape) for shape in DEEPER)
    yield f"convlstm, rows, {CHANNELS} channels", described("convlstm", SLICINGS["row"], SIZE).account(CHANNELS)
    yield from ((f"{name}, rows", described(name, SLICINGS["row"], SIZE).account(HIDDEN)) for name in PARALLEL)


def _reading_slices() -> Iterator[Row]:
    """As wide as the others, and as wide as makes them equal to an LSTM over rows."""
    for model in ("rnn", "gru", "lstm", "cnn1d"):
        for name, slicing in SLICINGS.items():
            network = described(model, slicing, SIZE)
            if name != "row":
                yield f"{model}, {name}", network.account(HIDDEN)
            for match in ("parameters", "flops"):
                yield f"{model}, {name}, equal {match}", network.account(equal(network, match, SIZE))


def _reading_images() -> Iterator[Row]:
    yield from ((name, MODELS[name].account(SIZE)) for name in MODELS if name not in CELLS)
    yield from ((f"{name}, {size} pixels", MODELS[name].account(size)) for name in MODELS for size in LARGER)
    yield from ((f"deep_cnn, {depth} layers", deep_cnn_account(SIZE, depth=depth)) for depth in CONVOLUTIONS)


def _hybrid() -> Iterator[Row]:
    for name, network in hybrids.NETWORKS.items():
        if name in hybrids.WITH_BLOCKS:
            yield from ((f"{name}, {blocks} blocks", network(blocks).account(SIZE)) for blocks in BLOCKS)
        else:
            yield name, network(0).account(SIZE)


def _equal() -> Iterator[Row]:
    for model in ("rnn", "gru", "lstm", "mlp"):
        for match in equals.LEVELS["match"]:
            network, width = equals.sized(model, match, SIZE)
            yield f"{model}, {match} as the cnn", network.account(width)


def _layers(cell: str, layers: int, bidirectional: bool) -> Row:
    account = accounting.recurrent_classifier(
        CELLS[cell].cost,
        steps=SIZE,
        features=SIZE,
        hidden=HIDDEN,
        classes=CLASSES,
        layers=layers,
        bidirectional=bidirectional,
    )
    said = [f"{cell}, rows", *[f"{layers} layers"] * (layers > 1), *["both directions"] * bidirectional]
    return ", ".join(said), account


def main() -> None:
    """Prints the table."""
    print(f"{'network':42}{'parameters':>12}{'flops':>16}{'sequential steps':>18}{'pointwise steps':>17}")
    for name, account in networks():
        flops = accounting.flops(account, batch=1, training=False)
        numbers = f"{account.parameters:12,}{flops:16,}{account.sequential_steps:18,}{account.pointwise_steps:17,}"
        print(f"{name:42}{numbers}")


if __name__ == "__main__":
    main()
