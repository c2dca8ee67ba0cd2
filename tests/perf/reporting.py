"""A run of 10,000 cases, and one of 1,000,000 samples → how long `bench report` takes for each, and in how much memory.

`python -m tests.perf.reporting > results/evidence/reporting.md` writes both to a temporary folder and starts the verb
three times on each, as a person would. QUIET_LOCK names a lock that is held meanwhile, to keep other work out."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.records.codec import encode
from bench.records.nouns import Run
from bench.records.suite import Suite
from bench.store import folder as store
from bench.store.seal import sealed
from tests.evidence.repeats import quiet
from tests.perf.made_up import SAMPLES, records, run, suite

TIMES = 3
HEAD = f"""# What `bench report` costs on large runs

Made by `python -m tests.perf.reporting`: made-up runs on disk, of which the verb, in a process of its own, makes
`table.md`, `measurements.csv`, `summary.json` and `report.html`: the interpreter's start, reading and decoding all
records, and analysing them, included. The medians of {TIMES} times on one machine; the memory is the most of them.

| run | cases | trials | samples | wall, s | CPU, s | memory, MiB |
|---|--:|--:|--:|--:|--:|--:|"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A run to be made up: its cases, how many rounds each has, and how many samples a trial."""

    name: str
    suite: Suite
    rounds: int
    samples: int


SIZES = (
    Size(name="10,000 cases", suite=suite(models=10, sizes=100, batches=10), rounds=6, samples=7),
    Size(name="1,000,000 samples", suite=suite(models=10, sizes=10), rounds=145, samples=SAMPLES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one process: seconds, seconds, bytes."""

    wall: float
    cpu: float
    memory: int


def written(size: Size, folder: Path) -> Run:
    """The run, on disk."""
    made = run(size.suite)
    store.create(folder, made, {"suite": "", "data": ""})
    with (folder / store.RECORDS).open("wb") as journal:
        for record in records(made.cases, rounds=size.rounds, samples=size.samples):
            journal.write(sealed(encode(record)) + b"\n")
    return made


def reported(folder: Path) -> Cost:
    """One start of the verb. Raises CalledProcessError where it fails."""
    words = [sys.executable, "-m", "bench", "report", str(folder)]
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return Cost(wall=time.perf_counter() - began, cpu=used.ru_utime + used.ru_stime, memory=used.ru_maxrss * 1024)


def rows(sizes: tuple[Size, ...] = SIZES, times: int = TIMES) -> Iterator[str]:
    """A line of the table for each size."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as home, quiet():
            made = written(size, Path(home) / "run")
            costs = [reported(Path(home) / "run") for _ in range(times)]
        trials = size.rounds * sum(case.skip is None for case in made.cases)
        counts = f"{len(made.cases):,} | {trials:,} | {trials * size.samples:,}"
        wall, cpu = median(cost.wall for cost in costs), median(cost.cpu for cost in costs)
        yield f"| {size.name} | {counts} | {wall:.1f} | {cpu:.1f} | {max(cost.memory for cost in costs) / 2**20:.0f} |"


if __name__ == "__main__":
    print(HEAD, *rows(), sep="\n")
