"""A network that reads slices of digits → its workload; as wide as asked, or as wide as makes it equal to a reference.

The reference is one LSTM layer of 100 units over the rows of the same images: document 001's sequence."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import Tensor, nn

from networks import accounting, backends, workload
from networks.accounting import Account
from networks.backends import Proof
from networks.cells import CELLS
from networks.patches import VisionTransformer, transformer_account
from networks.sequence import CLASSES, HIDDEN, SequenceClassifier
from networks.slicing import SLICINGS, Slicing, features, sliced, steps
from networks.temporal import TCN, SliceCNN, slice_cnn_account, slice_cnn_proof, tcn_account, tcn_proof
from networks.workload import Step, Workload, known

LEVELS = {
    "slicing": (
        "pixel",
        "row",
        "column",
        "rows2",
        "rows4",
        "rows7",
        "rows14",
        "patch2",
        "patch4",
        "patch7",
        "patch14",
        "patch4s2",
        "patch7s4",
        "patch14s7",
        "image",
    ),
    "match": ("hidden", "parameters", "flops"),
    "mode": ("inference", "training"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}
"""Without the models: CELLS and PARALLEL are the list of those, and `described` asks them. So a new cell is known here
by its line in CELLS, and a name that is none fails in its survey and not when the suite is read."""

HEADS = 4
"""Of the transformer, whose width is therefore a multiple of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What reads a sequence of so many steps and features, by its width: how it is built, what it costs, and what
    proves its backend."""

    build: Callable[[int], nn.Module]
    account: Callable[[int], Account]
    proof: Callable[[int], Proof]


def classifier(
    *,
    model: str,
    slicing: str,
    batch: int,
    mode: str,
    size: int = 28,
    match: str = "hidden",
    hidden: int = HIDDEN,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Workload:
    """A network that classifies the first `batch` test digits from their slices, with `hidden` units a layer, or with
    as many as bring it closest to the reference in what `match` says.

    Raises ValueError for a level that does not exist."""
    cut = SLICINGS[known("slicing", slicing, SLICINGS)]
    network = described(model, cut, size)
    width = hidden if known("match", match, LEVELS["match"]) == "hidden" else equal(network, match, size)
    with workload.seeded(seed):
        built = network.build(width)
    step = Step(batch=batch, mode=mode, dtype=dtype, precision=precision, device=device)
    return workload.assembled(
        built, partial(_cut, slicing=cut), network.account(width), step, size=size, proof=network.proof(width)
    )


def described(model: str, slicing: Slicing, size: int) -> Network:
    """The network of that name for square gray images, before its width is known."""
    shape = (1, size, size)
    length, width = steps(slicing, shape), features(slicing, shape)
    known("model", model, (*CELLS, *PARALLEL))
    if model in CELLS:
        return Network(
            build=lambda hidden: SequenceClassifier(model, features=width, hidden=hidden),
            account=lambda hidden: accounting.recurrent_classifier(
                CELLS[model].cost, steps=length, features=width, hidden=hidden, classes=CLASSES
            ),
            proof=lambda _hidden: CELLS[model].proof,
        )
    return PARALLEL[model](length, width)


def equal(network: Network, match: str, size: int) -> int:
    """The width that brings the network closest to the reference."""
    reference = described("lstm", SLICINGS["row"], size).account(HIDDEN)
    return accounting.matched(network.account, reference, metric=match).hidden


def _slice_cnn(length: int, width: int) -> Network:
    return Network(
        build=lambda hidden: SliceCNN(width, hidden),
        account=lambda hidden: slice_cnn_account(length, width, hidden),
        proof=slice_cnn_proof,
    )


def _tcn(length: int, width: int) -> Network:
    """Weights as one would deploy them: normalising them costs a step a fifth more, and no step of an RNN does it."""
    return Network(
        build=lambda hidden: TCN(width, hidden, normalised=False),
        account=lambda hidden: tcn_account(length, width, hidden, normalised=False),
        proof=tcn_proof,
    )


def _vit(length: int, width: int) -> Network:
    def rounded(hidden: int) -> int:
        return HEADS * max(1, round(hidden / HEADS))

    return Network(
        build=lambda hidden: VisionTransformer(width, patches=length, width=rounded(hidden), heads=HEADS),
        account=lambda hidden: transformer_account(width, patches=length, width=rounded(hidden)),
        proof=lambda _hidden: backends.attention,
    )


PARALLEL: dict[str, Callable[[int, int], Network]] = {"cnn1d": _slice_cnn, "tcn": _tcn, "vit": _vit}
"""Networks that read all steps at once, by (steps, features)."""


def _cut(images: Tensor, *, slicing: Slicing) -> Tensor:
    return sliced(images, slicing)
