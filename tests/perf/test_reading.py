"""Reading and analysing what was measured: a run of 10,000 cases, a journal of 1,000,000 samples."""

import tracemalloc
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bench.analysis.analysed import analyse
from bench.analysis.estimate import estimates
from bench.analysis.findings import findings
from bench.analysis.judge import RunJudge
from bench.analysis.summary import summary
from bench.gate.unpaired import FEWEST
from bench.records.codec import encode
from bench.records.nouns import Record, Run
from bench.store import folder as store
from bench.store.files import Appender
from bench.store.seal import sealed
from tests.perf.made_up import SAMPLES, Benchmark, records, run, suite

FEW = 7
"""Samples of a trial where cases are many: with as many as real trials have, their records would fill a gigabyte."""

BYTES_A_SAMPLE = 150
"""A wall time and a CPU time are two integers of 32 bytes and two places of 8 in a tuple; the rest is the record's."""


@pytest.fixture(scope="module")
def wide() -> tuple[Run, list[Record]]:
    """A run of 10,000 cases and its 70,000 records."""
    made = run(suite(models=10, sizes=100, batches=10))
    return made, list(records(made.cases, rounds=6, samples=FEW))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 99 cases with 1,000,000 samples and more, on disk."""
    made, folder = run(suite(models=10, sizes=10)), tmp_path_factory.mktemp("run") / "long"
    store.create(folder, made, {"suite": "", "data": ""})
    with (folder / store.RECORDS).open("wb") as journal:
        journal.writelines(sealed(encode(record)) + b"\n" for record in records(made.cases, rounds=145))
    return folder


def test_analysing_ten_thousand_cases(benchmark: Benchmark, wide: tuple[Run, list[Record]]) -> None:
    made, _ = wide
    found = benchmark.pedantic(lambda: analysed(*wide), rounds=FEWEST)
    assert found == len(made.cases) * len(made.suite.metrics)


def analysed(made: Run, measured: Sequence[Record]) -> int:
    """What reporting works out before it builds tables; how many estimates."""
    whole = analyse(made, measured)
    assert summary(whole, findings(whole), starts=())
    return len(estimates(whole))


def test_asking_before_every_trial_what_is_calm(benchmark: Benchmark, wide: tuple[Run, list[Record]]) -> None:
    made, measured = wide
    benchmark.extra_info["trials"] = len(measured)
    (limit,) = benchmark.pedantic(lambda: asked(made, measured), rounds=FEWEST)
    assert limit == 1


def asked(made: Run, measured: Sequence[Record]) -> set[int]:
    """As the measuring loop asks, with one record more each time."""
    judge, so_far = RunJudge(made.cases, made.policy), list[Record]()
    for record in measured:
        so_far.append(record)
        judge.calm(so_far)
    return set(judge.calm(so_far))


def test_reading_a_journal_of_a_million_samples(benchmark: Benchmark, long: Path) -> None:
    found = benchmark.pedantic(lambda: samples_of(store.read(long).records), rounds=10)
    assert found >= 1_000_000
    tracemalloc.start()
    kept = store.read(long)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    benchmark.extra_info |= {"bytes held a sample": held // found, "bytes at the peak a sample": peak // found}
    assert samples_of(kept.records) == found
    assert peak < BYTES_A_SAMPLE * found


def samples_of(measured: Sequence[Record]) -> int:
    return sum(len(record.samples) for record in measured)


def test_writing_a_thousand_records_to_the_disk(benchmark: Benchmark, tmp_path: Path) -> None:
    """Each is there before the next is written: what it costs is the disk's."""
    made = run(suite(models=10, sizes=10))
    lines = [encode(record) for record in records(made.cases, rounds=10)][:1000]
    with closing(store.journal(tmp_path)) as journal:
        benchmark.pedantic(lambda: append_all(journal, lines), rounds=10)
    written = (tmp_path / store.RECORDS).stat().st_size
    assert written > 10 * len(lines) * SAMPLES


def append_all(journal: Appender, lines: Sequence[bytes]) -> None:
    for line in lines:
        journal.append(line)
