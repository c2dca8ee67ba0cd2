"""Pages where they lie: a run's own beside its records, the index over all published runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.api.pages import index_texts
from tests.scenario import Said, Scenario

Say = Callable[..., Said]


@pytest.fixture
def measured(scenario: Scenario, say: Say) -> Path:
    """A run whose suite asks for a figure."""
    file = scenario.case("quick", takes=0.001).case("slow", takes=0.002).written(trial_seconds=0.01)
    file.write_text(file.read_text() + "figures: [{x: name, y: latency, series: takes}]\n")
    assert say("run", file, "--device", "fake").code == 0
    return scenario.runs[0]


def test_a_run_has_its_page_and_the_figures_are_in_it(measured: Path) -> None:
    text = (measured / "report.html").read_text("utf-8")
    assert "What becomes of these cases?" in text
    assert "<svg" in text


def test_a_published_run_has_none_but_the_index_has_it(measured: Path, scenario: Scenario, say: Say) -> None:
    assert say("report", "--publish", measured).code == 0
    assert say("report").code == 0
    results = scenario.folder / "results"
    assert not list(results.rglob("report.html"))
    readme, index = ((results / name).read_text("utf-8") for name in ("README.md", "index.html"))
    for text in (readme, index):
        assert "What becomes of these cases?" in text
        assert next(results.glob("*/*/figures/*.svg")).relative_to(results).as_posix() in text
    assert say("report", "--check").code == 0


@pytest.mark.parametrize("name", ["README.md", "index.html"])
def test_an_index_that_is_changed_or_gone_differs_until_it_is_made_again(
    measured: Path, scenario: Scenario, say: Say, name: str
) -> None:
    say("report", "--publish", measured)
    say("report")
    file = scenario.folder / "results" / name
    before = file.read_bytes()
    file.write_bytes(before + b" ")
    said = say("report", "--check")
    assert (said.code, f"{name}: it differs" in said.out) == (1, True)
    file.unlink()
    assert say("report", "--check").code == 1
    assert not file.exists()
    say("report")
    assert file.read_bytes() == before


def test_a_new_page_beside_the_runs_is_linked_by_its_title(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "coverage.md").write_text("# What intervals cover\n")
    (tmp_path / "published.csv").write_text("suite\n")
    (tmp_path / "README.md").write_text("# Old\n")
    texts = index_texts(tmp_path, [])
    assert "[What intervals cover](evidence/coverage.md)" in texts["README.md"]
    assert "[published.csv](published.csv)" in texts["README.md"]
    assert "Old" not in texts["README.md"]
    assert '<a href="evidence/coverage.md">What intervals cover</a>' in texts["index.html"]


def test_a_page_may_quote_a_run_before_it_is_published(measured: Path, scenario: Scenario, say: Say) -> None:
    suites = scenario.folder / "suites"
    suites.mkdir()
    (suites / "scenario.yaml").write_text("")
    home = "results/scenario/here"
    readme = scenario.folder / "README.md"
    readme.write_text(f"<!-- bench: {home}/table.md#the-answer -->\n<!-- /bench -->\n")
    (scenario.folder / "results" / "other").mkdir(parents=True)
    assert say("report", "--publish", measured, "--machine", "there").code == 0
    said = say("report")
    assert (said.code, f"{home}/table.md" in said.err) == (2, True)
    (scenario.folder / "results" / "scenario").rename(scenario.folder / "results" / "elsewhere")
    assert say("report").code == 0
    assert f"Not published yet: `{home}/table.md`." in readme.read_text()
    (scenario.folder / "results" / "elsewhere").rename(scenario.folder / "results" / "scenario")
    (scenario.folder / "results" / "scenario" / "there").rename(scenario.folder / home)
    assert say("report").code == 0
    assert "compares with no reference" in readme.read_text()
    assert say("report", "--check").code == 0
