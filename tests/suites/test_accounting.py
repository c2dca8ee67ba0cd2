"""Closed forms against what torch holds and counts."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from networks.accounting import flops, recurrent, resnet18, small_cnn
from networks.workload import Workload, classifier

pytestmark = pytest.mark.torch

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
