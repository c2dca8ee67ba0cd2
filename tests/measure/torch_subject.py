"""Workloads for the real device, each with a flaw of its own. Imported by children only, never by the tests."""

import gc
import os
import random
import sys
from collections.abc import Callable
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


class Allocating(Sound):
    """Asks for four blocks of 4 · 64 floats, and keeps one of them."""

    def step(self) -> object:
        return torch.relu(torch.relu(self.input @ self.weight) @ self.weight)


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


def autocast_depth() -> int:
    """How many ranges of it are open."""
    torch.autocast_increment_nesting()
    return torch.autocast_decrement_nesting()


LEAKS: dict[str, Callable[[], object]] = {
    "dtype": lambda: torch.set_default_dtype(torch.float64),
    "default_device": lambda: torch.set_default_device("meta"),
    "gradients": lambda: torch.set_grad_enabled(False),
    "anomaly": lambda: torch.set_anomaly_enabled(True),
    "mkldnn": lambda: torch._C._set_mkldnn_enabled(False),
    "cudnn": lambda: torch._C._set_cudnn_enabled(False),
    "cudnn_benchmark": lambda: torch._C._set_cudnn_benchmark(True),
    "cudnn_deterministic": lambda: torch._C._set_cudnn_deterministic(True),
    "cudnn_tf32": lambda: torch._C._set_cudnn_allow_tf32(False),
    "cudnn_convolutions": lambda: setattr(torch.backends.cudnn.conv, "fp32_precision", "ieee"),  # type: ignore[attr-defined]
    "onednn_precision": lambda: setattr(torch.backends.mkldnn.rnn, "fp32_precision", "bf16"),  # type: ignore[attr-defined]
    "matmul_precision": lambda: torch.set_float32_matmul_precision("medium"),
    "precision": lambda: setattr(torch.backends, "fp32_precision", "tf32"),
    "products_precision": lambda: setattr(torch.backends.cuda.matmul, "fp32_precision", "tf32"),
    "fp16_reduction": lambda: setattr(torch.backends.cuda.matmul, "allow_fp16_reduced_precision_reduction", False),
    "bf16_reduction": lambda: setattr(torch.backends.cuda.matmul, "allow_bf16_reduced_precision_reduction", False),
    "fp16_accumulation": lambda: setattr(torch.backends.cuda.matmul, "allow_fp16_accumulation", True),
    "cudnn_benchmark_limit": lambda: setattr(torch.backends.cudnn, "benchmark_limit", 3),
    "blas": lambda: torch.backends.cuda.preferred_blas_library("cublaslt"),
    "linalg": lambda: torch.backends.cuda.preferred_linalg_library("cusolver"),
    "attention_flash": lambda: torch.backends.cuda.enable_flash_sdp(False),
    "attention_efficient": lambda: torch.backends.cuda.enable_mem_efficient_sdp(False),
    "attention_math": lambda: torch.backends.cuda.enable_math_sdp(False),
    "attention_cudnn": lambda: torch.backends.cuda.enable_cudnn_sdp(False),
    "autocast_cpu": lambda: torch.autocast("cpu").__enter__(),  # type: ignore[no-untyped-call]
    "autocast_cpu_dtype": lambda: torch.set_autocast_dtype("cpu", torch.float16),
    "autocast_cuda": lambda: torch.set_autocast_enabled("cuda", True),
    "autocast_cuda_dtype": lambda: torch.set_autocast_dtype("cuda", torch.bfloat16),
    "autocast_cache": lambda: torch.set_autocast_cache_enabled(False),
    "autocast_depth": lambda: torch.autocast("cpu", enabled=False).__enter__(),  # type: ignore[no-untyped-call]
    "deterministic": lambda: torch.use_deterministic_algorithms(True),
    "flush_denormal": lambda: torch.set_flush_denormal(True),
    "threads": lambda: torch.set_num_threads(2),
    "gc": gc.enable,
    "path": lambda: sys.path.insert(0, "/elsewhere"),
    "cores": lambda: os.sched_setaffinity(0, range(os.cpu_count() or 1)),
    "torch_seed": lambda: torch.manual_seed(99),
    "numpy_seed": lambda: numpy.random.seed(99),
    "random_seed": lambda: random.seed(99),
    "folder": lambda: os.chdir("/"),
    "environment": lambda: os.environ.update(LEFT="behind"),
}
"""What a case may leave behind in its process."""

STATES: dict[str, Callable[[], float]] = {
    "dtype": lambda: torch.get_default_dtype().itemsize,
    "default_device": lambda: torch.get_default_device().type == "meta",
    "gradients": torch.is_grad_enabled,
    "anomaly": torch.is_anomaly_enabled,
    "mkldnn": torch._C._get_mkldnn_enabled,
    "cudnn": torch._C._get_cudnn_enabled,
    "cudnn_benchmark": torch._C._get_cudnn_benchmark,
    "cudnn_deterministic": torch._C._get_cudnn_deterministic,
    "cudnn_tf32": lambda: torch._C._get_fp32_precision_getter("cuda", "rnn") == "tf32",
    "cudnn_convolutions": lambda: torch._C._get_fp32_precision_getter("cuda", "conv") == "tf32",
    "onednn_precision": lambda: torch._C._get_fp32_precision_getter("mkldnn", "rnn") == "none",
    "matmul_precision": lambda: torch.get_float32_matmul_precision() == "highest",
    "precision": lambda: torch._C._get_fp32_precision_getter("mkldnn", "conv") == "none",
    "products_precision": lambda: torch._C._get_fp32_precision_getter("cuda", "matmul") == "tf32",
    "fp16_reduction": lambda: torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction,
    "bf16_reduction": lambda: torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction,
    "fp16_accumulation": lambda: torch.backends.cuda.matmul.allow_fp16_accumulation,
    "cudnn_benchmark_limit": lambda: torch.backends.cudnn.benchmark_limit or 0,
    "blas": lambda: "Cublaslt" in str(torch.backends.cuda.preferred_blas_library()),
    "linalg": lambda: "Cusolver" in str(torch.backends.cuda.preferred_linalg_library()),
    "attention_flash": torch.backends.cuda.flash_sdp_enabled,
    "attention_efficient": torch.backends.cuda.mem_efficient_sdp_enabled,
    "attention_math": torch.backends.cuda.math_sdp_enabled,
    "attention_cudnn": torch.backends.cuda.cudnn_sdp_enabled,
    "autocast_cpu": lambda: torch.is_autocast_enabled("cpu"),
    "autocast_cpu_dtype": lambda: torch.get_autocast_dtype("cpu") == torch.float16,
    "autocast_cuda": lambda: torch.is_autocast_enabled("cuda"),
    "autocast_cuda_dtype": lambda: torch.get_autocast_dtype("cuda") == torch.float16,
    "autocast_cache": torch.is_autocast_cache_enabled,
    "autocast_depth": autocast_depth,
    "deterministic": torch.are_deterministic_algorithms_enabled,
    "flush_denormal": lambda: sys.float_info.min / 2 == 0.0,
    "threads": torch.get_num_threads,
    "gc": gc.isenabled,
    "path": lambda: len(sys.path),
    "cores": lambda: len(os.sched_getaffinity(0)),
    "torch_seed": lambda: torch.rand(1, device="cpu", dtype=torch.float32).item(),
    "numpy_seed": lambda: float(numpy.random.random()),
    "random_seed": random.random,
    "folder": lambda: os.stat(".").st_ino,
    "environment": lambda: len(os.environ),
}
"""What shows it, as a number."""


class Leaky(Sound):
    """Leaves something behind."""

    leak = "dtype"

    def step(self) -> object:
        result = self.input @ self.weight
        LEAKS[self.leak]()
        return result

    def metrics(self) -> dict[str, float]:
        """What its step has left behind."""
        return {self.leak: float(STATES[self.leak]())}


class Witness(Sound):
    """Says what a builder meets."""

    def __init__(self, device: str = "cpu") -> None:
        self.met = {name: float(read()) for name, read in STATES.items()}
        super().__init__(device)

    def metrics(self) -> dict[str, float]:
        return self.met


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
        Allocating,
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
        Witness,
        Large,
        Stepless,
    )
}


def workload(kind: str, device: str, leak: str = "") -> object:
    """One of the above, on that device; `leak` is what it leaves behind, or what another did before it."""
    if kind == "Sound":
        return Sound(device)
    made = KINDS[kind]()
    if leak and isinstance(made, Leaky):
        made.leak = leak
    return made
