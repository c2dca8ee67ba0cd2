"""The number of digits wanted → that many MNIST images and labels as tensors, in any size.

The first 1,000 test digits travel with the package. `BENCH_DATA` names a folder with the whole set, in torchvision's
layout (`MNIST/raw`) or with the files directly in it, gzipped or not; torchvision downloads what is missing.
"""

import gzip
import math
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

from networks.vision import torchvision_part

SHIPPED = Path(__file__).parent / "data" / "mnist-1000"
SIDE = 28
MEAN, DEVIATION = 0.1307, 0.3081
"""Of the pixels of the 60,000 training digits, in [0, 1]: the numbers that PyTorch's own MNIST example uses."""

IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
TRAVELLING = 1000
_UNSIGNED_BYTE = 0x08
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """`images`: (count, 1, size, size), float32, normalised; `labels`: (count,), int64, 0 to 9."""

    images: Tensor
    labels: Tensor


def digits(count: int, *, size: int = SIDE) -> Digits:
    """The first `count` test digits, scaled to `size` pixels a side.

    Raises ValueError for a count or a file that does not serve, FileNotFoundError where `BENCH_DATA` leads nowhere."""
    folder = locate(os.environ.get("BENCH_DATA"))
    pixels = read_idx(_file(folder, IMAGES), count, item=(SIDE, SIDE))
    labels = read_idx(_file(folder, LABELS), count)
    images = (torch.from_numpy(pixels).to(torch.float32).div(255) - MEAN) / DEVIATION
    return Digits(images=resized(images.unsqueeze(1), size), labels=torch.from_numpy(labels).to(torch.int64))


def repeated(count: int, *, size: int = SIDE) -> Digits:
    """`count` test digits; where only the thousand are there that travel with the package, the first comes again after
    the last: what a step costs does not depend on which digits it reads."""
    if count <= TRAVELLING or os.environ.get("BENCH_DATA"):
        return digits(count, size=size)
    drawn = digits(TRAVELLING, size=size)
    again = torch.arange(count) % TRAVELLING
    return Digits(images=drawn.images[again], labels=drawn.labels[again])


def resized(images: Tensor, size: int) -> Tensor:
    """(count, channels, height, width) → (count, channels, size, size), bilinear; of that size already: as they are."""
    if images.shape[-2:] == (size, size):
        return images
    return interpolate(images, size=(size, size), mode="bilinear", align_corners=False)


def locate(asked: str | None) -> Path:
    """The folder with the test digits: under the folder asked for, else the one that travels with the package."""
    if not asked:
        return SHIPPED
    layouts = (Path(asked) / "MNIST" / "raw", Path(asked))
    found = next((folder for folder in layouts if _holds(folder)), None)
    if found is None:
        _download(Path(asked))
    return found or layouts[0]


def read_idx(path: Path, count: int, *, item: tuple[int, ...] = ()) -> NDArray[np.uint8]:
    """The first `count` items of an IDX file of unsigned bytes, gzipped or not, as (count, *item); no more is read.

    The format: two zero bytes, the type, the number of dimensions, each dimension as 4 bytes big-endian, the values.

    Raises ValueError, naming the file, where it is something else, holds other or fewer items, or ends too early."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    try:
        with cast("BinaryIO", gzip.open(path) if packed else path.open("rb")) as stream:
            _check_shape(_dimensions(stream), count, item)
            values = stream.read(count * math.prod(item))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: damaged gzip: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if len(values) < count * math.prod(item):
        raise ValueError(f"{path}: ends within its first {count:,} items: cut short?")
    return np.frombuffer(values, dtype=np.uint8).reshape(count, *item).copy()  # a writable copy, as torch wants it


def _dimensions(stream: BinaryIO) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != _UNSIGNED_BYTE or magic[3] == 0:
        raise ValueError(f"no IDX file of unsigned bytes: it begins with {magic.hex(' ') or 'nothing'}")
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise ValueError("ends within its header")
    return struct.unpack(f">{magic[3]}I", sizes)


def _check_shape(dimensions: tuple[int, ...], count: int, item: tuple[int, ...]) -> None:
    if dimensions[1:] != item:
        raise ValueError(f"its items have the shape {dimensions[1:]}, not {item}")
    if not 1 <= count <= dimensions[0]:
        raise ValueError(
            f"{count:,} items are asked for, and it holds {dimensions[0]:,}; "
            "BENCH_DATA can name a folder with the whole of MNIST: 10,000 test digits"
        )


def _file(folder: Path, name: str) -> Path:
    """The file by its name, unpacked before gzipped."""
    return next((path for path in _spellings(folder, name) if path.is_file()), folder / name)


def _holds(folder: Path) -> bool:
    return all(any(path.is_file() for path in _spellings(folder, name)) for name in (IMAGES, LABELS))


def _spellings(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / name, folder / f"{name}.gz"


def _download(root: Path) -> None:
    try:
        torchvision_part("datasets").MNIST(root, train=False, download=True)
    except (OSError, RuntimeError) as error:
        raise FileNotFoundError(
            f"BENCH_DATA={root} holds no MNIST, and it could not be downloaded: put {IMAGES}.gz and {LABELS}.gz "
            "(or both unpacked) into $BENCH_DATA/MNIST/raw or into $BENCH_DATA itself; without BENCH_DATA the 1,000 "
            f"digits that travel with the suites are used. The download said: {error}"
        ) from error
