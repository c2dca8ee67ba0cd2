"""The levels of a case → a workload: one network, one fixed batch of digits, one kind of step.

Weights and batches are made on the CPU and moved once, so equal seeds give equal networks on every device. How products
are rounded is set for the whole process (networks.numerics); what proves the backend is said (networks.backends).
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD

from networks import accounting, convolution, numerics, sequence
from networks.accounting import Account
from networks.backends import Proof
from networks.cells import CELLS
from networks.images import repeated
from networks.numerics import DTYPES, PRECISIONS, Equality, Observed

LEVELS = {
    "model": ("rnn", "gru", "lstm", "cnn", "resnet18"),
    "mode": ("inference", "training"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}

MODES = ("inference", "training")
LEARNING_RATE = 0.01
REFEREED = 4
"""So many items of a batch are compared with the reference, which is slow: double precision, without oneDNN."""


Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a step works on and does: so many digits, forward only (`inference`) or with gradients and an update
    (`training`), in which type of numbers, with which products of float32, where.

    Raises ValueError for a level that does not exist."""

    batch: int
    mode: str
    dtype: str = "float32"
    precision: str = "ieee"
    device: str = "cpu"

    def __post_init__(self) -> None:
        known("mode", self.mode, MODES)
        known("dtype", self.dtype, DTYPES)
        known("precision", self.precision, PRECISIONS)

    @property
    def training(self) -> bool:
        return self.mode == "training"

    @property
    def kind(self) -> torch.dtype:
        return DTYPES[self.dtype]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """How a network of one name is built for a size, how images become its input, what it costs, what proves it."""

    build: Callable[[int], nn.Module]
    arrange: Callable[[Tensor], Tensor]
    account: Callable[[int], Account]
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A network and the batch that every step of it works on. `step` returns what the network does (`items_along` says
    which of its dimensions counts the items), or the loss in training."""

    network: nn.Module
    inputs: Tensor
    refereed: Tensor
    advance: Callable[[nn.Module, Tensor], Tensor]
    items: int
    values: int
    parameters: int
    flops: int
    sequential_steps: int
    pointwise_steps: int
    expects: tuple[str, ...]
    tolerance: float
    items_along: int = 0
    observed: Observed = field(default_factory=Observed)

    def step(self) -> Tensor:
        return self.advance(self.network, self.inputs)

    def check(self) -> Equality:
        """What it says of the first items against the same weights in double precision on the CPU.

        Not the gradients: a rectifier or a pooling whose inputs are as close as rounding sends them another way in
        another precision, and no tolerance tells that from an error. The rungs of the ladder compare theirs."""
        network = copy.deepcopy(self.network).eval()  # a training network keeps its mode and its running statistics
        found = infer(network, self.inputs)
        found = found.narrow(self.items_along, 0, min(REFEREED, self.items))
        right = infer(network.to("cpu", torch.float64), self.refereed.to("cpu", torch.float64))
        return self.observed.compared(numerics.difference(found, right), self.tolerance)

    def metrics(self) -> Mapping[str, float]:
        """The error, once it is checked; how numbers are rounded and lie in memory; `pointwise_steps`, those without a
        product that follow one another."""
        steps = {"pointwise_steps": float(self.pointwise_steps)}
        return {**self.observed.numbers, **numerics.state(self.network, self.inputs), **steps}


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """Forward, backward and one step of plain gradient descent towards `labels`; returns the loss before it."""

    optimizer: SGD
    labels: Tensor
    loss: Loss

    def __call__(self, network: nn.Module, inputs: Tensor) -> Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(network(inputs), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.detach()


def infer(network: nn.Module, inputs: Tensor) -> Tensor:
    """The logits, without a trace for gradients."""
    with torch.inference_mode():
        return network(inputs)


def classifier(
    *,
    model: str,
    size: int,
    batch: int,
    mode: str,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Workload:
    """A network that classifies the first `batch` test digits, scaled to `size` pixels a side.

    Raises ValueError for a level that does not exist, images that are too small, more digits than there are."""
    made = MODELS[known("model", model, MODELS)]
    step = Step(batch=batch, mode=mode, dtype=dtype, precision=precision, device=device)
    with seeded(seed):
        network = made.build(size)
    return assembled(network, made.arrange, made.account(size), step, size=size, proof=made.proof)


def assembled(
    network: nn.Module,
    arrange: Callable[[Tensor], Tensor],
    account: Account,
    step: Step,
    *,
    size: int,
    proof: Proof,
    loss: Loss = cross_entropy,
    items_along: int = 0,
) -> Workload:
    """The workload of a network that reads what `arrange` makes of (batch, 1, size, size) images, at a closed-form
    cost; in training it goes down `loss`, of what it says and the digits' labels."""
    numerics.use(step.precision)
    drawn = repeated(step.batch, size=size)
    network = numerics.flattened(network.to(step.device, step.kind)).train(step.training)
    inputs = arrange(drawn.images).to(step.device, step.kind)
    return Workload(
        network=network,
        inputs=inputs,
        refereed=arrange(drawn.images[:REFEREED]),
        advance=_descent(network, drawn.labels.to(step.device), loss) if step.training else infer,
        items=step.batch,
        values=inputs.numel() // step.batch,
        parameters=account.parameters,
        flops=accounting.flops(account, batch=step.batch, training=step.training),
        sequential_steps=account.sequential_steps,
        pointwise_steps=account.pointwise_steps,
        expects=proof(torch.device(step.device).type, step.kind, inputs.shape),
        tolerance=numerics.tolerance(step.kind, step.precision),
        items_along=items_along,
    )


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Weights are drawn the same for the same seed, and nobody else's numbers change by it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _descent(network: nn.Module, labels: Tensor, loss: Loss) -> Descent:
    return Descent(optimizer=SGD(network.parameters(), lr=LEARNING_RATE), labels=labels, loss=loss)


def known(factor: str, level: str, levels: Iterable[str]) -> str:
    """The level, if it exists.

    Raises ValueError, which says what exists."""
    if level not in levels:
        raise ValueError(f"{factor}={level}: there are {', '.join(levels)}")
    return level


def _recurrent(kind: str) -> Model:
    account = partial(accounting.recurrent, kind, hidden=sequence.HIDDEN, classes=sequence.CLASSES)
    return Model(
        build=lambda size: sequence.RecurrentClassifier(kind, features=size),
        arrange=sequence.rows,
        account=lambda size: account(steps=size, features=size),
        proof=CELLS[kind].proof,
    )


MODELS = {
    "rnn": _recurrent("rnn"),
    "gru": _recurrent("gru"),
    "lstm": _recurrent("lstm"),
    "cnn": Model(
        build=convolution.small_cnn,
        arrange=lambda images: images,
        account=partial(
            accounting.small_cnn,
            channels=convolution.CHANNELS,
            kernel=convolution.KERNEL,
            classes=convolution.CLASSES,
        ),
        proof=convolution.SMALL_CNN_PROOF,
    ),
    "resnet18": Model(
        build=lambda _size: convolution.resnet18(),
        arrange=convolution.in_three_channels,
        account=accounting.resnet18,
        proof=convolution.RESNET18_PROOF,
    ),
}
