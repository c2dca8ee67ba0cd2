"""Cases on a made-up card, and under a roofline, from the command line to the page."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7")


def shown(scenario: Scenario, *lines: str) -> Path:
    """The scenario's suite with more metrics, and with those lines."""
    file = scenario.written()
    metrics = "metrics: [latency, parameters, energy, busy_share, kernels]"
    text = file.read_text().replace("metrics: [latency, parameters]", metrics)
    file.write_text("\n".join((text.rstrip(), *lines, "")))
    return file


def rows(scenario: Scenario) -> dict[tuple[str, str], dict[str, str]]:
    with open(scenario.runs[-1] / "measurements.csv", newline="") as file:
        return {(row["case"].split(",")[0], row["metric"]): row for row in csv.DictReader(file)}


def test_energy_is_metered_where_a_suite_shows_it_and_a_card_counts(scenario: Scenario, say: Say) -> None:
    scenario.case("card", takes=0.002, fault="card").case("bare", takes=0.002)
    assert say("run", shown(scenario), *FAKE).code == 0
    found = rows(scenario)
    energy = found["name=card", "energy"]
    assert energy["unit"] == "J"
    assert float(energy["value"]) == pytest.approx(300 * 0.002, rel=0.02)
    assert energy["rounds"] == "6"
    missing = found["name=bare", "energy"]
    assert (missing["value"], missing["status"]) == ("", "ok")
    assert "no counter" in missing["note"]


def test_no_second_is_spent_on_energy_that_nobody_shows(scenario: Scenario, say: Say) -> None:
    say("run", scenario.case("card", fault="card").written(), *FAKE)
    stored = store.read(scenario.runs[0])
    assert not any("energy" in record.metrics or "energy" in record.phases for record in stored.records)


def test_every_trial_says_what_its_card_did(scenario: Scenario, say: Say) -> None:
    say("run", scenario.case("card", fault="card").written(), *FAKE)
    records = store.read(scenario.runs[0]).records
    assert {record.noise["gpu_clock"] for record in records} == {1980.0}
    assert records[0].metrics["device_memory"] == 2 << 30


def test_a_card_that_is_hot_is_repeated_and_the_run_contaminated(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("well", fault="card").case("hot", fault="hot").written(), *FAKE)
    records = store.read(scenario.runs[0]).records
    assert any(record.attempt for record in records if "hot" in record.case)
    assert "contaminated: " in said.err
    assert "hardware thermal slowdown" in said.err


def test_a_card_that_is_slowed_among_the_samples_and_rests_at_their_ends_is_repeated(
    scenario: Scenario, say: Say
) -> None:
    said = say("run", scenario.case("well", fault="card").case("capped", fault="capped_card").written(), *FAKE)
    records = store.read(scenario.runs[0]).records
    assert any(record.attempt for record in records if "capped" in record.case)
    assert not any(record.attempt for record in records if "well" in record.case)
    assert "contaminated: " in said.err
    assert "power cap" in said.err


def test_a_clock_under_three_quarters_of_the_run_s_fastest_is_slow(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("well", fault="card").case("slow", fault="slow_card").written(), *FAKE)
    assert "contaminated: " in said.err
    assert "no reason given" in said.err


def test_neighbours_on_the_card_are_a_remark(scenario: Scenario, say: Say) -> None:
    said = say("run", scenario.case("shared", fault="shared_card").written(), *FAKE)
    assert "card shared: " in said.err
    assert "2 at most" in said.err


def test_kernels_are_counted_in_the_survey_and_their_share_is_of_the_latency(scenario: Scenario, say: Say) -> None:
    say("run", shown(scenario.case("kernels", takes=0.002, fault="kernels").case("none", takes=0.002)), *FAKE)
    found = rows(scenario)
    assert found["name=kernels", "kernels"]["value"] == "2"
    assert float(found["name=kernels", "busy_share"]["value"]) == pytest.approx(0.4, rel=0.1)
    assert found["name=none", "busy_share"]["value"] == ""
    survey = next(r for r in store.read(scenario.runs[0]).records if r.kind == "survey" and "kernels" in r.case)
    assert survey.kernels == ("fake_copy", "fake_gemm")


def test_the_roofline_of_a_device_says_when_it_was_idle_on_either_page(scenario: Scenario, say: Say) -> None:
    """A `cuda:` block may ask for it alone."""
    kernels = scenario.case("kernels", takes=0.002, fault="kernels").case("none", takes=0.002)
    say("run", shown(kernels, "cuda: {roofline: name}"), "--device", "fake-cuda", "--seed", "7")
    text, html = ((scenario.runs[0] / name).read_text("utf-8") for name in ("table.md", "report.html"))
    (told,) = re.findall(
        r"^\| name=kernels,.* memory \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \| [\d.]+ % \|$", text, re.M
    )
    share, idle, launching = map(float, told)
    assert idle == pytest.approx(100 * (1 - float(rows(scenario)["name=kernels", "busy_share"]["value"])), abs=0.1)
    assert 0 < launching < 100
    assert share > 0
    assert re.search(r"^\| name=none,.* % \| – \| [\d.]+ % \| – \|$", text, re.M)
    assert "for want of launches" in html


def test_a_roofline_measures_the_peaks_once_and_places_every_case(scenario: Scenario, say: Say) -> None:
    scenario.case("one", takes=0.001).case("two", takes=0.002).case("bad", fault="raise")
    said = say("run", shown(scenario, "roofline: name"), *FAKE)
    assert said.code == 3
    assert "Roofline" in said.out
    folder = scenario.runs[0]
    peaks = [record for record in store.read(folder).records if record.kind == "peak"]
    assert [(peak.case, peak.metrics) for peak in peaks] == [("threads=1", {"copy": 1e6, "float32": 2e7})]
    text = (folder / "table.md").read_text("utf-8")
    _, _, roofline = text.partition("## Roofline\n\n")
    assert "copy 1.00 MB/s, float32 20.0 Mflop/s" in roofline
    assert "| name=one,fault=none,takes=0.001,size=1 | 2.00 | 2.00 Mflop/s" in roofline
    assert "made to fail" in roofline
    (figure,) = (folder / "figures").glob("*.svg")
    assert figure.name == "1-roofline.svg"
    assert say("report", folder).code == 0


def test_a_run_that_is_gone_on_with_does_not_measure_its_peaks_again(scenario: Scenario, say: Say) -> None:
    say("run", shown(scenario.case("one"), "roofline: name"), *FAKE)
    folder = scenario.runs[0]
    lines = (folder / "records.jsonl").read_text().splitlines(keepends=True)
    (folder / "records.jsonl").write_text("".join(lines[:4]))
    assert say("run", "--resume", folder).code == 0
    assert sum(record.kind == "peak" for record in store.read(folder).records) == 1
