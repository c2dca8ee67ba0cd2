"""Published runs of two machines: a page sets them side by side, and the index links to it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenario import Said, Scenario

Say = Callable[..., Said]
HEAD = "suite,case,metric,value,unit,source,hardware,conditions\n"
CASE = "name={},takes={},size=1"


@pytest.fixture
def suite(scenario: Scenario) -> Path:
    """Two cases that both machines have, and one that only the GPU's block has."""
    file = scenario.case("quick", takes=0.001).case("slow", takes=0.004).written(trial_seconds=0.01)
    file.write_text(
        file.read_text() + "cuda: {blocks: [{name: [quick, slow], takes: [0.001], size: [1]}, "
        "{name: [slow], takes: [0.004], size: [1]}]}\n"
    )
    return file


def published(suite: Path, scenario: Scenario, say: Say, *machines: tuple[str, str]) -> Path:
    """The results after a run on each of these (name, device)."""
    for name, device in machines:
        assert say("run", suite, "--device", device, "--machine", name, "--seed", "7").code == 0
        assert say("report", "--publish", "latest").code == 0
    assert say("report").code == 0
    return scenario.folder / "results"


def test_the_cases_that_two_machines_share_stand_side_by_side(suite: Path, scenario: Scenario, say: Say) -> None:
    results = published(suite, scenario, say, ("card", "fake-cuda"), ("processor", "fake"))
    page = (results / "machines.md").read_text("utf-8")
    heads = next(line for line in page.splitlines() if line.startswith("| case |"))
    assert sorted(part.strip() for part in heads.replace(", × faster", "").strip("| ").split("|")[1:]) == [
        "card (fake-cuda)",
        "processor (fake)",
    ]
    (row,) = (line for line in page.splitlines() if line.startswith(f"| {CASE.format('slow', 0.004)} |"))
    assert row.count("ms") == 2
    assert "× " in row or row.rstrip(" |").endswith("×")
    assert CASE.format("slow", 0.001) not in page
    assert "Shared by two machines or more: 2; of one alone: 1 case." in page


def test_the_index_links_to_the_page_and_it_is_compared(suite: Path, scenario: Scenario, say: Say) -> None:
    results = published(suite, scenario, say, ("card", "fake-cuda"), ("processor", "fake"))
    for name in ("README.md", "index.html"):
        assert "machines.md" in (results / name).read_text("utf-8")
    assert say("report", "--check").code == 0
    (results / "machines.md").write_text("# Other\n")
    said = say("report", "--check")
    assert (said.code, "machines.md: it differs" in said.out) == (1, True)


def test_published_numbers_stand_beside_both(suite: Path, scenario: Scenario, say: Say) -> None:
    (scenario.folder / "results").mkdir()
    slow, quick = CASE.format("slow", 0.004), CASE.format("quick", 0.001)
    row = f'{suite.stem},"{slow} / {quick}",latency,8,×,a paper,GTX 1080,size=1\n'
    (scenario.folder / "results" / "published.csv").write_text(HEAD + row)
    results = published(suite, scenario, say, ("card", "fake-cuda"), ("processor", "fake"))
    (found,) = (line for line in (results / "machines.md").read_text("utf-8").splitlines() if "GTX 1080" in line)
    assert found.count("×") == 5


def test_one_machine_alone_has_no_such_page(suite: Path, scenario: Scenario, say: Say) -> None:
    results = published(suite, scenario, say, ("processor", "fake"))
    assert not (results / "machines.md").exists()
    assert "machines.md" not in (results / "README.md").read_text("utf-8")


def test_a_table_of_cases_that_a_device_has_not_is_left_out(suite: Path, scenario: Scenario, say: Say) -> None:
    tables = (
        "tables:\n"
        "  - {rows: [name, takes], columns: size, value: latency}\n"
        "  - {rows: name, columns: [takes, size], where: {name: slow, takes: [0.004]}, value: undisturbed}\n"
        "  - {rows: name, columns: [takes, size], where: {name: quick, takes: [0.004]}, value: cpu_time}\n"
    )
    text = suite.read_text()
    start, end = text.index("tables: ["), text.index("cuda: {")
    suite.write_text(text[:start] + tables + text[end:])
    assert say("run", suite, "--device", "fake").code == 0
    page = (scenario.runs[0] / "table.md").read_text("utf-8")
    assert "\n## undisturbed by name and takes, size" in page
    assert "cpu_time by name" not in page
