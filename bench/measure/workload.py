"""A target's name and a case's keywords → a workload. The one place where a subject is imported."""

import importlib
import inspect
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, cast


class Workload(Protocol):
    """What a builder returns. Only `step` is needed; the rest is read where it is there (see `declared`)."""

    def step(self) -> object: ...


class Equality(Protocol):
    """How far a workload's result is from its reference."""

    @property
    def max_error(self) -> float: ...
    @property
    def tolerance(self) -> float: ...


Builder = Callable[..., Workload]

DECLARED = ("items", "values", "parameters", "flops", "sequential_steps")


def locate(target: str, paths: Sequence[str]) -> Builder:
    """Imports `module:function`, with the suite's folder and its `paths` in front of everything else, also where an
    editable install has put one of them behind it."""
    front = dict.fromkeys(paths)
    sys.path[:] = [*front, *(entry for entry in sys.path if entry not in front)]
    module, _, function = target.partition(":")
    return cast("Builder", getattr(importlib.import_module(module), function))


def build(builder: Builder, arguments: Mapping[str, object], offered: Mapping[str, object]) -> Workload:
    """Calls the builder with the case's levels, and with what else is offered where its signature takes it."""
    parameters = inspect.signature(builder).parameters.values()
    takes_all = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
    extra = {
        k: v for k, v in offered.items() if k not in arguments and (takes_all or k in {p.name for p in parameters})
    }
    workload = builder(**arguments, **extra)
    if not callable(getattr(workload, "step", None)):
        raise TypeError(f"the builder returned {type(workload).__name__}, which has no step()")
    return workload


def proven(expects: Collection[str], events: Collection[str]) -> bool:
    """Whether a profiled step shows the backend: any of the operators that it expects, and none that it names with an
    `!` before it, which would show another."""
    return any(name in expects for name in events) and not any(f"!{name}" in expects for name in events)


def declared(workload: Workload) -> dict[str, int]:
    """The whole numbers that the workload knows without being timed. An `nn.Module` has methods of some of these names:
    what is no number is not declared."""
    found = {name: getattr(workload, name, None) for name in DECLARED}
    return {name: int(value) for name, value in found.items() if isinstance(value, int | float)}
