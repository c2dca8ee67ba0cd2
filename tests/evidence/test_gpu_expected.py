"""What suites are expected to take on a GPU: levels tell long steps and large inputs, and all fit into 40 minutes."""

from collections.abc import Callable
from functools import partial
from math import ceil
from pathlib import Path

import pytest

from bench.api.planning import Foreseen, Options, expected_seconds, plan
from bench.records.nouns import Case
from networks import accounting
from networks.accounting import Account
from tests.evidence.gpu import SECONDS, SUITES
from tests.evidence.gpu_expected import (
    A_NUMBER,
    ALL_SECONDS,
    BYTES,
    FLOPS,
    GATES,
    HIDDEN,
    RESTARTING,
    expected,
    foreseen,
    table,
)

ROOT = Path(__file__).resolve().parents[2]
COMPILING = 90.0
"""Of a few cases, which nothing tells before."""
PROFILING = 30.0
"""Of the two cases whose profile is filed."""


def planned(suite: str) -> dict[str, Case]:
    return {case.id: case for case in plan(ROOT / "suites" / f"{suite}.yaml", Options(device="cuda", seed=1)).cases}


def known(suite: str, **levels: str | int) -> list[Foreseen]:
    """What is foreseen of the suite's cases of these levels."""
    return [foreseen(case) for case in planned(suite).values() if levels.items() <= {**case.levels}.items()]


@pytest.mark.parametrize(
    ("suite", "levels", "seconds"),
    [
        ("published", {"rung": "hoisted", "shape": "flashrnn", "mode": "forward"}, 0.051),
        ("published", {"rung": "hoisted", "shape": "flashrnn", "mode": "training"}, 0.154),
        ("published", {"rung": "fused", "shape": "flashrnn", "mode": "training"}, 0.0),
        ("lstm_fusion", {"rung": "stacked", "shape": "appleyard", "mode": "forward"}, 0.020),
        ("lstm_fusion", {"rung": "graph_stacked", "shape": "stefbraun_t100", "mode": "training"}, 0.0),
        ("sequence_law", {"model": "lstm_hoisted", "length": 784}, 0.039),
        ("sequence_law", {"model": "lstm_fused", "length": 784, "hold": "width"}, 0.0),
        ("convolution", {"implementation": "pixel_loop", "side": 64}, 0.061),
        ("convolution", {"implementation": "library", "side": 128}, 0.0),
        ("depth", {"model": "lstm", "layers": 8, "mode": "training"}, 0.0),
        ("published", {"family": "qrnn", "rung": "scan", "shape": "qrnn_b256_t512"}, 0.0),
    ],
)
def test_a_step_of_thousands_of_launches_is_known_to_be_long(
    suite: str, levels: dict[str, str | int], seconds: float
) -> None:
    assert [each.launching for each in known(suite, **levels)] == [pytest.approx(seconds, abs=0.001)]


@pytest.mark.parametrize(
    ("suite", "levels", "seconds"),
    [
        ("rnn_vs_cnn", {"model": "resnet18", "batch": 1024, "size": 56, "mode": "inference"}, 0.00775),
        ("rnn_vs_cnn", {"model": "resnet18", "batch": 1024, "size": 56, "mode": "training"}, 0.02325),
        ("published", {"rung": "fused", "shape": "deepbench_h2816_b32_t1500"}, 0.152),
        ("published", {"rung": "fused", "shape": "deepbench_h4096_b128", "mode": "forward"}, 0.029),
        ("published", {"rung": "fused", "shape": "flashrnn", "mode": "training"}, 0.0155),
        ("lstm_fusion", {"rung": "fused", "shape": "appleyard"}, 0.0036),
    ],
)
def test_a_step_of_teraflops_is_known_to_be_long_though_it_is_launched_at_once(
    suite: str, levels: dict[str, str | int], seconds: float
) -> None:
    (found,) = known(suite, **levels)
    assert found.launching == 0
    assert found.step == found.working == pytest.approx(seconds, rel=0.02)


@pytest.mark.parametrize(
    ("suite", "levels", "seconds"),
    [
        ("rnn_vs_cnn", {"model": "resnet18", "batch": 1024, "size": 56, "mode": "inference"}, 0.085),
        ("published", {"rung": "fused", "shape": "deepbench_h4096_b128", "mode": "forward"}, 0.59),
        ("depth", {"model": "lstm", "layers": 8, "mode": "training"}, 0.0),
    ],
)
def test_images_and_weights_are_known_to_be_made_in_every_process(
    suite: str, levels: dict[str, str | int], seconds: float
) -> None:
    assert [each.building for each in known(suite, **levels)] == [pytest.approx(seconds, abs=0.01)]


def recurrent(kind: str, size: int) -> Account:
    return accounting.recurrent(kind, steps=size, features=size, hidden=HIDDEN, classes=10)


ACCOUNTS: dict[str, Callable[[int], Account]] = {
    "cnn": partial(accounting.small_cnn, channels=(1, 32, 64), kernel=3, classes=10),
    "resnet18": accounting.resnet18,
    **{kind: partial(recurrent, kind) for kind in GATES},
}


@pytest.mark.parametrize("model", ACCOUNTS)
@pytest.mark.parametrize("size", [112, 224])
def test_products_and_weights_are_those_of_the_closed_forms(model: str, size: int) -> None:
    batch, channels = (1, 3) if model == "resnet18" else (64, 1)
    (found,) = known("rnn_vs_cnn", model=model, size=size, batch=batch, mode="inference")
    account = ACCOUNTS[model](size)
    # ResNet-18 rounds odd sides up, which no number of products a pixel can know.
    assert found.working * FLOPS == pytest.approx(accounting.flops(account, batch=batch, training=False), rel=0.08)
    numbers = batch * channels * size**2 + account.parameters
    assert found.building * BYTES / A_NUMBER == pytest.approx(numbers, rel=0.01)


def test_a_layer_s_products_are_those_of_the_closed_form() -> None:
    (found,) = known("lstm_fusion", rung="fused", shape="appleyard")
    layers = accounting.recurrence(partial(accounting.gated, 4), steps=100, features=512, hidden=512, layers=4)
    assert found.working * FLOPS == pytest.approx(2 * 64 * layers.forward)


def test_long_steps_contexts_large_inputs_and_energy_are_expected_to_take_their_time() -> None:
    made = plan(ROOT / "suites" / "launching.yaml", Options(device="cuda", seed=1))
    bare = plan(ROOT / "suites" / "depth.yaml", Options(device="cuda", seed=1))
    metered, first = expected_seconds(made), bare.cases[0].id
    unmetered = (3.3 + 1) * 7 + len(made.cases) * (0.5 + 6 * 0.175)
    assert metered == pytest.approx(unmetered + 6 * sum(case.cache == "hot" for case in made.cases))
    rest = {case.id: Foreseen() for case in bare.cases}

    def beyond(**seconds: float) -> float:
        return expected_seconds(bare, foreseen={**rest, first: Foreseen(**seconds)}) - expected_seconds(bare)

    assert beyond(launching=0.1) == pytest.approx(0.1 * (65 + 60))
    assert beyond(working=0.1) == pytest.approx(0.1 * (5 + 60))
    assert beyond(launching=0.1, working=0.1) == pytest.approx(0.1 * (65 + 60))
    assert beyond(building=0.1) == pytest.approx(0.1 * 7)


def test_all_suites_together_are_expected_to_fit_into_forty_minutes() -> None:
    rows = list(expected(SUITES, ROOT, "cuda"))
    assert [row[0] for row in rows] == [*SUITES]
    assert {row[2] for row in rows} == {6}
    taken = sum(row[3] for row in rows) + COMPILING + PROFILING
    assert taken + RESTARTING * ceil(taken / SECONDS) < ALL_SECONDS, rows
    assert table(SUITES, ROOT, "cuda").splitlines()[-1].startswith("| together | ")
