"""A suite that names boundaries: its page says of each whether time makes a step there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.report.crossings import HEADING
from tests.scenario import Said, Scenario

Say = Callable[..., Said]


def written(scenario: Scenario, *, more: str = "") -> Path:
    """Three sizes that do equal work, in steps of one length."""
    file = scenario.case("one", takes=0.001).written()
    file.write_text(file.read_text().replace("size: [1]}", "size: [1, 2, 4]}") + more)
    return file


def page(scenario: Scenario) -> str:
    return (scenario.runs[0] / "table.md").read_text("utf-8")


@pytest.mark.parametrize("device", ["fake", "fake-cuda"])
def test_every_stated_boundary_has_its_sentence_and_its_row(scenario: Scenario, say: Say, device: str) -> None:
    assert say("run", written(scenario, more="boundaries: {size: [1]}\n"), "--device", device, "--seed", "7").code == 0
    text = page(scenario)
    assert f"\n## {HEADING}\n" in text
    assert text.count("- **size 1 → 2** has one pair, and its step is: none.") == 2
    assert "| size 1 → 2 | name=one, takes=0.001 | – | – | " in text


def test_a_suite_without_boundaries_has_no_such_section(scenario: Scenario, say: Say) -> None:
    assert say("run", written(scenario), "--device", "fake").code == 0
    assert HEADING not in page(scenario)
