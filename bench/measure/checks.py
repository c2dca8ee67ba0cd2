"""What a case has built and computed → Invalid where that is not what it should be. In the child; knows no torch."""

import math
from collections.abc import Callable, Mapping
from typing import cast

from bench.measure import proof
from bench.measure.device import Device
from bench.measure.processes import Json
from bench.measure.workload import Equality, Workload


class Invalid(Exception):
    """The case ran, and what it computed is wrong."""


def check_tree(case: Mapping[str, object], request: Json, metrics: dict[str, object]) -> None:
    """Raises Invalid where a module of the subject's was not loaded from the side's own tree: a gate that measures one
    revision twice must not pass."""
    tree = cast("dict[str, object] | None", request["tree"])
    if tree is None:
        return
    root = str(tree["root"])
    found = proof.foreign(root, cast("list[str]", tree["names"]), str(case["target"]))
    if found:
        metrics["foreign_modules"] = len(found)
        raise Invalid(proof.complaint(found, root))


def check_finite(device: Device, result: object) -> None:
    """Raises Invalid where the last step's result holds a NaN or an infinity."""
    if not device.finite(result):
        raise Invalid("the step's result is not finite")


def own_metrics(found: Mapping[str, float]) -> Mapping[str, float]:
    """Raises Invalid where the workload's own numbers are none."""
    for name, value in found.items():
        if not math.isfinite(value):
            raise Invalid(f"its metric {name} is {value}")
    return found


def check_equal(workload: Workload) -> None:
    """Raises Invalid where a workload with a reference is not equal to it within its own tolerance."""
    check = cast("Callable[[], Equality] | None", getattr(workload, "check", None))
    if check is None:
        return
    equality = check()
    if not equality.max_error <= equality.tolerance:  # written so that a NaN fails
        raise Invalid(f"differs from its reference by {equality.max_error:.3g}, tolerance {equality.tolerance:.3g}")
