"""An implementation of document 003's convolution and an image's side → its workload."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from networks.images import digits
from networks.loops import IMPLEMENTATIONS, convolution_account, library, pixels_together
from networks.workload import DTYPES, Equality, known, seeded

LEVELS = {
    "implementation": (
        "pixel_loop",
        "channel_loop",
        "tap_loop",
        "unfolded",
        "fourier",
        "library",
        "channels_last",
    ),
}

TOLERANCES = {torch.float64: 1e-10, torch.float32: 1e-4}


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
    items: int = 1

    def step(self) -> Tensor:
        with torch.inference_mode():
            return self.implementation(self.image, self.kernels)

    def check(self) -> Equality:
        """The map against the library's in double precision."""
        right = library(self.image.to("cpu", torch.float64), self.kernels.to("cpu", torch.float64))
        error = (self.step().to("cpu", torch.float64) - right).abs().max() / right.abs().max()
        return Equality(max_error=error.item(), tolerance=TOLERANCES[self.image.dtype])


def convolution(
    *,
    implementation: str,
    side: int,
    channels: int = 1,
    outputs: int = 1,
    kernel: int = 3,
    dtype: str = "float32",
    device: str = "cpu",
    seed: int = 0,
) -> Convolution:
    """The first test digit, scaled to `side` pixels a side and repeated in each channel, with kernels from [0, 1).

    Raises ValueError for a level that does not exist, a kernel that is larger than the image."""
    chosen = IMPLEMENTATIONS[known("implementation", implementation, IMPLEMENTATIONS)]
    kind = DTYPES[known("dtype", dtype, DTYPES)]
    if kernel > side:
        raise ValueError(f"kernel={kernel}: larger than an image of {side} pixels a side")
    with seeded(seed):
        kernels = torch.rand(outputs, channels, kernel, kernel)
    image = digits(1, size=side).images[0].repeat(channels, 1, 1).to(device, kind)
    kernels = kernels.to(device, kind)
    if implementation == "channels_last":
        image, kernels = pixels_together(image, kernels)
    account = convolution_account(side, channels=channels, outputs=outputs, kernel=kernel)
    return Convolution(
        implementation=chosen,
        image=image,
        kernels=kernels,
        values=image.numel(),
        parameters=account.parameters,
        flops=2 * account.forward,
        sequential_steps=account.sequential_steps,
    )
