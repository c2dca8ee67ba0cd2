"""The machine's name and identity: stable, and silent about whose it is."""

import platform
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from bench.measure import machine as module
from bench.measure.card import NoCard
from bench.measure.machine import cpu_model, machine, slug


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("AMD EPYC", "epyc"),
        ("AMD EPYC 7763 64-Core Processor", "epyc-7763"),
        ("Intel(R) Xeon(R) Processor @ 2.80GHz", "xeon"),
        ("Intel(R) Core(TM) i9-9900K CPU @ 3.60GHz", "i9-9900k"),
        ("NVIDIA H200", "h200"),
        ("../../etc", "etc"),
        ("", "machine"),
    ],
)
def test_models_become_names_for_folders(model: str, name: str) -> None:
    assert slug(model) == name


def test_the_identity_is_the_same_whenever_it_is_asked_for_and_whatever_the_name() -> None:
    one, two = machine("cpu", None), machine("cpu", "another")
    assert one.identity == two.identity
    assert two.name == "another"


def test_a_processor_without_a_name_is_called_by_its_architecture(tmp_path: Path) -> None:
    assert cpu_model(tmp_path) == platform.machine()


H100 = {
    "gpu": "NVIDIA H100 80GB HBM3",
    "gpu_card": "0f1e2d3c",
    "gpu_memory": "81559 MiB",
    "gpu_power_limit": "700 W",
    "gpu_partitions": "off",
    "gpu_driver": "580.159.04",
    "gpu_persistence": "on",
}


def with_card(monkeypatch: pytest.MonkeyPatch, **other: str) -> None:
    """This machine has a card that says so of itself, but for what is said otherwise."""

    class Made(NoCard):
        def facts(self) -> dict[str, str]:
            return {**H100, **other}

    monkeypatch.setattr(module, "card_named", lambda device, environ: Made())


def test_a_machine_with_a_card_is_called_by_it_and_says_what_makes_another_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_card(monkeypatch)
    found = machine("cuda", None)
    assert found.name == "h100"
    assert {name: text for name, text in found.facts.items() if name.startswith("gpu")} == {
        name: H100[name] for name in ("gpu", "gpu_card", "gpu_memory", "gpu_power_limit", "gpu_partitions")
    }


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"gpu": "NVIDIA H200"}, False),
        ({"gpu_card": "ffffffff"}, False),
        ({"gpu_power_limit": "500 W"}, False),
        ({"gpu_memory": "40960 MiB"}, False),
        ({"gpu_partitions": "on"}, False),
        ({"gpu_driver": "999"}, True),
        ({"gpu_persistence": "off"}, True),
    ],
)
def test_another_card_is_another_machine_and_another_driver_is_not(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, str], same: bool
) -> None:
    with_card(monkeypatch)
    before = machine("cuda", None).identity
    with_card(monkeypatch, **other)
    assert (machine("cuda", None).identity == before) is same


@pytest.mark.parametrize(("device", "same"), [("cuda", True), ("cuda:0", True), ("cpu", False)])
def test_a_machine_whose_memory_grows_as_it_is_used_is_the_same_on_its_card(
    monkeypatch: pytest.MonkeyPatch, device: str, *, same: bool
) -> None:
    with_card(monkeypatch)
    before = machine(device, None)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=7 << 40))
    after = machine(device, None)
    assert (before.identity == after.identity) is same
    assert ("memory" in after.facts) is not same


def test_a_machine_without_a_card_says_that_it_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "card_named", lambda device, environ: NoCard("no driver"))
    found = machine("cuda:1", None)
    assert found.name.endswith("-no-gpu")
    assert not any(name.startswith("gpu") for name in found.facts)
