"""Loading: files that cannot be read, shapes, and everything about a suite at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import BenchError, SuiteError
from bench.plan.suite import load_suite
from tests.plan.written import BASE, EXAMPLE, FACTORS, HEAD, about, complaints, write


def test_a_suite_is_named_after_its_file() -> None:
    assert load_suite(EXAMPLE).name == "rnn_vs_cnn"


def test_a_single_mapping_of_factors_is_a_list_of_one() -> None:
    assert [list(block) for block in load_suite(EXAMPLE).factors] == [["model", "size", "batch", "mode"]]


@pytest.mark.parametrize(("name", "reason"), [("none.yaml", "No such file"), (".", "Is a directory")])
def test_what_is_no_file_is_named_in_one_line(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BenchError, match=reason) as caught:
        load_suite(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: cannot be read: ")
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named_in_one_line(tmp_path: Path) -> None:
    file = write(tmp_path, HEAD)
    file.chmod(0)
    with pytest.raises(BenchError, match="cannot be read: Permission denied"):
        load_suite(file)


@pytest.mark.parametrize("kind", ["a pipe", "a device"])
def test_what_is_no_regular_file_is_refused_without_waiting_for_it(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "made.yaml"
    if kind == "a pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    with pytest.raises(BenchError, match="no regular file") as caught:
        load_suite(file)
    assert str(caught.value).startswith(f"{file}: ")


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as out:
        out.truncate(50 * 2**20)
    with pytest.raises(BenchError, match="larger than 1,048,576 bytes"):
        load_suite(file)


def test_a_suite_with_dos_lines_loads(tmp_path: Path) -> None:
    text = "\ufeff" + (HEAD + BASE + FACTORS).replace("\n", "\r\n")
    assert load_suite(write(tmp_path, text)).factors[0]["batch"] == (1, 64)


def test_the_text_s_offences_are_a_suite_error(tmp_path: Path) -> None:
    assert complaints(tmp_path, b"a: b: c\n") == ["1:5: mapping values are not allowed here\n    a: b: c\n        ^"]


def test_missing_keys_are_named(tmp_path: Path) -> None:
    assert complaints(tmp_path, "policy: {}\n") == [
        "1:1: title: is missing",
        "1:1: question: is missing",
        "1:1: factors: is missing",
    ]


def test_a_suite_does_not_name_itself(tmp_path: Path) -> None:
    assert about(tmp_path, "name: made\n") == ["5:1: name: a suite's name is its file's name; take this key out"]


@pytest.mark.parametrize("stem", ["a b", "CON", "x" * 65, "né", "dot."])
def test_a_file_s_name_must_be_fit_to_be_a_suite_s_name(tmp_path: Path, stem: str) -> None:
    file = write(tmp_path, HEAD + BASE + FACTORS).rename(tmp_path / f"{stem}.yaml")
    with pytest.raises(SuiteError, match="the file's name is the suite's name"):
        load_suite(file)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("metrcs: [latency]\n", "5:1: metrcs: unknown key; did you mean 'metrics'?"),
        ("gates: {limit: 3%}\n", "5:1: gates: unknown key; did you mean 'gate'?"),
        ("zzz: {limit: 3%}\n", "5:1: zzz: unknown key; known: title, "),
        ("metrics: latency\n", "5:10: metrics: expected a list, found the text 'latency'"),
        ("metrics: []\n", "5:10: metrics: must not be empty"),
        ("tables: 3\n", "5:9: tables: expected a list, found the number 3"),
        ("notes: One network.\n", "5:8: notes: expected a list, found the text 'One network.'"),
        ("notes: [3]\n", "5:9: notes[0]: expected text, found the number 3"),
        ("tables: [3]\n", "5:10: tables[0]: expected a mapping, found the number 3"),
        (
            "tables: [{rows: model, columns: batch}]\n",
            "5:10: tables[0].value: is missing",
        ),
        (
            "tables: [{rows: model, columns: [batch, 3], value: latency}]\n",
            "5:41: tables[0].columns[1]: expected text, found the number 3",
        ),
        (
            "tables: [{rows: model, columns: batch, value: latency, as: speedup}]\n",
            "5:60: tables[0].as: expected 'ratio' or 'speed-up', found the text 'speedup'; did you mean 'speed-up'?",
        ),
        (
            "tables: [{rows: model, columns: batch, value: latency, shown_as: ratio}]\n",
            "5:56: tables[0].shown_as: unknown key; known: rows, columns, facets, value, relative_to, as, where, equal",
        ),
        ("exclude: {model: rnn}\n", "5:10: exclude: expected a list, found a mapping"),
        (
            "exclude: [{model: {a: 1}}]\n",
            "5:19: exclude[0].model: expected a level (text, a number, true or false), found a mapping",
        ),
        ("skip: [{where: {model: rnn}}]\n", "5:8: skip[0].because: is missing"),
        ("skip: [{where: {model: rnn}, because: ''}]\n", "5:39: skip[0].because: must not be empty"),
        ("quick: {polcy: {}}\n", "5:9: quick.polcy: unknown key; did you mean 'policy'?"),
        ("quick: {factors: {batch: 1}}\n", "5:26: quick.factors.batch: expected a list, found the number 1"),
        ("quick: 3\n", "5:8: quick: expected a mapping, found the number 3"),
    ],
)
def test_a_wrong_shape_is_one_complaint_in_plain_words(tmp_path: Path, lines: str, expected: str) -> None:
    found = about(tmp_path, lines)
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("{batch: 8}", "4:18: factors.batch: expected a list, found the number 8"),
        ("{batch: []}", "4:18: factors.batch: must not be empty"),
        (
            "{batch: [1, null]}",
            "4:22: factors.batch[1]: expected a level (text, a number, true or false), found nothing",
        ),
        ("{batch: [1, [2]]}", "4:22: factors.batch[1]: expected a level (text, a number, true or false), found a list"),
        ("{a b: [1]}", "4:11: factors.a b: a name is a letter or _"),
        ("{shape: {x: 3}}", "4:22: factors.shape.x: expected a mapping, found the number 3"),
        ("{shape: {x: {y: [1]}}}", "4:26: factors.shape.x.y: expected a level"),
        ("[{batch: [null]}]", "4:20: factors[0].batch[0]: expected a level"),
        ("[]", "4:10: factors: must not be empty"),
        ("lstm", "4:10: factors: expected a list, found the text 'lstm'"),
    ],
)
def test_factors_of_a_wrong_shape_have_their_places(tmp_path: Path, block: str, expected: str) -> None:
    found = complaints(tmp_path, HEAD + BASE + f"factors: {block}\n")
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_every_offence_in_a_policy_is_told_at_once(tmp_path: Path) -> None:
    policy = (
        "policy: {rounds: eight, max_rounds: -1, threads: 0, rounds_per_server: 1.5, timeout: true, precision: 1e3,"
    )
    more = " step_limit: .nan, trial_seconds: .inf, warmup_seconds: " + "9" * 5000 + ", memory: 3, treads: 1}\n"
    found = [line.split(": ", 1)[1] for line in about(tmp_path, policy + more)]
    starts = [
        "policy.rounds: expected a whole number, found the text 'eight'",
        "policy.max_rounds: must be at least 6, found the number -1",
        "policy.threads: must be at least 1, found the number 0",
        "policy.rounds_per_server: expected a whole number, found the number 1.5",
        "policy.timeout: expected a number, found true",
        "policy.precision: 1e3: YAML 1.1 makes it text",
        "policy.step_limit: .nan: YAML reads a number that is not finite",
        "policy.trial_seconds: .inf: YAML reads a number that is not finite",
        "policy.warmup_seconds: 99999999999999999999…: an integer of 5000 digits",
        "policy.memory: expected text, found the number 3",
        "policy.treads: unknown key; did you mean 'threads'?",
    ]
    assert len(found) == len(starts)
    assert all(line.startswith(start) for line, start in zip(found, starts, strict=True))


def test_policies_of_overlays_are_read_as_strictly(tmp_path: Path) -> None:
    found = about(tmp_path, "quick: {policy: {rounds: 5}}\ncuda: {policy: {isolate: rounds, preload: torch}}\n")
    assert found == [
        "5:26: quick.policy.rounds: must be at least 6, found the number 5",
        "6:26: cuda.policy.isolate: expected 'case' or 'round', found the text 'rounds'; did you mean 'round'?",
        "6:43: cuda.policy.preload: expected a list, found the text 'torch'",
    ]


def test_offences_of_every_kind_are_told_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = (
        "titel: x\n"
        "policy: {rounds: 1e3, precison: 2%}\n"
        "exclude: [{modle: rnn}]\n"
        "metrics: [latency, latencey]\n"
        "tables: [{rows: model, columns: batch, value: latency, relative_to: {model: cmn}, as: factor}]\n"
        "metrics: [throughput]\n"
    )
    assert [line.split(": ")[:2] for line in about(tmp_path, lines)] == [
        ["5:1", "titel"],
        ["6:18", "policy.rounds"],
        ["6:23", "policy.precison"],
        ["7:12", "exclude[0].modle"],
        ["8:20", "metrics[1]"],
        ["9:77", "tables[0].relative_to.model"],
        ["9:87", "tables[0].as"],
        ["10:1", "metrics"],
    ]


def test_reading_a_suite_imports_nothing_heavy_and_no_builder() -> None:
    code = (
        "import sys, pathlib, bench.plan.suite as s;"
        f"s.load_suite(pathlib.Path({str(EXAMPLE)!r}));"
        "print([m for m in ('torch', 'numpy', 'scipy', 'pandas', 'builders') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
