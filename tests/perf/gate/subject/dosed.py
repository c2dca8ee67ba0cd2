"""A case's levels → a step of 100 equal parts of real work, and as many more as the dose in `dose.txt` says.

A part is a small network's whole pass: one call of every operator that it has, forwards and, in training, backwards. So
the work of a step is exactly proportional to its parts, which the operations that a profiler counts confirm, and its
time is to within the loop around them.

Doses: a number of further parts in every step; `fifth`, 20 more in every fifth step; `most`, 20 more in each step with
probability 0.8; `sleep`, no more parts, and a sleep of 5 % of the step's time (a system's shortest sleep is longer than
that for the shortest steps). Where in their pattern the uneven ones begin differs between processes: otherwise every
trial of a long step would meet the same few steps. It is drawn from the run's seed, the case, and the number of such
processes before in the run, which a file in the run's scratch folder counts."""

import os
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice, repeat
from pathlib import Path
from random import Random

import torch

LEVELS = {
    "model": ("rnn", "gru", "lstm", "cnn", "tcn", "mlp"),
    "mode": ("inference", "training"),
    "size": ("small", "large"),
}
PARTS, UNEVEN = 100, 20
SLEEP, LOOKS = 0.05, 3
DRAWS = 1000

Pass = Callable[[], object]
Network = Callable[[], torch.Tensor]
Made = tuple[Network, list[torch.Tensor]]
"""A forward pass, and its weights."""


class Dosed:
    """A workload; the dose decides how many parts each step has."""

    def __init__(self, part: Pass, dose: str, drawn: Random) -> None:
        self.part, self.pause = part, 0.0
        self.counts = counts(dose, drawn)
        if dose == "sleep":
            self.pause = SLEEP * min(self.timed() for _ in range(LOOKS))

    def step(self) -> object:
        """All parts, one after the other."""
        result: object = None
        for _ in repeat(None, next(self.counts)):
            result = self.part()
        if self.pause:
            time.sleep(self.pause)
        return result

    def timed(self) -> float:
        """Seconds of a step."""
        start = time.perf_counter()
        self.step()
        return time.perf_counter() - start


def drawn_in(folder: Path, case: str, seed: int) -> Random:
    """Another generator in every process of a case, the same ones in the next run of that seed."""
    with (folder / f"{case}.count").open("ab") as file:
        file.write(b".")
        return Random(f"{seed}/{case}/{file.tell()}")


def counts(dose: str, drawn: Random) -> Iterator[int]:
    """The parts of each step, for ever."""
    if dose == "fifth":
        return islice(cycle([PARTS] * 4 + [PARTS + UNEVEN]), drawn.randrange(5), None)
    if dose == "most":
        return cycle([PARTS + UNEVEN * (drawn.random() < 0.8) for _ in range(DRAWS)])
    return repeat(PARTS + (0 if dose == "sleep" else int(dose)))


State = tuple[torch.Tensor, ...]
CELLS: dict[str, tuple[int, Callable[[torch.Tensor, State, list[torch.Tensor]], State]]] = {
    "rnn": (1, lambda x, state, weights: (torch.rnn_tanh_cell(x, state[0], *weights),)),
    "gru": (3, lambda x, state, weights: (torch.gru_cell(x, state[0], *weights),)),
    "lstm": (4, lambda x, state, weights: torch.lstm_cell(x, state, *weights)),
}
"""How many gates a cell has, and its call, which returns the hidden state first."""


def recurrent(name: str, *, width: int, batch: int, length: int) -> Made:
    """A cell over a short sequence."""
    gates, cell = CELLS[name]
    inputs = [torch.randn(batch, width) for _ in range(length)]
    start = (torch.zeros(batch, width),) * (2 if name == "lstm" else 1)
    weights = [torch.randn(gates * width, width) / width**0.5 for _ in range(2)]

    def forward() -> torch.Tensor:
        state = start
        for each in inputs:
            state = cell(each, state, weights)
        return state[0]

    return forward, weights


def convolutional(dimensions: int, *, channels: int, length: int) -> Made:
    """Two convolutions; the second, of a sequence, is dilated."""
    shape = (1, channels) + (length,) * dimensions
    kernels = [torch.randn((channels, channels) + (3,) * dimensions) / channels for _ in range(2)]
    x = torch.randn(shape)

    def image() -> torch.Tensor:
        return torch.conv2d(torch.conv2d(x, kernels[0], padding=1).relu(), kernels[1], padding=1)

    def sequence() -> torch.Tensor:
        return torch.conv1d(torch.conv1d(x, kernels[0], padding=1).relu(), kernels[1], padding=2, dilation=2)

    return (image if dimensions == 2 else sequence), kernels


def perceptron(*, width: int, batch: int) -> Made:
    """Two matrix products."""
    weights = [torch.randn(width, width) / width**0.5 for _ in range(2)]
    x = torch.randn(batch, width)
    return (lambda: (x @ weights[0]).relu() @ weights[1]), weights


def trained(made: Made) -> Pass:
    """Forwards and backwards; nothing is kept from one pass to the next."""
    forward, weights = made
    for weight in weights:
        weight.requires_grad_()
    return lambda: torch.autograd.grad(forward().sum(), weights)


MAKERS: dict[str, Callable[[bool, bool], Made]] = {
    "rnn": lambda large, train: recurrent("rnn", **sequence_sizes(large, train)),
    "gru": lambda large, train: recurrent("gru", **sequence_sizes(large, train)),
    "lstm": lambda large, train: recurrent("lstm", **sequence_sizes(large, train)),
    "cnn": lambda large, train: convolutional(2, channels=8, length=16 if large else 4),
    "tcn": lambda large, train: convolutional(1, channels=32 if large else 8, length=64 if large else 8),
    "mlp": lambda large, train: perceptron(width=128 if large else 16, batch=16 if large else 1),
}


def sequence_sizes(large: bool, train: bool) -> dict[str, int]:
    """Of a recurrent network: backwards takes about three times as long as forwards."""
    if not large:
        return {"width": 16, "batch": 1, "length": 1}
    return {"width": 48, "batch": 4, "length": 1 if train else 3}


def step(model: str, mode: str, size: str, seed: int = 0) -> Dosed:
    """The workload of a case. Only a dose of a drawn pattern needs the scratch folder, which other tools lack."""
    made = MAKERS[model](size == "large", mode == "training")
    dose = Path(__file__).with_name("dose.txt").read_text("utf-8").strip()
    pattern = dose in ("fifth", "most")
    drawn = drawn_in(Path(os.environ["BENCH_SCRATCH"]), f"{model}-{mode}-{size}", seed) if pattern else Random(seed)
    return Dosed(made[0] if mode == "inference" else trained(made), dose, drawn)
