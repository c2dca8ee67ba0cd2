"""What other tools print is understood, the page says what was and was not met, and the committed one is current."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.perf.gate.controls import control_of, firings
from tests.perf.gate.peer_answers import LIMIT, Answer, Site, by_ratio
from tests.perf.gate.peer_files.cases import CASES
from tests.perf.gate.peer_places import BASE, CANDIDATE, repository, required
from tests.perf.gate.peer_table import DOSE, DOSES, EQUAL, REPEATS, SEEN_LOADS, Row, Unit, page, sentence
from tests.perf.gate.peer_tools import ASV_ROW, OURS, TOOLS, ours_judged, pytest_judged, slower
from tests.perf.gate.peers import OUT, append, main, read, units
from tests.perf.gate.repository import DOSE as DOSE_FILE
from tests.perf.gate.repository import SUITE

ASV = """\
| Change   | Before [fc178749] <base>   | After [9d8e4b82] <candidate>   | Ratio   | Benchmark (Parameter)                         |
|----------|----------------------------|--------------------------------|---------|-----------------------------------------------|
| +        | 131±20ms                   | 206±20ms                       | 1.58    | asv_steps.Steps.time_step('cnn-training-large')   |
|          | 35.6±7ms                   | 55.3±20ms                      | ~1.55   | asv_steps.Steps.time_step('lstm-inference-large') |
"""  # noqa: E501
PYPERF = """\
lstm-inference-large: Mean +- std dev: [base] 5.86 ms +- 0.59 ms -> [candidate] 22.5 ms +- 3.8 ms: 3.84x slower
mlp-inference-small: Mean +- std dev: [base] 701 us +- 16 us -> [candidate] 643 us +- 101 us: 1.09x faster

Benchmark hidden because not significant (1): cnn-training-large

Geometric mean: 1.45x slower
"""
GATE = """{"control": {"fired": false}, "cases": [
  {"case": "model=lstm,mode=inference,size=large", "verdict": "regression", "changes": [{"ratio": 1.05}]},
  {"case": "model=cnn,mode=training,size=large", "verdict": "inconclusive", "changes": [{"ratio": 1.02}]}]}"""


def rows(load: str, tool: str, *, alarms: int, found: int, seconds: float) -> Iterator[Row]:
    """All that a tool is to say, with so many alarms and detections."""
    for dose, count in ((EQUAL, alarms), (DOSE, found)):
        for number in range(REPEATS * len(CASES)):
            answer: Answer = "worse" if number < count else "not worse"
            unit = Unit(load=load, dose=dose, repeat=1 + number // len(CASES), tool=tool)
            case = CASES[number % len(CASES)]
            yield Row(unit=unit, case=case, change=0.04, worse=answer, worse_at_limit="worse", seconds=seconds)


def test_every_unit_is_measured_once_and_a_repeat_is_whole_before_the_next() -> None:
    found = list(units(REPEATS))
    assert len(set(found)) == len(found) == REPEATS * len(SEEN_LOADS) * len(DOSES) * len(TOOLS)
    assert [one.repeat for one in found] == sorted(one.repeat for one in found)
    assert list(units(2)) == found[: len(found) // 2]


def test_the_two_revisions_differ_by_the_dose_and_the_suite_does_not_tell(tmp_path: Path) -> None:
    folder = repository(tmp_path, DOSE)
    shown = ["git", "-C", str(folder), "diff", "--stat", "--name-only", BASE, CANDIDATE]
    assert subprocess.run(shown, capture_output=True, text=True, check=True).stdout == f"{DOSE_FILE}\n"
    assert (folder / DOSE_FILE).read_text() == f"{DOSE}\n"
    assert "metrics: [latency, undisturbed, cpu_time]" in (folder / SUITE).read_text()


def test_equal_code_is_another_revision_as_well(tmp_path: Path) -> None:
    folder = repository(tmp_path, EQUAL)
    told = ["git", "-C", str(folder), "rev-list", "--count", f"{BASE}..{CANDIDATE}"]
    assert subprocess.run(told, capture_output=True, text=True, check=True).stdout == "1\n"


def test_what_torch_requires_is_shared_and_pytest_is_not() -> None:
    found = required("torch")
    assert "torch" in found
    assert "sympy" in found
    assert "pytest" not in found


def test_a_share_is_worse_above_each_rule() -> None:
    base = dict.fromkeys(CASES, 1.0)
    found = by_ratio(base, dict(zip(CASES, (1.06, 1.04, 1.02), strict=True)))
    assert [(one.worse, one.worse_at_limit) for one in found.values()] == [
        ("worse", "worse"),
        ("not worse", "worse"),
        ("not worse", "not worse"),
    ]


def test_a_plus_of_asv_is_worse_and_what_it_is_not_sure_of_is_not() -> None:
    found = [(row["case"], row["mark"], float(row["ratio"])) for row in ASV_ROW.finditer(ASV)]
    assert found == [("cnn-training-large", "+", 1.58), ("lstm-inference-large", "", 1.55)]


def test_only_a_line_of_pyperf_that_ends_in_slower_is() -> None:
    assert {case: slower(case, PYPERF) for case in CASES} == {
        "lstm-inference-large": True,
        "cnn-training-large": False,
        "mlp-inference-small": False,
    }


def test_what_pytest_benchmark_says_of_its_means_must_be_what_they_say(tmp_path: Path) -> None:
    site = Site(python=tmp_path, places=tmp_path, repository=tmp_path)
    for name, seconds in (("0001_base", 1.0), ("0002_candidate", 1.06)):
        file = tmp_path / ".benchmarks" / "here" / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"benchmarks": [{"param": case, "stats": {"mean": seconds}} for case in CASES]}))
    text = "".join(f"test_step[{case}] (0001_base) - Field 'mean' has failed Per\n" for case in CASES)
    assert {one.worse for one in pytest_judged(site, text).values()} == {"worse"}
    with pytest.raises(AssertionError, match="mlp-inference-small"):
        pytest_judged(site, text.replace("mlp", "other"))


def test_a_gate_that_cannot_decide_is_undecided(tmp_path: Path) -> None:
    site = Site(python=tmp_path, places=tmp_path, repository=tmp_path)
    found = ours_judged(site, GATE)
    assert found["lstm-inference-large"].change == pytest.approx(0.05)
    assert found["lstm-inference-large"].worse == found["lstm-inference-large"].worse_at_limit == "worse"
    assert found["cnn-training-large"].worse == "undecided"
    assert {one.control for one in found.values()} == {"still"}


def test_a_gate_whose_control_has_fired_has_found_nothing_and_kept_nothing_apart(tmp_path: Path) -> None:
    site = Site(python=tmp_path, places=tmp_path, repository=tmp_path)
    found = ours_judged(site, GATE.replace('"fired": false', '"fired": true'))
    assert {(one.worse, one.worse_at_limit, one.control) for one in found.values()} == {
        ("undecided", "undecided", "fired")
    }
    assert control_of('{"control": null}') == "none"


def test_the_page_tells_in_how_many_of_our_gates_the_control_fired() -> None:
    told = list(rows("quiet", OURS, alarms=0, found=12, seconds=40.0))
    own = [replace(row, control="fired" if row.unit.repeat == 1 else "still") for row in told]
    text = list(page(own))
    assert any("The control fired in 2 of 8, 25.0 % (3.2 to 65.1 %) gates." in line for line in text)
    assert any("No gate's control was measured and kept." in line for line in text), "under bursts"
    assert firings(["", "none", "still"]) == (
        "The control fired in 0 of 1, 0.0 % (0.0 to 97.5 %) gates; 1 had none; of 1 it was not kept."
    )


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    whole = list(rows("quiet", "asv", alarms=1, found=2, seconds=41.5))
    append(tmp_path / "a.csv", whole[:6])
    append(tmp_path / "a.csv", whole[6:])
    assert read(tmp_path / "a.csv") == whole
    fired = [replace(row, control="fired") for row in whole[:3]]
    append(tmp_path / "b.csv", fired)
    assert read(tmp_path / "b.csv") == fired


@pytest.mark.parametrize(
    ("ours", "alarms", "found", "seconds", "expected"),
    [
        (7, 0, 6, 60.0, "met"),
        (12, 0, 12, 60.0, "met"),
        (11, 0, 11, 60.0, "**not met**"),
        (12, 3, 6, 30.0, "**not met**"),
    ],
)
def test_the_aim_is_fewer_alarms_more_detections_and_no_more_time(
    ours: int, alarms: int, found: int, seconds: float, expected: str
) -> None:
    own = list(rows("quiet", OURS, alarms=0, found=ours, seconds=40.0))
    other = list(rows("quiet", "asv", alarms=alarms, found=found, seconds=seconds))
    assert sentence([*own, *other], "quiet", "asv").endswith(f"{seconds:.0f} s: {expected}.")


def test_an_alarm_of_ours_that_another_has_too_is_not_fewer() -> None:
    both = [row for tool in (OURS, "asv") for row in rows("quiet", tool, alarms=1, found=12, seconds=40.0)]
    assert "against 1 of 12" in sentence(both, "quiet", "asv")
    assert sentence(both, "quiet", "asv").endswith("**not met**.")


def test_the_page_has_every_tool_under_every_load_and_says_what_is_missing() -> None:
    text = list(page(list(rows("quiet", OURS, alarms=0, found=12, seconds=40.0))))
    assert sum(line.startswith(f"| {OURS} | `--limit {LIMIT:.0%}` |") for line in text) == len(SEEN_LOADS)
    assert sum(line.endswith("not measured.") for line in text) == len(SEEN_LOADS) * (len(TOOLS) - 1)
    assert any("12 of 12, 100.0 % (73.5 to 100.0 %)" in line for line in text)


@pytest.mark.skipif(not OUT.exists(), reason="nothing was measured yet")
def test_the_committed_page_is_what_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--only-table"])
    assert capsys.readouterr().out == OUT.with_suffix(".md").read_text("utf-8")
