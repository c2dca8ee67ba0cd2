"""The fewest bytes of steps whose tensors are known."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from bench.measure.traffic import traffic

pytestmark = pytest.mark.torch

FLOAT = 4


def test_a_product_reads_its_factors_and_writes_its_result() -> None:
    left, right = torch.randn(8, 64), torch.randn(64, 32)
    found = traffic(lambda: left @ right)
    assert found.bytes == FLOAT * (8 * 64 + 64 * 32 + 8 * 32)
    assert found.dtype == "float32"


def test_what_is_made_and_thrown_away_does_not_count() -> None:
    numbers = torch.randn(1000)
    assert traffic(lambda: ((numbers * 2).exp() + 1).sum()).bytes == FLOAT * 1001


def test_what_is_read_often_counts_once() -> None:
    weights, state = torch.randn(64, 64), torch.zeros(64)

    def step() -> torch.Tensor:
        found = state
        for _ in range(10):
            found = torch.tanh(weights @ found)
        return found

    assert traffic(step).bytes == FLOAT * (64 * 64 + 64 + 64)


def test_views_move_nothing_and_halves_count_as_halves() -> None:
    numbers = torch.randn(2, 500)
    assert traffic(lambda: numbers.t().reshape(-1)[:0]).bytes <= FLOAT * 2000
    assert traffic(lambda: numbers.view(-1).unsqueeze(0)).bytes == 0
    assert traffic(lambda: numbers[0].sum()).bytes == FLOAT * 501


def test_what_is_worked_on_in_place_is_read_and_written() -> None:
    numbers = torch.randn(1000)
    assert traffic(lambda: numbers.add_(1)).bytes == 2 * FLOAT * 1000


def test_what_is_written_over_is_not_read() -> None:
    left, right, into = torch.randn(16, 16), torch.randn(16, 16), torch.empty(16, 16)
    assert traffic(lambda: torch.mm(left, right, out=into)).bytes == FLOAT * 3 * 256


def test_a_layer_of_a_network_reads_its_weights_also_where_no_gradient_is_kept() -> None:
    layer, batch = nn.Linear(64, 32), torch.randn(8, 64)

    def step() -> object:
        with torch.inference_mode():
            return layer(batch)

    assert traffic(step).bytes == FLOAT * (64 * 32 + 32 + 8 * 64 + 8 * 32)


def test_a_fused_layer_reads_what_the_loop_in_it_would() -> None:
    layer, batch = nn.LSTM(16, 32), torch.randn(5, 2, 16)

    def step() -> object:
        with torch.inference_mode():
            return layer(batch)[0]

    weights = sum(p.numel() for p in layer.parameters())
    least = FLOAT * (weights + 5 * 2 * 16 + 5 * 2 * 32)
    states = FLOAT * 4 * 2 * 32
    assert least <= traffic(step).bytes <= least + states


def test_training_leaves_gradients_and_weights() -> None:
    layer, batch = nn.Linear(100, 10, bias=False), torch.randn(4, 100)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)

    def step() -> object:
        optimizer.zero_grad(set_to_none=True)
        loss = layer(batch).square().mean()
        loss.backward()
        optimizer.step()
        return loss.detach()

    step()
    weights = FLOAT * 1000
    read, left = weights + FLOAT * 400, weights + weights + FLOAT
    assert traffic(step).bytes == pytest.approx(read + left, rel=0.02)


def test_the_type_is_that_of_most_numbers() -> None:
    half, one = torch.randn(1000).to(torch.bfloat16), torch.randn(10)
    found = traffic(lambda: (half * 2, one + 1, torch.arange(5000) + 1))
    assert found.dtype == "bfloat16"


IMAGE, KERNELS, SQUARE = torch.randn(1, 3, 8, 8), torch.randn(4, 3, 3, 3), torch.randn(16, 16)
LAYER, SEQUENCE = nn.LSTM(16, 8), torch.randn(5, 2, 16)


@pytest.mark.parametrize("inference", [False, True])
@pytest.mark.parametrize(
    ("step", "products"),
    [
        (lambda: SQUARE @ SQUARE, {"matmul"}),
        (lambda: nn.functional.linear(SQUARE, SQUARE), {"matmul"}),
        (lambda: nn.functional.conv2d(IMAGE, KERNELS), {"conv"}),
        (lambda: nn.functional.conv2d(IMAGE, KERNELS).flatten(1) @ torch.ones(144, 2), {"conv", "matmul"}),
        (lambda: (SQUARE.bfloat16() @ SQUARE.bfloat16(), SQUARE + 1), set()),
    ],
)
def test_the_libraries_that_multiply_float32_are_told_apart(
    step: Callable[[], object], products: set[str], inference: bool
) -> None:
    with torch.inference_mode(inference):
        assert traffic(step).products == products


def test_a_recurrent_layer_is_a_library_of_its_own() -> None:
    with torch.inference_mode():
        assert traffic(lambda: LAYER(SEQUENCE)).products == {"rnn"}


class Graph:
    """A CUDA graph whose work, on numbers that it was captured with, no operator shows."""

    def __init__(self) -> None:
        self.input, self.result = torch.zeros(1000), torch.zeros(1000)

    def replay(self) -> None:
        self.result.numpy()[:] = 2 * self.input.numpy()

    def __call__(self, given: torch.Tensor) -> torch.Tensor:
        self.input.copy_(given)
        self.replay()
        return self.result.detach()


def test_a_recurrent_layer_without_cudnn_is_a_loop_of_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "enabled", False)
    layer, inputs = torch.nn.GRU(4, 4), torch.randn(2, 3, 4)
    with torch.inference_mode():
        found = traffic(lambda: layer(inputs))
    assert found.products == {"matmul"}


@pytest.mark.parametrize("name", ["addmm_", "baddbmm_"])
def test_a_product_that_adds_to_what_is_there_is_one_too(name: str) -> None:
    square = torch.ones(2, 2, 2) if name == "baddbmm_" else torch.ones(2, 2)
    with torch.inference_mode():
        assert traffic(lambda: getattr(square.clone(), name)(square, square)).products == {"matmul"}


def test_a_step_that_replays_a_graph_is_unknown_although_its_copies_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch.cuda.make_graphed_callables copies what it is given into the graph's own memory before it replays it."""
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    graph, given, replay = Graph(), torch.ones(1000), Graph.replay
    found = traffic(lambda: graph(given))
    assert (found.bytes, found.dtype) == (0, "")
    assert graph.result.sum() == 2000, "it was replayed"
    assert traffic(lambda: graph.input.copy_(given)).bytes > 0, "what is copied without a replay is known"
    with pytest.raises(RuntimeError):
        traffic(lambda: graph(torch.ones(3)))
    assert Graph.replay is replay


def test_what_no_operator_shows_is_unknown() -> None:
    found = traffic(lambda: sum(range(10)))
    assert (found.bytes, found.dtype) == (0, "")
