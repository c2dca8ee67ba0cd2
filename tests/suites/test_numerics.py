"""How products are rounded and where weights lie: set everywhere at once, said by every workload, and bearable."""

import warnings
from collections.abc import Callable, Iterator, Mapping

import pytest
import torch
from torch import nn

from networks import numerics, workload
from networks.cells import CELLS
from networks.experiments import convolutions, depths, equals, hybrids, implementations, laws, layouts, sequences
from networks.numerics import DTYPES, PARTS, PRECISIONS, Observed, tolerance

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:LSTM with projections")]

Levels = Mapping[str, object]
ONE = {"batch": 2, "mode": "inference"}
BUILDERS: tuple[tuple[Callable[..., object], Levels], ...] = (
    (workload.classifier, {**ONE, "model": "lstm", "size": 8}),
    (sequences.classifier, {**ONE, "model": "gru", "slicing": "patch14", "hidden": 4}),
    (equals.classifier, {**ONE, "model": "mlp", "match": "input"}),
    (depths.classifier, {**ONE, "model": "bilstm", "layers": 2, "size": 8, "hidden": 4}),
    (hybrids.classifier, {**ONE, "model": "conditioned_lstm", "size": 8}),
    (laws.network, {"model": "rnn_native", "length": 3}),
    (layouts.arranged, {"model": "lstm", "layout": "time_major", "batch": 2}),
    (convolutions.convolution, {"implementation": "library", "side": 8}),
    (
        implementations.layer,
        {"family": "lstm", "rung": "fused", "mode": "forward", "batch": 1, "steps": 2, "features": 3, "hidden": 4},
    ),
)


def test_what_torch_says_of_its_older_interface_on_a_gpu_fails_no_test() -> None:
    """It cannot be made to say so here; told as it is said there, it would end the first test that sets a precision."""
    warnings.warn("Please use the new API settings to control TF32 behavior, such as …", UserWarning, stacklevel=1)
    with pytest.raises(UserWarning, match="all else"):
        warnings.warn("all else", UserWarning, stacklevel=1)


def read() -> set[str]:
    return {getattr(getattr(torch.backends, backend), part).fp32_precision for backend, part in PARTS}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    numerics.use("ieee")


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_part_of_every_backend_is_told_and_the_old_switches_agree(precision: str) -> None:
    numerics.use(precision)
    assert read() == {precision}
    assert numerics.rounds() == (precision == "tf32")
    assert torch.get_float32_matmul_precision() == ("high" if precision == "tf32" else "highest")
    assert torch.backends.cudnn.allow_tf32 is (precision == "tf32")
    assert torch.backends.cuda.matmul.allow_tf32 is (precision == "tf32")


@pytest.mark.parametrize(("builder", "levels"), BUILDERS, ids=lambda value: getattr(value, "__module__", ""))
def test_every_builder_sets_what_it_is_asked_for_says_so_and_is_ieee_unless_told(
    builder: Callable[..., implementations.Layer], levels: Levels
) -> None:
    rounded = builder(**levels, precision="tf32")
    assert rounded.metrics()["tf32"] == 1
    plain = builder(**levels)
    assert read() == {"ieee"}
    equality = plain.check()
    assert equality.max_error <= equality.tolerance
    found = plain.metrics()
    assert (found["tf32"], found["inputs_contiguous"], found["weights_contiguous"]) == (0, 1, 1)
    assert (found["max_error"], found["tolerance"]) == (equality.max_error, equality.tolerance)
    assert rounded.check().tolerance > equality.tolerance
    with pytest.raises(ValueError, match="precision=half: there are ieee, tf32"):
        builder(**levels, precision="half")


def test_weights_lie_apart_on_a_cpu_and_in_one_block_where_they_share_a_storage() -> None:
    layer, inputs = nn.LSTM(3, 4), torch.zeros(2, 1, 3)
    assert numerics.state(layer, inputs)["weights_flat"] == 0
    block = torch.zeros(4, sum(weight.numel() for weight in layer.parameters()))
    for row, weight in enumerate(layer.parameters()):
        weight.data = block[row, : weight.numel()].view_as(weight)
    assert numerics.state(layer, inputs)["weights_flat"] == 1
    assert "weights_flat" not in numerics.state(nn.Linear(3, 4), inputs)
    layer.weight_ih_l0.data = torch.zeros(3, 16).t()
    assert numerics.state(layer, inputs)["weights_contiguous"] == 0


def test_an_input_that_is_a_view_is_said_to_be_one() -> None:
    view = layouts.arranged(model="gru", layout="noncontiguous", batch=2)
    assert view.metrics()["inputs_contiguous"] == 0
    assert layouts.arranged(model="gru", layout="packed", batch=2).metrics()["inputs_contiguous"] == 1


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("model", [*CELLS, *sequences.PARALLEL])
def test_every_network_computes_in_bfloat16_too(model: str, mode: str) -> None:
    made = sequences.classifier(model=model, slicing="patch7", batch=2, mode=mode, hidden=8, dtype="bfloat16")
    assert made.step().dtype == torch.bfloat16
    assert made.step().isfinite().all()
    equality = made.check()
    assert 1e-4 < equality.max_error <= equality.tolerance == tolerance(torch.bfloat16)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("model", ["lstm", "gru", "rnn", "cnn"])
def test_half_precision_is_within_its_tolerance(model: str, dtype: str) -> None:
    made = workload.classifier(model=model, size=28, batch=2, mode="inference", dtype=dtype)
    assert made.check().max_error <= made.check().tolerance


def test_an_error_is_kept_with_what_would_have_passed() -> None:
    seen = Observed()
    assert seen.compared(0.25, 0.5).max_error == 0.25
    assert seen.numbers == {"max_error": 0.25, "tolerance": 0.5}
    assert Observed().numbers == {}
    assert set(numerics.TOLERANCES) == set(DTYPES.values())
