"""Layers that others have compared with an LSTM: what they declare is what torch holds, and they compute what is right.

The cells themselves are compared with their definitions in `test_cells_definitions`."""

from collections.abc import Callable, Mapping

import pytest
import torch
from torch.nn.functional import pad

from networks.experiments import implementations, layers
from networks.experiments.layers import KINDS, layer
from networks.temporal import CausalConvolution
from networks.workload import Workload
from tests.suites.reality import counted, events, held

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("one_thread")]

FAMILIES = [*dict.fromkeys(family for family, _ in KINDS)]


def made(family: str, rung: str, *, mode: str = "training", features: int = 3, dtype: str = "float32") -> Workload:
    built = layer(
        family=family, rung=rung, mode=mode, batch=2, steps=5, features=features, hidden=4, dtype=dtype, seed=1
    )
    assert isinstance(built, Workload)
    return built


@pytest.mark.parametrize("features", [3, 4])
@pytest.mark.parametrize(("family", "rung"), KINDS)
def test_a_layer_declares_what_torch_holds_and_counts(family: str, rung: str, features: int) -> None:
    """As many features as units are a shape of their own: an SRU then projects nothing past."""
    trained, read = made(family, rung, features=features), made(family, rung, mode="forward", features=features)
    forward, backward = counted(trained.network, trained.inputs, items=2)
    assert trained.parameters == held(trained.network)
    assert (read.flops, trained.flops) == (2 * 2 * forward, 2 * 2 * (forward + backward))
    assert (read.items, read.values, read.sequential_steps) == (2, 5 * features, 1)


@pytest.mark.parametrize("mode", layers.LEVELS["mode"])
@pytest.mark.parametrize(("family", "rung"), KINDS)
def test_a_layer_is_right_and_shows_its_backend(family: str, rung: str, mode: str) -> None:
    built = made(family, rung, mode=mode)
    equality = built.check()
    assert 0 < equality.max_error <= equality.tolerance
    assert set(built.expects) & events(built.step)


@pytest.mark.parametrize(("family", "rung"), KINDS)
def test_a_step_that_trains_is_the_gradient_of_the_inputs(family: str, rung: str) -> None:
    built = made(family, rung)
    inputs = built.inputs.detach().requires_grad_()
    built.network(inputs).sum().backward()
    assert inputs.grad is not None
    torch.testing.assert_close(built.step(), inputs.grad)
    torch.testing.assert_close(built.step().double(), made(family, rung, dtype="float64").step())
    assert all(parameter.requires_grad for parameter in built.network.parameters())


def test_an_sru_waits_for_every_step_and_a_scan_for_its_rounds() -> None:
    waited = {family: made(family, rung).pointwise_steps for family, rung in KINDS}
    assert waited == {"sru": 5, "qrnn": 4, "conv1d_k2": 0, "conv1d_k3": 0}


@pytest.mark.parametrize("kernel", [2, 3])
def test_a_convolution_gives_as_many_steps_as_it_reads_and_looks_at_no_later_one(kernel: int) -> None:
    built = made(f"conv1d_k{kernel}", "fused", mode="forward")
    assert isinstance(built.network, CausalConvolution)
    weight, bias = (part.detach() for part in built.network.convolution.parameters())
    before = pad(built.inputs, (kernel - 1, 0))
    taps = [weight[:, :, tap] @ before[:, :, tap : tap + 5] for tap in range(kernel)]
    torch.testing.assert_close(built.step(), torch.stack(taps).sum(0) + bias[:, None])


def test_a_recurrent_layer_of_pytorchs_is_a_rung_of_the_ladder() -> None:
    ladder: tuple[Callable[..., object], ...] = (layer, implementations.layer)
    here, there = (
        build(family="lstm", rung="native", mode="training", batch=2, steps=3, features=4, hidden=5, layers=2)
        for build in ladder
    )
    assert isinstance(here, implementations.Layer)
    assert isinstance(there, implementations.Layer)
    assert (here.flops, here.parameters, here.expects) == (there.flops, there.parameters, there.expects)
    assert here.step().equal(there.step())


def test_the_families_are_pytorchs_and_the_others() -> None:
    assert layers.LEVELS["family"] == (*implementations.FAMILIES, *FAMILIES)


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ({"family": "conv1d", "rung": "fused"}, "family=conv1d: there are lstm"),
        ({"family": "sru", "rung": "fused"}, "rung=fused: there are hoisted"),
        ({"family": "qrnn", "rung": "scan", "mode": "inference"}, "mode=inference"),
        ({"family": "qrnn", "rung": "scan", "layers": 2}, "layers=2: of qrnn there is one"),
    ],
)
def test_a_level_that_does_not_exist_is_named(levels: Mapping[str, object], words: str) -> None:
    given: dict[str, object] = {"mode": "forward", "batch": 1, "steps": 2, "features": 2, "hidden": 2, **levels}
    with pytest.raises(ValueError, match=words):
        layer(**given)  # type: ignore[arg-type]
