"""A tool's name and the seconds that a case may take → its estimates of every case, each in processes of its own.

Every tool is used as its documentation tells its users: ours with its suite's policy, its own allocator and pinned
core, the others with the C library's allocator and on whatever core the system chooses; one thread everywhere. The
seconds are wall time and include what a tool spends on starting processes: those of all cases are the budget of our
run; torch.utils.benchmark and pytest-benchmark measure for what the imports leave of them; pyperf imports torch four
times for `-p 3`, after which nothing is left: all else is its default, and what that comes to stands in the table."""

import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.analysis.trials import sentinel
from bench.api.python import run
from bench.records.nouns import Estimate, Record
from bench.statistics import median
from tests.evidence.load import die_with_parent
from tests.evidence.peer_case import CASES, ROOT

SUITE = ROOT / "suites" / "rnn_vs_cnn.yaml"
ONLY = "(lstm or cnn) and size=28 and inference"
LEAST_SECONDS = 20.0
"""A budget below this one would end our run before its first round."""

OURS = ("latency", "undisturbed")
WITHIN = ("min", "sentinel")
"""Of the same trials of ours, to see where a spread comes from: the least sample of all of them, as others' minima are
taken, and the median of their sentinels, which is seconds of a computation that has nothing to do with the case."""
NANO = 1e9
PYPERF = ("-p", "3")
PYTEST = ("-c", "/dev/null", "-p", "no:cacheprovider", "--noconftest", "--benchmark-only")

Values = dict[str, float]
"""Seconds per step by metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One estimate of a case in a tool's metrics; when it began, seconds of the epoch, and the wall seconds it took."""

    case: str
    values: Values
    began: float
    took: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What a tool gives, and how: from the cases in their order, the seconds a case may take, and a seed."""

    metrics: tuple[str, ...]
    measure: Callable[[Sequence[str], float, int], list[Found]]


def ours(cases: Sequence[str], seconds: float, seed: int) -> list[Found]:
    """One run of all the cases, as long as the others take for so many: a round starts only if it would still fit."""
    began = time.time()
    budget = max(LEAST_SECONDS, seconds * len(cases))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCH_LOCK"] = str(Path(folder) / "lock")
        done = run(
            SUITE,
            only=ONLY,
            seed=seed,
            out=Path(folder) / "run",
            max_seconds=budget,
        )
        known = {(one.case, one.metric): one for one in done.report.estimates}
        trials = {case: found.trials for case, found in done.report.analysed.counted.items()}
    took = (time.time() - began) / len(cases)
    return [
        Found(case=c, values=_ours(known, c) | _within(trials[c]), began=began + took * i, took=took)
        for i, c in enumerate(cases)
    ]


def _ours(known: Mapping[tuple[str, str], Estimate], case: str) -> Values:
    values = {}
    for metric in OURS:
        one = known[case, metric]
        if one.value is None:
            raise SystemExit(f"our run has no {metric} of {case}: {one.status}, {one.note}")
        values[metric] = one.value
    return values


def _within(trials: Sequence[Record]) -> Values:
    sentinels = [seen for trial in trials if (seen := sentinel(trial)) is not None]
    least = min(min(trial.samples) / trial.loops for trial in trials)
    return dict(zip(WITHIN, (least / NANO, median(sentinels) / NANO), strict=True))


def one_by_one(
    estimate: Callable[[str, float, Path], Values], cases: Sequence[str], seconds: float, _seed: int
) -> list[Found]:
    """A tool that is started anew for each case."""
    found = []
    for case in cases:
        began, until = time.time(), time.monotonic() + seconds
        with tempfile.TemporaryDirectory() as folder:
            values = estimate(case, until, Path(folder))
        found.append(Found(case=case, values=values, began=began, took=time.time() - began))
    return found


def torch_benchmark(case: str, until: float, _folder: Path) -> Values:
    said = json.loads(output("-m", "tests.evidence.peer_torch", case, str(until)))
    return {"mean": said["mean"], "median": said["median"]}


def pytest_benchmark(case: str, until: float, folder: Path) -> Values:
    saved = folder / "out.json"
    file = Path(__file__).with_name("peer_pytest.py")
    arguments = (*PYTEST, "--rootdir", str(folder), "--benchmark-json", str(saved), str(file))
    output("-m", "pytest", *arguments, PEER_CASE=case, PEER_UNTIL=str(until))
    stats = json.loads(saved.read_text())["benchmarks"][0]["stats"]
    return {metric: stats[metric] for metric in ("mean", "median", "min")}


def pyperf(case: str, _until: float, folder: Path) -> Values:
    """The first process calibrates and has no values; the statement's torch is imported by the workers alone."""
    saved = folder / "out.json"
    setup = (
        "import torch; torch.set_num_threads(1)",
        "from tests.evidence.peer_case import warm_step",
        f"step = warm_step({case!r})",
    )
    output("-m", "pyperf", "timeit", *PYPERF, "-q", "-o", str(saved), "-s", "\n".join(setup), "step()")
    runs = json.loads(saved.read_text())["benchmarks"][0]["runs"]
    values = [value for one in runs for value in one.get("values", ())]
    return {"mean": sum(values) / len(values), "median": median(values), "min": min(values)}


def output(*arguments: str, **environment: str) -> str:
    """What a fresh interpreter prints, in the root of the repository; it ends with this process.

    Raises SystemExit with its last words where it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        preexec_fn=die_with_parent,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:3])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def missing() -> str | None:
    """What is not installed, and how to get it: pyperf is no dependency of ours."""
    if importlib.util.find_spec("pyperf") is None:
        return f"pyperf is missing; get it with: {sys.executable} -m pip install pyperf"
    return None


def measure(name: str, *, seconds: float, seed: int) -> list[Found]:
    """One estimate of every case by one tool, in an order drawn by the seed."""
    cases = sorted(CASES)
    random.Random(f"{seed}/{name}").shuffle(cases)
    return TOOLS[name].measure(cases, seconds, seed)


TOOLS = {
    "ours": Tool(metrics=(*OURS, *WITHIN), measure=ours),
    "torch.utils.benchmark": Tool(metrics=("mean", "median"), measure=partial(one_by_one, torch_benchmark)),
    "pytest-benchmark": Tool(metrics=("mean", "median", "min"), measure=partial(one_by_one, pytest_benchmark)),
    "pyperf": Tool(metrics=("mean", "median", "min"), measure=partial(one_by_one, pyperf)),
}
