"""A step and a device → what a survey's record has of kernels, card, rounding and traffic. Untimed."""

from dataclasses import dataclass, field

from bench.measure import card, kernels
from bench.measure.card import Readings
from bench.measure.device import Device
from bench.measure.processes import Json
from bench.measure.sampler import Step

ROUNDINGS = ("matmul_precision", "cudnn_precision", "onednn_precision")
"""Of a device's settings, those that say how products of float32 are rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Of a record, under its own names."""

    content: Json = field(default_factory=dict)
    metrics: dict[str, int | float] = field(default_factory=dict)
    noise: Readings = field(default_factory=dict)


def surveyed(step: Step, device: Device, *, roofline: bool) -> Parts:
    """Kernels, and the device's memory and clocks as the driver has them; how products are set to be rounded, and how
    they are; where a roofline is asked for, the bytes of a step and the type of its numbers."""
    launched = device.kernels(step)
    driver = device.card.read()
    facts = {name: str(value) for name, value in device.settings().items() if name in ROUNDINGS}
    metrics: dict[str, int | float] = {f"rounding_{name}": error for name, error in device.rounding().items()}
    if launched:  # none is what a profiler sees that the driver does not let
        metrics |= kernels.metrics(launched)
    if (used := driver.get("memory", "unknown")) != "unknown":
        metrics["device_memory"] = int(used)
    if roofline:
        moved = device.traffic(step)
        facts["precision"] = moved.dtype
        metrics |= {"bytes": moved.bytes} if moved.bytes else {}
    content: Json = {"kernels": kernels.names(launched or ()), "facts": facts}
    return Parts(content=content, metrics=metrics, noise=card.noise(driver, driver))
