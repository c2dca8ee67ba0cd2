"""One `nn.LSTM`, `nn.GRU` or `nn.RNN` (tanh) → the same computation on sixteen rungs, from separate products to fused.

    implementation = RUNGS["hoisted"].build(layer)      # Unavailable where the machine lacks what it takes
    outputs = implementation(sequence)                  # (steps, batch, features) → (steps, batch, hidden)
    error, tolerance = equality(implementation, layer, sequence, training=True)
    implementation.close()

Layers have biases and one direction, any depth, no projection and no dropout; build a rung after the layer is on its
device and in its precision. Every rung trains the layer's own parameters, but `concatenated`, which packs copies
(`Packed`). Products (GEMMs) a step and layer:

    rung           LSTM        GRU         RNN         on
    separate       8           6           2           CPU, CUDA
    stacked        2           2           2           CPU, CUDA
    hoisted        1           1           1           CPU, CUDA; one more for all steps together
    concatenated   1           3           1           CPU, CUDA; the GRU's r and z only, see `gru`
    cell_loop      2           2           2           CPU, CUDA; pointwise work fused on CUDA (not the RNN's)
    native         1, hoisted  1, hoisted  1, hoisted  CPU
    native         2           2           2           CUDA; pointwise work fused (not the RNN's)
    fused          oneDNN      –           –           CPU, float32; in float64 as native
    fused          cuDNN       cuDNN       cuDNN       CUDA

What there is not, a GRU or an RNN that is fused on a CPU, is Unavailable: PyTorch's layer would run there, as `native`.

The order and the definitions follow the ladder of Appleyard et al. 2016 and of PyTorch's benchmarks/fastrnns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from networks import backends
from networks.compiling import compiled_metrics, traced_metrics
from networks.ladder.compiled import Compiled
from networks.ladder.equality import equality
from networks.ladder.graphed import Graphed
from networks.ladder.implementations import (
    CellLoop,
    Implementation,
    Layer,
    Loop,
    Native,
    Packed,
    Whole,
    fused,
    kind_of,
    loops_of,
)
from networks.ladder.scripted import scripted, scripted_metrics
from networks.numerics import TOLERANCES
from networks.unavailable import Unavailable

__all__ = ["RUNGS", "TOLERANCES", "Implementation", "Rung", "Unavailable", "compiled_metrics", "equality", "kind_of"]

Expects = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """`expects`, by device and kind of layer: events of a profiled step, any of which proves that the rung ran as it is
    meant to. `first`: makes the first calls of a step that compiles in them, and says what they cost. `cuda_only`:
    unavailable on a CPU. `one_program`: the same program runs with gradients and without, so that gradients prove both;
    what dynamo compiles for inference is one of its own."""

    build: Callable[[Layer], Implementation]
    expects: Expects
    first: Callable[[Callable[[], object]], dict[str, float]] | None = None
    cuda_only: bool = False
    one_program: bool = True


def _everywhere(*names: str) -> Expects:
    return {(device, kind): names for device in ("cpu", "cuda") for kind in ("lstm", "gru", "rnn")}


def _on_cuda(*names: str) -> Expects:
    return {place: names for place in _everywhere() if place[0] == "cuda"}


def _compiled(build: Callable[[Layer], Implementation]) -> Rung:
    return Rung(build=build, expects=_everywhere(backends.COMPILED), first=compiled_metrics, one_program=False)


# ATen's own loop applies the sigmoid in place (`sigmoid_`), on CUDA inside the fused cell: that tells it from the loops
# in Python, and from oneDNN, which shows no pointwise operator at all. The RNN's loops share all their operators: what
# tells those in Python from the others is that no operator of PyTorch's layer or cell is there.
RNN_IN_PYTHON = ("aten::addmm", "!aten::rnn_tanh", "!aten::rnn_tanh_cell", "!aten::_cudnn_rnn")
PYTHON: Expects = {
    **_everywhere("aten::sigmoid"),
    ("cpu", "rnn"): RNN_IN_PYTHON,
    ("cuda", "rnn"): RNN_IN_PYTHON,
}
CELL: Expects = {
    ("cpu", "lstm"): ("aten::lstm_cell",),
    ("cpu", "gru"): ("aten::gru_cell",),
    ("cpu", "rnn"): ("aten::rnn_tanh_cell",),
    ("cuda", "lstm"): ("aten::_thnn_fused_lstm_cell",),
    ("cuda", "gru"): ("aten::_thnn_fused_gru_cell",),
    ("cuda", "rnn"): ("aten::rnn_tanh_cell",),
}
NATIVE: Expects = {
    **CELL,
    ("cpu", "lstm"): ("aten::sigmoid_",),
    ("cpu", "gru"): ("aten::sigmoid_",),
    ("cpu", "rnn"): ("aten::rnn_tanh",),
    ("cuda", "rnn"): ("aten::rnn_tanh",),
}
FUSED: Expects = {("cpu", "lstm"): ("aten::mkldnn_rnn_layer",), **_on_cuda("aten::_cudnn_rnn")}

GRAPHED = _on_cuda("Graphed", "cudaGraphLaunch")

RUNGS: dict[str, Rung] = {
    "separate": Rung(build=lambda layer: Loop(layer, loops_of(layer).separate), expects=PYTHON),
    "stacked": Rung(build=lambda layer: Loop(layer, loops_of(layer).stacked), expects=PYTHON),
    "hoisted": Rung(build=lambda layer: Loop(layer, loops_of(layer).hoisted), expects=PYTHON),
    "concatenated": Rung(build=Packed, expects=PYTHON),
    "cell_loop": Rung(build=CellLoop, expects=CELL),
    "native": Rung(build=Native, expects=NATIVE),
    "script_stacked": Rung(
        build=lambda layer: Loop(layer, scripted(loops_of(layer).stacked)),
        expects=_everywhere("stacked"),
        first=scripted_metrics,
    ),
    "script_hoisted": Rung(
        build=lambda layer: Loop(layer, scripted(loops_of(layer).hoisted)),
        expects=_everywhere("hoisted"),
        first=scripted_metrics,
    ),
    "compile_stacked": _compiled(lambda layer: Compiled(Loop(layer, loops_of(layer).stacked))),
    "compile_hoisted": _compiled(lambda layer: Compiled(Loop(layer, loops_of(layer).hoisted))),
    "compile_module": Rung(
        build=lambda layer: Compiled(Whole(layer)),
        expects=_everywhere(backends.TRACED),
        first=traced_metrics,
        one_program=False,
    ),
    "compile_module_rnn": _compiled(lambda layer: Compiled(Whole(layer), whole=True)),
    "fused": Rung(build=fused, expects=FUSED),
    "graph_stacked": Rung(
        build=lambda layer: Graphed(layer, lambda layer: Loop(layer, loops_of(layer).stacked)),
        expects=GRAPHED,
        cuda_only=True,
    ),
    "graph_cell_loop": Rung(build=lambda layer: Graphed(layer, CellLoop), expects=GRAPHED, cuda_only=True),
    "graph_native": Rung(build=lambda layer: Graphed(layer, Native), expects=GRAPHED, cuda_only=True),
}
"""From separate products to fused ones; then the CUDA graphs of three of them."""
