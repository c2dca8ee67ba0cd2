"""The builder: equal seeds, equal work in every step, the backend that is expected, the errors a level can cause."""

import importlib
import math
from types import ModuleType

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from networks import workload as subject
from networks.workload import LEVELS, MODELS, classifier

pytestmark = pytest.mark.torch

CASES = [
    {"model": model, "mode": mode, "size": 28 if model != "resnet18" else 56, "batch": batch}
    for model in LEVELS["model"]
    for mode in LEVELS["mode"]
    for batch in (1, 2)
]


def build(case: dict[str, object], **more: object) -> subject.Workload:
    return classifier(**{**case, **more})  # type: ignore[arg-type]


def events(workload: subject.Workload) -> set[str]:
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        workload.step()
    return {event.key for event in profiler.key_averages()}


@pytest.fixture(autouse=True)
def shipped_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_DATA", raising=False)


def test_the_levels_declared_are_those_that_are_built() -> None:
    assert LEVELS["model"] == tuple(MODELS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_step_is_finite_runs_on_the_expected_backend_and_equals_its_reference(
    case: dict[str, object], dtype: str
) -> None:
    workload = build(case, dtype=dtype)
    outcome = workload.step()
    assert torch.isfinite(outcome).all()
    assert not outcome.requires_grad
    assert set(workload.expects) & events(workload)
    equality = workload.check()
    assert equality.max_error <= equality.tolerance


def test_a_network_that_computes_something_else_is_not_equal_to_its_reference() -> None:
    workload = classifier(model="lstm", size=28, batch=2, mode="inference")
    workload.inputs.mul_(1.01)
    equality = workload.check()
    assert equality.max_error > equality.tolerance


def test_the_lstm_proves_onednn() -> None:
    assert classifier(model="lstm", size=28, batch=1, mode="inference").expects == ("aten::mkldnn_rnn_layer",)


def test_a_check_leaves_a_training_network_as_it_was() -> None:
    workload = classifier(model="resnet18", size=56, batch=1, mode="training")
    before = {name: value.clone() for name, value in workload.network.state_dict().items()}
    workload.check()
    assert workload.network.training
    assert all(torch.equal(value, before[name]) for name, value in workload.network.state_dict().items())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_items_and_values_describe_the_input(case: dict[str, object]) -> None:
    workload = build(case)
    channels = 3 if case["model"] == "resnet18" else 1
    assert workload.items == case["batch"]
    assert workload.values == channels * int(str(case["size"])) ** 2
    assert workload.inputs.numel() == workload.items * workload.values
    assert workload.inputs.is_contiguous()


@pytest.mark.parametrize("model", LEVELS["model"])
def test_equal_seeds_give_equal_weights_and_batches(model: str) -> None:
    first, second = (classifier(model=model, size=28, batch=2, mode="inference", seed=7) for _ in range(2))
    assert torch.equal(first.inputs, second.inputs)
    pairs = zip(first.network.parameters(), second.network.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_another_seed_gives_other_weights_and_the_callers_seed_is_left_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    first, second = (classifier(model="rnn", size=28, batch=1, mode="inference", seed=seed) for seed in (1, 2))
    assert torch.equal(torch.rand(1), expected)
    assert not torch.equal(next(first.network.parameters()), next(second.network.parameters()))


def test_rows_are_steps_in_their_order() -> None:
    cnn, rnn = (classifier(model=model, size=28, batch=2, mode="inference") for model in ("cnn", "rnn"))
    assert torch.equal(rnn.inputs[5, 1], cnn.inputs[1, 0, 5])


def test_inference_is_repeatable_and_training_learns_the_batch_and_stays_finite() -> None:
    still = classifier(model="cnn", size=28, batch=8, mode="inference")
    assert torch.equal(still.step(), still.step())
    learning = classifier(model="cnn", size=28, batch=8, mode="training")
    losses = [learning.step().item() for _ in range(200)]
    assert all(map(math.isfinite, losses))
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("model", ["rnn", "gru", "lstm"])
def test_a_recurrent_network_trains_every_weight(model: str) -> None:
    workload = classifier(model=model, size=28, batch=4, mode="training")
    before = [p.detach().clone() for p in workload.network.parameters()]
    losses = [workload.step().item() for _ in range(20)]
    assert losses[-1] < losses[0]
    assert not any(torch.equal(p, old) for p, old in zip(workload.network.parameters(), before, strict=True))


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        ({"model": "transformer"}, "model=transformer: there are rnn, gru, lstm, cnn, resnet18"),
        ({"mode": "dreaming"}, "mode=dreaming: there are inference, training"),
        ({"dtype": "int8"}, "dtype=int8: there are float32, float64, bfloat16, float16"),
        ({"precision": "double"}, "precision=double: there are ieee, tf32"),
        ({"batch": 0}, "0 items are asked for"),
        ({"size": 3}, "size=3: two poolings need images of at least 4 pixels"),
    ],
)
def test_a_level_that_does_not_exist_is_refused_with_those_that_do(levels: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        build({"model": "cnn", "mode": "inference", "size": 28, "batch": 1}, **levels)


def test_a_torchvision_that_does_not_fit_fails_resnet18_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = importlib.import_module

    def unfit(name: str) -> ModuleType:
        if name.startswith("torchvision"):
            raise RuntimeError("operator torchvision::nms does not exist")
        return whole(name)

    monkeypatch.setattr(importlib, "import_module", unfit)
    with pytest.raises(RuntimeError, match=r"nms does not exist.*CUDA build of torch.*CPU-only torch"):
        classifier(model="resnet18", size=28, batch=1, mode="inference")
    classifier(model="cnn", size=28, batch=1, mode="inference").step()


@pytest.mark.cuda
@pytest.mark.parametrize("case", CASES, ids=str)
def test_on_cuda_everything_is_moved_and_cudnn_runs_it(case: dict[str, object]) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device answers")
    workload = build(case, device="cuda")
    assert workload.step().device.type == "cuda"
    assert set(workload.expects) & events(workload)
    equality = workload.check()
    assert equality.max_error <= equality.tolerance
