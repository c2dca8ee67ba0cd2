"""Nothing → every network of the suites with its parameters, flops for an image and sequential steps, as a table.

PYTHONPATH=suites python -m networks

Steps of a recurrence that are no products are in a column of their own: a network that has them is not two steps deep
in the sense in which another one is.
"""

from collections.abc import Iterator

from networks import accounting
from networks.accounting import Account
from networks.cells import CELLS
from networks.convolution import deep_cnn_account
from networks.experiments import hybrids
from networks.experiments.sequences import PARALLEL, described
from networks.patches import mlp_account
from networks.sequence import CLASSES, HIDDEN
from networks.slicing import SLICINGS
from networks.workload import MODELS

SIZE = 28
BLOCKS = range(4)
SHAPES = (("", (1, False)), (", 2 layers", (2, False)), (", both directions", (1, True)))
"""Layers, and whether they read in both directions."""


def networks() -> Iterator[tuple[str, Account]]:
    """By name, for images of 28 pixels: first what reads rows, then what reads images, then both."""
    for cell in CELLS:
        yield from ((f"{cell}, rows{shape}", _layers(cell, *of)) for shape, of in SHAPES)
    yield from ((f"{name}, rows", described(name, SLICINGS["row"], SIZE).account(HIDDEN)) for name in PARALLEL)
    yield from ((name, MODELS[name].account(SIZE)) for name in MODELS if name not in CELLS)
    yield "deep_cnn, 8 layers", deep_cnn_account(SIZE, depth=8)
    yield "mlp", mlp_account()
    for name, network in hybrids.NETWORKS.items():
        if name in hybrids.WITH_BLOCKS:
            yield from ((f"{name}, {blocks} blocks", network(blocks).account(SIZE)) for blocks in BLOCKS)
        else:
            yield name, network(0).account(SIZE)


def _layers(cell: str, layers: int, bidirectional: bool) -> Account:
    return accounting.recurrent_classifier(
        CELLS[cell].cost,
        steps=SIZE,
        features=SIZE,
        hidden=HIDDEN,
        classes=CLASSES,
        layers=layers,
        bidirectional=bidirectional,
    )


def main() -> None:
    """Prints the table."""
    print(f"{'network':42}{'parameters':>12}{'flops':>16}{'sequential steps':>18}{'pointwise steps':>17}")
    for name, account in networks():
        flops = accounting.flops(account, batch=1, training=False)
        numbers = f"{account.parameters:12,}{flops:16,}{account.sequential_steps:18,}{account.pointwise_steps:17,}"
        print(f"{name:42}{numbers}")


if __name__ == "__main__":
    main()
