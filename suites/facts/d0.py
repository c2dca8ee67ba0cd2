"""Document 000, an LSTM on images → what is observed of its sequences: slices, steps, layouts, padding.

`d0_code` runs its program, `d0_layers` looks into the layers.
"""

import gzip
import struct

import torch
from torch import Tensor, nn
from torch.nn.functional import unfold

from facts import Observed, raised, seen
from networks.images import IMAGES, SHIPPED
from networks.slicing import SLICINGS, Slicing, packed, padded, sliced, unslice
from networks.workload import seeded

BATCH, SIDE, HIDDEN = 4, 28, 100
NAMES = ("pixel", "patch2", "patch4", "row", "column", "patch7", "rows2", "patch14", "image")
"""Slicings that divide an image without overlap."""


def mnist() -> Observed:
    """What the header of the test images says of itself."""
    with gzip.open(SHIPPED / f"{IMAGES}.gz") as file:
        _, _, height, width = struct.unpack(">4I", file.read(16))
    return {"height": height, "width": width}


def pixels() -> Observed:
    """Images cut into pixels, and put together again."""
    images = _images()
    sequence = sliced(images, SLICINGS["pixel"])
    return {
        "steps": sequence.shape[0],
        "features": sequence.shape[2],
        "restored": torch.equal(_restored(sequence, SLICINGS["pixel"]), images),
    }


def rows_and_columns() -> Observed:
    """Images cut across and lengthwise, and put together again."""
    images = _images()
    rows, columns = (sliced(images, SLICINGS[name]) for name in ("row", "column"))
    return {
        "rows": list(rows.shape),
        "columns": list(columns.shape),
        "rows_restored": torch.equal(_restored(rows, SLICINGS["row"]), images),
        "columns_restored": torch.equal(_restored(columns, SLICINGS["column"]), images),
        "same_sequence": torch.equal(rows, columns),
    }


def different_slicings() -> Observed:
    """How many of the sequences that the slicings make of the same images are not made by any other."""
    images = _images()
    sequences = [sliced(images, SLICINGS[name]) for name in NAMES]
    alone = [sum(torch.equal(one, other) for other in sequences) == 1 for one in sequences]
    return {"slicings": len(NAMES), "sequences_unlike_all_others": sum(alone)}


def row_division() -> Observed:
    """How many values the rows of an image have, and patches of 5 × 5 pixels, which do not divide it."""
    images = _images()
    rows, patches = sliced(images, SLICINGS["row"]), sliced(images, Slicing(height=5, width=5))
    return {
        "steps": rows.shape[0],
        "features": rows.shape[2],
        "values_of_image": images[0].numel(),
        "values_of_sequence": rows[:, 0].numel(),
        "values_with_patches_of_5": patches[:, 0].numel(),
    }


def one_patch() -> Observed:
    """From which rows and columns of the image a step comes, after the document's `permute(1, 0, 2)`; all steps."""
    places = torch.arange(SIDE * SIDE).view(1, SIDE, SIDE).permute(1, 0, 2)[:, 0]
    rows = [step.div(SIDE, rounding_mode="floor").unique().numel() for step in places]
    columns = [step.remainder(SIDE).unique().numel() for step in places]
    images = _images()
    return {
        "patch_heights": sorted(set(rows)),
        "patch_widths": sorted(set(columns)),
        "same_as_rows": torch.equal(images[:, 0].permute(1, 0, 2), sliced(images, SLICINGS["row"])),
    }


def pieces() -> Observed:
    """Of each slicing the steps of the sequence, and the blocks that `unfold` finds in the image."""
    images, windows = _images(), [_window(SLICINGS[name]) for name in NAMES]
    sequences = [sliced(images, SLICINGS[name]) for name in NAMES]
    found = [unfold(images, window, stride=window).shape[2] for window in windows]
    steps = [len(sequence) for sequence in sequences]
    return {
        "slicings": list(NAMES),
        "steps": steps,
        "features": [sequence.shape[2] for sequence in sequences],
        "steps_are_pieces": steps == found,
    }


def layouts() -> Observed:
    """Along which dimension an LSTM carries its state, and what it makes of (batch, steps, features) unturned."""
    images = _images()[:, 0, :12]
    with seeded(0):
        by_default = nn.LSTM(SIDE, HIDDEN)
    batch_first = nn.LSTM(SIDE, HIDDEN, batch_first=True)
    batch_first.load_state_dict(by_default.state_dict())
    turned = by_default(images.permute(1, 0, 2))[0].permute(1, 0, 2)
    return {
        "steps_along": _carried_along(by_default, images),
        "steps_along_with_batch_first": _carried_along(batch_first, images),
        "unturned_is_the_same": torch.allclose(by_default(images)[0], turned, atol=1e-6),
        "unturned_with_batch_first_is_the_same": torch.allclose(batch_first(images)[0], turned, atol=1e-6),
    }


def memory_after_permute() -> Observed:
    """Where the first patches of neighbouring images lie, in numbers between them, before and after being turned."""
    given = _images()[:, 0]
    turned = given.permute(1, 0, 2)
    copied = turned.contiguous()
    return {
        "between_first_patches": turned.stride(1),
        "between_first_patches_before": given.stride(0),
        "between_first_patches_when_copied": copied.stride(1),
        "contiguous": turned.is_contiguous(),
        "memory_stays_the_same": turned.data_ptr() == given.data_ptr(),
        "memory_stays_the_same_when_copied": copied.data_ptr() == given.data_ptr(),
    }


def last_step() -> Observed:
    """What the output of the last step has seen, and whether it is what each direction ends with."""
    sequence = sliced(_images(), SLICINGS["row"]).requires_grad_()
    with seeded(0):
        single, both = nn.LSTM(SIDE, HIDDEN), nn.LSTM(SIDE, HIDDEN, bidirectional=True)
    output, (hidden, _) = single(sequence)
    outputs, (hiddens, _) = both(sequence)
    forward, backward = outputs[-1].split(HIDDEN, dim=1)
    return {
        "steps_seen": len(seen(output[-1], sequence)),
        "steps_seen_by_forward_half": len(seen(forward, sequence)),
        "steps_seen_by_backward_half": len(seen(backward, sequence)),
        "is_final_state": torch.equal(output[-1], hidden[0]),
        "forward_half_is_final_state": torch.equal(forward, hiddens[0]),
        "backward_half_is_final_state": torch.equal(backward, hiddens[1]),
    }


def padding() -> Observed:
    """Sequences of 14, 21 and 28 steps in one batch, against each alone: padded, then packed."""
    images = _images()[:3, 0]
    sequences = [image[:steps] for image, steps in zip(images, (14, 21, 28), strict=True)]
    with seeded(0):
        layer = nn.LSTM(SIDE, HIDDEN)
    batch, lengths = padded(sequences, longest=SIDE)
    outputs, (last, _) = layer(batch)
    of_packed = layer(packed(batch, lengths))[1][0]
    alone = [layer(sequence)[0] for sequence in sequences]
    ends = torch.stack([output[-1] for output in alone])
    return {
        "batch": list(batch.shape),
        "exception": raised(lambda: layer(batch)),
        "same_before_padding": all(_close(outputs[: len(one), n], one) for n, one in enumerate(alone)),
        "final_states_the_same": _close(last[0], ends),
        "final_states_the_same_when_packed": _close(of_packed[0], ends),
    }


def _images() -> Tensor:
    """(batch, 1, side, side), no two pixels alike."""
    return torch.rand(BATCH, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(0))


def _window(cut: Slicing) -> tuple[int, int]:
    return cut.height or SIDE, cut.width or SIDE


def _restored(sequence: Tensor, slicing: Slicing) -> Tensor:
    return unslice(sequence, slicing, (1, SIDE, SIDE))


def _close(one: Tensor, other: Tensor) -> bool:
    """Batches of other sizes are multiplied in another order."""
    return torch.allclose(one, other, atol=1e-6)


def _carried_along(layer: nn.LSTM, given: Tensor) -> list[int]:
    """The dimensions along which what stands first has an influence on what comes out last."""
    inputs = given.clone().requires_grad_()
    outputs, _ = layer(inputs)
    return [along for along in (0, 1) if 0 in seen(outputs.select(along, -1), inputs, along=along)]
