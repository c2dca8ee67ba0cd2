"""The harness's own work, one benchmark a door: plan, codec, analysis and table, sampling loop, server."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import TypeVar

import pytest

from bench.analysis.analysed import analyse
from bench.analysis.compare import compare_cases
from bench.analysis.estimate import estimate, estimates
from bench.measure.client import Server, Setup
from bench.measure.sampler import Samples, time_steps
from bench.plan.matrix import expand
from bench.records.codec import decode, encode
from bench.records.nouns import Record, Run
from bench.records.suite import Policy
from bench.report.nouns import Table
from bench.report.table import build_table
from bench.statistics import median
from tests.perf.made_up import TABLE, Benchmark, records, run, suite

T = TypeVar("T")

ROUNDS = 10
"""Of every benchmark: two files of so many values a side can be told apart (`bench gate --baseline`)."""

RECORDS = 100_000
DISTINCT = 1_000
"""The records of the codec's benchmarks repeat after so many: all of them at once would fill half a gigabyte."""

MANY_LOOPS = 1000
CAPTIONED = ("parameters", "flops", "items", "values")


@pytest.fixture(scope="module")
def distinct() -> list[Record]:
    cases = expand(suite(models=10, sizes=10), Policy())
    return list(records(cases, rounds=11))[:DISTINCT]


@pytest.fixture(scope="module")
def thousand() -> tuple[Run, list[Record]]:
    """A run of 1,000 cases and its 11,000 records."""
    made = run(suite(models=10, sizes=100))
    return made, list(records(made.cases, rounds=10))


def test_expanding_ten_thousand_cases(benchmark: Benchmark) -> None:
    made, policy = suite(models=10, sizes=100, batches=10), Policy()
    cases = benchmark.pedantic(lambda: expand(made, policy), rounds=ROUNDS)
    assert len(cases) == 10_000


def test_encoding_a_hundred_thousand_records(benchmark: Benchmark, distinct: list[Record]) -> None:
    size = benchmark.pedantic(lambda: sum(len(encode(record)) for record in many(distinct)), rounds=ROUNDS)
    benchmark.extra_info["bytes a record"] = size // RECORDS
    assert size > RECORDS * 1000, "a record of 70 samples is a kilobyte at least"


def test_decoding_a_hundred_thousand_records(benchmark: Benchmark, distinct: list[Record]) -> None:
    lines = [encode(record) for record in distinct]
    assert [decode(Record, line, where="here") for line in lines] == distinct
    samples = benchmark.pedantic(
        lambda: sum(len(decode(Record, line, where="records.jsonl").samples) for line in many(lines)), rounds=ROUNDS
    )
    assert samples == sum(len(record.samples) for record in distinct) * RECORDS // DISTINCT


def many(values: Sequence[T]) -> chain[T]:
    return chain.from_iterable(repeat(values, RECORDS // len(values)))


def test_building_a_table_from_a_thousand_cases(benchmark: Benchmark, thousand: tuple[Run, list[Record]]) -> None:
    table = benchmark.pedantic(lambda: table_of(*thousand), rounds=ROUNDS)
    assert sum(len(row.cells) for facet in table.facets for row in facet.rows) == 1000


def table_of(made: Run, measured: Sequence[Record]) -> Table:
    """What reporting does between reading the records and writing the text."""
    analysed = analyse(made, measured)
    found = {(e.case, e.metric): e for e in estimates(analysed)}
    found |= {(case.id, what): estimate(analysed, case.id, what) for case in made.cases for what in CAPTIONED}
    return build_table(TABLE, made.suite, made.cases, found, compare=partial(compare_cases, analysed))


@dataclass(frozen=True, slots=True)
class RealClock:
    """The clocks of the device that measures on a CPU, without torch."""

    now: Callable[[], int] = time.perf_counter_ns
    cpu: Callable[[], int] = time.process_time_ns

    def finish(self) -> None:
        """Nothing is asynchronous here."""


def test_the_overhead_of_a_sample(benchmark: Benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    """What is in a sample's time beyond its steps, and what passes between two samples; the benchmark is one pass."""
    alone, seconds = benchmark.pedantic(lambda: empty_samples(loops=1), rounds=ROUNDS)
    among, _ = empty_samples(loops=MANY_LOOPS)
    step = (median(among) - median(alone)) / (MANY_LOOPS - 1)
    inside, outside = median(alone) - step, (seconds * 1e9 - sum(alone)) / len(alone)
    benchmark.extra_info |= {"ns inside a sample": inside, "ns outside a sample": outside, "ns an empty step": step}
    with capsys.disabled():
        print(f"\n{inside:.0f} ns of a sample are not its steps', {outside:.0f} ns pass before the next", end=" ")
        print(f"(an empty step: {step:.1f} ns)")
    assert len(alone) > len(among) >= 3


def empty_samples(*, loops: int) -> tuple[list[int], float]:
    """The nanoseconds of each sample of an empty step, and the seconds of the whole pass."""
    start = time.perf_counter()
    samples = Samples()
    time_steps(lambda: None, RealClock(), samples, loops=loops, seconds=0.01)
    return samples.wall, time.perf_counter() - start


def test_starting_a_server_of_the_fake_device(benchmark: Benchmark) -> None:
    cores = tuple(sorted(os.sched_getaffinity(0)))
    setup = Setup(
        device="fake",
        launch="fork",
        preload=(),
        own_cores=cores,
        allowed_cores=cores,
        environment=dict(os.environ),
    )
    with ExitStack() as servers:
        server = benchmark.pedantic(
            lambda: servers.enter_context(closing(Server(setup, allocator="retain", number=1))), rounds=ROUNDS
        )
        assert server.ready
