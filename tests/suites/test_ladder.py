"""The rungs: equal to PyTorch's layer in outputs and gradients, by the operators and the products they promise."""

import re
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from bench.measure.workload import proven
from networks.compiling import traced_metrics
from networks.ladder import RUNGS, TOLERANCES, Implementation, Unavailable, compiled_metrics, equality, kind_of
from networks.ladder.implementations import Layer, Loop, Whole
from networks.ladder.rnn import stacked

pytestmark = pytest.mark.torch

LAYERS: dict[str, type[Layer]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
EAGER = [
    name for name, rung in RUNGS.items() if not (rung.cuda_only or rung.first in (compiled_metrics, traced_metrics))
]
ON_CUDA = [name for name, rung in RUNGS.items() if rung.cuda_only]
UNFUSED = ("gru", "rnn")
"""Of which PyTorch has no fused layer on a CPU."""
HERE = [(name, kind) for name in EAGER for kind in LAYERS if name != "fused" or kind not in UNFUSED]
PRODUCTS = {
    "separate": {"lstm": (8, 0), "gru": (6, 0), "rnn": (2, 0)},
    "stacked": dict.fromkeys(LAYERS, (2, 0)),
    "hoisted": dict.fromkeys(LAYERS, (1, 1)),
    "concatenated": {"lstm": (1, 0), "gru": (3, 0), "rnn": (1, 0)},
    "cell_loop": dict.fromkeys(LAYERS, (2, 0)),
    "native": dict.fromkeys(LAYERS, (1, 1)),
    "script_stacked": dict.fromkeys(LAYERS, (2, 0)),
    "script_hoisted": dict.fromkeys(LAYERS, (1, 1)),
    "fused": {"lstm": (0, 0)},
}
"""By rung and kind: products a step, and products for all steps together, of every layer, in float32 on a CPU."""
STEPS, DEPTH = 5, 2


def made(kind: str, *, features: int = 3, hidden: int = 4, layers: int = DEPTH) -> Layer:
    return LAYERS[kind](features, hidden, layers)


def sequence(steps: int = STEPS, *, batch: int = 2, features: int = 3, seed: int = 0) -> Tensor:
    return torch.randn(steps, batch, features, generator=torch.Generator().manual_seed(seed))


def cut(inputs: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor) -> Tensor:
    """A loop whose outputs are right, and the gradient of its `u` has the wrong sign."""
    return stacked(inputs, w, u.detach() * 2 - u, b, d)


def events(built: Implementation) -> Counter[str]:
    """The names of what one step without gradients does, after TorchScript has settled."""
    inputs = sequence()
    with torch.inference_mode():
        for _ in range(3):
            built(inputs)
        with profile(activities=[ProfilerActivity.CPU]) as profiler:
            built(inputs)
    return Counter(event.name for event in profiler.events() or ())


@pytest.mark.parametrize(("name", "kind"), HERE)
@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 4)),
    hidden=st.integers(1, 5),
    layers=st.integers(1, 3),
    training=st.booleans(),
    seed=st.integers(0, 9),
)
@settings(max_examples=8, deadline=None)
def test_every_rung_equals_the_layer_in_outputs_and_all_gradients(
    name: str, kind: str, shape: tuple[int, int, int], hidden: int, layers: int, training: bool, seed: int
) -> None:
    steps, batch, features = shape
    layer = made(kind, features=features, hidden=hidden, layers=layers).double()
    inputs = sequence(steps, batch=batch, features=features, seed=seed).double()
    error, tolerance = equality(RUNGS[name].build(layer), layer, inputs, training=training)
    assert error <= tolerance == TOLERANCES[torch.float64]


@pytest.mark.parametrize(("name", "kind"), HERE)
def test_in_single_precision_a_rung_is_equal_by_a_share_that_rounding_explains(name: str, kind: str) -> None:
    layer = made(kind)
    error, tolerance = equality(RUNGS[name].build(layer), layer, sequence(), training=True)
    assert 0 < error <= tolerance


@pytest.mark.parametrize(("name", "kind"), HERE)
def test_a_rung_shows_what_it_expects_and_multiplies_as_often_as_promised(name: str, kind: str) -> None:
    seen = events(RUNGS[name].build(made(kind)))
    assert set(RUNGS[name].expects["cpu", kind]) & set(seen)
    a_step, together = PRODUCTS[name][kind]
    assert seen["aten::mm"] + seen["aten::addmm"] == DEPTH * (STEPS * a_step + together)


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_what_loops_in_the_library_does_not_show_a_loop_in_python(kind: str) -> None:
    expects = RUNGS["stacked"].expects["cpu", kind]
    assert proven(expects, events(RUNGS["stacked"].build(made(kind))))
    for name in ("native", "cell_loop"):
        assert not proven(expects, events(RUNGS[name].build(made(kind)))), name


def test_native_and_fused_lstm_are_told_apart_by_their_operators() -> None:
    native, fused = (set(events(RUNGS[name].build(made("lstm")))) for name in ("native", "fused"))
    assert "aten::mkldnn_rnn_layer" not in native
    assert not set(RUNGS["native"].expects["cpu", "lstm"]) & fused
    assert not set(RUNGS["fused"].expects["cpu", "lstm"]) & native


@pytest.mark.parametrize("kind", UNFUSED)
def test_a_gru_and_an_rnn_that_are_fused_are_unavailable_on_a_cpu(kind: str) -> None:
    with pytest.raises(Unavailable, match=f"no fused {kind.upper()} on a CPU") as caught:
        RUNGS["fused"].build(made(kind))
    assert caught.value.unavailable
    assert events(RUNGS["native"].build(made(kind))) == events(Whole(made(kind)))


@pytest.mark.parametrize(("name", "kind"), [here for here in HERE if here[0] != "concatenated"])
def test_a_rung_gives_gradients_to_the_parameters_of_the_layer_themselves(name: str, kind: str) -> None:
    layer = made(kind)
    built = RUNGS[name].build(layer)
    assert [id(p) for p in built.trained()] == [id(p) for p in layer.parameters()]
    built(sequence()).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in layer.parameters())


@pytest.mark.parametrize("kind", LAYERS)
def test_packed_weights_are_copies_whose_gradients_come_back_in_the_layers_layout(kind: str) -> None:
    layer = made(kind)
    built = RUNGS["concatenated"].build(layer)
    built(sequence()).sum().backward()
    assert all(p.grad is None for p in layer.parameters())
    gradients = built.in_layer_order([p.grad for p in built.trained() if p.grad is not None])
    assert [g.shape for g in gradients] == [p.shape for p in layer.parameters()]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", ["hoisted", "native"])
def test_loops_over_a_thousand_steps_of_16_bits_are_equal_by_what_these_can_tell(name: str, dtype: torch.dtype) -> None:
    """Their gradients over all steps are not, whoever computes them: a sum of 16 bits stops growing."""
    layer = made("lstm", features=16, hidden=16, layers=1).to(dtype)
    inputs = sequence(1024, batch=4, features=16).to(dtype)
    error, tolerance = equality(RUNGS[name].build(layer), layer, inputs, training=True)
    assert error <= tolerance


def test_a_loop_of_16_bits_whose_gradients_are_wrong_is_not_equal_however_long() -> None:
    layer = made("rnn", layers=1).bfloat16()
    error, tolerance = equality(Loop(layer, cut), layer, sequence(64).bfloat16(), training=True)
    assert error > tolerance


def test_a_loop_that_goes_wrong_late_is_not_equal_in_16_bits() -> None:
    layer = made("rnn", layers=1).half()

    def late(inputs: Tensor, *weights: Tensor) -> Tensor:
        return torch.cat([stacked(inputs, *weights)[:-1], torch.ones_like(inputs[:1, :, :1]).expand(1, 2, 4)])

    error, tolerance = equality(Loop(layer, late), layer, sequence(64).half(), training=True)
    assert error > tolerance


def test_a_rung_that_computes_something_else_is_not_equal() -> None:
    layer = made("gru")
    built = RUNGS["concatenated"].build(layer)
    with torch.no_grad():
        layer.all_weights[1][3].add_(0.01)
    error, tolerance = equality(built, layer, sequence(), training=False)
    assert error > tolerance


def test_a_rung_whose_gradients_are_wrong_is_not_equal_though_its_outputs_are() -> None:
    layer = made("rnn")
    error, tolerance = equality(Loop(layer, cut), layer, sequence(), training=False)
    assert error <= tolerance
    error, tolerance = equality(Loop(layer, cut), layer, sequence(), training=True)
    assert error > tolerance


def test_a_comparison_leaves_no_gradient_and_no_tracing_behind() -> None:
    layer, inputs = made("lstm"), sequence()
    equality(RUNGS["stacked"].build(layer), layer, inputs, training=True)
    assert all(p.grad is None and p.dtype == torch.float32 for p in layer.parameters())
    assert not inputs.requires_grad


def test_the_native_rung_turns_onednn_on_again_even_after_an_error() -> None:
    built = RUNGS["native"].build(made("lstm"))
    built(sequence())
    assert torch.backends.mkldnn.enabled
    with pytest.raises(RuntimeError, match="input"):
        built(sequence(features=7))
    assert torch.backends.mkldnn.enabled


def test_a_script_is_specialised_anew_for_every_build() -> None:
    layer, inputs = made("lstm"), sequence()
    for _ in range(3):
        RUNGS["script_stacked"].build(layer)(inputs).sum().backward()
    with torch.inference_mode():
        again = RUNGS["script_stacked"].build(layer)
        for _ in range(3):
            torch.testing.assert_close(again(inputs), layer(inputs)[0])


def test_a_torch_without_torchscript_makes_its_rungs_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.jit, "script")
    with pytest.raises(Unavailable, match="has no TorchScript") as caught:
        RUNGS["script_hoisted"].build(made("gru"))
    assert caught.value.unavailable


@pytest.mark.parametrize("name", ON_CUDA)
def test_cuda_graphs_are_unavailable_on_a_cpu(name: str) -> None:
    with pytest.raises(Unavailable, match="need a layer on a CUDA device"):
        RUNGS[name].build(made("lstm"))


def test_the_rungs_are_levels_and_say_what_they_expect_wherever_they_run() -> None:
    assert len(RUNGS) == 16
    for name, rung in RUNGS.items():
        assert re.fullmatch(r"[A-Za-z0-9_.+-]{1,64}", name)
        here = {("cpu", kind) for kind in LAYERS if (name, kind) in HERE or name.startswith("compile_")}
        assert set(rung.expects) == here | {("cuda", kind) for kind in LAYERS}


@pytest.mark.parametrize(
    "layer",
    [
        nn.LSTM(3, 4, bidirectional=True),
        nn.LSTM(3, 4, proj_size=2),
        nn.GRU(3, 4, bias=False),
        nn.GRU(3, 4, batch_first=True),
        nn.RNN(3, 4, num_layers=2, dropout=0.5),
    ],
    ids=str,
)
def test_a_layer_that_the_ladder_is_not_for_is_a_programmers_error(layer: Layer) -> None:
    with pytest.raises(AssertionError, match="the ladder has no rungs for"):
        Whole(layer)
    assert kind_of(nn.LSTM(3, 4)) == "lstm"


@pytest.mark.cuda
@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("name", EAGER + ON_CUDA)
def test_on_cuda_a_rung_is_equal_and_shows_what_it_expects(name: str, kind: str) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device answers")
    layer = made(kind).to("cuda", torch.float64)
    inputs = sequence().to("cuda", torch.float64)
    error, tolerance = equality(RUNGS[name].build(layer), layer, inputs, training=True)
    assert error <= tolerance
    built = RUNGS[name].build(layer)
    with torch.inference_mode():
        for _ in range(3):
            built(inputs)
        with profile(activities=[ProfilerActivity.CPU]) as profiler:
            built(inputs)
    assert set(RUNGS[name].expects["cuda", kind]) & {event.name for event in profiler.events() or ()}


@pytest.mark.parametrize("name", ["script_stacked", "script_hoisted"])
def test_a_scripted_step_is_specialised_before_it_is_timed(name: str) -> None:
    """Else its first hundred milliseconds are the compiler's."""
    calls: list[int] = []
    first = RUNGS[name].first
    assert first is not None
    assert first(lambda: calls.append(1))["compile"] > 0
    assert len(calls) >= 5
