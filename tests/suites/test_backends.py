"""What each workload says proves its backend: seen when it runs, and not seen where another backend would run."""

from collections.abc import Callable
from functools import partial
from itertools import product

import pytest
import torch

from networks import backends, workload
from networks.backends import NATIVE_CONVOLUTION, NATIVE_DILATED, NATIVE_GATES, ONEDNN_CONVOLUTION, ONEDNN_LSTM
from networks.cells import CELLS
from networks.convolution import RESNET18_PROOF, SMALL_CNN_PROOF
from networks.experiments import convolutions, depths, equals, hybrids, laws, layouts, sequences
from networks.loops import IMPLEMENTATIONS
from networks.numerics import DTYPES
from networks.workload import Workload
from tests.suites.reality import events

pytestmark = [
    pytest.mark.torch,
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore:LSTM with projections"),
]

MODES = ("inference", "training")


def proven(expects: tuple[str, ...], seen: set[str]) -> None:
    assert expects
    assert set(expects) & seen, f"none of {expects} among {sorted(seen)}"


cnn = partial(workload.classifier, model="cnn", mode="inference")
deep = partial(depths.classifier, model="cnn", batch=1, mode="inference")
document = partial(hybrids.classifier, batch=1, mode="inference")
slices = partial(sequences.classifier, batch=1, mode="inference")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("model", [*CELLS, *sequences.PARALLEL])
def test_every_network_that_reads_slices_shows_what_it_expects(model: str, dtype: str, mode: str) -> None:
    made = sequences.classifier(model=model, slicing="patch14", batch=2, mode=mode, hidden=8, dtype=dtype)
    proven(made.expects, events(made.step))


@pytest.mark.parametrize("cell", CELLS)
def test_what_proves_a_cell_is_not_shown_by_pytorchs_lstm_and_its_classifier(cell: str) -> None:
    """Else a cell that were replaced by it would pass."""
    lstm = sequences.classifier(model="lstm", slicing="row", batch=2, mode="inference", hidden=8)
    assert cell == "lstm" or not set(CELLS[cell].proof("cpu", torch.float32, (28, 2, 28))) & events(lstm.step)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("model", depths.LEVELS["model"])
def test_layers_on_top_of_each_other_show_what_they_expect(model: str, mode: str) -> None:
    made = depths.classifier(model=model, layers=2, batch=1, mode=mode, size=12, hidden=4)
    proven(made.expects, events(made.step))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("model", equals.LEVELS["model"])
def test_networks_that_are_made_equal_show_what_they_expect(model: str, mode: str) -> None:
    made = equals.classifier(model=model, match="input", batch=1, mode=mode)
    proven(made.expects, events(made.step))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("model", hybrids.LEVELS["model"])
def test_hybrids_show_what_they_expect(model: str, mode: str) -> None:
    made = hybrids.classifier(model=model, batch=2, mode=mode)
    proven(made.expects, events(made.step))


@pytest.mark.parametrize("model", laws.LEVELS["model"])
def test_what_a_law_is_fitted_to_shows_what_it_expects(model: str) -> None:
    made = laws.network(model=model, length=49)
    proven(made.expects, events(made.step))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("model", "layout"), list(product(layouts.LEVELS["model"], layouts.LEVELS["layout"])))
def test_every_layout_shows_what_it_expects_and_ends_as_the_plain_layer_does(
    model: str, layout: str, dtype: str
) -> None:
    made = layouts.arranged(model=model, layout=layout, batch=15, dtype=dtype)
    proven(made.expects, events(made.step))
    assert made.check().max_error <= made.check().tolerance


def test_a_layout_that_computes_something_else_is_not_equal_to_the_plain_layer() -> None:
    made = layouts.arranged(model="gru", layout="packed", batch=3)
    made.inputs.data.mul_(1.01)
    assert made.check().max_error > made.check().tolerance


ALL = {ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION, NATIVE_DILATED}


@pytest.mark.parametrize(
    ("made", "largest", "seen"),
    [
        (partial(cnn, size=28, batch=1), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
        (partial(cnn, size=50, batch=1), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
        (partial(cnn, size=52, batch=1), ONEDNN_CONVOLUTION, {ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION}),
        (partial(cnn, size=144, batch=1), ONEDNN_CONVOLUTION, {ONEDNN_CONVOLUTION}),
        (partial(cnn, size=28, batch=2), ONEDNN_CONVOLUTION, {ONEDNN_CONVOLUTION}),
        (partial(cnn, size=56, batch=2, dtype="float64"), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
        (partial(deep, layers=1), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
        (partial(deep, layers=2), ONEDNN_CONVOLUTION, {ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION}),
        (partial(document, model="lenet5"), ONEDNN_CONVOLUTION, {ONEDNN_CONVOLUTION}),
        (partial(document, model="keras_cnn"), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
        (partial(document, model="mnist_example"), ONEDNN_CONVOLUTION, {ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION}),
        (partial(slices, model="cnn1d", slicing="row", hidden=100), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
        (partial(slices, model="cnn1d", slicing="pixel", hidden=26), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
        (
            partial(slices, model="cnn1d", slicing="pixel", hidden=27),
            ONEDNN_CONVOLUTION,
            {ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION},
        ),
        (partial(slices, model="tcn", slicing="row", hidden=25), NATIVE_DILATED, {NATIVE_CONVOLUTION, NATIVE_DILATED}),
        (partial(slices, model="tcn", slicing="row", hidden=26), ONEDNN_CONVOLUTION, ALL),
        (partial(slices, model="convlstm", slicing="row", hidden=2), ONEDNN_CONVOLUTION, ALL - {NATIVE_DILATED}),
        (partial(slices, model="convlstm", slicing="image", hidden=2), NATIVE_CONVOLUTION, {NATIVE_CONVOLUTION}),
    ],
    ids=str,
)
def test_which_convolution_a_networks_largest_layer_gets_is_known_beforehand(
    made: Callable[[], Workload], largest: str, seen: set[str]
) -> None:
    built = made()
    assert built.expects == (largest,)
    assert ALL & events(built.step) == seen


@pytest.mark.parametrize("size", [28, 56, 112])
def test_without_onednn_a_network_that_it_would_have_convolved_proves_that_it_did_not(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = cnn(size=size, batch=2)
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)
    assert not set(made.expects) & events(made.step)


def test_onednn_runs_a_padded_lstm_and_not_a_packed_one() -> None:
    padded, packed = (layouts.arranged(model="lstm", layout=layout, batch=3) for layout in ("padded", "packed"))
    assert (padded.expects, packed.expects) == ((ONEDNN_LSTM,), (NATIVE_GATES,))
    assert ONEDNN_LSTM not in events(packed.step)
    assert NATIVE_GATES not in events(padded.step)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_every_convolution_shows_what_it_expects(implementation: str, dtype: str) -> None:
    made = convolutions.convolution(implementation=implementation, side=8, channels=2, outputs=3, dtype=dtype)
    proven(made.expects, events(made.step))


@pytest.mark.parametrize("implementation", ["library", "channels_last", "channel_loop"])
@pytest.mark.parametrize(
    ("side", "channels", "kernel", "whole"),
    [
        (8, 1, 3, NATIVE_CONVOLUTION),
        (128, 1, 3, NATIVE_CONVOLUTION),
        (256, 1, 3, ONEDNN_CONVOLUTION),
        (143, 1, 3, NATIVE_CONVOLUTION),
        (144, 1, 3, ONEDNN_CONVOLUTION),
        (32, 20, 3, NATIVE_CONVOLUTION),
        (32, 21, 3, ONEDNN_CONVOLUTION),
        (8, 1, 4, ONEDNN_CONVOLUTION),
        (256, 1, 1, NATIVE_CONVOLUTION),
    ],
)
def test_which_convolution_the_library_chooses_is_known_beforehand(
    implementation: str, side: int, channels: int, kernel: int, whole: str
) -> None:
    made = convolutions.convolution(implementation=implementation, side=side, channels=channels, kernel=kernel)
    alone = NATIVE_CONVOLUTION if channels > 1 else whole
    assert made.expects == (alone if implementation == "channel_loop" else whole,)
    assert {ONEDNN_CONVOLUTION, NATIVE_CONVOLUTION} & events(made.step) == set(made.expects)


@pytest.mark.parametrize("proof", [backends.lstm, SMALL_CNN_PROOF, RESNET18_PROOF, backends.attention])
def test_on_cuda_everything_of_a_library_is_cudnns_or_a_fused_kernel(proof: backends.Proof) -> None:
    for kind in DTYPES.values():
        assert all("mkldnn" not in name and "_for_cpu" not in name for name in proof("cuda", kind, (1, 3, 28, 28)))
