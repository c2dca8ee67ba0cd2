"""The folder that a run lends its cases."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

pytestmark = pytest.mark.torch

BUILDER = """
import os
from pathlib import Path

LEVELS = {"name": ("one", "two")}

class Step:
    def __init__(self, found):
        self.found = found

    def step(self):
        return 1.0

    def metrics(self):
        return {"found": float(self.found)}

def workload(name, **levels):
    made = Path(os.environ["BENCH_SCRATCH"], name)
    found = made.exists()
    made.write_text("made once")
    (Path(__file__).parent / "where").write_text(str(made.parent))
    return Step(found)
"""


def test_what_a_survey_leaves_there_its_trials_find_and_the_run_takes_away(
    scenario: Scenario, say: Callable[..., Said]
) -> None:
    file = scenario.case("one").case("two").written(trial_seconds=0.01, warmup_seconds=0.001, rounds_per_server=6)
    (scenario.folder / "builder.py").write_text(BUILDER)
    assert say("run", file).code == 0
    surveys = [record for record in store.read(scenario.runs[0]).records if record.kind == "survey"]
    assert [record.metrics["found"] for record in surveys] == [0.0, 0.0]
    folder = Path((scenario.folder / "where").read_text())
    assert folder.name.startswith("bench-")
    assert not folder.exists()
