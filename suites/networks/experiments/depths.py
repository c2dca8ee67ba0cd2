"""Layers of a recurrent network or of a convolutional one → a workload that classifies digits."""

from networks import accounting, workload
from networks.cells import CELLS
from networks.convolution import deep_cnn, deep_cnn_account, deep_cnn_proof
from networks.sequence import CLASSES, HIDDEN, SequenceClassifier, rows
from networks.workload import Step, Workload, known

LEVELS = {
    "model": ("rnn", "gru", "lstm", "birnn", "bigru", "bilstm", "cnn"),
    "mode": ("inference", "training"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}

CHANNELS = 32


def classifier(
    *,
    model: str,
    layers: int,
    batch: int,
    mode: str,
    size: int = 28,
    hidden: int = HIDDEN,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Workload:
    """`layers` recurrent layers over the digits' rows (`bi`: in both directions), or as many convolutions of 32
    channels that keep the size.

    Raises ValueError for a level that does not exist."""
    step = Step(batch=batch, mode=mode, dtype=dtype, precision=precision, device=device)
    with workload.seeded(seed):
        if known("model", model, LEVELS["model"]) == "cnn":
            network = deep_cnn(layers, channels=CHANNELS)
            account = deep_cnn_account(size, depth=layers, channels=CHANNELS)
            proof = deep_cnn_proof(layers, channels=CHANNELS)
            return workload.assembled(network, lambda images: images, account, step, size=size, proof=proof)
        both, cell = model.startswith("bi"), model.removeprefix("bi")
        classifier = SequenceClassifier(cell, features=size, hidden=hidden, layers=layers, bidirectional=both)
    account = accounting.recurrent_classifier(
        CELLS[cell].cost,
        steps=size,
        features=size,
        hidden=hidden,
        classes=CLASSES,
        layers=layers,
        bidirectional=both,
    )
    return workload.assembled(classifier, rows, account, step, size=size, proof=CELLS[cell].proof)
