"""`bench profile` over the fake device: what it leaves behind, what it refuses, how it ends."""

import csv
import gzip
import json
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.store import files
from tests.scenario import Said, Scenario, started, wait_until

Say = Callable[..., Said]
FAKE = ("--device", "fake", "--seed", "7")

SOUND = """
import torch
LEVELS = {"name": ("one",)}

class Step:
    def __init__(self):
        self.x = torch.ones(64, 64)

    def step(self):
        with torch.profiler.record_function("mark /home/somebody/secret"):
            return (self.x @ self.x).relu()

def workload(name, **levels):
    return Step()
"""


def folders(scenario: Scenario) -> list[Path]:
    return sorted((scenario.folder / ".bench" / "profiles").glob("*"))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def test_a_profile_is_a_folder_with_a_page_operators_and_a_trace(scenario: Scenario, say: Say) -> None:
    said = say("profile", scenario.case("one").written(), *FAKE)
    (folder,) = folders(scenario)
    assert said.code == 0
    assert re.fullmatch(r"\d{8}T\d{6}Z-scenario-.+-[0-9a-f]{4}", folder.name)
    assert names(folder) == {"operators.csv", "profile.md", "trace.json.gz"}
    assert f"profile: {folder}" in said.out
    assert (scenario.folder / ".bench" / ".gitignore").read_text() == "*\n"
    found = {row["operator"]: row for row in rows(folder / "operators.csv")}
    assert found.keys() == {"aten::fake", "aten::fake_inner", "made_up_range"}
    assert float(found["aten::fake"]["share"]) == pytest.approx(0.4, abs=0.001)
    assert found["made_up_range"]["kind"] == "range"
    page = (folder / "profile.md").read_text()
    assert "never with timings" in page
    assert "1.2" in re.findall(r"([\d.]+) times as long", page)[0]
    trace = json.loads(gzip.decompress((folder / "trace.json.gz").read_bytes()))
    assert {"bench: step", "aten::fake"} <= {event["name"] for event in trace["traceEvents"]}
    assert "host_name" not in trace


def test_no_other_verb_sees_a_profile(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").written()
    assert say("run", file, *FAKE).code == 0
    assert say("profile", file, *FAKE).code == 0
    (profile,) = folders(scenario)
    assert scenario.runs[-1].name in say("report", "latest").out
    assert say("show", profile).code == 2
    assert say("compare", profile, "latest").code == 2
    assert say("gate", "--baseline", "latest", profile).code == 2


def test_several_cases_have_a_trace_each_and_share_the_tables(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").case("two", fault="kernels").case("three").written()
    said = say("profile", file, *FAKE, "-k", "not three", "--out", scenario.folder / "p", "--json")
    assert said.code == 0
    folder = scenario.folder / "p"
    assert names(folder) == {"operators.csv", "kernels.csv", "profile.md", "trace-1.json.gz", "trace-2.json.gz"}
    assert [row["kernel"] for row in rows(folder / "kernels.csv")] == ["fake_gemm", "fake_copy"]
    found = json.loads(said.out)
    assert found["folder"] == str(folder)
    first, second = found["profiles"]
    assert first["traced"]["gaps"] is None
    gaps, watched = second["traced"]["gaps"], second["traced"]["watched"]
    assert gaps["busy"] / watched == pytest.approx(0.4, abs=0.001)
    assert first["file"] == "trace-1.json.gz"


def test_a_case_that_fails_does_not_hide_the_others(scenario: Scenario, say: Say) -> None:
    for fault in ("none", "raise", "hang", "segfault", "patricide", "torn", "traceless", "nan_result"):
        scenario.case(fault, fault=fault)
    said = say("profile", scenario.written(timeout=1), *FAKE)
    assert said.code == 3
    (folder,) = folders(scenario)
    found = {row["case"].split(",")[0]: row for row in rows(folder / "operators.csv")}
    status = {name.removeprefix("name="): row["status"] for name, row in found.items()}
    assert status == {
        "none": "ok",
        "raise": "failed",
        "hang": "timeout",
        "segfault": "crashed",
        "patricide": "crashed",
        "torn": "failed",
        "traceless": "failed",
        "nan_result": "invalid",
    }
    assert "its trace cannot be read: it is no JSON" in found["name=torn"]["note"]
    assert "its trace cannot be read: No such file" in found["name=traceless"]["note"]
    assert "build: ValueError: made to fail" in said.err


def test_a_case_that_the_suite_skips_is_told_and_is_no_failure(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").case("two").written()
    file.write_text(f"{file.read_text()}skip:\n  - {{where: {{name: two}}, because: too dear}}\n")
    said = say("profile", file, *FAKE)
    assert said.code == 0
    assert "skipped: too dear" in said.out


def test_more_than_eight_cases_are_refused_before_anything_is_done(scenario: Scenario, say: Say) -> None:
    for n in range(9):
        scenario.case(f"c{n}")
    file = scenario.written()
    said = say("profile", file, *FAKE)
    assert said.code == 2
    assert "9 cases are selected, and at most 8" in said.err
    assert not folders(scenario)
    assert say("profile", file, *FAKE, "-k", "not c0").code == 0


def test_nothing_selected_a_missing_suite_and_a_folder_in_use_are_told(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").written()
    assert say("profile", file, *FAKE, "-k", "nothing").code == 5
    assert say("profile", "other.yaml", *FAKE).code == 2
    assert say("profile", file, *FAKE, "--out", scenario.folder).code == 2
    assert not folders(scenario)


def test_names_from_a_trace_are_obeyed_by_nothing(scenario: Scenario, say: Say) -> None:
    said = say("profile", scenario.case("one", fault="loud").written(), *FAKE)
    (folder,) = folders(scenario)
    assert said.code == 0
    page = (folder / "profile.md").read_text()
    trace = gzip.decompress((folder / "trace.json.gz").read_bytes()).decode()
    for text in (said.out, said.err, page, (folder / "kernels.csv").read_text(), trace):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
        assert "somebody" not in text
        assert "/root" not in text
    assert not re.search(r"^\s*::|##\w*\[", said.out + said.err, re.MULTILINE)
    assert "<b>" not in page


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_the_cases_before_and_says_where_they_are(
    scenario: Scenario, number: signal.Signals, code: int
) -> None:
    file = scenario.case("one").case("stuck", fault="hang").written(timeout=600)
    process = started(["profile", file, *FAKE], folder=scenario.folder)
    wait_until(lambda: any((folder / "profile.md").exists() for folder in folders(scenario)))
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    (folder,) = folders(scenario)
    assert process.returncode == code
    assert f"the cases profiled before are in {folder}" in err
    assert "Traceback" not in err
    assert names(folder) == {"operators.csv", "profile.md", "trace-1.json.gz"}


def test_a_disk_that_is_full_ends_it_with_what_was_stored_before(
    scenario: Scenario, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        if path.name == "trace-2.json.gz":
            raise files.cannot_store(path, OSError(28, "No space left on device"))
        files.write(path, content)

    monkeypatch.setattr("bench.api.profiling.write", full)
    said = say("profile", scenario.case("one").case("two").case("three").written(), *FAKE)
    assert said.code == 74
    assert "trace-2.json.gz: No space left on device" in said.err
    (folder,) = folders(scenario)
    assert names(folder) == {"operators.csv", "profile.md", "trace-1.json.gz"}
    assert say("profile", scenario.written(), *FAKE, "-k", "one", "--out", "/proc/profile").code == 74


@pytest.mark.torch
def test_a_real_step_s_operators_are_in_the_table_and_nobody_s_folder(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").written(trial_seconds=0.02, warmup_seconds=0.001)
    (scenario.folder / "builder.py").write_text(SOUND)
    said = say("profile", file, "--json")
    assert said.code == 0, said.err
    (profile,) = json.loads(said.out)["profiles"]
    operators = {each["name"]: each for each in profile["traced"]["operators"]}
    assert operators["aten::mm"]["calls"] == operators["aten::relu"]["calls"] == 1.0
    assert operators["aten::matmul"]["total"] >= operators["aten::mm"]["total"] > 0
    assert profile["step"] > 0
    assert profile["traced"]["watched"] >= profile["traced"]["inside"] > 0
    assert profile["traced"]["outermost"] == 2.0
    assert next(name for name in operators if name.startswith("mark")) == "mark …"
    assert operators["mark …"]["kind"] == "range"
    (folder,) = folders(scenario)
    trace = gzip.decompress((folder / "trace.json.gz").read_bytes()).decode()
    assert "somebody" not in trace
    assert str(scenario.folder) not in trace
    assert sum(event["name"] == "bench: step" for event in json.loads(trace)["traceEvents"]) == profile["steps"]


@pytest.mark.torch
def test_a_device_that_is_not_there_is_a_row_that_says_so(scenario: Scenario, say: Say) -> None:
    file = scenario.case("one").written()
    (scenario.folder / "builder.py").write_text(SOUND)
    said = say("profile", file, "--device", "cuda:99")
    assert said.code == 3
    assert "unavailable: cuda:99: " in said.out
