"""The page about isolation, on made-up numbers and on runs that the fake device makes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.statistics import Shift
from bench.store import folder as store
from bench.store.publish import publish
from tests.evidence import isolate
from tests.scenario import Said, Scenario

Say = Callable[..., Said]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.01, 0.02, "yes"),
        (0.0202, 0.05, "no: by 2.0% at least"),
        (-0.2, -0.0202, "no: by 2.0% at least"),
        (None, None, "too few trials"),
    ],
)
def test_two_kinds_agree_where_the_interval_of_their_ratio_holds_one(
    low: float | None, high: float | None, said: str
) -> None:
    assert isolate.verdict(Shift(estimate=0.0, low=low, high=high)) == said


@pytest.fixture
def measured(scenario: Scenario, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs of either kind."""
    folder = tmp_path / "isolate"
    monkeypatch.setattr(isolate, "FOLDER", folder)
    file = scenario.case("one").case("two").written(rounds_per_server=6)
    for kind, turn in isolate.TURNS:
        before = scenario.runs
        say("run", file, "--device", "fake", "--isolate", kind, "--seed", str(turn))
        (run,) = (found for found in scenario.runs if found not in before)
        publish(store.read(run), folder / f"{kind}-{turn}", machine=None)
    return folder


def test_the_page_has_a_row_for_each_case_and_metric_and_says_how_many_agree(
    measured: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    isolate.main()
    page = capfd.readouterr().out
    assert [run.run.isolate for run in isolate.runs("round")] == ["round", "round"]
    for metric in isolate.TIMED:
        assert page.count(f",size=1 | {metric} | 1.0") + page.count(f",size=1 | {metric} | 0.9") == 2
        assert f"- {metric}: 2 of 2 cases agree." in page
    assert page.count("| 1.000 | 1.000 | 1.000 |\n") == 2, "parameters, flops and operations are the same"
