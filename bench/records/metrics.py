"""Every metric, declared once: printing asks the unit, comparing the direction, the gate whether repeating helps."""

from dataclasses import dataclass
from typing import Literal

from bench.records.suite import Suite

Unit = Literal["s", "byte", "items/s", "flop/s", "J", "1"]

ENERGY = "energy"
"""Metered in a pass of its own, which costs a second a trial: only where a suite shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """`source`: `trials` (one value a trial, the estimate has an interval), `survey` (one value a case, timed once),
    `exact` (known without timing, judged without noise)."""

    name: str
    unit: Unit
    better: Literal["less", "more"]
    source: Literal["trials", "survey", "exact"]
    title: str


def _metric(
    name: str,
    unit: Unit,
    source: Literal["trials", "survey", "exact"],
    title: str,
    better: Literal["less", "more"] = "less",
) -> Metric:
    return Metric(name=name, unit=unit, better=better, source=source, title=title)


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        _metric("latency", "s", "trials", "wall time of a step: the median of a trial's samples"),
        _metric("undisturbed", "s", "trials", "wall time of a step: the lower decile of a trial's samples"),
        _metric("cpu_time", "s", "trials", "CPU time of a step: the lower decile of a trial's samples"),
        _metric("mean_latency", "s", "trials", "wall time of a step: the mean of a trial's samples"),
        _metric("tail", "s", "trials", "wall time of a step: the 95th percentile, where one sample is one step"),
        _metric("per_step", "s", "trials", "latency by sequential_steps: the time of one product on the longest chain"),
        _metric(
            "per_layer_step", "s", "trials", "latency by layer_steps: the time of one step of one of a network's layers"
        ),
        _metric("device_time", "s", "trials", "time of a step by the GPU's own clock, its work lying ready"),
        _metric("launch", "s", "trials", "latency less device_time: what launching a step and waiting for it adds"),
        _metric("throughput", "items/s", "trials", "items by latency", "more"),
        _metric("flop_rate", "flop/s", "trials", "flops by latency", "more"),
        _metric("page_faults", "1", "trials", "minor page faults a step, over the steps that a trial times"),
        _metric("parameters", "1", "exact", "trainable numbers of the network"),
        _metric("flops", "1", "exact", "2 × multiply-adds of the matrix products and convolutions of a step"),
        _metric("sequential_steps", "1", "exact", "products on the longest dependent chain of the forward pass"),
        _metric("layer_steps", "1", "exact", "steps of a recurrence, those of all its layers added up"),
        _metric("operations", "1", "exact", "ATen operators called in a step, nested ones included"),
        _metric("peak_memory", "byte", "exact", "the process's growth over build and one step"),
        _metric(
            "allocated",
            "byte",
            "exact",
            "bytes that a step asks of torch's allocator, for activations, gradients, workspaces",
        ),
        _metric(
            "device_memory", "byte", "survey", "memory in use on the device by the driver's count, whoever uses it"
        ),
        _metric("kernels", "1", "exact", "kernels, copies and fills that the device executed in a step"),
        _metric("kernel_time", "s", "survey", "their times in a step, added up"),
        _metric("busy_share", "1", "trials", "the time in which the device ran any of them, by latency", "more"),
        _metric(ENERGY, "J", "trials", "what the card took for a step, by its own counter"),
        _metric("build", "s", "survey", "building the workload, once"),
        _metric("first_call", "s", "survey", "the first step of a fresh process"),
        _metric("compile", "s", "survey", "compiling the workload, once"),
        _metric("graph_breaks", "1", "exact", "places where torch.compile gave the work back to Python"),
    )
}


def metric(name: str) -> Metric:
    """The metric of that name; one that a workload invents is an exact number without a unit."""
    return METRICS.get(name) or Metric(name=name, unit="1", better="less", source="exact", title=name)


def shown(suite: Suite) -> frozenset[str]:
    """The metrics that a suite publishes or draws; where an `x` is a factor, its name is among them too."""
    return frozenset(
        (*suite.metrics, *(t.value for t in suite.tables), *(name for f in suite.figures for name in (f.x, f.y)))
    )
