"""The compiled rungs, small: equal, cold, counted, and gone when they are closed. About 20 s of compiling in all."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch._dynamo
from torch import Tensor, nn
from torch._inductor.exc import InvalidCxxCompiler
from torch.profiler import ProfilerActivity, profile

from networks.ladder import RUNGS, Implementation, Unavailable, compiled, compiled_metrics, equality

pytestmark = pytest.mark.torch

COMPILED = [name for name, rung in RUNGS.items() if rung.first is compiled_metrics]
CXX = os.environ.get("CXX", "g++")
needs_compiler = pytest.mark.skipif(shutil.which(CXX) is None, reason=f"no C++ compiler: {CXX}")


@pytest.fixture
def inputs() -> Tensor:
    return torch.randn(2, 2, 3, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def close() -> Iterator[list[Implementation]]:
    """What is put here is closed after the test."""
    built: list[Implementation] = []
    yield built
    for each in built:
        each.close()


def events(built: Implementation, inputs: Tensor) -> set[str]:
    with profile(activities=[ProfilerActivity.CPU]) as profiler, torch.inference_mode():
        built(inputs)
    return {event.name for event in profiler.events() or ()}


def infer(built: Implementation, inputs: Tensor) -> None:
    with torch.inference_mode():
        built(inputs)


@needs_compiler
def test_a_compiled_loop_equals_the_layer_in_outputs_and_gradients(inputs: Tensor, close: list[Implementation]) -> None:
    layer = nn.RNN(3, 4).double()
    close.append(RUNGS["compile_hoisted"].build(layer))
    error, tolerance = equality(close[0], layer, inputs.double(), training=True)
    assert error <= tolerance


@needs_compiler
def test_a_compiled_loop_is_one_graph_from_a_cold_cache_that_ends_with_it(
    inputs: Tensor, close: list[Implementation]
) -> None:
    outside = os.environ.get("TORCHINDUCTOR_CACHE_DIR")
    layer = nn.RNN(3, 4)
    close.append(RUNGS["compile_stacked"].build(layer))
    cache = Path(os.environ["TORCHINDUCTOR_CACHE_DIR"])
    assert not list(cache.iterdir())
    found = compiled_metrics(lambda: infer(close[0], inputs))
    assert found["graph_breaks"] == 0
    assert found["compile"] > 0
    assert list(cache.iterdir())
    assert set(RUNGS["compile_stacked"].expects["cpu", "rnn"]) & events(close[0], inputs)
    error, tolerance = equality(close[0], layer, inputs, training=False)
    assert error <= tolerance
    close.pop().close()
    assert not cache.exists()
    assert os.environ.get("TORCHINDUCTOR_CACHE_DIR") == outside


@needs_compiler
def test_the_compiler_stops_at_a_module_and_leaves_it_to_the_backend(
    inputs: Tensor, close: list[Implementation]
) -> None:
    layer = nn.LSTM(3, 4)
    close.append(RUNGS["compile_module"].build(layer))
    assert compiled_metrics(lambda: infer(close[0], inputs))["graph_breaks"] == 1
    seen = events(close[0], inputs)
    assert set(RUNGS["compile_module"].expects["cpu", "lstm"]) & seen
    assert not set(RUNGS["compile_module_rnn"].expects["cpu", "lstm"]) & seen
    error, tolerance = equality(close[0], layer, inputs, training=True)
    assert error <= tolerance


@needs_compiler
def test_where_it_is_allowed_to_the_compiler_looks_into_the_module(inputs: Tensor, close: list[Implementation]) -> None:
    layer = nn.LSTM(3, 4)
    close.append(RUNGS["compile_module_rnn"].build(layer))
    assert torch._dynamo.config.allow_rnn
    assert compiled_metrics(lambda: infer(close[0], inputs))["graph_breaks"] == 0
    assert set(RUNGS["compile_module_rnn"].expects["cpu", "lstm"]) & events(close[0], inputs)
    error, tolerance = equality(close[0], layer, inputs, training=False)
    assert error <= tolerance
    close.pop().close()
    assert not torch._dynamo.config.allow_rnn


@pytest.mark.parametrize("name", COMPILED)
def test_without_a_compiler_the_compiled_rungs_are_unavailable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise InvalidCxxCompiler

    monkeypatch.setattr(compiled, "get_cpp_compiler", refuse)
    with pytest.raises(Unavailable, match=r"no C\+\+ compiler for torch.compile: No working C\+\+ compiler"):
        RUNGS[name].build(nn.GRU(3, 4))
