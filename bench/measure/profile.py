"""A workload in a child → the time of a step as it is, the time of one that is watched, and a trace in a file.

Watching stretches a step, so nothing of it is ever mixed with timings: both times are here to say by how much."""

from collections.abc import Mapping

from bench.measure import sampler
from bench.measure.device import Device
from bench.measure.workload import Workload
from bench.statistics import quantile

MOST_STEPS, MOST_EVENTS, SECONDS = 100, 50_000, 0.2
"""As many steps are watched as keep within all three, and one at least: more tell nothing new and make a trace that
takes long to open (an event is 250 bytes of it)."""


def unwatched(workload: Workload, device: Device, policy: Mapping[str, float]) -> float:
    """Seconds of a step: the lower decile of its samples, what it costs when nothing disturbs it. To be asked before
    any profiler has run: when the one of a GPU leaves the process is its own affair (`bench.measure.card.DETACH`), and
    until then it slows launches down."""
    warmup = sampler.warm_up(workload.step, device, seconds=policy["warmup_seconds"])
    loops = sampler.calibrate(warmup, seconds=policy["sample_seconds"])
    samples = sampler.Samples()
    reset = getattr(workload, "reset", None)
    sampler.time_steps(workload.step, device, samples, loops=loops, seconds=policy["trial_seconds"], reset=reset)
    return quantile(samples.wall, 0.1) / loops / 1e9


def watch(workload: Workload, device: Device, *, step: float, events: int, file: str) -> dict[str, int | float]:
    """Seconds of a `step`, as given, and of a `watched` one, and of how many `steps` the trace is that the file then
    holds. `events`: how many of them a step has."""
    steps = max(1, min(MOST_STEPS, MOST_EVENTS // max(1, events), int(SECONDS / step) if step > 0 else 1))
    took = device.trace(workload.step, steps=steps, file=file)
    return {"step": step, "watched": took / steps / 1e9, "steps": steps}
