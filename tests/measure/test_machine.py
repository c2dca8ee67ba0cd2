"""The machine's name and identity: stable, and silent about whose it is."""

import platform
from pathlib import Path

import pytest

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
