"""`bench gate --baseline`: two runs on disk, or two files, and what becomes of a baseline that was tampered with."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench.records.codec import encode
from bench.records.nouns import Case, GateAsked, Machine, Run, Start
from bench.records.suite import GateKeys, GateSpec
from bench.store import folder as store
from tests.analysis.made_up import models, run, survey, trials
from tests.scenario import Said, Scenario

Say = Callable[..., Said]
Json = dict[str, Any]

CASES = models("lstm", "cnn", "gru")


def stored(
    folder: Path, *, seed: str, times: float = 1.0, cases: Sequence[Case] = CASES, made: Run | None = None
) -> Path:
    """A run on disk in which the first case took `times` as long as the others."""
    whole = replace(
        made or run(cases),
        name=f"20261121T103000Z-made_up-here-{seed}",
        machine=Machine(name="here", identity="0" * 16, facts={"cpu": "AMD EPYC", "cores": "2"}),
        fingerprint={
            "suite": "a",
            "subject": "b",
            "data": "none",
            "torch": "2.9.0",
            "python": "3.11.7",
            "bench": "0.1",
        },
    )
    path = folder / seed
    store.create(path, whole, {"suite": "", "data": ""})
    store.add_start(path, Start(schema=1, started=1.0, boot="", git={"revision": seed}, environment={}))
    journal = store.journal(path)
    random = Random(seed)
    for case in cases:
        slower = times if case == cases[0] else 1.0
        values = [slower * random.lognormvariate(0, 0.01) for _ in range(10)]
        for record in (survey(case.id), *trials(case.id, values)):
            journal.append(encode(record))
    journal.close()
    return path


@pytest.fixture
def base(scenario: Scenario) -> Path:
    return stored(scenario.folder, seed="base")


@pytest.fixture
def candidate(scenario: Scenario) -> Path:
    return stored(scenario.folder, seed="candidate")


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in os.listdir(folder)}


def tampered(folder: Path, change: Callable[[Json], object]) -> Path:
    """A copy whose run.json was changed by hand."""
    copy = folder.with_name("tampered")
    shutil.copytree(folder, copy)
    content = json.loads((copy / "run.json").read_text())
    change(content)
    (copy / "run.json").write_text(json.dumps(content))
    return copy


def retold(file: Path, line: int, **fields: object) -> None:
    """Changes a line of a file of lines by hand, seal and all."""
    lines = file.read_text().splitlines()
    content = {name: value for name, value in json.loads(lines[line]).items() if name != "crc"}
    lines[line] = json.dumps(content | fields)
    file.write_text("\n".join(lines) + "\n")


def judged(said: Said) -> dict[str, tuple[str, str | None]]:
    """Verdict and note of every case, of what --json printed."""
    return {case["case"]: (case["verdict"], case["note"]) for case in json.loads(said.out)["cases"]}


def test_equal_code_passes_and_neither_run_is_written(say: Say, base: Path, candidate: Path) -> None:
    before = contents(base), contents(candidate)
    said = say("gate", "--baseline", base, candidate)
    assert (said.code, "none of 3 cases is worse" in said.out) == (0, True)
    assert (contents(base), contents(candidate)) == before


def test_a_slower_case_is_a_regression_beyond_the_limit(say: Say, scenario: Scenario, base: Path) -> None:
    slow = stored(scenario.folder, seed="slow", times=1.2)
    assert say("gate", "--baseline", base, slow).code == 1
    said = say("gate", "--baseline", base, slow, "--limit", "60%", "--json")
    assert (said.code, {verdict for verdict, _ in judged(said).values()}) == (0, {"unchanged"})


def test_the_limit_is_ten_per_cent_unless_the_base_or_the_project_says_otherwise(
    say: Say, scenario: Scenario, base: Path, candidate: Path
) -> None:
    def limit(one: Path, two: Path) -> float:
        (first, *_) = json.loads(say("gate", "--baseline", one, two, "--json").out)["cases"]
        found: float = first["changes"][0]["limit"]
        return found

    assert limit(base, candidate) == 0.1
    (scenario.folder / "pyproject.toml").write_text('[tool.bench.gate]\nlimit = "20%"\n')
    assert limit(base, candidate) == 0.2
    strict = run(CASES)
    strict = replace(strict, suite=replace(strict.suite, gate=GateKeys(limit=0.05)))
    strict_base = stored(scenario.folder, seed="strict", made=strict)
    assert (limit(strict_base, candidate), limit(candidate, strict_base)) == (0.05, 0.2)


REFUSED: dict[str, tuple[Callable[[Json], object], str]] = {
    "torch version": (lambda r: r["fingerprint"].update(torch="2.8.0"), "torch: 2.8.0 → 2.9.0"),
    "threads": (lambda r: r["policy"].update(threads=2), "threads: 2 → 1"),
    "CPU model": (lambda r: r["machine"]["facts"].update(cpu="Xeon"), "machine.cpu: Xeon → AMD EPYC"),
    "machine": (lambda r: r["machine"].update(identity="f" * 16), f"machine.identity: {'f' * 16} → {'0' * 16}"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_baseline_of_other_conditions_is_refused_with_the_field(
    what: str, say: Say, base: Path, candidate: Path
) -> None:
    change, message = REFUSED[what]
    said = say("gate", "--baseline", tampered(base, change), candidate)
    assert (said.code, said.out) == (4, "")
    assert message in said.err
    assert "hint: " in said.err


LISTED: dict[str, tuple[Callable[[Json], object], str, tuple[str, str | None]]] = {
    "threads of a case": (lambda r: r["cases"][0].update(threads=2), "lstm", ("incomparable", "threads: 2 → 1")),
    "dtype": (
        lambda r: r["cases"][0]["arguments"].update(dtype="float64"),
        "lstm",
        ("incomparable", "arguments.dtype: float64 → none"),
    ),
    "levels": (
        lambda r: r["cases"][0]["levels"].update(model="rnn"),
        "lstm",
        ("incomparable", "levels.model: rnn → lstm"),
    ),
    "target": (
        lambda r: r["cases"][0].update(target="x:y"),
        "lstm",
        ("incomparable", "target: x:y → made_up:workload"),
    ),
    "new case": (lambda r: r["cases"].pop(0), "lstm", ("added", None)),
    "missing case": (
        lambda r: r["cases"].append(r["cases"][0] | {"id": "model=tcn", "levels": {"model": "tcn"}}),
        "tcn",
        ("removed", None),
    ),
}


@pytest.mark.parametrize("what", LISTED)
def test_a_baseline_of_other_cases_has_them_listed_with_the_field(
    what: str, say: Say, base: Path, candidate: Path
) -> None:
    change, model, expected = LISTED[what]
    said = say("gate", "--baseline", tampered(base, change), candidate, "--json")
    found = judged(said)
    assert found.pop(f"model={model}") == expected
    assert {verdict for verdict, _ in found.values()} == {"unchanged"}
    assert said.code == (0 if what == "new case" else 4)


@pytest.mark.parametrize("line", [0, 5])
def test_a_baseline_with_a_number_that_is_none_is_refused_at_its_line(
    line: int, say: Say, base: Path, candidate: Path
) -> None:
    copy = tampered(base, lambda r: r)
    retold(copy / "records.jsonl", line, metrics={"flops": float("nan")})
    said = say("gate", "--baseline", copy, candidate)
    assert (said.code, said.out) == (2, "")
    assert f"records.jsonl:{line + 1}: Record metrics.flops" in said.err


def test_a_change_of_code_alone_is_judged(say: Say, base: Path, candidate: Path) -> None:
    copy = tampered(base, lambda r: r["fingerprint"].update(subject="other", suite="other"))
    retold(copy / "starts.jsonl", 0, git={"revision": "another", "dirty": "yes"})
    said = say("gate", "--baseline", copy, candidate, "--json")
    assert (said.code, {verdict for verdict, _ in judged(said).values()}) == (0, {"unchanged"})


@pytest.mark.parametrize("place", [0, 1])
def test_a_gates_own_run_is_refused_on_either_side(place: int, say: Say, scenario: Scenario, base: Path) -> None:
    asked = GateAsked(against="main", revision="0" * 40, policy=GateSpec(limit=0.03))
    names = [base, base]
    names[place] = stored(scenario.folder, seed="gated", made=replace(run(CASES), gate=asked))
    said = say("gate", "--baseline", *names)
    assert (said.code, "a gate's run" in said.err, "hint: " in said.err) == (4, True, True)


def test_a_missing_base_is_four_and_a_missing_candidate_a_mistake(say: Say, base: Path) -> None:
    assert say("gate", "--baseline", "nowhere", base).code == 4
    assert say("gate", "--baseline", "nowhere.json", "nowhere.json").code == 4
    assert say("gate", "--baseline", base, "nowhere").code == 2


def test_a_run_is_no_baseline_for_itself(say: Say, base: Path) -> None:
    said = say("gate", "--baseline", base, base)
    assert (said.code, "one and the same run" in said.err) == (2, True)


def test_nothing_is_measured_so_nothing_about_measuring_may_be_asked(say: Say, base: Path, candidate: Path) -> None:
    assert say("gate", "--baseline", base, candidate, "--quick").code == 2


def written(path: Path, seed: str, *, times: float = 1.0) -> Path:
    """A file as pytest-benchmark's --benchmark-json leaves it."""
    random = Random(seed)
    data = [0.001 * times * random.lognormvariate(0, 0.01) for _ in range(20)]
    content = {"machine_info": {"cpu": {}}, "benchmarks": [{"fullname": "t.py::a", "stats": {"data": data}}]}
    path.write_text(json.dumps(content))
    return path


def test_two_files_of_pytest_benchmark_are_judged_with_what_they_cannot_prove(say: Say, scenario: Scenario) -> None:
    base, same = (written(scenario.folder / f"{name}.json", name) for name in ("base", "same"))
    slow = written(scenario.folder / "slow.json", "slow", times=1.3)
    said = say("gate", "--baseline", base, same)
    assert (said.code, "one process a side" in said.out) == (0, True)
    assert say("gate", "--baseline", base, slow).code == 1


def test_a_run_and_a_file_are_no_pair_and_a_broken_file_is_named(say: Say, scenario: Scenario, base: Path) -> None:
    file = written(scenario.folder / "base.json", "base")
    assert say("gate", "--baseline", file, base).code == 2
    (scenario.folder / "broken.json").write_text("{")
    said = say("gate", "--baseline", file, "broken.json")
    assert (said.code, "broken.json: Saved" in said.err) == (2, True)
    said = say("gate", "--baseline", file, "missing.json")
    assert (said.code, "missing.json" in said.err) == (2, True)


def test_what_pytest_benchmark_really_writes_is_read(say: Say, scenario: Scenario) -> None:
    (scenario.folder / "test_real.py").write_text(
        "def test_sum(benchmark):\n    benchmark.pedantic(sum, args=[range(99)], rounds=8)\n"
    )
    words = ["-q", "-p", "no:cacheprovider", "--benchmark-json", "whole.json", "--benchmark-save", "bare"]
    command = [sys.executable, "-m", "pytest", "test_real.py", *words]
    subprocess.run(command, cwd=scenario.folder, check=True, capture_output=True, timeout=120)
    (bare,) = scenario.folder.glob(".benchmarks/*/*.json")
    found = judged(say("gate", "--baseline", "whole.json", "whole.json", "--json"))
    assert found["test_real.py::test_sum"] in [("unchanged", None), ("inconclusive", None)]
    verdict, note = judged(say("gate", "--baseline", bare, "whole.json", "--json"))["test_real.py::test_sum"]
    assert (verdict, str(note).startswith("stats.data: none on the base")) == ("incomparable", True)
