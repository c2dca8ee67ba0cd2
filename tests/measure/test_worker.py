"""The real device: what a survey finds out about a workload, and what it makes of a flawed one."""

import os
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from bench.measure.client import Setup
from bench.measure.request import Place
from bench.measure.runner import Means, Runner
from bench.records.nouns import Case, Record
from tests.measure.made_up import ScriptedJudge, case, run, shuffled

pytestmark = pytest.mark.torch

KINDS = (
    "Sound",
    "Allocating",
    "NotFinite",
    "NotFiniteInside",
    "Module",
    "Threaded",
    "Wrong",
    "Undecided",
    "Elsewhere",
    "Hungry",
    "Fickle",
    "Leaky",
    "Large",
    "Stepless",
    "Typo",
)


LEAKS = (
    *("dtype", "default_device", "gradients", "anomaly", "mkldnn", "cudnn", "cudnn_benchmark", "cudnn_deterministic"),
    *("cudnn_tf32", "cudnn_convolutions", "matmul_precision", "deterministic", "flush_denormal", "threads", "gc"),
    *("onednn_precision", "precision", "products_precision", "fp16_reduction", "bf16_reduction", "fp16_accumulation"),
    *("cudnn_benchmark_limit", "blas", "linalg", "attention_flash", "attention_efficient", "attention_math"),
    *("attention_cudnn", "autocast_cpu", "autocast_cpu_dtype", "autocast_cuda", "autocast_cuda_dtype"),
    *("autocast_cache", "autocast_depth"),
    *("path", "cores", "torch_seed", "numpy_seed", "random_seed", "folder", "environment"),
)
"""What a case may leave behind in a process that it shares (torch_subject.LEAKS)."""


def real(*cases: Case, device: str = "cpu", isolate: str = "case") -> list[Record]:
    """Those cases, measured on this machine in trials of 10 ms with one server."""
    return list(runner(*cases, device=device, isolate=isolate).measure())


def runner(*cases: Case, device: str = "cpu", isolate: str = "case") -> Runner:
    """What measures them. On a busy machine the large case's step may take longer than is usual."""
    policy = {
        "trial_seconds": 0.01,
        "warmup_seconds": 0.001,
        "rounds_per_server": 6,
        "isolate": isolate,
        "step_limit": 5.0,
    }
    targets = [replace(c, target="torch_subject:workload") for c in cases]
    made = replace(run(targets, **policy), device=device)
    cores = tuple(sorted(os.sched_getaffinity(0)))
    setup = Setup(
        device=device,
        launch="fork",
        preload=(),
        own_cores=cores[:-1] or cores,
        allowed_cores=cores,
        environment=dict(os.environ),
    )
    place = Place(paths=(str(Path(__file__).parent),), memory=4 << 30, cores=cores)
    means = Means(setup=setup, place=place, order=shuffled, judge=ScriptedJudge())
    return Runner(made, means)


@pytest.fixture(scope="module")
def records() -> dict[str, list[Record]]:
    """One run over every kind of workload: the survey first, then the trials."""
    found = real(*(case(kind=name) for name in KINDS))
    return {name: [r for r in found if r.case == f"kind={name}"] for name in KINDS}


def test_a_survey_knows_everything_that_is_not_time(records: dict[str, list[Record]]) -> None:
    survey = records["Sound"][0]
    assert (survey.kind, survey.status, survey.note) == ("survey", "ok", None)
    assert survey.metrics["parameters"] == 4096
    assert survey.metrics["flops"] == 2 * 4 * 64 * 64
    assert survey.metrics["expected_backend"] == 1
    assert survey.metrics["operations"] >= 2
    assert "aten::mm" in survey.operators
    assert {"build", "first_call", "expected_step"} <= survey.metrics.keys()
    assert survey.noise["allocator_retains"] == 1.0


def test_trials_are_timed_naked_and_say_what_disturbed_them(records: dict[str, list[Record]]) -> None:
    trials = records["Sound"][1:]
    assert [t.round for t in trials] == [1, 2, 3, 4, 5, 6]
    for trial in trials:
        assert trial.status == "ok"
        assert len(trial.samples) == len(trial.cpu) >= 3
        assert min(trial.samples) > 0
        assert trial.loops > 1
        assert not trial.operators
        assert {"sentinel_before", "sentinel_after", "steal", "page_faults", "switches", "load"} <= trial.noise.keys()
        assert {"start", "build", "warm_up", "samples", "total"} <= trial.phases.keys()


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("NotFinite", "invalid", "not finite"),
        ("NotFiniteInside", "invalid", "not finite"),
        ("Threaded", "invalid", "changed the threads from 1 to 2"),
        ("Wrong", "invalid", "differs from its reference by 1"),
        ("Undecided", "invalid", "differs from its reference by nan"),
        ("Hungry", "oom", "allocate memory"),
        ("Stepless", "failed", "has no step()"),
        ("Typo", "failed", "KeyError: 'Typo'"),
    ],
)
def test_a_flawed_workload_is_surveyed_once_and_never_timed(
    records: dict[str, list[Record]], kind: str, status: str, words: str
) -> None:
    (record,) = records[kind]
    assert record.status == status
    assert words in (record.note or "")


def test_notes_name_the_place_in_the_subject_and_no_folder(records: dict[str, list[Record]]) -> None:
    note = records["Typo"][0].note or ""
    assert "(at torch_subject.py:" in note
    assert str(Path(__file__).parent) not in note


def test_a_backend_that_did_not_run_is_on_record(records: dict[str, list[Record]]) -> None:
    assert records["Elsewhere"][0].metrics["expected_backend"] == 0


def test_a_trial_that_was_built_otherwise_than_its_survey_is_invalid(records: dict[str, list[Record]]) -> None:
    statuses = [record.status for record in records["Fickle"]]
    assert statuses == ["ok", "invalid", "invalid"]


def test_peak_memory_is_the_growth_over_build_and_step(records: dict[str, list[Record]]) -> None:
    small, large = (records[name][0].metrics["peak_memory"] for name in ("Sound", "Large"))
    assert large - small == pytest.approx(256e6, rel=0.05)


def test_what_a_step_asks_of_the_allocator_is_summed_up_whatever_it_frees(records: dict[str, list[Record]]) -> None:
    block = 4 * 64 * 4
    assert records["Sound"][0].metrics["allocated"] == block
    assert records["Allocating"][0].metrics["allocated"] == 4 * block
    assert records["Large"][0].metrics["allocated"] == 256_000_000 + 4
    assert not [name for record in records["Allocating"] for name in record.operators if "memory" in name]


def test_what_a_case_leaves_behind_does_not_reach_the_next_in_the_same_process() -> None:
    alone = real(case(kind="Sound"), isolate="round")
    after = real(case(kind="Leaky"), case(kind="Sound"), isolate="round")
    settings = {record.settings for record in [*alone, *after] if record.case == "kind=Sound"}
    assert len(settings) == 1
    assert [r.status for r in after if r.case == "kind=Sound"] == ["ok"] * 7


@pytest.fixture(scope="module")
def surveys() -> dict[tuple[str, str], Record]:
    """Surveys of one process, by workload and leak: a witness, then one that leaves something and a witness in turn."""
    pairs = [(kind, leak) for leak in LEAKS for kind in ("Leaky", "Witness")]
    cases = [case(kind="Witness", leak=""), *(case(kind=kind, leak=leak) for kind, leak in pairs)]
    with closing(runner(*cases, isolate="round")) as started:
        found = list(islice(started.measure(), len(cases)))
    assert {record.kind for record in found} == {"survey"}
    return dict(zip([("Witness", ""), *pairs], found, strict=True))


@pytest.mark.parametrize("leak", LEAKS)
def test_nothing_that_a_case_changes_reaches_the_next_in_its_process(
    surveys: dict[tuple[str, str], Record], leak: str
) -> None:
    fresh, left, after = (surveys[key] for key in (("Witness", ""), ("Leaky", leak), ("Witness", leak)))
    assert [record.status for record in (fresh, left, after)] == ["ok"] * 3, (left.note, after.note)
    if leak == "cores" and os.cpu_count() == 1:
        pytest.skip("there is one core to be on")
    assert left.metrics[leak] != fresh.metrics[leak], "it does leave something behind"
    assert after.metrics[leak] == fresh.metrics[leak]


def test_cuda_without_a_gpu_is_unavailable_with_the_reason_and_never_the_processor() -> None:
    records = real(case(kind="Sound"), device="cuda:7")
    assert {record.status for record in records} == {"unavailable"}
    assert "cuda:7" in (records[0].note or "")


def test_a_module_with_a_step_is_a_workload(records: dict[str, list[Record]]) -> None:
    assert {record.status for record in records["Module"]} == {"ok"}
    assert "parameters" not in records["Module"][0].metrics
