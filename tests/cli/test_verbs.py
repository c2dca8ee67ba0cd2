"""What the verbs refuse, and what they say of runs that are damaged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake")


@pytest.fixture
def measured(scenario: Scenario, say: Say) -> list[Path]:
    """Two runs of one case."""
    file = scenario.case("one").written()
    for _ in range(2):
        assert say("run", file, *FAKE).code == 0
    return scenario.runs


def damage(run: Path) -> str:
    """Spoils the run's second record; where it stands."""
    file = run / store.RECORDS
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], b"{}\n", *lines[2:]]))
    return f"{file}:2: "


@pytest.mark.parametrize("name", ["../../x", "..", ".", ".hidden", "a/b", "", "x" * 65, "a b"])
def test_a_machine_s_name_never_leaves_its_folder(scenario: Scenario, say: Say, name: str) -> None:
    file = scenario.case("one").written()
    said = say("run", file, *FAKE, "--machine", name)
    assert said.code == 2
    assert "--machine" in said.err
    assert not scenario.runs
    say("run", file, *FAKE)
    before = set(scenario.folder.parent.rglob("*"))
    said = say("report", "--publish", "latest", "--machine", name)
    assert said.code == 2
    assert "--machine" in said.err
    assert set(scenario.folder.parent.rglob("*")) == before


def test_a_machine_s_name_may_be_any_label(scenario: Scenario, say: Say) -> None:
    assert say("run", scenario.case("one").written(), *FAKE, "--machine", "EPYC_7763-2c.a+b").code == 0
    assert say("report", "--publish", "latest", "--machine", "other-1").code == 0
    assert (scenario.folder / "results" / "scenario" / "other-1" / store.RUN).exists()


@pytest.mark.parametrize("device", ["cpu:1", "fake:0", "cuda:", "cuda:x", "cuda:-1", "cuda:1:2", "cuda 1", "CPU", ""])
def test_a_device_that_cannot_be_is_refused(scenario: Scenario, say: Say, device: str) -> None:
    said = say("list", scenario.case("one").written(), "--device", device)
    assert said.code == 2
    assert f"no device {device!r}" in said.err


@pytest.mark.parametrize("device", ["cpu", "fake", "cuda", "cuda:0", "cuda:11", "fake-cuda"])
def test_devices_are_kinds_and_numbers_of_cuda(scenario: Scenario, say: Say, device: str) -> None:
    assert say("list", scenario.case("one").written(), "--device", device).code == 0


@pytest.mark.parametrize("precision", ["2%", "0.02", ".02"])
def test_a_precision_is_a_share_in_percent_or_as_a_number(scenario: Scenario, say: Say, precision: str) -> None:
    assert say("run", scenario.case("one").written(), *FAKE, "--precision", precision).code == 0
    assert store.read_run(scenario.runs[0]).policy.precision == 0.02


@pytest.mark.parametrize("precision", ["2", "0", "x", "nan", "-1%", "true", "1e-2"])
def test_a_precision_that_is_no_share_is_refused(scenario: Scenario, say: Say, precision: str) -> None:
    said = say("list", scenario.case("one").written(), "--precision", precision)
    assert said.code == 2
    assert "precision" in said.err


def test_threads_that_the_suite_decides_are_not_taken_from_an_option(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").written()
    file.write_text(file.read_text().replace("size: 1}", "size: 1, threads: 1}"))
    said = say("run", file, *FAKE, "--threads", "2")
    assert said.code == 2
    assert "--threads: scenario sets threads in base" in said.err
    assert not scenario.runs


@pytest.mark.parametrize(("metric", "expected"), [("latensy", "'latency'"), ("parametres", "'parameters'")])
def test_a_misspelt_metric_is_refused_with_the_nearest(
    measured: list[Path], say: Say, metric: str, expected: str
) -> None:
    for words in ((measured[0], measured[1]), (measured[0], "--by", "name", "--against", "one")):
        said = say("compare", *words, "--metric", metric)
        assert said.code == 2
        assert f"no metric {metric!r}; did you mean {expected}?" in said.err


def test_a_metric_that_a_workload_invented_can_be_compared(measured: list[Path], say: Say) -> None:
    for run in measured:
        file = run / store.RECORDS
        first, *rest = file.read_text().splitlines(keepends=True)
        record = json.loads(first)
        record.pop("crc", None)  # the seal, which lines of the first version lack
        record["metrics"]["gates"] = 4
        file.write_text("".join([json.dumps(record) + "\n", *rest]))
    said = say("compare", *measured, "--metric", "gates", "--json")
    assert said.code == 0
    assert [c["ratio"] for c in json.loads(said.out)["comparisons"]] == [1.0]


@pytest.mark.parametrize("words", [("report",), ("report", "--check")])
def test_a_report_on_a_damaged_run_says_where_it_is_damaged(
    measured: list[Path], say: Say, words: tuple[str, ...]
) -> None:
    code = say(*words, measured[0]).code
    place = damage(measured[0])
    say("report", measured[0])
    said = say(*words, measured[0])
    assert place in said.err
    assert said.code == code == 0


def test_a_comparison_names_the_damage_of_both_runs(measured: list[Path], say: Say) -> None:
    places = [damage(run) for run in measured]
    said = say("compare", *measured, "--json")
    assert said.code == 0
    assert all(place in said.err for place in places)
    json.loads(said.out)
