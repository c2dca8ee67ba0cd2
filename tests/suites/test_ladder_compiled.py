"""The compiled rungs, small: equal, cold, counted, and gone when they are closed. About 20 s of compiling in all."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
import torch._dynamo
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch._dynamo.utils import counters
from torch._inductor.exc import InvalidCxxCompiler
from torch.profiler import ProfilerActivity, profile

from networks import compiling
from networks.compiling import traced_metrics
from networks.experiments import convolutions
from networks.ladder import RUNGS, TOLERANCES, Implementation, Unavailable, compiled_metrics, equality, kind_of
from networks.ladder.implementations import Layer, Whole
from tests.suites.reality import events as step_events

pytestmark = pytest.mark.torch

COMPILED = [name for name, rung in RUNGS.items() if rung.first in (compiled_metrics, traced_metrics)]
TWINS: dict[str, Callable[[Layer], Implementation]] = {
    "compile_stacked": RUNGS["stacked"].build,
    "compile_hoisted": RUNGS["hoisted"].build,
    "compile_module": Whole,
    "compile_module_rnn": Whole,
}
"""What is compiled, and the same as it is."""
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


def events(built: Callable[[Tensor], object], inputs: Tensor) -> set[str]:
    with profile(activities=[ProfilerActivity.CPU]) as profiler, torch.inference_mode():
        built(inputs)
    return {event.name for event in profiler.events() or ()}


def infer(built: Callable[[Tensor], object], inputs: Tensor) -> None:
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
    assert traced_metrics(lambda: infer(close[0], inputs))["graph_breaks"] == 1
    seen = events(close[0], inputs)
    assert set(RUNGS["compile_module"].expects["cpu", "lstm"]) & seen
    assert set(RUNGS["fused"].expects["cpu", "lstm"]) & seen
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


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("name", TWINS)
def test_what_is_not_compiled_does_not_show_what_a_compiled_rung_expects(
    name: str, kind: type[Layer], inputs: Tensor
) -> None:
    layer = kind(3, 4)
    seen = events(TWINS[name](layer), inputs)
    assert not set(RUNGS[name].expects["cpu", kind_of(layer)]) & seen


def test_a_first_step_of_which_the_inductor_compiled_nothing_is_refused(inputs: Tensor) -> None:
    layer = RUNGS["hoisted"].build(nn.RNN(3, 4))
    with pytest.raises(RuntimeError, match="the inductor compiled no graph"):
        compiled_metrics(lambda: infer(layer, inputs))


@needs_compiler
def test_a_graph_that_somebody_else_than_the_inductor_compiled_is_refused(inputs: Tensor) -> None:
    """It shows the same event, and runs operator by operator."""
    with compiling.held():
        other = torch.compile(RUNGS["hoisted"].build(nn.RNN(3, 4)), backend="aot_eager", dynamic=False)
        with pytest.raises(RuntimeError, match="the inductor compiled no graph"):
            compiled_metrics(lambda: infer(other, inputs))
        assert set(RUNGS["compile_hoisted"].expects["cpu", "rnn"]) & events(other, inputs)


def kept(*case: object) -> str:
    """The folder in which the inductor keeps what it compiles while a case is built."""
    with compiling.apart(*case), compiling.cache():
        return os.environ["TORCHINDUCTOR_CACHE_DIR"]


def test_every_case_keeps_what_it_compiles_in_a_folder_of_its_own_and_finds_it_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(compiling.SCRATCH, str(tmp_path))
    forward, training = kept("lstm", "forward"), kept("lstm", "training")
    assert forward != training
    assert kept("lstm", "forward") == forward
    assert tmp_path in Path(forward).parents
    assert os.environ[compiling.SCRATCH] == str(tmp_path)


@needs_compiler
def test_what_one_case_has_compiled_saves_the_next_one_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiling.SCRATCH, str(tmp_path))
    for side in (8, 9, 8):
        convolutions.convolution(implementation="compiled", side=side).close()
    folders = list((tmp_path / "inductor").iterdir())
    assert len(folders) == 2
    assert all(any(folder.iterdir()) for folder in folders)


@needs_compiler
def test_a_case_is_compiled_once_in_all_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiling.SCRATCH, str(tmp_path))
    found = []
    for _ in range(2):
        made = convolutions.convolution(implementation="compiled", side=8)
        found.append({outcome: counters["inductor"][f"fxgraph_cache_{outcome}"] > 0 for outcome in ("miss", "hit")})
        made.close()
    assert found == [{"miss": True, "hit": False}, {"miss": False, "hit": True}]


@pytest.mark.parametrize("name", COMPILED)
def test_without_a_compiler_the_compiled_rungs_are_unavailable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise InvalidCxxCompiler

    monkeypatch.setattr(compiling, "get_cpp_compiler", refuse)
    with pytest.raises(Unavailable, match=r"no C\+\+ compiler for torch.compile: No working C\+\+ compiler"):
        RUNGS[name].build(nn.GRU(3, 4))
    with pytest.raises(Unavailable, match=r"no C\+\+ compiler"):
        convolutions.convolution(implementation="compiled", side=8)


@needs_compiler
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@given(
    rung=st.sampled_from(["compile_stacked", "compile_hoisted"]),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4)),
    hidden=st.integers(1, 5),
    training=st.booleans(),
)
@settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate])
def test_of_any_shape_a_compiled_loop_equals_the_layer(
    kind: type[Layer], rung: str, shape: tuple[int, int, int], hidden: int, training: bool
) -> None:
    """Two shapes a kind: each takes seconds to compile."""
    steps, batch, features = shape
    layer = kind(features, hidden).double()
    inputs = torch.randn(steps, batch, features, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    built = RUNGS[rung].build(layer)
    error, _ = equality(built, layer, inputs, training=training)
    built.close()
    assert error <= TOLERANCES[torch.float64]


@needs_compiler
def test_a_compiled_convolution_is_the_librarys_says_what_compiling_took_and_proves_that_it_was() -> None:
    outside = os.environ.get("TORCHINDUCTOR_CACHE_DIR")
    made = convolutions.convolution(implementation="compiled", side=9, channels=2, outputs=3)
    assert made.metrics()["compile"] > 0
    assert made.metrics()["graph_breaks"] == 0
    assert made.step().shape == (3, 7, 7)
    assert made.check().max_error <= made.tolerance
    assert set(made.expects) & step_events(made.step)
    assert os.environ.get("TORCHINDUCTOR_CACHE_DIR") != outside
    made.close()
    assert os.environ.get("TORCHINDUCTOR_CACHE_DIR") == outside
    plain = convolutions.convolution(implementation="library", side=9)
    assert not set(made.expects) & step_events(plain.step)
    assert "compile" not in plain.metrics()
