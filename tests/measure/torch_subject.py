"""Workloads for the real device, each with a flaw of its own. Imported by children only, never by the tests."""

from dataclasses import dataclass

import numpy
import torch


@dataclass(frozen=True)
class Equality:
    """How far from the reference."""

    max_error: float
    tolerance: float


class Sound:
    """One matrix product."""

    items = 4
    values = 64
    parameters = 4096
    flops = 2 * 4 * 64 * 64
    expects: tuple[str, ...] = ("aten::addmm", "aten::mm")

    def __init__(self, device: str = "cpu") -> None:
        self.weight = torch.randn(64, 64, device=device)
        self.input = torch.randn(4, 64, device=device)

    def step(self) -> object:
        return self.input @ self.weight


class NotFinite(Sound):
    def step(self) -> torch.Tensor:
        return self.input / 0


class Wrong(Sound):
    def check(self) -> Equality:
        return Equality(max_error=1.0, tolerance=1e-6)


class Undecided(Sound):
    def check(self) -> Equality:
        return Equality(max_error=float("nan"), tolerance=1e-6)


class Elsewhere(Sound):
    expects = ("aten::mkldnn_rnn_layer",)


class Hungry(Sound):
    def step(self) -> torch.Tensor:
        return torch.empty(10**12)


class Fickle(Sound):
    """Has other settings in every process."""

    def __init__(self) -> None:
        super().__init__()
        self.parameters = int(torch.seed() % 10**9)


class Leaky(Sound):
    """Leaves another default type and a changed generator behind."""

    def step(self) -> torch.Tensor:
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(1)
        return self.input @ self.weight


class Large(Sound):
    """Holds 256 MB more during its step."""

    def step(self) -> torch.Tensor:
        return torch.ones(64_000_000).sum()


class NotFiniteInside(Sound):
    def step(self) -> object:
        return {"loss": numpy.array([1.0, numpy.nan]), "count": 3}


class Module(torch.nn.Module):
    """Has methods where a workload has numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(8, 8)

    def step(self) -> torch.Tensor:
        found: torch.Tensor = self.layer(torch.ones(2, 8))
        return found


class Threaded(Sound):
    """Takes more threads than the case has."""

    def __init__(self) -> None:
        super().__init__()
        torch.set_num_threads(2)


class Stepless:
    pass


KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Sound,
        NotFinite,
        NotFiniteInside,
        Module,
        Threaded,
        Wrong,
        Undecided,
        Elsewhere,
        Hungry,
        Fickle,
        Leaky,
        Large,
        Stepless,
    )
}


def workload(kind: str, device: str) -> object:
    """One of the above, on that device."""
    return Sound(device) if kind == "Sound" else KINDS[kind]()
