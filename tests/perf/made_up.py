"""Suites, runs and records as large as real ones get, for the benchmarks; the same ones every time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Protocol, TypeVar

from bench.plan.matrix import expand
from bench.records.nouns import SCHEMA, Case, Machine, Record, Run
from bench.records.suite import Policy, Skip, Suite, TableSpec

T = TypeVar("T")

MILLISECOND = 1_000_000
SAMPLES = 70
"""As many as a trial of the main suite has in the median."""

TABLE = TableSpec(rows=("size",), columns=("model",), value="latency", relative_to={"model": "m0"})


class Benchmark(Protocol):
    """As much of pytest-benchmark's fixture as is used here; it has no types of its own."""

    extra_info: dict[str, object]

    def pedantic(self, target: Callable[[], T], *, rounds: int = 1, warmup_rounds: int = 0) -> T: ...


def suite(*, models: int, sizes: int, batches: int = 1) -> Suite:
    """A suite of models × sizes × batches cases, some of them skipped."""
    return Suite(
        name="made_up",
        title="Made up",
        question="What does the harness cost?",
        base={"target": "made_up:workload", "dtype": "float32"},
        factors=(
            {
                "model": tuple(f"m{n}" for n in range(models)),
                "size": tuple(range(28, 28 + sizes)),
                "batch": tuple(range(1, 1 + batches)),
            },
        ),
        skip=(Skip(where={"model": ("m1",), "size": (28,)}, because="made up to be skipped"),),
        metrics=("latency", "undisturbed", "cpu_time", "throughput", "parameters", "flops"),
        tables=(TABLE,),
    )


def run(made: Suite) -> Run:
    """A run of the suite, ten rounds of every case."""
    policy = Policy(rounds=10, max_rounds=10)
    return Run(
        schema=SCHEMA,
        name="20261121T103000Z-made_up-here-0000",
        suite=made,
        suite_file="suites/made_up.yaml",
        policy=policy,
        device="cpu",
        launch="fork",
        isolate="case",
        seed=7,
        options={},
        machine=Machine(name="here", identity="0" * 16, facts={}),
        fingerprint={},
        cases=expand(made, policy),
    )


def records(cases: Sequence[Case], *, rounds: int, samples: int = SAMPLES) -> Iterator[Record]:
    """A survey of every case, then its trials round by round, numbered as they would be measured."""
    random = Random(7)
    measured = [case for case in cases if case.skip is None]
    looks = [survey(case) for case in measured]
    trials = (timed(case, number, random, samples) for number in range(1, rounds + 1) for case in measured)
    for sequence, record in enumerate([*looks, *trials], start=1):
        yield replace(record, sequence=sequence)


def survey(case: Case) -> Record:
    return Record(
        schema=SCHEMA,
        kind="survey",
        status="ok",
        case=case.id,
        phases={"prepare": 0.01, "build": 0.03, "first_call": 0.02, "step": 0.001, "check": 0.01, "profile": 0.2},
        noise={"allocator_retains": 1.0},
        metrics={"items": 1, "values": 784, "parameters": 52_000, "flops": 1_230_000, "expected_step": 0.001},
        operators=("aten::addmm", "aten::linear", "aten::mkldnn_rnn_layer", "aten::select", "aten::t"),
        settings="0123456789abcdef",
    )


def timed(case: Case, number: int, random: Random, size: int) -> Record:
    """A trial of so many samples, each about 2 ms."""
    samples = tuple(round(2 * MILLISECOND * random.lognormvariate(0, 0.02)) for _ in range(size))
    return Record(
        schema=SCHEMA,
        kind="timed",
        status="ok",
        case=case.id,
        round=number,
        server=number + 1,
        started=1_795_000_000.125,
        loops=6,
        warmup=(900_000, 350_000, 340_000, 338_000, 337_000),
        samples=samples,
        cpu=tuple(sample - 2000 for sample in samples),
        phases={"prepare": 0.01, "build": 0.03, "warm_up": 0.02, "sentinel": 0.01, "samples": 0.14},
        noise={
            "sentinel_before": random.uniform(10, 10.5) * MILLISECOND,
            "sentinel_after": random.uniform(10, 10.5) * MILLISECOND,
            "steal": 0.0,
            "throttled": "unknown",
            "page_faults": 0.0,
        },
        metrics={"items": 1, "values": 784, "parameters": 52_000, "flops": 1_230_000},
        settings="0123456789abcdef",
    )
