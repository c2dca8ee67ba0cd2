"""Devices and packages that cannot be used: their cases are told apart, and the exit code says it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

pytestmark = pytest.mark.torch

Say = Callable[..., Said]
FEW = {"trial_seconds": 0.01, "warmup_seconds": 0.001, "rounds_per_server": 6}
SAID_BY_TORCH = "operator torchvision::nms does not exist"
BUILDER = f"""
import sys

sys.path.append({str(Path(__file__).parents[2] / "suites")!r})
LEVELS = {{"name": ("plain", "vision")}}

class Step:
    def step(self):
        return 1.0

def workload(name, **levels):
    if name == "vision":
        from networks.vision import torchvision_part
        torchvision_part("models")
    return Step()
"""


@pytest.mark.skipif(Path("/dev/nvidiactl").exists(), reason="this machine has a GPU")
def test_a_device_that_this_machine_lacks_is_exit_3_and_unavailable(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("one").written(), "--device", "cuda")
    assert said.code == 3
    assert "name=one,size=1: unavailable: cuda: torch" in said.err
    assert "finds no CUDA device" in said.err
    assert {record.status for record in store.read(scenario.runs[0]).records} == {"unavailable"}


def test_a_torchvision_that_does_not_fit_fails_its_own_cases_only(scenario: Scenario, say: Say) -> None:
    file = scenario.case("plain").case("vision").written(**FEW)
    (scenario.folder / "builder.py").write_text(BUILDER)
    (scenario.folder / "torchvision").mkdir()
    (scenario.folder / "torchvision" / "__init__.py").write_text(f"raise RuntimeError({SAID_BY_TORCH!r})\n")
    said = say("run", file)
    assert said.code == 3
    assert f"failed: build: RuntimeError: torchvision cannot be imported here: {SAID_BY_TORCH}" in said.err
    records = store.read(scenario.runs[0]).records
    assert {record.status for record in records if "plain" in record.case} == {"ok"}
    assert {record.round for record in records if "plain" in record.case} == set(range(7)), "its survey and six rounds"
    (broken,) = (record for record in records if "vision" in record.case)
    assert broken.status == "failed"
    assert SAID_BY_TORCH in (broken.note or "")
    assert "gives a matching pair" in (broken.note or "")
