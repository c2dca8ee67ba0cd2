"""What two files of pytest-benchmark say of each other, and what they cannot."""

import json
from itertools import pairwise
from random import Random

import pytest

from bench.errors import Incomparable, Unreadable
from bench.gate.iterations import MOST, Iterations, iterations, judge_files, thinned
from bench.records.gate import Gate, Judged
from bench.records.suite import GateSpec, LimitSpec

TEN = GateSpec(limit=0.1)
NAME = "tests/perf/test_cost.py::test_decoding[lstm]"

Json = dict[str, object]


def noise(seed: object, *, times: float = 1.0, sd: float = 0.01, n: int = 20) -> list[float]:
    """So many seconds around `times` milliseconds."""
    random = Random(str(seed))
    return [times / 1000 * random.lognormvariate(0, sd) for _ in range(n)]


def benchmark(data: list[float] | None, *, name: str = NAME, own: Json | None = None) -> Json:
    """As pytest-benchmark writes it, with fields that nobody asks for; `own` replaces some."""
    stats: Json = {"min": 0.0, "iterations": 1, **({} if data is None else {"data": data})}
    params = {"model": "lstm"}
    options = {"timer": "perf_counter", "disable_gc": False, "max_time": 1.0}
    return {"fullname": name, "group": None, "params": params, "options": options, "stats": stats} | (own or {})


def text(*benchmarks: Json, cpu: object = None, **machine: object) -> bytes:
    """A file; `machine` replaces fields of its machine_info."""
    info: Json = {
        "node": "secret",
        "system": "Linux",
        "machine": "x86_64",
        "python_implementation": "CPython",
        "python_version": "3.11.7",
        "cpu": {"brand_raw": "AMD EPYC", "count": 2, "flags": ["sse"]} if cpu is None else cpu,
    }
    content = {"machine_info": info | machine, "commit_info": {"id": "0123456789abcdef"}, "version": "5.3.1"}
    return json.dumps({**content, "benchmarks": benchmarks}).encode()


def file(*benchmarks: Json, cpu: object = None, **machine: object) -> Iterations:
    return iterations(text(*benchmarks, cpu=cpu, **machine), name="some.json", where="there/some.json")


def against(base: list[float] | None, candidate: list[float] | None, policy: GateSpec = TEN) -> Gate:
    """Files of one benchmark each."""
    return judge_files(file(benchmark(base)), file(benchmark(candidate)), policy)


def only(found: Gate) -> Judged:
    (judged,) = found.cases
    return judged


def test_equal_code_is_unchanged_and_the_files_limits_are_said() -> None:
    found = against(noise(1), noise(2))
    assert (found.verdict, found.exit_code, only(found).verdict) == ("pass", 0, "unchanged")
    assert [finding.code for finding in found.findings] == ["one process a side"]
    assert "an alarm may be the machine's" in found.findings[0].message


def test_the_gate_is_named_after_files_and_commits_and_never_after_a_host() -> None:
    found = against(noise(1), noise(2))
    assert (found.base, found.candidate) == ("some.json (0123456789ab)",) * 2
    assert (found.suite_file, found.machine) == ("tests/perf/test_cost.py", "AMD EPYC")
    assert "secret" not in str(found)


def test_benchmarks_of_several_files_are_placed_each_in_its_own() -> None:
    both = file(*(benchmark(noise(1), name=name) for name in ("tests/perf/b.py::y", "tests/perf/deep/a.py::x[a::b]")))
    found = judge_files(both, both, TEN)
    assert found.suite_file == "tests/perf"
    assert [found.file_of(one.case) for one in found.cases] == ["tests/perf/b.py", "tests/perf/deep/a.py"]


def test_a_parameter_that_json_cannot_hold_differs_in_every_process_and_says_nothing() -> None:
    base, candidate = (
        file(benchmark(noise(n), own={"params": {"f": f"UNSERIALIZABLE[<function f at 0x7f{n}>]", "n": 1}}))
        for n in (1, 2)
    )
    assert only(judge_files(base, candidate, TEN)).verdict == "unchanged"


def test_files_that_do_not_say_their_processor_prove_no_machine() -> None:
    nameless = file(benchmark(noise(1)), cpu={"count": 2})
    (_, found) = judge_files(nameless, nameless, TEN).findings
    assert (found.code, "cpu.brand_raw" in found.message) == ("machine not proven", True)


def test_an_older_file_s_processor_is_known_too() -> None:
    one, other = (file(benchmark(noise(1)), cpu={"brand": brand, "count": 2}) for brand in ("EPYC", "Xeon"))
    assert len(judge_files(one, one, TEN).findings) == 1
    with pytest.raises(Incomparable, match="EPYC"):
        judge_files(one, other, TEN)


def test_twice_the_limit_is_a_regression_and_its_mirror_an_improvement() -> None:
    found = against(noise(1), noise(2, times=1.2))
    assert (found.verdict, found.exit_code, only(found).verdict) == ("regression", 1, "regression")
    (change,) = only(found).changes
    assert (change.metric, change.pairs, change.worse) == ("latency", 20, True)
    assert change.ratio == pytest.approx(1.2, rel=0.02)
    assert only(against(noise(1, times=1.2), noise(2))).verdict == "improvement"


def test_noise_is_inconclusive() -> None:
    found = against(noise(1, sd=0.4), noise(2, sd=0.4))
    assert (found.exit_code, only(found).verdict) == (4, "inconclusive")
    assert only(found).needed is not None


def test_five_rounds_decide_nothing_however_slow_they_are() -> None:
    found = against(noise(1, n=5), noise(2, n=5, times=3))
    assert (found.exit_code, only(found).verdict) == (4, "inconclusive")
    said = "5 rounds on the base: fewer than 6 decide nothing; 5 rounds on the candidate: fewer than 6 decide nothing"
    assert only(found).note == said


def test_of_many_benchmarks_the_finding_says_how_many_rounds_would_do() -> None:
    both = file(*(benchmark(noise(i, n=6), name=f"t::{i}") for i in range(50)))
    (_, few) = judge_files(both, both, TEN).findings
    assert (few.code, "measure 7 on each side" in few.advice) == ("too few rounds", True)


def test_of_many_rounds_some_are_compared_evenly_spaced() -> None:
    assert thinned(range(MOST)) == range(MOST)
    kept = thinned(range(10 * MOST + 7))
    assert len(kept) == MOST
    assert {b - a for a, b in pairwise(kept)} == {10, 11}
    assert only(against(noise(1, n=5000), noise(2, n=100))).changes[0].pairs == MOST


def test_benchmarks_of_one_side_are_added_or_removed() -> None:
    one, two, three = (benchmark(noise(name), name=f"t.py::{name}") for name in ("a", "b", "c"))
    found = judge_files(file(one, two), file(one, three), TEN)
    assert [(j.case, j.verdict, j.allowed) for j in found.cases] == [
        ("t.py::a", "unchanged", False),
        ("t.py::c", "added", True),
        ("t.py::b", "removed", False),
    ]
    assert found.exit_code == 4


@pytest.mark.parametrize("side", ["base", "candidate"])
def test_a_benchmark_without_its_values_is_incomparable_with_the_hint(side: str) -> None:
    found = against(None, noise(1)) if side == "base" else against(noise(1), None)
    judged = only(found)
    assert (judged.verdict, found.exit_code) == ("incomparable", 4)
    assert judged.note is not None
    assert f"none on the {side}; --benchmark-save-data" in judged.note


def test_a_time_of_nothing_is_incomparable() -> None:
    assert only(against([0.0, *noise(1)], noise(1))).verdict == "incomparable"


@pytest.mark.parametrize(
    ("own", "note"),
    [
        ({"params": {"model": "gru"}}, "params.model: lstm → gru"),
        ({"params": None}, "params.model: lstm → none"),
        ({"options": {"timer": "process_time", "disable_gc": False}}, "options.timer: perf_counter → process_time"),
        ({"options": {"timer": "perf_counter", "disable_gc": True}}, "options.disable_gc: False → True"),
    ],
)
def test_a_benchmark_that_means_something_else_is_incomparable_by_field(own: Json, note: str) -> None:
    found = judge_files(file(benchmark(noise(1))), file(benchmark(noise(2), own=own)), TEN)
    assert (only(found).verdict, only(found).note) == ("incomparable", note)


@pytest.mark.parametrize(
    ("machine", "field"),
    [
        ({"python_version": "3.12.0"}, r"python_version: 3\.11\.7 → 3\.12\.0"),
        ({"machine": "aarch64"}, "machine: x86_64 → aarch64"),
        ({"cpu": {"brand_raw": "Intel", "count": 2}}, r"cpu\.brand_raw: AMD EPYC → Intel"),
        ({"cpu": {"brand_raw": "AMD EPYC", "count": 4}}, r"cpu\.count: 2 → 4"),
        ({"cpu": "unreadable"}, r"cpu\.count: 2 → unknown"),
    ],
)
def test_files_of_other_machines_are_refused_by_field_and_values(machine: Json, field: str) -> None:
    one = benchmark(noise(1))
    with pytest.raises(Incomparable, match=field):
        judge_files(file(one), file(one, **machine), TEN)


def test_another_host_of_the_same_kind_is_judged() -> None:
    one = benchmark(noise(1))
    assert judge_files(file(one), file(one, node="other", release="6.1"), TEN).verdict == "pass"


def test_a_limit_may_be_for_a_parameter() -> None:
    policy = GateSpec(limit=0.1, limits=(LimitSpec(limit=0.5, where={"model": ("lstm",)}),))
    assert only(against(noise(1), noise(2, times=1.2), policy)).verdict == "unchanged"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "Saved: Invalid JSON"),
        (b"[]", "Saved"),
        (b"{}", "Saved machine_info: "),
        (text({"name": "no full name"}), r"Saved benchmarks\.0\.fullname: "),
        (text({"fullname": "a"}), r"Saved benchmarks\.0\.stats: "),
        (text(benchmark(["1"])), r"Saved benchmarks\.0\.stats\.data\.0: "),  # type: ignore[list-item]
        (text(benchmark([float("nan")])), r"Saved benchmarks\.0\.stats\.data\.0: "),
        (text(benchmark([1.0]), benchmark([1.0])), "is there twice"),
    ],
)
def test_a_broken_file_is_named_with_the_field(content: bytes, what: str) -> None:
    with pytest.raises(Unreadable, match=rf"^there/some\.json: .*{what}"):
        iterations(content, name="some.json", where="there/some.json")
