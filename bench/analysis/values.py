"""One timed record → what it is worth in each metric that is timed.

A value is known in every trial of a case or it is not the case's: to take it from those trials that have it
would let the latency choose them (a tail, for instance, from those that were slow enough for samples of one step).
"""

from collections.abc import Callable, Mapping, Sequence

from bench.records.metrics import ENERGY
from bench.records.nouns import Record
from bench.statistics import median, quantile

Known = Mapping[str, int | float]
"""What the survey of the case found out."""

SECOND = 1e9


def _latency(trial: Record, known: Known) -> float | None:
    return median(trial.samples) / trial.loops / SECOND


def _undisturbed(trial: Record, known: Known) -> float | None:
    return quantile(trial.samples, 0.1) / trial.loops / SECOND


def _cpu_time(trial: Record, known: Known) -> float | None:
    return quantile(trial.cpu, 0.1) / trial.loops / SECOND if trial.cpu else None


def _mean_latency(trial: Record, known: Known) -> float | None:
    return sum(trial.samples) / len(trial.samples) / trial.loops / SECOND


def _tail(trial: Record, known: Known) -> float | None:
    """Nothing where a sample is several steps: their mean hides the slow one."""
    return quantile(trial.samples, 0.95) / SECOND if trial.loops == 1 else None


def _throughput(trial: Record, known: Known) -> float | None:
    latency = _latency(trial, known)
    return known["items"] / latency if latency and "items" in known else None


def _per_step(trial: Record, known: Known) -> float | None:
    """Nothing where the chain has steps that are no products: the latency is theirs too."""
    latency, steps = _latency(trial, known), known.get("sequential_steps")
    return latency / steps if latency and steps and not known.get("pointwise_steps") else None


def _device_time(trial: Record, known: Known) -> float | None:
    """What the marks of a sample cost by themselves is no part of it."""
    floor = trial.noise.get("mark_floor", "unknown")
    if not trial.device or floor == "unknown":
        return None
    return max(0.0, median(trial.device) - float(floor)) / trial.loops / SECOND


def _launch(trial: Record, known: Known) -> float | None:
    """Where the device is never late it is lost in the noise of both, and then 0."""
    latency, device_time = _latency(trial, known), _device_time(trial, known)
    return None if latency is None or device_time is None else max(0.0, latency - device_time)


def _busy_share(trial: Record, known: Known) -> float | None:
    """The profiler times kernels on the device, and stretches only the host: so their time is put by a step's without
    it."""
    latency, busy = _latency(trial, known), known.get("kernel_busy")
    return busy / latency if latency and busy is not None else None


def _energy(trial: Record, known: Known) -> float | None:
    return trial.metrics.get(ENERGY)


VALUES: dict[str, Callable[[Record, Known], float | None]] = {
    "latency": _latency,
    "undisturbed": _undisturbed,
    "cpu_time": _cpu_time,
    "mean_latency": _mean_latency,
    "tail": _tail,
    "per_step": _per_step,
    "device_time": _device_time,
    "launch": _launch,
    "throughput": _throughput,
    "busy_share": _busy_share,
    ENERGY: _energy,
}

UNKNOWN: dict[str, str] = {
    "cpu_time": "CPU time was not measured",
    "tail": "a sample is several steps",
    "per_step": "the workload does not declare its sequential steps, or has pointwise ones beside them",
    "device_time": "only a CUDA device has a clock of its own",
    "launch": "only a CUDA device has a clock of its own",
    "throughput": "the workload does not declare its items",
    "busy_share": "no device runs kernels here",
    ENERGY: "no counter of a card's energy was read: there is none here, or the suite did not ask when it was measured",
}
"""Why a metric that is timed may have no value."""


def values(trials: Sequence[Record], metric: str, known: Known) -> dict[int, float]:
    """The trials' values by round, in the metric's unit; empty unless every trial has one."""
    found = {trial.round: VALUES[metric](trial, known) for trial in trials}
    present = {round_: value for round_, value in found.items() if value is not None}
    return present if len(present) == len(found) else {}
