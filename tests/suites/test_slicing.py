"""Images to sequences and back, steps and features in closed form, gray, padding and packing."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.utils.rnn import pad_packed_sequence

from networks.slicing import SCANS, SLICINGS, Shape, Slicing, features, gray, packed, padded, sliced, steps, unslice

pytestmark = pytest.mark.torch

FEW = settings(max_examples=25, deadline=None)

MNIST = (1, 28, 28)
GRANULARITIES = {
    "pixel": (784, 1),
    "patch2": (196, 4),
    "patch4": (49, 16),
    "row": (28, 28),
    "column": (28, 28),
    "patch7": (16, 49),
    "rows2": (14, 56),
    "rows4": (7, 112),
    "patch14": (4, 196),
    "rows7": (4, 196),
    "rows14": (2, 392),
    "image": (1, 784),
}
"""Steps and features that subject.md e.5 lists for 28×28 pixels."""

shapes = st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
slicings = st.builds(
    lambda name, scan, positions, context: replace(SLICINGS[name], scan=scan, positions=positions, context=context),
    st.sampled_from(sorted(SLICINGS)),
    st.sampled_from(SCANS),
    st.booleans(),
    st.booleans(),
)


def images(shape: Shape, *, batch: int = 2) -> Tensor:
    """No two numbers are equal."""
    return torch.arange(1.0, batch * shape[0] * shape[1] * shape[2] + 1).reshape(batch, *shape)


@FEW
@given(slicings, shapes)
def test_slicing_and_unslicing_gives_the_images_back(slicing: Slicing, shape: Shape) -> None:
    assert torch.equal(unslice(sliced(images(shape), slicing), slicing, shape), images(shape))


@FEW
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_any_window_and_stride_that_leave_no_gap_lose_nothing(height: int, width: int, data: st.DataObject) -> None:
    stride = data.draw(st.integers(1, min(height, width)))
    slicing = Slicing(height=height, width=width, stride=stride, scan=data.draw(st.sampled_from(SCANS)))
    shape = data.draw(shapes)
    assert torch.equal(unslice(sliced(images(shape), slicing), slicing, shape), images(shape))


@FEW
@given(slicings, shapes)
def test_steps_and_features_are_those_of_the_closed_forms(slicing: Slicing, shape: Shape) -> None:
    sequence = sliced(images(shape), slicing)
    assert sequence.shape == (steps(slicing, shape), 2, features(slicing, shape))
    assert sequence.is_contiguous()


@FEW
@given(st.sampled_from(sorted(SLICINGS)), shapes)
def test_without_overlap_steps_times_features_are_the_pixels_and_the_padding(name: str, shape: Shape) -> None:
    slicing = SLICINGS[name]
    numbers = steps(slicing, shape) * features(slicing, shape)
    pixels = shape[0] * shape[1] * shape[2]
    assert numbers >= pixels
    divides = shape[1] % (slicing.height or 1) == 0 and shape[2] % (slicing.width or 1) == 0
    if slicing.stride is None:
        assert (numbers == pixels) == divides
        padding = sliced(images(shape), slicing).eq(0).sum().item()
        assert padding == 2 * (numbers - pixels)


@pytest.mark.parametrize("name", GRANULARITIES)
def test_a_digit_has_the_steps_and_features_of_the_table(name: str) -> None:
    assert (steps(SLICINGS[name], MNIST), features(SLICINGS[name], MNIST)) == GRANULARITIES[name]


@pytest.mark.parametrize(("name", "windows"), [("patch7s4", 7), ("patch4s2", 13), ("patch14s7", 3)])
def test_overlapping_patches_lie_a_stride_apart(name: str, windows: int) -> None:
    slicing = SLICINGS[name]
    sequence = sliced(images(MNIST), slicing)
    assert len(sequence) == windows**2
    assert slicing.stride is not None
    assert sequence[1, 0, 0] - sequence[0, 0, 0] == slicing.stride
    assert sequence[windows, 0, 0] - sequence[0, 0, 0] == 28 * slicing.stride


def test_the_scan_order_is_the_order_of_the_windows() -> None:
    image = images((1, 4, 6), batch=1)
    by_rows, by_columns = (sliced(image, replace(SLICINGS["patch2"], scan=scan))[:, 0, 0].tolist() for scan in SCANS)
    assert by_rows == [1, 3, 5, 13, 15, 17]
    assert by_columns == [1, 13, 3, 15, 5, 17]


def test_a_patch_is_read_row_by_row_and_channel_by_channel() -> None:
    image = images((2, 2, 4), batch=1)
    assert sliced(image, SLICINGS["patch2"])[0, 0].tolist() == [1, 2, 5, 6, 9, 10, 13, 14]


def test_a_column_is_a_row_of_the_transposed_image() -> None:
    drawn = images((3, 4, 5))
    assert torch.equal(sliced(drawn, SLICINGS["column"]), sliced(drawn.transpose(2, 3), SLICINGS["row"]))


@pytest.mark.parametrize("scan", SCANS)
def test_positions_say_where_a_window_stands(scan: str) -> None:
    slicing = replace(SLICINGS["patch2"], scan=scan, positions=True)
    places = sliced(images((1, 6, 4)), slicing)[:, :, -2:]
    assert torch.equal(places[:, 0], places[:, 1])
    by_rows = [[v, h] for v in (-1, 0, 1) for h in (-1, 1)]
    by_columns = [[v, h] for h in (-1, 1) for v in (-1, 0, 1)]
    assert places[:, 0].tolist() == (by_rows if scan == "raster" else by_columns)


def test_a_side_with_one_window_has_its_middle_as_position() -> None:
    places = sliced(images((1, 3, 5)), replace(SLICINGS["row"], positions=True))[:, 0, -2:]
    assert places.tolist() == [[-1, 0], [0, 0], [1, 0]]


def test_the_context_is_the_pooled_image_in_every_step() -> None:
    drawn = images(MNIST)
    context = sliced(drawn, replace(SLICINGS["row"], positions=True, context=True))[:, :, -49:]
    pooled = drawn.reshape(2, 7, 4, 7, 4).mean(dim=(2, 4)).flatten(start_dim=1)
    assert torch.equal(context, pooled.expand(28, -1, -1))


def test_slices_are_memory_of_their_own() -> None:
    drawn = images((1, 3, 3), batch=1)
    for name in ("image", "row", "pixel"):
        sliced(drawn, SLICINGS[name]).zero_()
    assert torch.equal(drawn, images((1, 3, 3), batch=1))


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        ({"scan": "spiral"}, "scan=spiral: there are raster, columns"),
        ({"height": 2, "width": 4, "stride": 3}, "a stride above the window leaves gaps"),
        ({"height": 0}, "at least 1"),
        ({"stride": 0}, "at least 1"),
    ],
)
def test_a_slicing_that_would_lose_pixels_is_refused(levels: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(Slicing(), **levels)  # type: ignore[arg-type]


def test_white_stays_white_in_gray_and_green_is_brightest() -> None:
    colours = torch.tensor([[1.0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    seen = gray(colours.reshape(4, 3, 1, 1).expand(-1, -1, 2, 2))
    assert seen.shape == (4, 1, 2, 2)
    torch.testing.assert_close(seen[:, 0, 1, 1], torch.tensor([1, 0.299, 0.587, 0.114]))


@FEW
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 2))
def test_packing_keeps_the_steps_that_count_and_drops_the_padding(lengths: list[int], spare: int) -> None:
    several = [torch.arange(1.0, 3 * count + 1).reshape(count, 3) for count in lengths]
    longest = max(lengths) + spare
    together, counted = padded(several, longest=longest)
    assert together.shape == (longest, len(lengths), 3)
    assert together.ne(0).any(dim=2).sum(dim=0).tolist() == lengths
    compact = packed(together, counted)
    assert len(compact.data) == sum(lengths)
    again, back = pad_packed_sequence(compact, total_length=longest)
    assert torch.equal(again, together)
    assert back.tolist() == lengths


@pytest.mark.parametrize("lengths", [(2, 5), (0, 3)])
def test_sequences_that_are_too_long_or_empty_are_refused(lengths: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"longest=4: there are sequences of {lengths[0]} to {lengths[1]} steps"):
        padded([torch.ones(count, 3) for count in lengths], longest=4)
