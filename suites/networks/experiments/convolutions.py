"""An implementation of document 003's convolution and an image's side → its workload."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import prod

import torch
from torch import Tensor

from networks import backends, compiling, numerics
from networks.backends import Proof
from networks.images import digits
from networks.loops import IMPLEMENTATIONS, convolution_account, library, pixels_together
from networks.numerics import DTYPES, PRECISIONS, Equality, Observed
from networks.workload import known, seeded

LEVELS = {
    "implementation": (
        "pixel_loop",
        "channel_loop",
        "tap_loop",
        "unfolded",
        "fourier",
        "library",
        "channels_last",
        "compiled",
    ),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}

WRITTEN: dict[str, Proof] = {
    "pixel_loop": backends.shown("aten::sum"),
    "tap_loop": backends.shown("aten::addcmul"),
    "unfolded": backends.shown("aten::im2col"),
    "fourier": backends.shown("aten::_fft_r2c"),
    "compiled": backends.shown(backends.COMPILED),
}
"""What shows that these ran as they are written; of the others, which convolution torch chose (`_proof`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """One image and its kernels. `step` returns the map, (outputs, height, width)."""

    implementation: Callable[[Tensor, Tensor], Tensor]
    image: Tensor
    kernels: Tensor
    values: int
    parameters: int
    flops: int
    sequential_steps: int
    expects: tuple[str, ...]
    tolerance: float
    items: int = 1
    observed: Observed = field(default_factory=Observed)
    held: ExitStack = field(default_factory=ExitStack)

    def step(self) -> Tensor:
        with torch.inference_mode():
            return self.implementation(self.image, self.kernels)

    def check(self) -> Equality:
        """The map against the library's in double precision."""
        right = library(self.image.to("cpu", torch.float64), self.kernels.to("cpu", torch.float64))
        return self.observed.compared(numerics.difference(self.step(), right), self.tolerance)

    def metrics(self) -> Mapping[str, float]:
        """What compiling took, where something was compiled; the error, once it is checked; how numbers are rounded and
        lie in memory."""
        lying = {"inputs_contiguous": self.image.is_contiguous(), "weights_contiguous": self.kernels.is_contiguous()}
        return {**self.observed.numbers, "tf32": float(numerics.rounds()), **{k: float(v) for k, v in lying.items()}}

    def close(self) -> None:
        self.held.close()


def convolution(
    *,
    implementation: str,
    side: int,
    channels: int = 1,
    outputs: int = 1,
    kernel: int = 3,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Convolution:
    """The first test digit, scaled to `side` pixels a side and repeated in each channel, with kernels from [0, 1).

    Raises ValueError for a level that does not exist, a kernel that is larger than the image; networks.unavailable's
    Unavailable where nothing compiles."""
    known("implementation", implementation, LEVELS["implementation"])
    kind = DTYPES[known("dtype", dtype, DTYPES)]
    numerics.use(known("precision", precision, PRECISIONS))
    if kernel > side:
        raise ValueError(f"kernel={kernel}: larger than an image of {side} pixels a side")
    with seeded(seed):
        kernels = torch.rand(outputs, channels, kernel, kernel)
    image = digits(1, size=side).images[0].repeat(channels, 1, 1).to(device, kind)
    kernels = kernels.to(device, kind)
    if implementation == "channels_last":
        image, kernels = pixels_together(image, kernels)
    account = convolution_account(side, channels=channels, outputs=outputs, kernel=kernel)
    compiled = implementation == "compiled"
    with compiling.apart("convolution", side, tuple(kernels.shape), kind, precision, device):
        held = compiling.held() if compiled else ExitStack()
    made = Convolution(
        implementation=torch.compile(library, dynamic=False) if compiled else IMPLEMENTATIONS[implementation],
        image=image,
        kernels=kernels,
        values=image.numel(),
        parameters=account.parameters,
        flops=2 * account.forward,
        sequential_steps=account.sequential_steps,
        expects=_proof(implementation, kernel)(torch.device(device).type, kind, image.shape),
        tolerance=numerics.tolerance(kind, precision),
        held=held,
    )
    if compiled:
        made.observed.numbers.update(compiling.compiled_metrics(made.step))
    return made


def _proof(implementation: str, kernel: int) -> Proof:
    """The library chooses by the numbers of one call's image: all channels, or one, where a loop hands it them one by
    one. Document 003's sizes are mostly small, and there it is not oneDNN that convolves."""
    if implementation in WRITTEN:
        return WRITTEN[implementation]
    together = slice(1 if implementation == "channel_loop" else 0, None)
    return backends.convolution(
        lambda shape: backends.Convolution(items=1, numbers=prod(shape[together]), kernel=(kernel, kernel))
    )
