"""results/published.csv in a project: a run's table.md shows the rows that are about its cases."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.report.published import ALL, HEADING
from tests.scenario import Said, Scenario

Say = Callable[..., Said]

HEAD = "suite,case,metric,value,unit,source,hardware,conditions\n"
SLOW, QUICK = ("name={},takes={},size=1".format(*levels) for levels in (("slow", "0.002"), ("quick", "0.001")))


@pytest.fixture
def suite(scenario: Scenario) -> Path:
    (scenario.folder / "results").mkdir()
    return scenario.case("quick", takes=0.001).case("slow", takes=0.002).written(trial_seconds=0.01)


def filed(scenario: Scenario, text: str | bytes) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    (scenario.folder / "results" / "published.csv").write_bytes(content)


def ratio(suite: Path, *, size: int = 1) -> str:
    return f'{suite.stem},"{SLOW} / {QUICK}",latency,8,×,a paper,GTX 1080,size={size}; torch=0.4.0\n'


def test_a_ratio_that_others_have_published_stands_beside_ours(suite: Path, scenario: Scenario, say: Say) -> None:
    filed(scenario, HEAD + ratio(suite))
    assert say("run", suite, "--device", "fake").code == 0
    page = (scenario.runs[0] / "table.md").read_text("utf-8")
    assert f"\n## {HEADING}\n" in page
    (row,) = (line for line in page.splitlines() if line.startswith("|") and "GTX 1080" in line)
    found = re.search(r"\| 8× \| GTX 1080 \| (\S+)× \[", row)
    assert found is not None
    assert float(found[1]) == pytest.approx(2, abs=0.1)
    assert "torch 0.4.0" in row


def test_the_page_over_all_runs_says_whose_numbers_no_run_has_the_shape_of(
    suite: Path, scenario: Scenario, say: Say
) -> None:
    say("run", suite, "--device", "fake")
    assert say("report", "--publish", scenario.runs[0]).code == 0
    assert say("report").code == 0
    page = scenario.folder / "results" / "README.md"
    assert ALL not in page.read_text("utf-8")
    filed(scenario, HEAD + ratio(suite) + ratio(suite, size=2) + f',"{SLOW}",latency,8,ms,another paper,GTX 1070,\n')
    assert say("report").code == 0
    text = page.read_text("utf-8")
    assert f"\n## {ALL}\n\n[published.csv](published.csv) has 3 of them. Beside 1 stands" in text
    assert "\n- a paper: 1 of 2\n- another paper: 1 of 1, of which no suite has the shape of 1\n" in text
    assert say("report", "--check").code == 0


@pytest.mark.parametrize(
    "text", [None, HEAD, HEAD + ratio(Path("other.yaml")), HEAD + ratio(Path("scenario.yaml"), size=2)]
)
def test_where_nothing_is_about_its_cases_there_is_no_such_section(
    suite: Path, scenario: Scenario, say: Say, text: str | None
) -> None:
    if text is not None:
        filed(scenario, text)
    assert say("run", suite, "--device", "fake").code == 0
    assert HEADING not in (scenario.runs[0] / "table.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(HEAD + "made,up\n", "published.csv:2: a row has 8 cells"), (b"\xff\xfe", "published.csv: cannot be read")],
)
def test_a_file_that_makes_no_sense_is_named(
    suite: Path, scenario: Scenario, say: Say, text: str | bytes, complaint: str
) -> None:
    assert say("run", suite, "--device", "fake").code == 0
    filed(scenario, text)
    said = say("report", scenario.runs[0])
    assert (said.code, complaint in said.err) == (2, True)
