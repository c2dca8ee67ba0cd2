"""Torch's global switches that choose kernels, precisions and what is done beside them: how each is read, and set.

None of them asks for a GPU, whether it is read or set: a process may do both before it makes a context."""

import sys
from collections.abc import Callable
from functools import partial

import torch
from torch.backends import cuda, cudnn

Switch = tuple[Callable[[], object], Callable[..., object]]


def cudnn_precision() -> str:
    """Of convolutions and of recurrent layers; unlike `cudnn.allow_tf32` it can be read where the two differ."""
    read = torch._C._get_fp32_precision_getter
    return f"{read('cuda', 'conv')},{read('cuda', 'rnn')}"


def products_precision() -> str:
    """Of a GPU's matrix products alone."""
    return torch._C._get_fp32_precision_getter("cuda", "matmul")


def matmul_precision() -> str:
    """Torch's common word for matrix products. Where a case has told one library by its own switch
    (`torch.backends.cuda.matmul.fp32_precision`), torch refuses to sum up; then the word for a GPU's."""
    try:
        return torch.get_float32_matmul_precision()
    except RuntimeError:
        return "high" if products_precision() == "tf32" else "highest"


ONEDNN_PARTS = ("conv", "rnn", "matmul")


def onednn_precision() -> str:
    """Of its convolutions, recurrent layers and matrix products."""
    return ",".join(torch._C._get_fp32_precision_getter("mkldnn", part) for part in ONEDNN_PARTS)


def set_onednn_precision(fresh: str) -> None:
    """Each as it was read."""
    for part, precision in zip(ONEDNN_PARTS, fresh.split(","), strict=True):
        torch._C._set_fp32_precision_setter("mkldnn", part, precision)


def flushes_denormals() -> bool:
    """Whether this thread's processor takes the smallest numbers for 0: torch can set that, and cannot say it."""
    return sys.float_info.min / 2 == 0.0


def autocast_depth() -> int:
    """How many ranges of it are open. When the last one closes it lets go of what it has cast."""
    torch.autocast_increment_nesting()
    return torch.autocast_decrement_nesting()


def set_autocast_depth(fresh: int) -> None:
    """Closes the ranges that were left open, and lets go of what they have cast."""
    while autocast_depth() > fresh:
        torch.autocast_decrement_nesting()
    torch.clear_autocast_cache()


def attribute(place: object, name: str) -> Switch:
    """One that is read and set by its name."""
    return partial(getattr, place, name), partial(setattr, place, name)


def autocast(place: str) -> Switch:
    """Whether a device's operators cast what they are given."""
    return partial(torch.is_autocast_enabled, place), partial(torch.set_autocast_enabled, place)


def autocast_dtype(place: str) -> Switch:
    """To which type they do."""
    return partial(torch.get_autocast_dtype, place), partial(torch.set_autocast_dtype, place)


SWITCHES: dict[str, Switch] = {
    "dtype": (torch.get_default_dtype, torch.set_default_dtype),
    # None, as a fresh process has it: any other device, the processor too, intercepts every call from then on.
    "default_device": (torch.get_default_device, lambda _: torch.set_default_device(None)),
    "gradients": (torch.is_grad_enabled, torch.set_grad_enabled),
    "anomaly": (torch.is_anomaly_enabled, torch.set_anomaly_enabled),
    "mkldnn": (torch._C._get_mkldnn_enabled, torch._C._set_mkldnn_enabled),
    "cudnn": (torch._C._get_cudnn_enabled, torch._C._set_cudnn_enabled),
    "cudnn_benchmark": (torch._C._get_cudnn_benchmark, torch._C._set_cudnn_benchmark),
    "cudnn_deterministic": (torch._C._get_cudnn_deterministic, torch._C._set_cudnn_deterministic),
    "cudnn_precision": (cudnn_precision, lambda fresh: torch._C._set_cudnn_allow_tf32(fresh == "tf32,tf32")),
    "matmul_precision": (matmul_precision, torch.set_float32_matmul_precision),
    # After the products' common precision, which sets oneDNN's too.
    "onednn_precision": (onednn_precision, set_onednn_precision),
    "fp16_reduction": attribute(cuda.matmul, "allow_fp16_reduced_precision_reduction"),
    "bf16_reduction": attribute(cuda.matmul, "allow_bf16_reduced_precision_reduction"),
    "fp16_accumulation": attribute(cuda.matmul, "allow_fp16_accumulation"),
    "cudnn_benchmark_limit": attribute(cudnn, "benchmark_limit"),
    "blas": (cuda.preferred_blas_library, cuda.preferred_blas_library),
    "linalg": (cuda.preferred_linalg_library, cuda.preferred_linalg_library),
    "attention_flash": (cuda.flash_sdp_enabled, cuda.enable_flash_sdp),
    "attention_efficient": (cuda.mem_efficient_sdp_enabled, cuda.enable_mem_efficient_sdp),
    "attention_math": (cuda.math_sdp_enabled, cuda.enable_math_sdp),
    "attention_cudnn": (cuda.cudnn_sdp_enabled, cuda.enable_cudnn_sdp),
    "autocast_cpu": autocast("cpu"),
    "autocast_cpu_dtype": autocast_dtype("cpu"),
    "autocast_cuda": autocast("cuda"),
    "autocast_cuda_dtype": autocast_dtype("cuda"),
    "autocast_cache": (torch.is_autocast_cache_enabled, torch.set_autocast_cache_enabled),
    "autocast_depth": (autocast_depth, set_autocast_depth),
    "deterministic": (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
    "flush_denormal": (flushes_denormals, torch.set_flush_denormal),
}
"""By the name under which a record's settings have them."""
