"""An NVIDIA GPU → one table: whether the harness measures there what it says. Under five minutes.

    python -m tests.evidence.cuda [--device cuda:1] [--without two_runs,…]

Exit 0 where everything that was asked holds, 1 where something does not, 3 without a GPU. Each check is a function and
a line in CHECKS; its rows say what was found beside what is asked of it. What a process of its own must show (a fork of
a server, a whole run) is shown by one; the rest is measured here, with the device that a trial has."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import click
import torch
from torch._C._autograd import DeviceType
from torch.profiler import profile

from bench.analysis.analysed import Analysed, analyse
from bench.api.planning import Options
from bench.api.running import run
from bench.errors import BenchError
from bench.measure import energy, sampler, timeline
from bench.measure.client import Setup
from bench.measure.cuda import CudaDevice
from bench.measure.device import Device, Unavailable
from bench.measure.request import Place
from bench.measure.runner import Means, Runner
from bench.measure.sampler import Step
from bench.measure.workload import build, locate
from bench.records.nouns import Record
from bench.statistics import median, quantile
from bench.store import folder as store
from tests.measure.made_up import ScriptedJudge, case, shuffled
from tests.measure.made_up import run as made_up_run

ROOT = Path(__file__).resolve().parents[2]
SUITE, CASES = ROOT / "suites" / "rnn_vs_cnn.yaml", "inference"
SUBJECT = ROOT / "tests" / "measure"
LAYER = "networks.experiments.implementations:layer"
LEVELS = {"family": "lstm", "mode": "forward", "batch": 1, "steps": 28, "features": 28, "hidden": 100}

WITHIN, LEAST = 0.01, 1e-3
"""By how much events and the wall clock may differ, for steps that take so many seconds at least."""
COLD_WITHIN, LONG, SHORT = 0.03, 50e-6, 20e-6
"""By how much our cold time may differ from do_bench's over LONG; below SHORT it is to be nearer to the profiler's."""
REPEATED = 0.01
POWER_WITHIN = 0.05
SAMPLE_SECONDS, TRIAL_SECONDS = 0.02, 0.3
PROFILED_STEPS, LAUNCHED = 50, 4
Launch = Literal["fork", "spawn"]
LAUNCHES: tuple[Launch, ...] = ("fork", "spawn")
OURS = ("Memset", "FillFunctor", "spin_kernel")
"""Parts of the names of kernels that empty the cache and hold the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was looked at, what was found, what is asked; `holds` is None where nothing is."""

    check: str
    what: str
    found: str
    asked: str = ""
    holds: bool | None = None

    def text(self) -> str:
        """A line of the table."""
        said = {True: "yes", False: "no", None: ""}[self.holds]
        return f"| {self.check} | {self.what} | {self.found} | {self.asked} | {said} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds of a step by the wall clock and by the device's own."""

    latency: float
    device: float


def times(step: Step, device: Device, *, cold: bool = False) -> Times:
    """As a trial takes them, with samples so long that one wait at their end is no part of them."""
    own = device.timeline()
    assert own is not None
    warmup = sampler.warm_up(step, device, seconds=0.05)
    loops = sampler.calibrate(warmup, seconds=SAMPLE_SECONDS)
    samples, marks = sampler.Samples(), list[int]()
    time_steps: Callable[..., object] = partial(sampler.time_apart, cool=own.cool) if cold else sampler.time_steps
    time_steps(step, device, samples, loops=loops, seconds=TRIAL_SECONDS)
    batch = timeline.batch(step, own, device, loops=loops, cold=cold)
    floor = timeline.floor(own, batch)
    timeline.time_on_device(step, own, marks, batch, seconds=TRIAL_SECONDS)
    return Times(latency=median(samples.wall) / loops / 1e9, device=(median(marks) - floor) / loops / 1e9)


def launches(device: str) -> Iterator[Row]:
    """Whether children of either kind can use the GPU, and what their start and their context cost."""
    for launch in LAUNCHES:
        records = launched(device, launch)
        first = next((record for record in records if "context" in record.phases), None)
        phases = {} if first is None else first.phases
        cost = ", ".join(f"{name} {phases[name]:.2f} s" for name in ("start", "context", "libraries") if name in phases)
        wrong = next((record.note for record in records if record.status != "ok"), None)
        asked = "every survey and trial is measured"
        yield Row(check="launch", what=launch, found=wrong or cost, asked=asked, holds=wrong is None)


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


def clock_row(name: str, found: Times) -> Row:
    """The two clocks agree, or the step is too short to ask."""
    differ = found.latency / found.device - 1
    long = found.latency >= LEAST
    text = f"wall {found.latency * 1e3:.3f} ms, events {found.device * 1e3:.3f} ms, {differ:+.2%}"
    asked = f"within {WITHIN:.0%} over {LEAST * 1e3:g} ms"
    return Row(check="clocks", what=name, found=text, asked=asked, holds=abs(differ) <= WITHIN if long else None)


def cold(device: str) -> Iterator[Row]:
    """Our cold time against Triton's, and both against the profiler's time of the kernel."""
    try:
        from_triton = triton_median()
    except ImportError as error:
        yield Row(check="cold", what="triton.testing.do_bench", found=f"cannot be imported: {error}")
        return
    made = ready(device)
    for exponent in (16, 18, 20, 22, 24, 26, 28):
        numbers = torch.randn(2**exponent, device=device)
        result = torch.empty_like(numbers)

        def step(numbers: torch.Tensor = numbers, result: torch.Tensor = result) -> torch.Tensor:
            return torch.add(numbers, 1.0, out=result)

        ours = times(step, made, cold=True).device
        yield cold_row(f"2^{exponent} floats + 1", ours, from_triton(step) / 1e3, kernel_seconds(step, made))


def triton_median() -> Callable[[Step], float]:
    """Triton's own way to time a function with cold caches: milliseconds."""
    do_bench = importlib.import_module("triton.testing").do_bench
    return lambda step: float(do_bench(step, return_mode="median"))


def cold_row(name: str, ours: float, theirs: float, kernel: float) -> Row:
    """Long kernels as do_bench times them, short ones nearer to what the profiler says."""
    text = f"ours {ours * 1e6:.2f}, do_bench {theirs * 1e6:.2f}, profiler {kernel * 1e6:.2f} µs"
    if theirs > LONG:
        asked, holds = f"within {COLD_WITHIN:.0%} of do_bench", abs(ours / theirs - 1) <= COLD_WITHIN
        return Row(check="cold", what=name, found=text, asked=asked, holds=holds)
    if kernel < SHORT:
        asked = "nearer to the profiler than do_bench"
        return Row(check="cold", what=name, found=text, asked=asked, holds=abs(ours - kernel) < abs(theirs - kernel))
    return Row(check="cold", what=name, found=text)


def kernel_seconds(step: Step, device: CudaDevice) -> float:
    """What the profiler says that the kernels of a step take, caches cold: the median of a few steps."""
    found = []
    with profile(activities=device.activities) as profiler:
        for _ in range(PROFILED_STEPS):
            device.cool()
            step()
        device.finish()
    for event in profiler.events() or ():
        if event.device_type == DeviceType.CUDA and not any(part in event.name for part in OURS):
            found.append(event.time_range.elapsed_us())
    each = len(found) // PROFILED_STEPS or 1
    return median([sum(found[i : i + each]) for i in range(0, len(found) - each + 1, each)]) / 1e6


def graphs(device: str) -> Iterator[Row]:
    """The same layer as a loop and as a CUDA graph of that loop: launched at once, it waits for the processor less."""
    made, found = ready(device), dict[str, Times]()
    for rung in ("cell_loop", "graph_cell_loop"):
        builder = locate(LAYER, [str(ROOT / "suites")])
        step = build(builder, {**LEVELS, "rung": rung}, {"device": device, "seed": 7}).step
        found[rung] = times(step, made)
    return graph_rows(found)


def graph_rows(found: dict[str, Times]) -> Iterator[Row]:
    """What each takes, and whether the last has less to launch than the first."""
    waits = [each.latency - each.device for each in found.values()]
    for (rung, each), wait in zip(found.items(), waits, strict=True):
        text = f"wall {each.latency * 1e6:.1f}, device {each.device * 1e6:.1f}, launching {wait * 1e6:.1f} µs"
        last = rung == list(found)[-1]
        asked, holds = ("launched faster than the loop", wait < waits[0]) if last else ("", None)
        yield Row(check="graphs", what=rung, found=text, asked=asked, holds=holds)


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


def energy_row(name: str, found: Mapping[str, float]) -> Row:
    """The card's counter against its own word on its power."""
    asked = f"within {POWER_WITHIN:.0%} of power × time"
    if not found:
        return Row(check="energy", what=name, found="the card has no counter that moves", asked=asked, holds=False)
    joules = found["energy"]
    seconds, watts = found["metered_seconds"] / found["metered_steps"], found.get("metered_power", 0.0)
    differ = joules / (watts * seconds) - 1 if watts else float("inf")
    text = f"{joules * 1e3:.4g} mJ a step, {watts:.0f} W × {seconds * 1e6:.4g} µs, {differ:+.1%}"
    return Row(check="energy", what=name, found=text, asked=asked, holds=abs(differ) <= POWER_WITHIN)


def two_runs(device: str) -> Iterator[Row]:
    """The same cases twice, by either clock."""
    with TemporaryDirectory() as folder:
        options = Options(only=CASES, quick=True, device=device, seed=7)
        made = [
            run(SUITE, replace(options, out=Path(folder) / name), lambda _run, _record: None, wait=None)
            for name in ("first", "second")
        ]
        first, second = (analyse(one.run, one.records) for one in map(store.read, made))
    for metric in ("latency", "device_time"):
        yield repeated_row(metric, differences(first, second, metric))


def differences(first: Analysed, second: Analysed, metric: str) -> list[float]:
    """By how much the medians of each case differ, as shares."""
    found = []
    for name in first.cases:
        one, other = (list(each.values[name, metric].values()) for each in (first, second))
        if one and other:
            found.append(abs(median(other) / median(one) - 1))
    return found


def repeated_row(metric: str, found: Sequence[float]) -> Row:
    """Nineteen of twenty cases lie that near."""
    asked = f"at most {REPEATED:.0%} at p95"
    if not found:
        return Row(check="two runs", what=metric, found="no case was measured in both", asked=asked, holds=False)
    worst = quantile(found, 0.95)
    text = f"{len(found)} cases, p50 {median(found):.2%}, p95 {worst:.2%}"
    return Row(check="two runs", what=metric, found=text, asked=asked, holds=worst <= REPEATED)


def ready(device: str) -> CudaDevice:
    """The device as a trial has it."""
    made = CudaDevice({"device": device})
    made.prepare(threads=1, seed=7)
    return made


CHECKS: dict[str, Callable[[str], Iterator[Row]]] = {
    "launches": launches,
    "clocks": clocks,
    "cold": cold,
    "graphs": graphs,
    "energies": energies,
    "two_runs": two_runs,
}
"""In the order of the table; those that start processes do not mind what this one has done."""


@click.command()
@click.option("--device", default="cuda", show_default=True)
@click.option("--without", default="", help="Checks to leave out, joined by commas.")
def main(device: str, without: str) -> None:
    """Prints a row as soon as it is known."""
    try:
        ready(device)
    except Unavailable as error:
        click.echo(f"no table: {error}", err=True)
        sys.exit(3)
    click.echo(f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}\n")
    click.echo("| check | what | found | asked | holds |\n|---|---|---|---|---|")
    held = True
    for name, check in CHECKS.items():
        if name in without.split(","):
            continue
        try:
            for row in check(device):
                held = held and row.holds is not False
                click.echo(row.text())
        except (BenchError, RuntimeError) as error:
            held = False
            click.echo(Row(check=name, what="", found=f"ended early: {error}".replace("\n", " "), holds=False).text())
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
