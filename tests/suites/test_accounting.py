"""Closed forms against what torch holds and counts."""

from functools import cache, partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from networks.accounting import (
    IDENTITY,
    METRICS,
    Account,
    Cost,
    CostOf,
    Layer,
    account,
    attention,
    beside,
    conv1d,
    conv2d,
    dense,
    flops,
    gated,
    matched,
    reading_images,
    recurrence,
    recurrent,
    recurrent_classifier,
    resnet18,
    series,
    small_cnn,
    stacked,
    weights,
)
from networks.patches import Attention
from networks.workload import Workload, classifier
from tests.suites.reality import counted as multiplied
from tests.suites.reality import held

pytestmark = pytest.mark.torch

FEW = settings(max_examples=25, deadline=None)

RNN, GRU, LSTM = (partial(gated, gates) for gates in (1, 3, 4))

MODELS = ("rnn", "gru", "lstm", "cnn", "resnet18")


@pytest.fixture
def without_onednn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counter sees nothing of an LSTM that oneDNN runs. Not `mkldnn.flags`: it also sets TF32, which warns."""
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)


def counted(workload: Workload) -> int:
    with FlopCounterMode(display=False) as counter:
        workload.step()
    return int(counter.get_total_flops())


@pytest.mark.parametrize("size", [28, 30, 56, 112, 224])
@pytest.mark.parametrize("model", MODELS)
def test_parameters_are_those_that_torch_holds(model: str, size: int) -> None:
    workload = classifier(model=model, size=size, batch=1, mode="inference")
    assert workload.parameters == sum(p.numel() for p in workload.network.parameters())


@pytest.mark.usefixtures("without_onednn")
@pytest.mark.parametrize(("size", "batch"), [(28, 1), (30, 2), (57, 3)])
@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("model", MODELS)
def test_flops_are_those_that_torch_counts(model: str, mode: str, size: int, batch: int) -> None:
    if model == "resnet18":
        size += 32  # below 33 px its batch normalisation has one value a channel to train on
    workload = classifier(model=model, size=size, batch=batch, mode=mode)
    assert workload.flops == counted(workload)


def test_an_lstm_over_28_rows_has_the_parameters_of_the_papers_and_29_steps() -> None:
    account = recurrent("lstm", steps=28, features=28, hidden=100, classes=10)
    assert account.parameters == 52_000 + 1_010
    assert account.forward == 28 * 4 * 100 * 128 + 1_000
    assert account.sequential_steps == 29


@pytest.mark.parametrize(("kind", "parameters"), [("rnn", 13_000), ("gru", 39_000), ("lstm", 52_000)])
def test_a_recurrent_layer_has_two_bias_vectors(kind: str, parameters: int) -> None:
    assert recurrent(kind, steps=28, features=28, hidden=100, classes=10).parameters == parameters + 1_010


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_the_state_of_a_single_step_has_no_gradient(kind: str) -> None:
    account = recurrent(kind, steps=1, features=28, hidden=100, classes=10)
    assert account.backward == account.forward + 1_000


def test_resnet18_is_the_published_one() -> None:
    account = resnet18(224)
    assert account.parameters == 11_689_512
    assert round(account.forward / 1e9, 3) == 1.814
    assert account.sequential_steps == 18


def test_the_depth_of_a_convolutional_network_does_not_grow_with_the_image() -> None:
    depths = {small_cnn(size, channels=(1, 32, 64), kernel=3, classes=10).sequential_steps for size in (28, 224)}
    assert depths == {3}


def test_flops_grow_with_the_batch_and_training_adds_the_gradients() -> None:
    account = small_cnn(28, channels=(1, 32, 64), kernel=3, classes=10)
    images = 784 * 32 * 9
    assert flops(account, batch=64, training=False) == 64 * flops(account, batch=1, training=False)
    assert account.backward == 2 * account.forward - images
    assert flops(account, batch=1, training=True) == 2 * (3 * account.forward - images)


def projected(features: int, hidden: int) -> Cost:
    """subject.md e.1: the LSTM of 1,024 cells with 256 outputs."""
    inputs, across, projection = 4 * hidden * features, 4 * hidden * 256, hidden * 256
    return Cost(
        parameters=inputs + across + projection + 8 * hidden,
        inputs=inputs,
        states=across + projection,
        width=256,
        chain=2,
        inner=projection,
    )


@pytest.mark.parametrize(
    ("cost_of", "features", "hidden", "more", "parameters"),
    [
        (RNN, 28, 100, {}, 13_000),
        (GRU, 28, 100, {}, 39_000),
        (LSTM, 28, 100, {}, 52_000),
        (LSTM, 28, 100, {"bidirectional": True}, 104_000),
        (LSTM, 28, 100, {"layers": 2}, 132_800),
        (LSTM, 28, 100, {"layers": 3}, 213_600),
        (LSTM, 28, 100, {"layers": 4}, 294_400),
        (LSTM, 28, 100, {"layers": 8}, 617_600),
        (RNN, 4, 2, {"layers": 3}, 40),
        (LSTM, 512, 512, {}, 2_101_248),
        (LSTM, 123, 320, {}, 569_600),
        (LSTM, 123, 320, {"layers": 4, "bidirectional": True}, 8_527_360),
        (projected, 40, 1024, {}, 1_482_752),
        (LSTM, 40, 1024, {}, 4_366_336),
    ],
)
def test_recurrent_layers_have_the_parameters_that_the_subject_lists(
    cost_of: CostOf, features: int, hidden: int, more: dict[str, int], parameters: int
) -> None:
    layers = recurrence(cost_of, steps=28, features=features, hidden=hidden, **more)  # type: ignore[arg-type]
    assert layers.parameters == parameters


@pytest.mark.parametrize(
    ("steps", "features", "parameters", "forward", "hidden", "forward_matched"),
    [
        (784, 1, (41_200, 30_900, 10_300), 31_673_600, 113, 40_397_952),
        (196, 4, (42_400, 31_800, 10_600), 8_153_600, 111, 10_007_760),
        (49, 16, (47_200, 35_400, 11_800), 2_273_600, 105, 2_490_180),
        (28, 28, (52_000, 39_000, 13_000), 1_433_600, 100, 1_433_600),
        (16, 49, (60_400, 45_300, 15_100), 953_600, 91, 815_360),
        (14, 56, (63_200, 47_400, 15_800), 873_600, 89, 722_680),
        (7, 112, (85_600, 64_200, 21_400), 593_600, 70, 356_720),
        (4, 196, (119_200, 89_400, 29_800), 473_600, 52, 206_336),
        (1, 784, (354_400, 265_800, 88_600), 353_600, 16, 51_200),
    ],
)
def test_each_granularity_costs_what_the_subject_lists_and_is_matched_as_it_says(
    steps: int, features: int, parameters: tuple[int, int, int], forward: int, hidden: int, forward_matched: int
) -> None:
    def lstm(hidden: int) -> Account:
        return account(recurrence(LSTM, steps=steps, features=features, hidden=hidden))

    found = tuple(recurrence(cell, steps=steps, features=features, hidden=100).parameters for cell in (LSTM, GRU, RNN))
    assert found == parameters
    assert lstm(100).forward == forward
    match = matched(lstm, account(recurrence(LSTM, steps=28, features=28, hidden=100)), metric="parameters")
    assert match.hidden == hidden
    assert match.difference == lstm(hidden).parameters / 52_000 - 1
    assert lstm(match.hidden).forward == forward_matched


def test_a_perceptron_and_the_first_lenet_have_the_published_numbers() -> None:
    perceptron = account(series(dense(784, 256), dense(256, 10)))
    assert (perceptron.parameters, perceptron.forward, perceptron.sequential_steps) == (203_530, 203_264, 2)
    lenet = series(
        conv2d(1, 6, kernel=5, side=28),
        conv2d(6, 16, kernel=5, side=10),
        *(dense(i, o) for i, o in ((400, 120), (120, 84), (84, 10))),
    )
    assert (lenet.parameters, lenet.forward, lenet.depth) == (61_706, 416_520, 5)


@FEW
@given(st.integers(0, 3_000), st.integers(1, 6), st.integers(1, 40), st.sampled_from(sorted(METRICS)))
def test_no_hidden_size_comes_closer_than_the_one_that_is_matched(
    target: int, steps: int, features: int, metric: str
) -> None:
    def network(hidden: int) -> Account:
        return account(recurrence(GRU, steps=steps, features=features, hidden=hidden))

    reference = Account(parameters=target + 1, forward=target + 1, backward=0, sequential_steps=1)
    wanted = METRICS[metric](reference)
    best = min(range(1, 60), key=lambda hidden: abs(METRICS[metric](network(hidden)) - wanted))
    match = matched(network, reference, metric=metric)
    assert match.hidden == best
    assert match.difference == METRICS[metric](network(best)) / wanted - 1


def longest_path(*, steps: int, layers: int, chain: int, bidirectional: bool) -> int:
    """Products on the longest path through the steps of every layer and direction, by walking all of them."""
    directions = (1, -1) if bidirectional else (1,)

    @cache
    def done(step: int, layer: int, direction: int) -> int:
        before = step - direction
        own = done(before, layer, direction) if 0 <= before < steps else 0
        below = max(done(step, layer - 1, one) for one in directions) if layer else 0
        return max(own, below) + chain

    return max(done(step, layers - 1, one) for step in range(steps) for one in directions)


@FEW
@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 3), st.booleans())
def test_sequential_steps_are_the_longest_path_through_the_layers(
    steps: int, layers: int, chain: int, bidirectional: bool
) -> None:
    def cell(features: int, hidden: int) -> Cost:
        return Cost(parameters=1, inputs=features, states=hidden, width=hidden, chain=chain)

    found = recurrent_classifier(
        cell, steps=steps, features=2, hidden=2, classes=2, layers=layers, bidirectional=bidirectional
    )
    path = longest_path(steps=steps, layers=layers, chain=chain, bidirectional=bidirectional)
    assert found.sequential_steps == path + 1


@pytest.mark.parametrize(("bidirectional", "steps"), [(False, 29 + 3), (True, 4 * 28 + 1)])
def test_four_layers_over_28_rows_run_beside_each_other_in_one_direction_only(bidirectional: bool, steps: int) -> None:
    found = recurrent_classifier(
        LSTM, steps=28, features=28, hidden=8, classes=10, layers=4, bidirectional=bidirectional
    )
    assert found.sequential_steps == steps


@pytest.mark.parametrize("bidirectional", [False, True])
def test_layers_that_scan_are_one_product_deep_each_whatever_the_steps(bidirectional: bool) -> None:
    def scan(features: int, hidden: int) -> Cost:
        return Cost(parameters=1, inputs=features * hidden, states=0, width=hidden, chain=0)

    for steps in (1, 784):
        assert recurrence(scan, steps=steps, features=2, hidden=3, layers=4, bidirectional=bidirectional).depth == 4


def test_products_around_the_chain_and_steps_side_by_side_are_counted_as_such() -> None:
    def grid(features: int, hidden: int) -> Cost:
        return Cost(
            parameters=1, inputs=features, states=hidden, width=hidden, around=1, successive=lambda steps: steps // 2
        )

    assert recurrence(grid, steps=12, features=2, hidden=2, layers=3).depth == 6 + 2 + 3
    assert recurrence(grid, steps=12, features=2, hidden=2, layers=3, bidirectional=True).depth == 6 * 3 + 3


def test_a_layer_reads_all_directions_of_the_one_below() -> None:
    found = stacked(LSTM, features=3, hidden=5, layers=3, bidirectional=True)
    assert [cost.inputs for cost in found] == [4 * 5 * 3, 4 * 5 * 10, 4 * 5 * 10]


def test_a_given_state_has_a_gradient_at_every_step() -> None:
    zero, given = (
        recurrence(LSTM, steps=7, features=3, hidden=5, state_given=state_given) for state_given in (False, True)
    )
    assert given.backward - zero.backward == 4 * 5 * 5
    assert given.forward == zero.forward


class Residual(nn.Module):
    """Two convolutions and a shortcut that convolves, twice, then a dense layer: the second reads what is learned."""

    def __init__(self, inputs: int, width: int, kernel: int) -> None:
        super().__init__()
        widths = ((inputs, width), (width, width + 1))
        self.paths = nn.ModuleList(
            nn.Sequential(nn.Conv2d(i, o, kernel, padding=kernel // 2), nn.Conv2d(o, o, kernel, padding=kernel // 2))
            for i, o in widths
        )
        self.shortcuts = nn.ModuleList(nn.Conv2d(i, o, 1) for i, o in widths)
        self.norm = nn.LayerNorm(width + 1)
        self.last = nn.Linear(width + 1, 2)

    def forward(self, images: Tensor) -> Tensor:
        for path, shortcut in zip(self.paths, self.shortcuts, strict=True):
            images = path(images) + shortcut(images)
        logits: Tensor = self.last(self.norm(images.mean(dim=(2, 3))))
        return logits


def residual(inputs: int, width: int, kernel: int, side: int) -> Layer:
    def block(i: int, o: int) -> Layer:
        path = series(conv2d(i, o, kernel=kernel, side=side), conv2d(o, o, kernel=kernel, side=side))
        return beside(path, conv2d(i, o, kernel=1, side=side))

    return series(
        IDENTITY, block(inputs, width), block(width, width + 1), weights(2 * (width + 1)), dense(width + 1, 2)
    )


@FEW
@given(st.integers(1, 3), st.integers(1, 4), st.sampled_from([1, 3, 5]), st.integers(2, 7))
def test_blocks_with_shortcuts_cost_what_torch_holds_and_counts(
    inputs: int, width: int, kernel: int, side: int
) -> None:
    network, closed = Residual(inputs, width, kernel), account(residual(inputs, width, kernel, side))
    assert held(network) == closed.parameters
    assert closed.sequential_steps == 5
    assert multiplied(network, torch.randn(2, inputs, side, side), items=2) == (closed.forward, closed.backward)


@FEW
@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(4, 9))
def test_convolution_over_time_costs_what_torch_holds_and_counts(
    inputs: int, outputs: int, kernel: int, steps: int
) -> None:
    network = nn.Sequential(nn.Conv1d(inputs, outputs, kernel), nn.Conv1d(outputs, 2, 1, bias=False))
    left = steps - kernel + 1
    closed = account(
        series(conv1d(inputs, outputs, kernel=kernel, steps=left), conv1d(outputs, 2, kernel=1, steps=left, vectors=0))
    )
    assert held(network) == closed.parameters
    assert multiplied(network, torch.randn(2, inputs, steps), items=2) == (closed.forward, closed.backward)


@FEW
@given(st.integers(1, 6), st.integers(1, 3), st.integers(1, 3))
def test_attention_costs_what_torch_holds_and_counts(tokens: int, heads: int, per_head: int) -> None:
    width = heads * per_head
    network = nn.Sequential(nn.Linear(3, width), Attention(width, heads))
    closed = account(series(dense(3, width, times=tokens), attention(tokens, width)))
    assert held(network) == closed.parameters
    assert closed.sequential_steps == 5
    assert multiplied(network, torch.randn(2, tokens, 3), items=2) == (closed.forward, closed.backward)


def test_a_branch_that_reads_the_images_has_no_gradient_of_its_input() -> None:
    behind = series(conv2d(1, 2, kernel=3, side=4), reading_images(dense(16, 3)))
    assert behind.backward == behind.forward
    assert series(conv2d(1, 2, kernel=3, side=4), dense(32, 3)).backward == 2 * 32 * 3 + 16 * 18
