"""What must not have changed when a run is gone on with."""

import json
from collections.abc import Callable

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]

COMPARED = ("suite", "subject", "data", "torch", "python", "bench", "threads", "allocator", "machine")


def test_the_fingerprint_holds_what_is_compared_and_nothing_else(scenario: Scenario, say: Say) -> None:
    say("run", scenario.case("one").written(), "--device", "fake")
    assert sorted(store.read_run(scenario.runs[0]).fingerprint) == sorted(COMPARED)


@pytest.mark.parametrize("name", COMPARED)
def test_a_run_of_another_experiment_is_not_gone_on_with(scenario: Scenario, say: Say, name: str) -> None:
    say("run", scenario.case("one").written(), "--device", "fake")
    path = scenario.runs[0] / store.RUN
    content = json.loads(path.read_text())
    content["fingerprint"][name] = "another"
    path.write_text(json.dumps(content))
    said = say("run", "--resume", "latest")
    assert said.code == 2
    assert f"{name}: another → " in said.err
    assert "start a new run, or undo the change" in said.err
