"""A network that a document proposes or takes from elsewhere → its workload: convolution with recurrence, plain CNNs.

`convolution_first` is document 001's, `conditioned_lstm` document 002's, `reg_lstm` and `keras_cnn` are document 004's;
LeNet-5 and PyTorch's MNIST example are what others measure."""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from networks import backends, convolution, hybrids, workload
from networks.accounting import Account
from networks.backends import Proof
from networks.sequence import rows
from networks.workload import Model, Step, Workload, known

LEVELS = {
    "model": ("convolution_first", "conditioned_lstm", "reg_lstm", "keras_cnn", "lenet5", "mnist_example"),
    "blocks": (0, 1, 2, 3, 4),
    "mode": ("inference", "training"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}


def classifier(
    *,
    model: str,
    batch: int,
    mode: str,
    size: int = 28,
    blocks: int = 2,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Workload:
    """A network that reads the first `batch` test digits, `size` pixels a side; `blocks` of convolution stand before
    what is recurrent, where the network has such a place (`WITH_BLOCKS`).

    `reg_lstm` says a number at every step and is trained towards the digit's value, all others classify. Raises
    ValueError for a level that does not exist, and for images that poolings leave nothing of."""
    made = NETWORKS[known("model", model, NETWORKS)](blocks)
    step = Step(batch=batch, mode=mode, dtype=dtype, precision=precision, device=device)
    with workload.seeded(seed):
        network = made.build(size)
    account, regresses = made.account(size), model == "reg_lstm"
    return workload.assembled(
        network,
        made.arrange,
        account,
        step,
        size=size,
        proof=made.proof,
        loss=_at_every_step if regresses else cross_entropy,
        items_along=1 if regresses else 0,
    )


def _at_every_step(numbers: Tensor, labels: Tensor) -> Tensor:
    """(steps, batch, 1) and the digits, (batch,) → the mean squared difference."""
    return mse_loss(numbers.squeeze(2), labels.to(numbers.dtype).expand(len(numbers), -1))


def _as_they_are(images: Tensor) -> Tensor:
    return images


def _convolutional(build: Callable[[int], nn.Module], account: Callable[[int], Account], proof: Proof) -> Model:
    return Model(build=build, arrange=_as_they_are, account=account, proof=proof)


WITH_BLOCKS: dict[str, Callable[[int], Model]] = {
    "convolution_first": lambda blocks: Model(
        build=partial(hybrids.ConvolutionFirst, blocks=blocks),
        arrange=_as_they_are,
        account=partial(hybrids.convolution_first_account, blocks=blocks),
        proof=backends.lstm,
    ),
    "conditioned_lstm": lambda blocks: Model(
        build=partial(hybrids.ConditionedLSTM, blocks=blocks),
        arrange=_as_they_are,
        account=partial(hybrids.conditioned_account, blocks=blocks),
        proof=backends.lstm,
    ),
}
NETWORKS: dict[str, Callable[[int], Model]] = {
    **WITH_BLOCKS,
    "reg_lstm": lambda _blocks: Model(
        build=hybrids.RegLSTM,
        arrange=rows,
        account=lambda size: hybrids.reg_lstm_account(size, size),
        proof=backends.lstm,
    ),
    "keras_cnn": lambda _blocks: _convolutional(
        convolution.keras_cnn, convolution.keras_cnn_account, convolution.KERAS_CNN_PROOF
    ),
    "lenet5": lambda _blocks: _convolutional(convolution.lenet5, convolution.lenet5_account, convolution.LENET5_PROOF),
    "mnist_example": lambda _blocks: _convolutional(
        convolution.mnist_example, convolution.mnist_example_account, convolution.MNIST_EXAMPLE_PROOF
    ),
}
"""By the number of blocks, which most have no place for."""
