"""The committed pages say what their scripts make of the committed runs; and a tenth of the simulation."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bench.analysis.analysed import Analysed
from tests.evidence import coverage, isolate, repeats, sentinel
from tests.evidence.coverage import LEAST, MOST, SUITES
from tests.evidence.noise import SCENARIOS, fitted
from tests.evidence.resampled import POLICIES
from tests.evidence.simulated import CASES, Row
from tests.perf.gate import turns

PAGES = repeats.FOLDER.parent
RUNS = repeats.load()
FITTED = fitted(repeats.fit(RUNS))
WITH_WEATHER = {scenario.name for scenario in FITTED[:3]}
"""The scenarios whose rounds' weather weighs as much as their own noise: over the bound, as the page says and why."""
TENTH = SUITES // 10


@pytest.mark.parametrize(
    ("main", "name"),
    [
        (repeats.main, "repeats.md"),
        (sentinel.main, "sentinel.md"),
        (isolate.main, "isolate.md"),
        (lambda: coverage.main([]), "coverage.md"),
        (lambda: turns.main([]), "turns.md"),
    ],
)
def test_a_page_is_what_its_script_prints(
    main: Callable[[], None], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    assert capsys.readouterr().out == (PAGES / name).read_text("utf-8")


def test_every_scenario_was_simulated_as_often_as_the_page_says() -> None:
    assert {row.scenario: row.cases for row in coverage.rows()} == dict.fromkeys(coverage.names(RUNS), SUITES * CASES)


def test_what_was_simulated_lies_within_what_was_asked_but_for_the_rows_that_the_page_names() -> None:
    shares = {row.scenario: coverage.own(row) for row in coverage.rows() if row.scenario not in POLICIES}
    assert min(shares.values()) >= LEAST
    over = {name for name, share in shares.items() if share > MOST}
    assert over <= WITH_WEATHER
    text = "\n".join(coverage.page(RUNS, coverage.rows()))
    assert all(f"“{name}”" in text for name in over)


@pytest.mark.parametrize("name", [scenario.name for scenario in FITTED + SCENARIOS])
def test_intervals_cover_the_median_of_their_own_run_and_not_always(name: str) -> None:
    found = coverage.measured(name, RUNS, TENTH)
    assert found.cases == TENTH * CASES
    # 1,200 cases of 200 suites: a share of 97 % errs by 0.5 %, six times which is within the lower bound; the upper one
    # leaves a share at its bound three times its error.
    assert LEAST < coverage.own(found) < (1.0 if name in WITH_WEATHER else MOST + 0.004)


@pytest.mark.parametrize("name", POLICIES)
def test_resampled_suites_miss_intervals_as_measured_runs_do_and_those_that_they_have_cover(name: str) -> None:
    found = coverage.measured(name, RUNS, TENTH)
    assert found.own <= found.there < found.cases
    assert found.own / found.there > LEAST


def test_scenarios_that_are_there_are_not_simulated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def made(name: str, runs: Sequence[Analysed], suites: int) -> Row:
        asked.append(name)
        return Row(scenario=name, cases=suites, own=len(asked), long_run=1, there=1, left=0)

    monkeypatch.setattr(coverage, "OUT", tmp_path / "coverage.csv")
    monkeypatch.setattr(coverage, "load", lambda: RUNS)
    monkeypatch.setattr(coverage, "measured", made)
    names = coverage.names(RUNS)
    coverage.main(["measure", "2"])
    assert asked == names[:2]
    coverage.main(["measure"])
    assert asked == names
    assert [(row.scenario, row.own) for row in coverage.rows()] == list(zip(names, range(1, 99), strict=False))
