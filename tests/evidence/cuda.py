"""An NVIDIA GPU → one table: whether the harness measures there what it says. Under five minutes.

    python -m tests.evidence.cuda [--device cuda:1] [--launch spawn] [--table FILE] [--without "two runs,cold"]

Exit 0 where everything that was asked holds, 1 where something does not or could not be looked at, 3 without a GPU.
Each check is a function and a line in CHECKS; its rows say what was found beside what is asked of it. What a process of
its own must show (a fork of a server, a whole run) is shown by one; the rest is measured here, with the device that a
trial has. With `--table` the rows of a check are in that file as soon as it is over, and a check whose rows are there
already is not made again: what was cut off goes on.

On a borrowed machine with a GPU, torch 2.11 on Python 3.12 and most of what bench needs (no package can be fetched
there), the first minutes are one command in the repository's root, 10 minutes at most, with the folder `.whl` carried
along: what is missing there, and later the `cuda.md` that came back. To fill it here:

    python -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 --implementation cp -d .whl \
        --platform manylinux_2_17_x86_64 pydantic==2.14.3 pydantic_core==2.50.4 annotated-types typing-inspection \
        typing-extensions

Then there, with OUT as that machine has it, the folder whose files come back:

    python3 -m pip install -q --no-index --no-deps --no-cache-dir --target .site .whl/*.whl || exit
    export PYTHONPATH=$PWD/.site:$PWD PYTHONUNBUFFERED=1; cp .whl/cuda.md $OUT 2>/dev/null
    timeout 300 python3 -m tests.evidence.cuda --table $OUT/cuda.md 2>&1 | tee $OUT/log
    timeout 200 python3 -m pytest -q -m cuda tests/measure/test_cuda.py tests/suites/test_ladder.py

The servers of a run find bench by that PYTHONPATH: they do not look into the folder in which they are started."""

import importlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import torch

from bench.analysis.analysed import analyse
from bench.api.planning import Options
from bench.api.running import run
from bench.cli.options import LAUNCH
from bench.errors import BenchError
from bench.measure import energy, sampler, timeline
from bench.measure.client import Setup
from bench.measure.cuda import CudaDevice
from bench.measure.device import Device
from bench.measure.request import Place
from bench.measure.runner import Means, Runner
from bench.measure.sampler import Step
from bench.measure.workload import build, locate
from bench.records.nouns import Launch, Record
from bench.records.suite import PolicyKeys
from bench.statistics import median
from bench.store import folder as store
from tests.evidence.cuda_rows import (
    AGAIN,
    ALL_MEASURED,
    AS_DO_BENCH,
    AS_POWER,
    CLOCKS_AGREE,
    ENDED,
    FASTER,
    LAUNCHED,
    NEARER,
    Row,
    Times,
    check_of,
    clock_row,
    cold_row,
    differences,
    energy_row,
    graph_rows,
    launch_row,
    lines_of,
    repeated_row,
    time_row,
)
from tests.measure.made_up import ScriptedJudge, case, shuffled
from tests.measure.made_up import run as made_up_run

ROOT = Path(__file__).resolve().parents[2]
SUITE, CASES = ROOT / "suites" / "rnn_vs_cnn.yaml", "inference"
SUBJECT = ROOT / "tests" / "measure"
LAYER = "networks.experiments.implementations:layer"
LEVELS = {"family": "lstm", "mode": "forward", "batch": 1, "steps": 28, "features": 28, "hidden": 100}
SAMPLE_SECONDS, TRIAL_SECONDS = 0.02, 0.3
PROFILED_STEPS = 50
RUNS = "two runs"
"""The only check whose processes are started as is asked: `launch` tries both ways, the others start none."""
LAUNCHES: tuple[Launch, ...] = ("fork", "spawn")
RUN_SECONDS = 80.0
"""Of each of two runs, surveys and repeats included."""
OURS = ("Memset", "FillFunctor", "spin_kernel")
"""Parts of the names of kernels that empty the cache and hold the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The rows of a check on a device, and all that is asked in them: what no row judges does not hold."""

    rows: Callable[..., Iterable[Row]]
    asks: tuple[str, ...]


def times(step: Step, device: Device, *, cold: bool = False) -> Times:
    """As a trial takes them, with samples so long that one wait at their end is no part of them."""
    own = device.timeline()
    assert own is not None
    warmup = sampler.warm_up(step, device, seconds=0.05)
    loops = sampler.calibrate(warmup, seconds=SAMPLE_SECONDS)
    samples, marks = sampler.Samples(), list[int]()
    time_steps: Callable[..., object] = partial(sampler.time_apart, cool=own.cool) if cold else sampler.time_steps
    time_steps(step, device, samples, loops=loops, seconds=TRIAL_SECONDS)
    told = timeline.sampled(step, own, device, marks, loops=loops, cold=cold, seconds=TRIAL_SECONDS)
    if not marks:
        raise RuntimeError("a step does not lie ready for the device, whose clock then tells the processor's time")
    own_time = (median(marks) - told["mark_floor"]) / told["device_loops"]
    return Times(latency=median(samples.wall) / loops / 1e9, device=own_time / 1e9)


def launches(device: str) -> Iterator[Row]:
    """Whether children of either kind can use the GPU, and what their start and their context cost."""
    for launch in LAUNCHES:
        try:
            yield launch_row(launch, launched(device, launch))
        except BenchError as error:
            text = str(error).replace("\n", " ")
            yield Row(check="launch", what=launch, found=text, asked=ALL_MEASURED, holds=False)


def launched(device: str, launch: Launch) -> list[Record]:
    """The surveys of two cases in one process and their first trials in the next."""
    cores = tuple(sorted(os.sched_getaffinity(0)))
    setup = Setup(
        device=device,
        launch=launch,
        preload=(),
        own_cores=cores[:-1] or cores,
        allowed_cores=cores,
        environment=dict(os.environ),
    )
    cases = [replace(case(kind="Sound", leak=leak), target="torch_subject:workload") for leak in ("", "none")]
    made = made_up_run(cases, isolate="round", trial_seconds=0.02, rounds_per_server=6, timeout=120.0)
    place = Place(paths=(str(SUBJECT),), memory=4 << 30, cores=cores)
    means = Means(setup=setup, place=place, order=shuffled, judge=ScriptedJudge())
    with closing(Runner(replace(made, device=device, launch=launch), means)) as runner:
        return list(islice(runner.measure(), LAUNCHED))


def clocks(device: str) -> Iterator[Row]:
    """Events against the wall clock, for steps that the device is never late with."""
    made = ready(device)
    square = torch.randn(4096, 4096, device=device)
    images, kernels = torch.randn(64, 64, 112, 112, device=device), torch.randn(64, 64, 3, 3, device=device)
    steps: dict[str, Step] = {
        "product of 4,096²": lambda: torch.mm(square, square),
        "convolution, 64 × 64 × 112²": lambda: torch.conv2d(images, kernels, padding=1),
        "sum of squares of 4,096²": lambda: [torch.mul(square, square).sum() for _ in range(40)],
    }
    for name, step in steps.items():
        yield clock_row(name, times(step, made))


def cold(device: str) -> Iterator[Row]:
    """Our cold time against Triton's, and both against the profiler's time of the kernel. All that is timed comes
    before the first profile: the profiler's library stays with the process, and slows launches down."""
    try:
        from_triton = triton_median()
    except ImportError as error:
        text = f"cannot be imported: {error}"
        yield Row(check="cold", what="triton.testing.do_bench", found=text, asked=AS_DO_BENCH, holds=False)
        return
    made = ready(device)
    steps = {f"2^{exponent} floats + 1": plus_one(2**exponent, device) for exponent in (16, 18, 20, 22, 24, 26, 28)}
    timed = {name: (times(step, made, cold=True).device, from_triton(step) / 1e3) for name, step in steps.items()}
    for name, step in steps.items():
        yield cold_row(name, *timed[name], kernel_seconds(step, made))


def plus_one(count: int, device: str) -> Step:
    """One kernel that reads so many numbers and writes as many."""
    numbers = torch.randn(count, device=device)
    result = torch.empty_like(numbers)
    return lambda: torch.add(numbers, 1.0, out=result)


def triton_median() -> Callable[[Step], float]:
    """Triton's own way to time a function with cold caches: milliseconds."""
    do_bench = importlib.import_module("triton.testing").do_bench
    return lambda step: float(do_bench(step, return_mode="median"))


def kernel_seconds(step: Step, device: Device) -> float | None:
    """What the profiler says that the kernels of a step take, caches cold: the median of a few steps; None where the
    driver lets it see none."""
    own = device.timeline()
    assert own is not None

    def steps() -> None:
        for _ in range(PROFILED_STEPS):
            own.cool()
            step()

    launched = [each for each in device.kernels(steps) or () if not any(part in each.name for part in OURS)]
    if not launched:
        return None
    found, each = [one.end - one.start for one in launched], len(launched) // PROFILED_STEPS or 1
    return median([sum(found[i : i + each]) for i in range(0, len(found) - each + 1, each)]) / 1e6


def graphs(device: str) -> list[Row]:
    """The same layer as a loop and as a CUDA graph of that loop: launched at once, it waits for the processor less."""
    made, found = ready(device), dict[str, Times]()
    for rung in ("cell_loop", "graph_cell_loop"):
        builder = locate(LAYER, [str(ROOT / "suites")])
        step = build(builder, {**LEVELS, "rung": rung}, {"device": device, "seed": 7}).step
        found[rung] = times(step, made)
    return graph_rows(found)


def energies(device: str) -> Iterator[Row]:
    """Joules a step against mean power times the time of it. The first pass only warms: what the driver calls power is,
    on some cards, a mean over the second before."""
    made = ready(device)
    for side in (512, 4096):
        square = torch.randn(side, side, device=device)

        def step(square: torch.Tensor = square) -> torch.Tensor:
            return torch.mm(square, square)

        loops = sampler.calibrate(sampler.warm_up(step, made, seconds=0.05), seconds=SAMPLE_SECONDS / energy.SAMPLES)
        yield energy_row(f"product of {side:,}²", [energy.metered(step, made, made.card, loops=loops) for _ in "12"][1])


def two_runs(device: str, launch: Launch = "fork") -> Iterator[Row]:
    """The same cases twice, by either clock."""
    with TemporaryDirectory() as folder:
        budget: PolicyKeys = {"max_seconds": RUN_SECONDS}
        options = Options(only=CASES, quick=True, policy=budget, device=device, launch=launch, seed=7)
        made = [
            run(SUITE, replace(options, out=Path(folder) / name), lambda _run, _record: None, wait=None)
            for name in ("first", "second")
        ]
        first, second = (analyse(one.run, one.records) for one in map(store.read, made))
    for metric in ("latency", "device_time"):
        yield repeated_row(metric, differences(first, second, metric))


def ready(device: str) -> CudaDevice:
    """The device as a trial has it."""
    made = CudaDevice({"device": device})
    made.prepare(threads=1, seed=7)
    return made


CHECKS = {
    "launch": Check(rows=launches, asks=(ALL_MEASURED,)),
    RUNS: Check(rows=two_runs, asks=(AGAIN,)),
    "clocks": Check(rows=clocks, asks=(CLOCKS_AGREE,)),
    "graphs": Check(rows=graphs, asks=(FASTER,)),
    "energy": Check(rows=energies, asks=(AS_POWER,)),
    "cold": Check(rows=cold, asks=(AS_DO_BENCH, NEARER)),
}
"""In the order of the table. First those whose processes are to have the card for themselves: this one makes a context
of its own after them. Last the one that profiles: what is timed after a profile in its process launches slower."""


def checked(name: str, device: str, launch: Launch = "fork") -> Iterator[Row]:
    """The check's rows, and one for each thing asked that none of them judges; one that says why it ended, where it
    did."""
    judged = set[str]()
    try:
        of = {"launch": launch} if name == RUNS else {}
        for row in CHECKS[name].rows(device, **of):
            judged |= {row.asked} if row.holds is not None else set()
            yield row
    except Exception as error:  # noqa: BLE001 - time on a GPU is short: whatever ends a check, the others are to run
        text = f"{ENDED}: {type(error).__name__}: {error}".replace("\n", " ")
        yield Row(check=name, what="", found=text, holds=False)
        return
    for asked in CHECKS[name].asks:
        if asked not in judged:
            yield Row(check=name, what="", found="nothing that it could be asked of", asked=asked, holds=False)


@click.command()
@click.option("--device", default="cuda", show_default=True)
@LAUNCH
@click.option(
    "--table", type=click.Path(path_type=Path), help="Where the rows are kept; what it has is not made again."
)
@click.option("--without", default="", help="Checks to leave out, joined by commas.")
def main(device: str, launch: Launch, table: Path | None, without: str) -> None:
    """Prints a row as soon as it is known. The last says how long it took, where it was made at once."""
    began = time.monotonic()
    if missing := CudaDevice({"device": device}).missing():
        click.echo(f"no table: {device}: {missing}", err=True)
        sys.exit(3)
    click.echo(f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}\n")
    lines = lines_of(table)
    whole = not without and len(lines) == len(lines_of(None))
    click.echo("\n".join(lines))
    left_out = {*without.split(","), *map(check_of, lines)}
    for name in [name for name in CHECKS if name not in left_out]:
        for row in checked(name, device, launch):
            lines.append(row.text())
            click.echo(lines[-1])
        if table is not None:
            table.write_text("\n".join(lines) + "\n")
    if whole:
        lines.append(time_row(time.monotonic() - began).text())
        click.echo(lines[-1])
    sys.exit(1 if any(line.endswith("| no |") for line in lines) else 0)


if __name__ == "__main__":
    main()
