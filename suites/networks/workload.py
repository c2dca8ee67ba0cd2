"""The levels of a case → a workload: one network, one fixed batch of digits, one kind of step.

Weights and batches are made on the CPU and moved once, so equal seeds give equal networks on every device. Numerical
settings are torch's own: on CUDA its convolutions and recurrent layers may use TF32.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD

from networks import accounting, convolution, sequence
from networks.accounting import Account
from networks.images import digits

LEVELS = {"model": ("rnn", "gru", "lstm", "cnn", "resnet18"), "mode": ("inference", "training")}

MODES = ("inference", "training")
DTYPES = {"float32": torch.float32, "float64": torch.float64}
LEARNING_RATE = 0.01
REFEREED = 4
"""So many items of a batch are compared with the reference, which is slow: double precision, without oneDNN."""


Operators = dict[tuple[str, torch.dtype], tuple[str, ...]]
"""By device and precision: profiler events, any of which proves that the expected backend ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equality:
    """The largest difference from the reference, as a share of its largest value, and the share that passes."""

    max_error: float
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a step works on and does: so many digits, forward only (`inference`) or with gradients and an update
    (`training`), in which precision, where.

    Raises ValueError for a level that does not exist."""

    batch: int
    mode: str
    dtype: str = "float32"
    device: str = "cpu"

    def __post_init__(self) -> None:
        known("mode", self.mode, MODES)
        known("dtype", self.dtype, DTYPES)

    @property
    def training(self) -> bool:
        return self.mode == "training"

    @property
    def kind(self) -> torch.dtype:
        return DTYPES[self.dtype]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """How a network of one name is built for a size, how images become its input, what it costs, what runs it."""

    build: Callable[[int], nn.Module]
    arrange: Callable[[Tensor], Tensor]
    account: Callable[[int], Account]
    operators: Operators


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A network and the batch that every step of it works on. `step` returns the logits, or the loss in training."""

    network: nn.Module
    inputs: Tensor
    refereed: Tensor
    advance: Callable[[nn.Module, Tensor], Tensor]
    items: int
    values: int
    parameters: int
    flops: int
    sequential_steps: int
    expects: tuple[str, ...]

    def step(self) -> Tensor:
        return self.advance(self.network, self.inputs)

    def check(self) -> Equality:
        """The logits of the first items against the same weights in double precision on the CPU."""
        network = copy.deepcopy(self.network).eval()  # a training network keeps its mode and its running statistics
        logits = infer(network, self.inputs)[:REFEREED].to("cpu", torch.float64)
        reference = infer(network.to("cpu", torch.float64), self.refereed.to("cpu", torch.float64))
        error = (logits - reference).abs().max() / reference.abs().max()
        return Equality(max_error=error.item(), tolerance=_tolerance(self.inputs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """Forward, backward and one step of plain gradient descent towards `labels`; returns the loss before it."""

    optimizer: SGD
    labels: Tensor

    def __call__(self, network: nn.Module, inputs: Tensor) -> Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(network(inputs), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.detach()


def infer(network: nn.Module, inputs: Tensor) -> Tensor:
    """The logits, without a trace for gradients."""
    with torch.inference_mode():
        return network(inputs)


def classifier(
    *, model: str, size: int, batch: int, mode: str, dtype: str = "float32", device: str = "cpu", seed: int = 0
) -> Workload:
    """A network that classifies the first `batch` test digits, scaled to `size` pixels a side.

    Raises ValueError for a level that does not exist, images that are too small, more digits than there are."""
    made = MODELS[known("model", model, MODELS)]
    step = Step(batch=batch, mode=mode, dtype=dtype, device=device)
    with seeded(seed):
        network = made.build(size)
    return assembled(network, made.arrange, made.account(size), step, size=size, operators=made.operators)


def assembled(
    network: nn.Module,
    arrange: Callable[[Tensor], Tensor],
    account: Account,
    step: Step,
    *,
    size: int,
    operators: Operators | None = None,
) -> Workload:
    """The workload of a network that reads what `arrange` makes of (batch, 1, size, size) images, at a closed-form
    cost; `operators` where they prove what ran."""
    drawn = digits(step.batch, size=size)
    network = network.to(step.device, step.kind).train(step.training)
    inputs = arrange(drawn.images).to(step.device, step.kind)
    return Workload(
        network=network,
        inputs=inputs,
        refereed=arrange(drawn.images[:REFEREED]),
        advance=_descent(network, drawn.labels.to(step.device)) if step.training else infer,
        items=step.batch,
        values=inputs.numel() // step.batch,
        parameters=account.parameters,
        flops=accounting.flops(account, batch=step.batch, training=step.training),
        sequential_steps=account.sequential_steps,
        expects=operators[torch.device(step.device).type, step.kind] if operators else (),
    )


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Weights are drawn the same for the same seed, and nobody else's numbers change by it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _descent(network: nn.Module, labels: Tensor) -> Descent:
    return Descent(optimizer=SGD(network.parameters(), lr=LEARNING_RATE), labels=labels)


def known(factor: str, level: str, levels: Iterable[str]) -> str:
    """The level, if it exists.

    Raises ValueError, which says what exists."""
    if level not in levels:
        raise ValueError(f"{factor}={level}: there are {', '.join(levels)}")
    return level


def _tolerance(inputs: Tensor) -> float:
    """TF32 keeps 10 bits of the 23 of float32, and products of many layers add up."""
    if inputs.dtype == torch.float64:
        return 1e-10
    return 1e-4 if inputs.device.type == "cpu" else 2e-2


def _operators(*, single: tuple[str, ...], double: tuple[str, ...], cudnn: str) -> Operators:
    """On a CPU by precision, on CUDA one of cuDNN's."""
    cpu = {("cpu", torch.float32): single, ("cpu", torch.float64): double}
    return cpu | {("cuda", kind): (cudnn,) for kind in DTYPES.values()}


def _recurrent(kind: str, *, single: str, double: str) -> Model:
    account = partial(accounting.recurrent, kind, hidden=sequence.HIDDEN, classes=sequence.CLASSES)
    return Model(
        build=lambda size: sequence.RecurrentClassifier(kind, features=size),
        arrange=sequence.rows,
        account=lambda size: account(steps=size, features=size),
        operators=_operators(single=(single,), double=(double,), cudnn="aten::_cudnn_rnn"),
    )


# At batch 1 torch gives small images not to oneDNN but to its own loop over a matrix product: at 28 px both
# convolutions of the small network, from 56 px on only the first. In double precision oneDNN is never used.
_CONVOLUTIONS = _operators(
    single=("aten::mkldnn_convolution", "aten::thnn_conv2d"),
    double=("aten::thnn_conv2d",),
    cudnn="aten::cudnn_convolution",
)

MODELS = {
    "rnn": _recurrent("rnn", single="aten::rnn_tanh", double="aten::rnn_tanh"),
    "gru": _recurrent("gru", single="aten::gru", double="aten::gru"),
    "lstm": _recurrent("lstm", single="aten::mkldnn_rnn_layer", double="aten::lstm"),
    "cnn": Model(
        build=convolution.small_cnn,
        arrange=lambda images: images,
        account=partial(
            accounting.small_cnn,
            channels=convolution.CHANNELS,
            kernel=convolution.KERNEL,
            classes=convolution.CLASSES,
        ),
        operators=_CONVOLUTIONS,
    ),
    "resnet18": Model(
        build=lambda _size: convolution.resnet18(),
        arrange=convolution.in_three_channels,
        account=accounting.resnet18,
        operators=_CONVOLUTIONS,
    ),
}
