"""A Profile → the sentences that every writer says of it, and the rows of its tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.records.profile import Gaps, Operator, Profile, Profiles, Traced
from bench.report.amounts import NOTHING
from bench.report.figures.words import shortened
from bench.units import common_scale, significant

SHOWN = 20
"""Rows of a table for people; the CSV files have all."""

LONGEST = 80
"""Characters of a name for people; the CSV files have all."""

CAUTION = "Times under a profiler are longer than they are without: compare them with each other, never with timings."

_PARAMETERS = re.compile(r"(?<=[\w>])\([^()]*(?:\([^()]*\)[^()]*)*\)$")

KINDS = {"operator": "", "range": "a range of code, Python included", "runtime": "a call of the driver"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: the first column holds names, the others numbers as text. `more`: how many rows were left out."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


def heading(found: Profiles) -> str:
    """`Profile of smoke: Every feature … (epyc-2c, cpu, seed 7)`."""
    return f"Profile of {found.name}: {found.title} ({found.machine}, {found.device}, seed {found.seed})"


def outcome(profile: Profile) -> str:
    """Of a case without a trace: `failed: build: ValueError: …`."""
    return f"{profile.status}: {profile.note}" if profile.note else profile.status


def sentences(profile: Profile, traced: Traced) -> Iterator[str]:
    """How much the profiler stretched a step, what passes between operators, what cannot be seen, the device's gaps."""
    yield _stretch(profile, traced)
    yield _between(profile, traced)
    largest = next((operator for operator in traced.operators if operator.kind == "operator"), None)
    if largest is not None:
        graph = ", and so is a compiled graph with the Python that starts its kernels" if traced.compiled else ""
        yield (
            f"What an operator does beside calling others cannot be seen: a fused one is one row{graph}. Most of that "
            f"is in {short(largest.name)}, {share(largest.own, traced)} of the profiled step."
        )
    if traced.gaps is not None:
        yield from _device(profile, traced, traced.gaps)


def _device(profile: Profile, traced: Traced, gaps: Gaps) -> Iterator[str]:
    """The profiler stretches what the host does and not what the device does: so its work is put by both steps."""
    bare = f", {100 * gaps.busy / profile.step:.0f} % of the step as it is" if profile.step > 0 else ""
    yield (
        f"The device is busy for {time(gaps.busy)} of a step: {share(gaps.busy, traced)} of the profiled one{bare}. "
        f"From its first kernel to its last it is idle for {time(gaps.idle)} a step, in {significant(gaps.count)} "
        f"gaps, the longest of {time(gaps.longest)}; for {time(gaps.late)} of that it waits for the host, which "
        "launches the next kernel only after the last one has ended."
    )
    if traced.recurrent:
        yield f"Recurrent layers, by their kernels: {'; '.join(traced.recurrent)}."


def operators(traced: Traced) -> Sheet:
    """Worst first."""
    divisor, unit = _scale([operator.own for operator in traced.operators])
    rows = tuple(
        (
            _named(operator),
            significant(operator.calls),
            significant(operator.own / divisor),
            significant(operator.total / divisor),
            share(operator.own, traced),
        )
        for operator in traced.operators[:SHOWN]
    )
    heads = ("operator", "calls a step", f"self ({unit})", f"total ({unit})", "self, share of the step")
    return Sheet(heads=heads, rows=rows, more=max(0, len(traced.operators) - SHOWN))


def kernels(traced: Traced) -> Sheet:
    """Most time first."""
    divisor, unit = _scale([kernel.time for kernel in traced.kernels])
    rows = tuple(
        (
            short_kernel(kernel.name),
            significant(kernel.launches),
            significant(kernel.time / divisor),
            share(kernel.time, traced),
        )
        for kernel in traced.kernels[:SHOWN]
    )
    heads = ("kernel", "launches a step", f"time ({unit})", "share of the step")
    return Sheet(heads=heads, rows=rows, more=max(0, len(traced.kernels) - SHOWN))


def short(name: str) -> str:
    """For people; a kernel's name may have hundreds of characters, which tell its template's arguments."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def short_kernel(name: str) -> str:
    """Without the types of its parameters and of its result; of a long one the beginning and the end, because kernels
    of one template differ in its last arguments."""
    bare = _PARAMETERS.sub("", name.removeprefix("void "))
    return shortened(bare, LONGEST)


def share(seconds: float, traced: Traced) -> str:
    """Of the profiled step: `12.3 %`."""
    return f"{100 * seconds / traced.watched:.1f} %" if traced.watched > 0 else NOTHING


def time(seconds: float) -> str:
    """In the unit in which it reads best."""
    divisor, unit = common_scale([seconds], "s")
    return f"{significant(seconds / divisor)} {unit}"


def _stretch(profile: Profile, traced: Traced) -> str:
    by = f", {significant(traced.watched / profile.step)} times as long" if profile.step > 0 else ""
    which = f"the quickest {traced.steps} of {profile.steps}" if traced.steps < profile.steps else f"{traced.steps}"
    return (
        f"A step takes {time(profile.step)}; under the profiler, in the same process, {time(traced.watched)}{by} "
        f"(steps that count: {which})."
    )


def _between(profile: Profile, traced: Traced) -> str:
    """What passes between operators while they are watched is the most that it can be, because the profiler costs time
    there too; the step as it is, less the watched operators, the least, because it costs time in them.

    The estimate between the two takes it that every event costs the profiler the same. Torch reads the clock last when
    an operator begins and first when it ends: what the outermost ones cost lies between operators."""
    most, least = max(0.0, traced.watched - traced.inside), max(0.0, profile.step - traced.inside)
    what = "Python, dispatch" + (", waiting for the device" if traced.gaps is not None else "")
    found = f"Outside all operators ({what}) pass {time(most)} of the profiled step ({share(most, traced)})"
    if traced.watched < profile.step:
        return f"{found}. A profiler makes no step faster: the machine was disturbed meanwhile, so profile it again."
    events = sum(operator.calls for operator in traced.operators)
    cost = (traced.watched - profile.step) / events if events else 0.0
    about = min(max(least, most - cost * traced.outermost), profile.step)
    part = f" ({100 * about / profile.step:.0f} %)" if profile.step > 0 else ""
    return (
        f"{found}. Of the step as it is that is about {time(about)}{part}, if every event costs the profiler the same, "
        f"and in any case between {time(least)} and {time(most)}."
    )


def _scale(values: Sequence[float]) -> tuple[float, str]:
    return common_scale(values[:SHOWN], "s")


def _named(operator: Operator) -> str:
    kind = KINDS[operator.kind]
    return f"{short(operator.name)} ({kind})" if kind else short(operator.name)
