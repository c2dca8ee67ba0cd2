"""The levels of a case → a workload: one network, one fixed batch of digits, one kind of step.

Weights and batches are made on the CPU and moved once, so equal seeds give equal networks on every device. Numerical
settings are torch's own: on CUDA its convolutions and recurrent layers may use TF32.
"""

import copy
from collections.abc import Callable, Iterable
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
    made = MODELS[_known("model", model, MODELS)]
    kind, training = DTYPES[_known("dtype", dtype, DTYPES)], _known("mode", mode, LEVELS["mode"]) == "training"
    drawn = digits(batch, size=size)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = made.build(size)
    network = network.to(device, kind).train(training)
    inputs = made.arrange(drawn.images).to(device, kind)
    account = made.account(size)
    return Workload(
        network=network,
        inputs=inputs,
        refereed=made.arrange(drawn.images[:REFEREED]),
        advance=_descent(network, drawn.labels.to(device)) if training else infer,
        items=batch,
        values=inputs.numel() // batch,
        parameters=account.parameters,
        flops=accounting.flops(account, batch=batch, training=training),
        sequential_steps=account.sequential_steps,
        expects=made.operators[torch.device(device).type, kind],
    )


def _descent(network: nn.Module, labels: Tensor) -> Descent:
    return Descent(optimizer=SGD(network.parameters(), lr=LEARNING_RATE), labels=labels)


def _known(factor: str, level: str, known: Iterable[str]) -> str:
    if level not in known:
        raise ValueError(f"{factor}={level}: there are {', '.join(known)}")
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
