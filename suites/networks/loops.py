"""An image and kernels → their map, by seven roads: document 003's convolution as loops, and the library's.

Every implementation takes an image (channels, height, width) and kernels (outputs, channels, rows, columns) and returns
the map (outputs, height − rows + 1, width − columns + 1): the cross-correlation that layers call convolution,
[H]ijd = Σabc [V]abcd [X]i+a,j+b,c, without padding, stride or bias. With one channel and one output it is the
document's `corr2d`, with one output its `corr2d_multi_in`.
"""

from collections.abc import Callable, Iterable
from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, unfold

from networks import accounting
from networks.convolution import output_side


def corr2d(image: Tensor, kernel: Tensor) -> Tensor:
    """Document 003's function: (height, width) and (rows, columns) → a map, pixel by pixel in two Python loops.

    Its maps are made in the image's precision and on its device; the document's are always float32 on the CPU."""
    rows, columns = kernel.shape
    pixels = image.new_zeros((output_side(image.shape[0], rows), output_side(image.shape[1], columns)))
    for i in range(pixels.shape[0]):
        for j in range(pixels.shape[1]):
            pixels[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return pixels


def pixel_loop(image: Tensor, kernels: Tensor) -> Tensor:
    """`corr2d` for every pair of channels: as the document's `corr2d_multi_in`, once for each output."""
    return torch.stack([_summed(map(corr2d, image, kernel)) for kernel in kernels])


def channel_loop(image: Tensor, kernels: Tensor) -> Tensor:
    """The same sum over pairs of channels, each pair by the library: what the loop over channels alone costs."""
    return torch.stack([_summed(map(_library, image, kernel)) for kernel in kernels])


def tap_loop(image: Tensor, kernels: Tensor) -> Tensor:
    """A loop over the kernel instead of the image: for each of its taps (a place in a channel) the shifted image times
    the tap, added to all outputs at once."""
    outputs, channels, rows, columns = kernels.shape
    height, width = output_side(image.shape[1], rows), output_side(image.shape[2], columns)
    maps = image.new_zeros((outputs, height, width))
    for c in range(channels):
        for a in range(rows):
            for b in range(columns):
                maps = maps.addcmul(image[c, a : a + height, b : b + width], kernels[:, c, a, b, None, None])
    return maps


def unfolded(image: Tensor, kernels: Tensor) -> Tensor:
    """One matrix product: every pixel's neighbourhood written out as a column, rows × columns times the memory."""
    outputs, _, rows, columns = kernels.shape
    neighbourhoods = unfold(image.unsqueeze(0), (rows, columns)).squeeze(0)
    maps = kernels.flatten(start_dim=1) @ neighbourhoods
    return maps.view(outputs, output_side(image.shape[1], rows), output_side(image.shape[2], columns))


def fourier(image: Tensor, kernels: Tensor) -> Tensor:
    """Products of spectra. The conjugate makes it a correlation; it is circular, and the pixels that no edge has
    wrapped into are kept."""
    rows, columns = kernels.shape[-2:]
    side = image.shape[-2:]
    spectra = (torch.fft.rfft2(image) * torch.fft.rfft2(kernels, s=side).conj()).sum(dim=1)
    maps = torch.fft.irfft2(spectra, s=side)
    return maps[:, : output_side(side[0], rows), : output_side(side[1], columns)]


def library(image: Tensor, kernels: Tensor) -> Tensor:
    """`conv2d` as PyTorch dispatches it, channel by channel in memory (NCHW)."""
    return conv2d(image.unsqueeze(0), kernels).squeeze(0)


def channels_last(image: Tensor, kernels: Tensor) -> Tensor:
    """`conv2d` on pixels whose channels lie side by side (NHWC). An image and kernels that lie so already are taken as
    they are: `pixels_together` does it once, before timing."""
    return library(*pixels_together(image, kernels))


def pixels_together(image: Tensor, kernels: Tensor) -> tuple[Tensor, Tensor]:
    """The same image and kernels, with the channels of a pixel side by side in memory."""
    layout = torch.channels_last
    return image.unsqueeze(0).contiguous(memory_format=layout).squeeze(0), kernels.contiguous(memory_format=layout)


IMPLEMENTATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "pixel_loop": pixel_loop,
    "channel_loop": channel_loop,
    "tap_loop": tap_loop,
    "unfolded": unfolded,
    "fourier": fourier,
    "library": library,
    "channels_last": channels_last,
}


def convolution_account(side: int, *, channels: int, outputs: int, kernel: int) -> accounting.Account:
    """Of a square image and square kernels, whichever implementation runs: every tap of every kernel at every pixel of
    the map, once. The loops do this pointwise, where no counter sees it; the spectra do other arithmetic altogether.
    The kernels are the parameters; the image has no gradient."""
    products = accounting.conv2d(channels, outputs, kernel=kernel, side=output_side(side, kernel), vectors=0)
    return accounting.account(products)


class Conv2D(nn.Module):
    """Document 003's layer: one channel, one kernel drawn from [0, 1), one bias: (height, width) → a map."""

    def __init__(self, kernel_size: tuple[int, int]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(kernel_size))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, image: Tensor) -> Tensor:
        return corr2d(image, self.weight) + self.bias


def _library(image: Tensor, kernel: Tensor) -> Tensor:
    return library(image.unsqueeze(0), kernel[None, None]).squeeze(0)


def _summed(maps: Iterable[Tensor]) -> Tensor:
    return reduce(torch.add, maps)
