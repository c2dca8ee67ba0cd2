"""One timed record → what it is worth in each metric that is timed.

A value is known in every trial of a case or it is not the case's: to take it from those trials that have it
would let the latency choose them (a tail, for instance, from those that were slow enough for samples of one step).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from bench.analysis.trials import probe
from bench.records.metrics import ENERGY
from bench.records.nouns import Record
from bench.statistics import median, ordered_median, ordered_quantile, quantile

Known = Mapping[str, int | float]
"""What the survey of the case found out."""

Rounds = dict[int, float]
"""A case's values by round."""

SECOND = 1e9


class Trial(NamedTuple):
    """A trial with its samples in the order of their size, and its latency: most metrics want them. A tuple, because a
    run has many."""

    loops: int
    samples: Sequence[int]
    latency: float
    cpu: tuple[int, ...]
    device: tuple[int, ...]
    page_faults: float | None
    mark_floor: float | None
    device_loops: float
    energy: float | None


def _latency(trial: Trial, known: Known) -> float:
    return trial.latency


def _undisturbed(trial: Trial, known: Known) -> float | None:
    return ordered_quantile(trial.samples, 0.1) / trial.loops / SECOND


def _cpu_time(trial: Trial, known: Known) -> float | None:
    return quantile(trial.cpu, 0.1) / trial.loops / SECOND if trial.cpu else None


def _mean_latency(trial: Trial, known: Known) -> float | None:
    return sum(trial.samples) / len(trial.samples) / trial.loops / SECOND


def _tail(trial: Trial, known: Known) -> float | None:
    """Nothing where a sample is several steps: their mean hides the slow one."""
    return ordered_quantile(trial.samples, 0.95) / SECOND if trial.loops == 1 else None


def _throughput(trial: Trial, known: Known) -> float | None:
    return known["items"] / trial.latency if "items" in known else None


def _per_step(trial: Trial, known: Known) -> float | None:
    """Nothing where the chain has steps that are no products: the latency is theirs too."""
    steps = known.get("sequential_steps")
    return trial.latency / steps if steps and not known.get("pointwise_steps") else None


def _per_layer_step(trial: Trial, known: Known) -> float | None:
    return trial.latency / known["layer_steps"] if known.get("layer_steps") else None


def _flop_rate(trial: Trial, known: Known) -> float | None:
    return known["flops"] / trial.latency if "flops" in known else None


def _page_faults(trial: Trial, known: Known) -> float | None:
    """Of the timed steps themselves: a survey's steps would be others, in one server, and have no interval."""
    return trial.page_faults


def _device_time(trial: Trial, known: Known) -> float | None:
    """What the marks of a sample cost by themselves is no part of it; a sample may have fewer steps than others."""
    if not trial.device or trial.mark_floor is None:
        return None
    return max(0.0, median(trial.device) - trial.mark_floor) / trial.device_loops / SECOND


def _launch(trial: Trial, known: Known) -> float | None:
    """Where the device is never late it is lost in the noise of both, and then 0."""
    device_time = _device_time(trial, known)
    return None if device_time is None else max(0.0, trial.latency - device_time)


def _busy_share(trial: Trial, known: Known) -> float | None:
    """The profiler times kernels on the device, and stretches only the host: so their time is put by a step's without
    it."""
    return known["kernel_busy"] / trial.latency if "kernel_busy" in known else None


def _energy(trial: Trial, known: Known) -> float | None:
    return trial.energy


VALUES: dict[str, Callable[[Trial, Known], float | None]] = {
    "latency": _latency,
    "undisturbed": _undisturbed,
    "cpu_time": _cpu_time,
    "mean_latency": _mean_latency,
    "tail": _tail,
    "per_step": _per_step,
    "per_layer_step": _per_layer_step,
    "device_time": _device_time,
    "launch": _launch,
    "throughput": _throughput,
    "flop_rate": _flop_rate,
    "page_faults": _page_faults,
    "busy_share": _busy_share,
    ENERGY: _energy,
}

UNKNOWN: dict[str, str] = {
    "cpu_time": "CPU time was not measured",
    "tail": "a sample is several steps",
    "per_step": "the workload does not declare its sequential steps, or has pointwise ones beside them",
    "per_layer_step": "the workload does not declare its layer_steps",
    "device_time": "only a CUDA device has a clock of its own",
    "launch": "only a CUDA device has a clock of its own",
    "throughput": "the workload does not declare its items",
    "flop_rate": "the workload does not declare its flops",
    "page_faults": "the kernel does not count page faults",
    "busy_share": "no device runs kernels here",
    ENERGY: "no counter of a card's energy was read: there is none here, its steps meet cold caches, or the suite did "
    "not ask when it was measured",
}
"""Why a metric that is timed may have no value."""

NOT_READY = (
    "a step does not lie ready for the device: it has more launches than the device's queue has room for, takes too "
    "long to launch, or waits for the device"
)
"""Why one that is told by the device's own clock has none on a device that has one."""


def unknown(metric: str, trials: Iterable[Record]) -> str:
    """Why the metric has no value in these trials."""
    by_device = metric in ("device_time", "launch")
    late = by_device and any(not trial.device and probe(trial, "device_late") for trial in trials)
    return NOT_READY if late else UNKNOWN[metric]


def value(trial: Record, metric: str, known: Known) -> float | None:
    """What one trial is worth, in the metric's unit; None where it has no such value."""
    return VALUES[metric](_trial(trial), known)


def values(trials: Sequence[Record], known: Known, *, metrics: Iterable[str] = tuple(VALUES)) -> dict[str, Rounds]:
    """By metric the trials' values by round, in its unit; empty unless every trial has one."""
    found = ordered(trials)
    return {metric: rounds_of(found, metric, known) for metric in metrics}


def ordered(trials: Iterable[Record]) -> dict[int, Trial]:
    """The trials by round."""
    return {trial.round: _trial(trial) for trial in trials}


def rounds_of(trials: Mapping[int, Trial], metric: str, known: Known) -> Rounds:
    """What each is worth in the metric; empty unless every trial has a value."""
    worth, found = VALUES[metric], Rounds()
    for round_, trial in trials.items():
        own = worth(trial, known)
        if own is None:
            return {}
        found[round_] = own
    return found


def _trial(trial: Record) -> Trial:
    samples = sorted(trial.samples)
    return Trial(
        loops=trial.loops,
        samples=samples,
        latency=ordered_median(samples) / trial.loops / SECOND,
        cpu=trial.cpu,
        device=trial.device,
        page_faults=probe(trial, "page_faults"),
        mark_floor=probe(trial, "mark_floor") if trial.device else None,
        device_loops=(probe(trial, "device_loops") if trial.device else None) or trial.loops,
        energy=trial.metrics.get(ENERGY),
    )
