"""A kind of network and what it is to have in common with the small CNN → its workload.

All read the same digits: recurrent networks their rows, the others the whole image. `match: input` leaves each as wide
as the documents have it; `parameters` and `flops` make it as wide as brings it closest to the CNN in that."""

from networks import accounting, backends, workload
from networks.convolution import CHANNELS, KERNEL, SMALL_CNN_PROOF, small_cnn
from networks.convolution import CLASSES as CNN_CLASSES
from networks.experiments.sequences import Network, described
from networks.patches import mlp, mlp_account
from networks.sequence import HIDDEN, rows
from networks.slicing import SLICINGS
from networks.workload import Step, Workload, known

LEVELS = {
    "model": ("rnn", "gru", "lstm", "cnn", "mlp"),
    "match": ("input", "parameters", "flops"),
    "mode": ("inference", "training"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}

RECURRENT = ("rnn", "gru", "lstm")


def classifier(
    *,
    model: str,
    match: str,
    batch: int,
    mode: str,
    size: int = 28,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Workload:
    """A network that classifies the first `batch` test digits.

    Raises ValueError for a level that does not exist."""
    network, width = sized(model, match, size)
    with workload.seeded(seed):
        built = network.build(width)
    return workload.assembled(
        built,
        rows if model in RECURRENT else lambda images: images,
        network.account(width),
        Step(batch=batch, mode=mode, dtype=dtype, precision=precision, device=device),
        size=size,
        proof=network.proof(width),
    )


def sized(model: str, match: str, size: int) -> tuple[Network, int]:
    """The network and its width."""
    network = _networks(known("model", model, LEVELS["model"]), size)
    if known("match", match, LEVELS["match"]) == "input" or model == "cnn":
        return network, HIDDEN
    reference = _networks("cnn", size).account(HIDDEN)
    return network, accounting.matched(network.account, reference, metric=match).hidden


def _networks(model: str, size: int) -> Network:
    if model == "cnn":
        account = accounting.small_cnn(size, channels=CHANNELS, kernel=KERNEL, classes=CNN_CLASSES)
        return Network(
            build=lambda _width: small_cnn(size),
            account=lambda _width: account,
            proof=lambda _width: SMALL_CNN_PROOF,
        )
    if model == "mlp":
        return Network(
            build=lambda width: mlp(size**2, hidden=width),
            account=lambda width: mlp_account(size**2, hidden=width),
            proof=lambda _width: backends.shown("aten::addmm"),
        )
    return described(model, SLICINGS["row"], size)
