"""Stacks of any cell in both directions, what a classifier reads of them, PyTorch's stack against one by hand."""

from itertools import product, zip_longest

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from networks import sequence as subject
from networks.accounting import recurrent_classifier
from networks.cells import CELLS
from networks.cells.convolutional import ConvLSTM, shape
from networks.sequence import HEADS, PYTORCH, CellStack, RecurrentClassifier, SequenceClassifier, last_steps, stack
from networks.slicing import packed, padded
from tests.suites.reality import counted, held

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:LSTM with projections")]

FEW = settings(max_examples=25, deadline=None)

SHAPES = [{}, {"layers": 2}, {"layers": 2, "bidirectional": True}, {"layers": 3, "dropout": 0.5}]

T, B, I, H = 5, 3, 4, 8  # noqa: E741
"""Steps, batch, features, hidden size, as in the formulas."""


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def by_hand(cell: str, monkeypatch: pytest.MonkeyPatch, *, layers: int, bidirectional: bool) -> CellStack:
    """One of PyTorch's cells, stacked as any other is."""
    monkeypatch.setattr(subject, "PYTORCH", {})
    made = stack(cell, I, H, layers=layers, bidirectional=bidirectional)
    assert isinstance(made, CellStack)
    return made


def by_pytorch(cell: str, like: CellStack, *, layers: int, bidirectional: bool) -> nn.RNNBase:
    projected = {} if like.widths[0] == H else {"proj_size": like.widths[0]}
    whole = PYTORCH[cell](I, H, layers, bidirectional=bidirectional, **projected)
    directions = [like.forwards, like.backwards] if bidirectional else [like.forwards]
    weights = [p for layer in range(layers) for one in directions for p in one[layer].parameters()]
    with torch.no_grad():
        for target, source in zip(whole.parameters(), weights, strict=True):
            target.copy_(source)
    return whole


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", PYTORCH)
def test_a_stack_by_hand_equals_the_one_that_pytorch_stacks(
    cell: str, bidirectional: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = by_hand(cell, monkeypatch, layers=3, bidirectional=bidirectional)
    whole = by_pytorch(cell, made, layers=3, bidirectional=bidirectional)
    outputs, final = whole(draw(T, B, I))
    final = final[0] if isinstance(final, tuple) else final
    torch.testing.assert_close(made(draw(T, B, I)), outputs)
    torch.testing.assert_close(made.states(draw(T, B, I)), torch.cat(list(final), dim=1))


@pytest.mark.parametrize("cell", PYTORCH)
def test_the_last_of_both_directions_is_the_final_state_of_the_top_layer(cell: str) -> None:
    made = stack(cell, I, H, layers=2, bidirectional=True)
    last = last_steps(made(draw(T, B, I)), made.widths[-1])
    torch.testing.assert_close(last, made.states(draw(T, B, I))[:, -2 * made.widths[-1] :])
    assert not torch.allclose(last, made(draw(T, B, I))[-1])


@pytest.mark.parametrize("cell", CELLS)
def test_the_direction_that_reads_from_the_end_gives_for_a_reversed_sequence_what_the_other_would(cell: str) -> None:
    made = stack(cell, I, H, bidirectional=True)
    width, halves = made.widths[0], list(made.parameters())
    with torch.no_grad():
        for ahead, back in zip(halves[: len(halves) // 2], halves[len(halves) // 2 :], strict=True):
            back.copy_(ahead)
    outputs, turned = made(draw(T, B, I)), made(draw(T, B, I).flip(0)).flip(0)
    torch.testing.assert_close(outputs[:, :, width:], turned[:, :, :width])


@pytest.mark.parametrize(("cell", "shape"), list(product(CELLS, SHAPES)), ids=str)
def test_every_cell_stacks_and_learns_under_every_head(cell: str, shape: dict[str, float]) -> None:
    for head in HEADS:
        network = SequenceClassifier(cell, features=I, hidden=H, classes=3, head=head, **shape)  # type: ignore[arg-type]
        logits = network(draw(T, B, I))
        assert logits.shape == (B, 3)
        logits.square().sum().backward()
        assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in network.parameters())


@FEW
@given(st.data())
def test_every_classifier_costs_what_its_account_says(data: st.DataObject) -> None:
    cell, head = data.draw(st.sampled_from(sorted(CELLS))), data.draw(st.sampled_from(sorted(HEADS)))
    steps, features, hidden = (data.draw(st.integers(least, 6)) for least in (1, 1, 2))
    layers, bidirectional = data.draw(st.integers(1, 3)), data.draw(st.booleans())
    network = SequenceClassifier(
        cell, features=features, hidden=hidden, classes=3, layers=layers, bidirectional=bidirectional, head=head
    )
    account = recurrent_classifier(
        CELLS[cell].cost,
        steps=steps,
        features=features,
        hidden=hidden,
        classes=3,
        layers=layers,
        bidirectional=bidirectional,
        head=head,
    )
    assert held(network) == account.parameters
    assert counted(network, draw(steps, 2, features), items=2) == (account.forward, account.backward)


@FEW
@given(st.sampled_from([1, 3, 4, 9]), st.integers(1, 3), st.booleans(), st.integers(2, 3))
def test_a_convlstm_on_another_reads_its_units_as_channels_of_maps_of_the_same_shape(
    pixels: int, hidden: int, bidirectional: bool, layers: int
) -> None:
    made = stack("convlstm", pixels, hidden, layers=layers, bidirectional=bidirectional)
    assert isinstance(made, CellStack)
    channels = hidden * (2 if bidirectional else 1)
    for layer in (*made.forwards[1:], *made.backwards[1:]):
        assert isinstance(layer, ConvLSTM)
        assert (layer.channels, layer.shape) == (channels, shape(pixels))
        assert layer.inputs.weight.shape[1] == channels
    sequence = draw(T, B, pixels)
    outputs = made(sequence)
    for ahead, back in zip_longest(made.forwards, made.backwards):
        both = [ahead(sequence)] if back is None else [ahead(sequence), back(sequence.flip(0)).flip(0)]
        sequence = torch.cat(both, dim=2)
    torch.testing.assert_close(outputs, sequence)
    network = SequenceClassifier(
        "convlstm", features=pixels, hidden=hidden, layers=layers, bidirectional=bidirectional, classes=3
    )
    account = recurrent_classifier(
        CELLS["convlstm"].cost,
        steps=T,
        features=pixels,
        hidden=hidden,
        classes=3,
        layers=layers,
        bidirectional=bidirectional,
    )
    assert held(network) == account.parameters
    assert counted(network, draw(T, 2, pixels), items=2) == (account.forward, account.backward)


def test_dropout_stands_between_the_layers_and_rests_outside_training() -> None:
    for cell in ("lstm", "lstm_coupled"):
        made = stack(cell, I, H, layers=2, dropout=0.5)
        assert not torch.equal(made(draw(T, B, I)), made(draw(T, B, I)))
        assert made(draw(T, B, I)).ne(0).all()
        made.eval()
        assert torch.equal(made(draw(T, B, I)), made(draw(T, B, I)))


def test_final_states_of_packed_sequences_are_those_of_each_alone() -> None:
    several = [draw(count, I) for count in (2, 5, 3)]
    made = stack("lstm", I, H, layers=2, bidirectional=True)
    assert isinstance(made, subject.PyTorchStack)
    together = made.states(packed(*padded(several, longest=7)))
    alone = torch.cat([made.states(one.unsqueeze(1)) for one in several])
    torch.testing.assert_close(together, alone)


def test_the_classifier_of_one_layer_is_pytorchs_layer_and_a_linear_one() -> None:
    for cell, layer in (("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
        torch.manual_seed(5)
        network = RecurrentClassifier(cell, features=I, hidden=H)
        torch.manual_seed(5)
        outputs, _ = layer(I, H)(draw(T, B, I))
        assert torch.equal(network(draw(T, B, I)), nn.Linear(H, 10)(outputs[-1]))


def test_rows_are_the_rows_of_the_image() -> None:
    images = draw(B, 1, 4, 6)
    assert torch.equal(subject.rows(images), images[:, 0].permute(1, 0, 2))
    assert subject.rows(images).is_contiguous()


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        ({"cell": "tanh"}, "cell=tanh: there are rnn, "),
        ({"head": "first"}, "head=first: there are last, mean, states"),
        ({"dropout": 0.2}, "dropout=0.2: it stands between layers, and layers=1"),
    ],
)
def test_a_level_that_cannot_be_is_refused(levels: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        SequenceClassifier(**{"cell": "lstm", "features": I, **levels})  # type: ignore[arg-type]
