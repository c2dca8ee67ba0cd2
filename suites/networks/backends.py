"""A device, a precision, a shape → the operators that prove which backend ran: events of a profiled step, any will do.

What PyTorch 2.15 dispatches to, read in its sources (aten/src/ATen/native/RNN.cpp and Convolution.cpp) and seen in the
profiler. What computes both in Python and in a library shows `aten::addmm` either way, so that proves nothing here; the
pointwise operators do: ATen's own loop over the steps applies the sigmoid in place (`sigmoid_`), oneDNN's and cuDNN's
layers show none at all, and cells written by hand have combinations (`addcmul`, `lerp`) that no layer of PyTorch's has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

Shape = Sequence[int]


class Proof(Protocol):
    """(type of device, precision, shape of what the network reads) → names of events."""

    def __call__(self, device: str, kind: torch.dtype, shape: Shape, /) -> tuple[str, ...]: ...


ONEDNN_LSTM, NATIVE_GATES, CUDNN_RNN = "aten::mkldnn_rnn_layer", "aten::sigmoid_", "aten::_cudnn_rnn"
ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION = "aten::mkldnn_convolution", "aten::thnn_conv2d"
NATIVE_DILATED, CUDNN_CONVOLUTION = "aten::slow_conv_dilated2d", "aten::cudnn_convolution"

COMPILED = "AOTDispatcher Runtime Wrapper Prologue"
"""Stands before every graph of AOTAutograd, whoever compiled it, and nowhere else; whether that was the inductor,
`compiling.compiled_metrics` asks."""

TRACED = "Torch-Compiled Region: 0/0"
"""What dynamo has read and put back together, by the first number after a reset: graphs or what it left to Python."""

SMALL, MANY = 20_480, 16
"""An input of one item and no more numbers than these is left to ATen's own convolution, and so are, on one thread,
kernels of 1 with fewer items (`ConvParams::use_mkldnn`)."""


def shown(*names: str) -> Proof:
    """The same wherever it runs: what is written in Python, operator by operator."""
    return lambda _device, _kind, _shape: names


def native(name: str) -> Proof:
    """PyTorch's recurrent layers that oneDNN has no part in, by what ATen's loop shows of them; on CUDA cuDNN's."""
    return lambda device, _kind, _shape: (CUDNN_RNN,) if device == "cuda" else (name,)


def lstm(device: str, kind: torch.dtype, _shape: Shape) -> tuple[str, ...]:
    """PyTorch's LSTM without projection, of sequences that are not packed: only that has a fused layer on a CPU, in
    float32 and where the processor can in bfloat16. In float16 it depends on the processor and on gradients."""
    if device == "cuda":
        return (CUDNN_RNN,)
    if kind == torch.float32 or (kind == torch.bfloat16 and torch.ops.mkldnn._is_mkldnn_bf16_supported()):
        return (ONEDNN_LSTM,)
    return (NATIVE_GATES,) if kind != torch.float16 else (ONEDNN_LSTM, NATIVE_GATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """One layer's call: how many items; numbers of an item's input, with the zeros that are put around it beforehand;
    the kernel, height by width, over time 1 by width; whether its taps lie apart."""

    items: int
    numbers: int
    kernel: tuple[int, int] = (3, 3)
    dilated: bool = False


def convolution(largest: Callable[[Shape], Convolution]) -> Proof:
    """Of a network by its largest layer, the one that oneDNN would be given first.

    In float32 oneDNN gets what is large: several items, or one of more than `SMALL` numbers, or a kernel of 4 and more
    in both directions; but on one thread no kernel of 1 and few items. The rest is ATen's own, a matrix product of
    unfolded pixels, because that is faster there. So at batch 1 the small CNN over 28 pixels is not oneDNN's in any of
    its layers; its second one is from 52 pixels on, its first from 144. In half precision everything is oneDNN's where
    that knows the processor, in double precision nothing; ATen has an operator of its own for what is dilated."""

    def proof(device: str, kind: torch.dtype, shape: Shape) -> tuple[str, ...]:
        if device == "cuda":
            return (CUDNN_CONVOLUTION,)
        layer = largest(shape)
        if _in_half(kind) or (kind == torch.float32 and _large(layer)):
            return (ONEDNN_CONVOLUTION,)
        return (NATIVE_DILATED if layer.dilated else NATIVE_CONVOLUTION,)

    return proof


def _in_half(kind: torch.dtype) -> bool:
    """Whether this is half precision, and oneDNN computes with it on this processor."""
    if kind == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return kind == torch.float16 and bool(torch.ops.mkldnn._is_mkldnn_fp16_supported())


def _large(layer: Convolution) -> bool:
    several = layer.items > 1 or layer.numbers > SMALL or min(layer.kernel) > 3
    pointwise = layer.kernel == (1, 1) and not layer.dilated and layer.items < MANY
    return several and not (pointwise and torch.get_num_threads() == 1)


def attention(device: str, kind: torch.dtype, _shape: Shape) -> tuple[str, ...]:
    """Fused attention; on CUDA which one depends on the precision and on the heads, and in double precision there is
    none."""
    if device == "cpu":
        return ("aten::_scaled_dot_product_flash_attention_for_cpu",)
    if kind == torch.float64:
        return ("aten::_scaled_dot_product_attention_math",)
    return tuple(f"aten::_scaled_dot_product_{name}_attention" for name in ("flash", "efficient", "cudnn"))
