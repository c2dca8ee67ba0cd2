"""Images → sequences of their slices, and back; sequences of many lengths → one batch, padded or packed.

Every slicing is a window that is moved over the image: a pixel, a row, some rows, a patch, the whole image. What it
cuts from a map of many channels (colours, or the features of a convolution) becomes one vector, channel by channel.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, pad
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_sequence

CONTEXT_SIDE = 7
POSITION = 2
SCANS = ("raster", "columns")

LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601, of red, green and blue. Document 001 has 0.29, 0.387 and 0.114, which sum to 0.791, not to 1: with them
white is a gray of 79 %."""

Shape = tuple[int, int, int]
"""(channels, height, width) of an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicing:
    """A window of `height` by `width` pixels (None: the image's), moved by `stride` (None: by itself, so that nothing
    overlaps). Where the windows do not end with the image, zeros follow on its right and below.

    `scan`: the windows row by row, or column by column. `positions` appends to every step where its window stands, two
    coordinates from −1 to 1, vertical first (0 where there is but one); `context` the whole image, pooled to 7×7:
    document 000 wants a patch to carry local and global information and its position.

    Raises ValueError for a window that leaves pixels out, a scan that does not exist."""

    height: int | None = None
    width: int | None = None
    stride: int | None = None
    scan: str = "raster"
    positions: bool = False
    context: bool = False

    def __post_init__(self) -> None:
        if self.scan not in SCANS:
            raise ValueError(f"scan={self.scan}: there are {', '.join(SCANS)}")
        sides = [side for side in (self.height, self.width, self.stride) if side is not None]
        if min(sides, default=1) < 1 or (self.stride or 1) > min(sides, default=1):
            raise ValueError(f"{self}: windows and strides are at least 1, and a stride above the window leaves gaps")


SLICINGS = {
    "pixel": Slicing(height=1, width=1),
    "row": Slicing(height=1),
    "column": Slicing(width=1),
    "rows2": Slicing(height=2),
    "rows4": Slicing(height=4),
    "rows7": Slicing(height=7),
    "rows14": Slicing(height=14),
    "patch2": Slicing(height=2, width=2),
    "patch4": Slicing(height=4, width=4),
    "patch7": Slicing(height=7, width=7),
    "patch14": Slicing(height=14, width=14),
    "patch4s2": Slicing(height=4, width=4, stride=2),
    "patch7s4": Slicing(height=7, width=7, stride=4),
    "patch14s7": Slicing(height=14, width=14, stride=7),
    "image": Slicing(),
}
"""patch7s4: patches of 7×7, 4 pixels apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """How windows lie along one side of the image."""

    window: int
    stride: int
    count: int
    missing: int

    def starts(self) -> range:
        return range(0, self.count * self.stride, self.stride)


def sliced(images: Tensor, slicing: Slicing) -> Tensor:
    """(batch, channels, height, width) → (steps, batch, features), as memory of its own.

    Done once, before timing: with `batch_first` every step of the clock would pay for the transposition too."""
    down, across = _axes(slicing, images.shape[-2:])
    filled = pad(images, (0, across.missing, 0, down.missing))
    windows = filled.unfold(2, down.window, down.stride).unfold(3, across.window, across.stride)
    order = (2, 3, 0, 1, 4, 5) if slicing.scan == "raster" else (3, 2, 0, 1, 4, 5)
    steps = windows.permute(order).flatten(end_dim=1).flatten(start_dim=2)
    parts = [steps, *_positions(slicing, down, across, like=steps), *_context(slicing, images, len(steps))]
    return torch.cat(parts, dim=2).contiguous(memory_format=torch.contiguous_format)


def unslice(sequence: Tensor, slicing: Slicing, shape: Shape) -> Tensor:
    """(steps, batch, features) → the images they were cut from, (batch, *shape); position and context are dropped."""
    channels, height, width = shape
    down, across = _axes(slicing, (height, width))
    filled = sequence.new_empty(sequence.shape[1], channels, height + down.missing, width + across.missing)
    corners = [(top, left) for top in down.starts() for left in across.starts()]
    if slicing.scan == "columns":
        corners.sort(key=lambda corner: corner[::-1])
    cut = sequence[:, :, : channels * down.window * across.window]
    for (top, left), step in zip(corners, cut, strict=True):
        window = step.unflatten(1, (channels, down.window, across.window))
        filled[:, :, top : top + down.window, left : left + across.window] = window
    return filled[:, :, :height, :width].contiguous()


def steps(slicing: Slicing, shape: Shape) -> int:
    """⌈(H − h) / s⌉ + 1 windows down, as many across by their width: for patches that divide the image H·W / h·w."""
    down, across = _axes(slicing, shape[1:])
    return down.count * across.count


def features(slicing: Slicing, shape: Shape) -> int:
    """c·h·w numbers a step, 2 more for its position, 49·c more for the context."""
    down, across = _axes(slicing, shape[1:])
    context = shape[0] * CONTEXT_SIDE**2 * slicing.context
    return shape[0] * down.window * across.window + POSITION * slicing.positions + context


def gray(images: Tensor) -> Tensor:
    """(batch, 3, height, width), red, green, blue → (batch, 1, height, width)."""
    return torch.einsum("bchw,c->bhw", images, images.new_tensor(LUMA)).unsqueeze(1)


def padded(sequences: Sequence[Tensor], *, longest: int) -> tuple[Tensor, Tensor]:
    """Sequences of (steps, features), each with steps of its own → (longest, batch, features) with zeros at their ends,
    and how many steps each has, (batch,), int64.

    Raises ValueError where one has more steps than `longest`, or none."""
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    if lengths.max() > longest or lengths.min() < 1:
        raise ValueError(f"longest={longest}: there are sequences of {lengths.min()} to {lengths.max()} steps")
    together = pad_sequence(list(sequences))
    return pad(together, (0, 0, 0, 0, 0, longest - len(together))), lengths


def packed(sequence: Tensor, lengths: Tensor) -> PackedSequence:
    """(steps, batch, features) and the steps that count, (batch,) → what PyTorch's own layers read without the padding.

    On a CPU oneDNN takes a packed LSTM only where all sequences are equally long, and nothing was padded; else ATen's
    own loop runs (observed with torch 2.15)."""
    return pack_padded_sequence(sequence, lengths.cpu(), enforce_sorted=False)


def _axes(slicing: Slicing, size: Sequence[int]) -> tuple[_Axis, _Axis]:
    """Down and across. A window as long as the side stands once, whatever the stride."""
    windows = (slicing.height or size[0], slicing.width or size[1])
    strides = (slicing.stride or window for window in windows)
    down, across = (_axis(side, window, stride) for side, window, stride in zip(size, windows, strides, strict=True))
    return down, across


def _axis(side: int, window: int, stride: int) -> _Axis:
    count = math.ceil(max(side - window, 0) / stride) + 1
    return _Axis(window=window, stride=stride, count=count, missing=(count - 1) * stride + window - side)


def _positions(slicing: Slicing, down: _Axis, across: _Axis, *, like: Tensor) -> list[Tensor]:
    if not slicing.positions:
        return []
    vertical, horizontal = (_spread(axis.count, like) for axis in (down, across))
    grid = torch.stack(torch.meshgrid(vertical, horizontal, indexing="ij"), dim=2)
    by_step = (grid if slicing.scan == "raster" else grid.transpose(0, 1)).flatten(end_dim=1)
    return [by_step.unsqueeze(1).expand(-1, like.shape[1], -1)]


def _spread(count: int, like: Tensor) -> Tensor:
    return torch.linspace(-1, 1, count).to(like) if count > 1 else like.new_zeros(1)


def _context(slicing: Slicing, images: Tensor, count: int) -> list[Tensor]:
    if not slicing.context:
        return []
    seen = adaptive_avg_pool2d(images, CONTEXT_SIDE).flatten(start_dim=1)
    return [seen.expand(count, -1, -1)]
