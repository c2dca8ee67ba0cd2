"""A device and a precision → the operators that prove which backend ran: events of a profiled step, any is enough.

What PyTorch 2.15 dispatches to, read in its sources (aten/src/ATen/native/RNN.cpp and Convolution.cpp) and seen in the
profiler. What computes both in Python and in a library shows `aten::addmm` either way, so that proves nothing here; the
pointwise operators do: ATen's own loop over the steps applies the sigmoid in place (`sigmoid_`), oneDNN's and cuDNN's
layers show none at all, and cells written by hand have combinations (`addcmul`, `lerp`) that no layer of PyTorch's has.
"""

from typing import Protocol

import torch


class Proof(Protocol):
    """(type of device, precision) → names of events."""

    def __call__(self, device: str, kind: torch.dtype, /) -> tuple[str, ...]: ...


ONEDNN_LSTM, NATIVE_GATES, CUDNN_RNN = "aten::mkldnn_rnn_layer", "aten::sigmoid_", "aten::_cudnn_rnn"
ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION = "aten::mkldnn_convolution", "aten::thnn_conv2d"
NATIVE_DILATED, CUDNN_CONVOLUTION = "aten::slow_conv_dilated2d", "aten::cudnn_convolution"

COMPILED = "AOTDispatcher Runtime Wrapper Prologue"
"""Stands before every graph that the inductor compiled, and nowhere else."""

SMALL = 20_480
"""An input of one image and no more numbers than these is left to ATen's own convolution (`ConvParams::use_mkldnn`)."""


def shown(*names: str) -> Proof:
    """The same wherever it runs: what is written in Python, operator by operator."""
    return lambda _device, _kind: names


def native(name: str) -> Proof:
    """PyTorch's recurrent layers that oneDNN has no part in, by what ATen's loop shows of them; on CUDA cuDNN's."""
    return lambda device, _kind: (CUDNN_RNN,) if device == "cuda" else (name,)


def lstm(device: str, kind: torch.dtype) -> tuple[str, ...]:
    """PyTorch's LSTM without projection, of sequences that are not packed: only that has a fused layer on a CPU, in
    float32 and where the processor can in bfloat16. In float16 it depends on the processor and on gradients."""
    if device == "cuda":
        return (CUDNN_RNN,)
    if kind == torch.float32 or (kind == torch.bfloat16 and torch.ops.mkldnn._is_mkldnn_bf16_supported()):
        return (ONEDNN_LSTM,)
    return (NATIVE_GATES,) if kind != torch.float16 else (ONEDNN_LSTM, NATIVE_GATES)


def convolution(device: str, kind: torch.dtype) -> tuple[str, ...]:
    """Of a network whose layers are large and small: at batch 1 the small ones are not oneDNN's (`SMALL`). In double
    precision none is; dilated ones then have an operator of their own."""
    if device == "cuda":
        return (CUDNN_CONVOLUTION,)
    if kind == torch.float64:
        return NATIVE_CONVOLUTION, NATIVE_DILATED
    return ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION


def single_convolution(numbers: int, kernel: int) -> Proof:
    """Of one image with so many numbers and a square kernel, without padding, stride or dilation.

    oneDNN gets what is large, and kernels of 4 and more; the rest goes to ATen's own, a matrix product of unfolded
    pixels, because that is faster there; so it goes with kernels of 1 on one thread, whatever the size."""

    def proof(device: str, kind: torch.dtype) -> tuple[str, ...]:
        if device == "cuda":
            return (CUDNN_CONVOLUTION,)
        if kind in (torch.bfloat16, torch.float16):
            return convolution(device, kind)
        large = numbers > SMALL or kernel > 3
        alone = kernel == 1 and torch.get_num_threads() == 1
        return (ONEDNN_CONVOLUTION if kind == torch.float32 and large and not alone else NATIVE_CONVOLUTION,)

    return proof


def attention(device: str, kind: torch.dtype) -> tuple[str, ...]:
    """Fused attention; on CUDA which one depends on the precision and on the heads, and in double precision there is
    none."""
    if device == "cpu":
        return ("aten::_scaled_dot_product_flash_attention_for_cpu",)
    if kind == torch.float64:
        return ("aten::_scaled_dot_product_attention_math",)
    return tuple(f"aten::_scaled_dot_product_{name}_attention" for name in ("flash", "efficient", "cudnn"))
