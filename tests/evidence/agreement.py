"""Workloads with steps over 1 ms → a Markdown table of our medians by those of torch.utils.benchmark.

Run as `python tests/evidence/agreement.py`; it takes about a minute. Both time the same object in the same process,
under the conditions of a timed trial: the harness's environment, one pinned core, one thread, no garbage collection.
They take turns as theirs, ours, ours, theirs, so that a machine that drifts favours neither; neighbours make a pair.
The centre of the pairs' ratios stands in the table with its 95 % interval: the two agree where that lies within 2 % of
1, differ where it lies outside, and the question stays open where it reaches across. Exit 0 if all agree, 1 if any
differs, else 4.

Why samples are compared that hold equally many steps: their autorange puts ten steps into a block wherever starting
their timer costs over 0.01 % of a step, here up to about 15 ms, and a block is the mean of its steps. Single steps are
skewed to the right, the more the noisier the machine, so that the median of such means lies above the median of steps:
by 1 % in a quiet minute, by 4 % in a noisy one, where this was written. That is a difference of definition and none of
the stopwatch. So our samples are added up to blocks as long as theirs; `as recorded` is the ratio without that.
"""

import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

from torch.utils.benchmark import Timer

from bench.measure.client import environment
from bench.measure.sampler import Samples, Step, calibrate, time_steps, warm_up
from bench.measure.worker import HostDevice
from bench.measure.workload import build, locate
from bench.records.suite import Policy
from bench.statistics import Shift, median, signed_rank

SUBJECT = Path(__file__).resolve().parents[2] / "suites"
TARGET = "networks.workload:classifier"

LIMIT = 0.02
LEAST_SECONDS = 1e-3
TURNS = 5
"""Each is two pairs; six pairs at least have an interval."""

CASES: tuple[dict[str, object], ...] = (
    {"model": "cnn", "size": 28, "batch": 64, "mode": "inference"},
    {"model": "cnn", "size": 28, "batch": 64, "mode": "training"},
    {"model": "lstm", "size": 28, "batch": 64, "mode": "training"},
    {"model": "lstm", "size": 112, "batch": 64, "mode": "inference"},
    {"model": "gru", "size": 56, "batch": 1, "mode": "training"},
    {"model": "resnet18", "size": 224, "batch": 1, "mode": "inference"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Seconds a step by two neighbours: our median as it is recorded, that of samples as long as theirs, and theirs."""

    recorded: float
    ours: float
    theirs: float


def our_samples(step: Step, device: HostDevice, policy: Policy) -> tuple[list[int], int]:
    """What a timed trial does: nanoseconds of each sample, and how many steps it holds."""
    warmup = warm_up(step, device, seconds=policy.warmup_seconds)
    loops = calibrate(warmup, seconds=policy.sample_seconds)
    samples = Samples()
    time_steps(step, device, samples, loops=loops, seconds=policy.trial_seconds)
    return samples.wall, loops


def blocks(samples: Sequence[int], length: int) -> list[int]:
    """Sums of so many samples in a row; what is left at the end belongs to none."""
    return [sum(samples[i : i + length]) for i in range(0, len(samples) - length + 1, length)]


def pair(step: Step, device: HostDevice, policy: Policy, *, ours_first: bool) -> Pair:
    """Both, in that order, each for the time of a trial; theirs as its documentation recommends."""
    timer = Timer(stmt="step()", globals={"step": step}, num_threads=policy.threads)
    if ours_first:
        samples, loops = our_samples(step, device, policy)
        theirs = timer.blocked_autorange(min_run_time=policy.trial_seconds)
    else:
        theirs = timer.blocked_autorange(min_run_time=policy.trial_seconds)
        samples, loops = our_samples(step, device, policy)
    length = max(1, theirs.number_per_run // loops)
    return Pair(
        recorded=median(samples) / loops / 1e9,
        ours=median(blocks(samples, length)) / (loops * length) / 1e9,
        theirs=theirs.median,
    )


def pairs(case: dict[str, object], device: HostDevice, policy: Policy) -> list[Pair]:
    """As many as TURNS says, with one build."""
    device.prepare(threads=policy.threads, seed=0)
    step = build(locate(TARGET, [str(SUBJECT)]), case, {}).step
    return [pair(step, device, policy, ours_first=first) for _ in range(TURNS) for first in (False, True)]


def row(case: dict[str, object], found: Sequence[Pair]) -> tuple[str, str]:
    """The table's row of a case, and its verdict."""
    name = ",".join(f"{factor}={level}" for factor, level in case.items())
    theirs = median([p.theirs for p in found])
    shift = signed_rank([log(p.ours / p.theirs) for p in found])
    recorded = signed_rank([log(p.recorded / p.theirs) for p in found])
    said = verdict(shift) if theirs >= LEAST_SECONDS else "open"
    times = f"{median([p.ours for p in found]) * 1e3:.3f} | {theirs * 1e3:.3f}"
    return f"| {name} | {times} | {ratio(shift)} | {ratio(recorded)} | {said} |", said


def verdict(shift: Shift) -> str:
    low, high = bounds(shift)
    if low >= 1 - LIMIT and high <= 1 + LIMIT:
        return "yes"
    return "no" if high < 1 - LIMIT or low > 1 + LIMIT else "open"


def ratio(shift: Shift) -> str:
    low, high = bounds(shift)
    return f"{exp(shift.estimate):.4f} ({low:.3f} to {high:.3f})"


def bounds(shift: Shift) -> tuple[float, float]:
    assert shift.low is not None
    assert shift.high is not None
    return exp(shift.low), exp(shift.high)


def main() -> int:
    """Prints a row a case as soon as it is known."""
    wanted = environment(os.environ, "retain")
    if wanted != dict(os.environ):
        os.execve(sys.executable, [sys.executable, __file__], wanted)  # malloc reads its settings at the start only
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    gc.disable()
    device, policy = HostDevice({"device": "cpu"}), Policy()
    print("| case | ours, ms | theirs, ms | ours / theirs | as recorded | within 2 % |")
    print("|---|--:|--:|---|---|---|")
    verdicts = set()
    for case in CASES:
        line, said = row(case, pairs(case, device, policy))
        verdicts.add(said)
        print(line, flush=True)
    return 1 if "no" in verdicts else 4 if "open" in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
