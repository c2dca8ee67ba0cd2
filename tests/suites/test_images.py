"""IDX files, the digits that travel with the suites, and the whole set elsewhere."""

import gzip
import os
import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from networks import images
from networks.images import IMAGES, LABELS, SHIPPED, digits, locate, read_idx, resized

pytestmark = pytest.mark.torch

Bytes = NDArray[np.uint8]
WHOLE = os.environ.get("BENCH_DATA")


@pytest.fixture(autouse=True)
def shipped_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_DATA", raising=False)


def idx(values: Bytes) -> bytes:
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def whole_set(folder: Path, *, packed: bool, count: int = 3) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pixels = np.arange(count * 784, dtype=np.uint32).astype(np.uint8).reshape(count, 28, 28)
    for name, values in ((IMAGES, pixels), (LABELS, np.arange(count, dtype=np.uint8))):
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(idx(values)) if packed else idx(values))
    return folder


@given(values=arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, max_side=5)), packed=st.booleans(), data=st.data())
def test_what_was_written_as_idx_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, values: Bytes, packed: bool, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("idx") / "values"
    path.write_bytes(gzip.compress(idx(values)) if packed else idx(values))
    count = data.draw(st.integers(1, len(values)))
    np.testing.assert_array_equal(read_idx(path, count, item=values.shape[1:]), values[:count])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "begins with nothing"),
        (b"\x89PNG....", "begins with 89 50 4e 47"),
        (b"\0\0\x0d\1" + struct.pack(">I", 1) + bytes(4), "begins with 00 00 0d 01"),
        (b"\0\0\x08\3\0\0", "ends within its header"),
        (idx(np.zeros((5, 14, 14), np.uint8)), r"shape \(14, 14\), not \(28, 28\)"),
        (idx(np.zeros(5, np.uint8)), r"shape \(\), not \(28, 28\)"),
        (idx(np.zeros((1, 28, 28), np.uint8)), "2 items are asked for, and it holds 1"),
        (idx(np.zeros((2, 28, 28), np.uint8))[:-1], "cut short"),
        (gzip.compress(idx(np.zeros((2, 28, 28), np.uint8)))[:20], "damaged gzip"),
        (b"\x1f\x8bnot really", "damaged gzip"),
    ],
)
def test_a_file_that_does_not_serve_is_named_with_the_reason(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / IMAGES
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"{IMAGES}: .*{complaint}"):
        read_idx(path, 2, item=(28, 28))


def test_only_the_items_needed_are_read(tmp_path: Path) -> None:
    path = tmp_path / LABELS
    path.write_bytes(idx(np.arange(200, dtype=np.uint8))[:20])  # its end is missing, and nobody notices
    assert read_idx(path, 12).tolist() == list(range(12))


def test_the_shipped_digits_are_small_and_carry_their_licence() -> None:
    packed = [SHIPPED / f"{name}.gz" for name in (IMAGES, LABELS)]
    assert sum(path.stat().st_size for path in packed) < 300_000
    assert "Attribution-Share Alike" in (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_the_shipped_digits_are_a_thousand_of_every_kind() -> None:
    drawn = digits(1000)
    assert drawn.images.shape == (1000, 1, 28, 28)
    assert drawn.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert sorted(set(drawn.labels.tolist())) == list(range(10))


def test_the_images_are_normalised() -> None:
    drawn = digits(1000).images
    assert abs(drawn.mean().item()) < 0.05
    assert abs(drawn.std().item() - 1) < 0.05


def test_more_digits_than_there_are_is_an_error_that_names_the_way_to_more() -> None:
    with pytest.raises(ValueError, match=r"1,001 items are asked for, and it holds 1,000; BENCH_DATA"):
        digits(1001)


def test_images_of_the_right_size_stay_as_they_are() -> None:
    drawn = digits(2).images
    assert resized(drawn, 28) is drawn


@pytest.mark.parametrize("size", [14, 29, 56])
def test_resizing_interpolates_between_the_pixels(size: int) -> None:
    ramp = torch.arange(28.0).expand(1, 1, 28, 28)
    wide = resized(ramp, size)
    assert wide.shape == (1, 1, size, size)
    inner = wide[0, 0, 0, 2:-2]
    torch.testing.assert_close(inner.diff(), torch.full_like(inner.diff(), 28 / size))


@pytest.mark.parametrize("layout", [".", "MNIST/raw"])
@pytest.mark.parametrize("packed", [True, False])
def test_bench_data_names_the_whole_set_in_either_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str, packed: bool
) -> None:
    folder = whole_set(tmp_path / layout, packed=packed)
    monkeypatch.setenv("BENCH_DATA", str(tmp_path))
    assert locate(str(tmp_path)) == folder
    assert digits(3).labels.tolist() == [0, 1, 2]


def test_without_bench_data_the_shipped_digits_are_used() -> None:
    assert locate(None) == locate("") == SHIPPED


def test_a_missing_set_is_downloaded_by_torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(root: Path, *, train: bool, download: bool) -> None:
        assert download
        whole_set(root / "MNIST" / "raw", packed=train)

    monkeypatch.setattr(images, "torchvision_part", lambda _: SimpleNamespace(MNIST=fetch))
    monkeypatch.setenv("BENCH_DATA", str(tmp_path))
    assert len(digits(3).labels) == 3


def test_without_a_network_the_error_says_which_files_to_put_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("Error downloading train-images-idx3-ubyte.gz")

    monkeypatch.setattr(images, "torchvision_part", lambda _: SimpleNamespace(MNIST=refuse))
    with pytest.raises(FileNotFoundError) as caught:
        locate(str(tmp_path))
    for part in (f"{IMAGES}.gz", f"{LABELS}.gz", "$BENCH_DATA/MNIST/raw", "Error downloading"):
        assert part in str(caught.value)


def test_the_shipped_digits_are_the_first_of_the_whole_set(monkeypatch: pytest.MonkeyPatch) -> None:
    if not WHOLE:
        pytest.skip("BENCH_DATA names no folder with the whole of MNIST")
    shipped = digits(1000)
    monkeypatch.setenv("BENCH_DATA", WHOLE)
    whole = digits(1000)
    assert torch.equal(whole.images, shipped.images)
    assert torch.equal(whole.labels, shipped.labels)
