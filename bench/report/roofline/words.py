"""A Roofline → the sentences about it, and the rows of its table."""

from collections.abc import Iterator

from bench.records.roofline import Placed, Roof, Roofline
from bench.report.amounts import NOTHING
from bench.units import alike, common_scale, significant

HEADING = "Roofline"
HEADS = ("case", "intensity (flop/B)", "attained", "bound", "bounded by", "share of the bound")
NUMBERS = (1, 2, 3, 5, 6, 7, 8)
"""Which of these are numbers, and of IDLING, which may follow them."""
IDLING = ("idle", "for want of launches", "busy beyond the bound")
"""Shares of the latency, where the device says what it ran; together with the share of the bound the first and the last
are all of it."""

EXPLAINED = (
    "Attained: the flops of a step by its latency. Bound: what the device could attain at most at the step's "
    "arithmetic intensity, its flops by the fewest bytes that any implementation moves: what a step finds (input, "
    "weights, states) read once, and what it leaves (result, gradients, updated weights) written once. The bandwidth "
    "is that of memory: a share over 100 % is of a step whose data stay in a cache from one step to the next."
)
SHARED = (
    "The share of the bound is at once the part of the latency that memory or arithmetic takes at least. Idle: the "
    "part in which the device ran nothing (1 − busy_share), because it had nothing to run yet (launch by latency; not "
    "known of steps that its queue has no room for), or from one kernel to the next. What it is busy for beyond the "
    "bound goes to steps that wait for each other within a kernel, and to kernels too small for it or poorly written."
)


def heads(found: Roofline) -> tuple[str, ...]:
    """What stands above the columns."""
    return (*HEADS, *IDLING) if found.idling else HEADS


def sentences(found: Roofline) -> Iterator[str]:
    """What the device can do, as measured, and how to read the table."""
    for roof in found.roofs:
        yield f"{measured(roof)}."
    if not found.roofs:
        yield "The peaks of the device were not measured."
    yield EXPLAINED
    if found.idling:
        yield SHARED


def measured(roof: Roof) -> str:
    """`Measured with 1 thread: copy 11.2 GB/s, float32 61.3 Gflop/s`."""
    rates = [f"copy {rate(roof.bandwidth, 'byte/s')}"]
    rates += [f"{name} {rate(value, 'flop/s')}" for name, value in roof.rates.items()]
    return f"Measured with {threads(roof.threads)}: {', '.join(rates)}"


def threads(number: int) -> str:
    """`1 thread`, `2 threads`."""
    return f"{number} thread{'' if number == 1 else 's'}"


def rate(value: float, unit: str) -> str:
    """In the unit in which it reads best: `61.3 Gflop/s`."""
    divisor, label = common_scale([value], unit)
    return f"{significant(float(value / divisor))} {label}"


def rows(found: Roofline) -> list[tuple[str, ...]]:
    """The texts of every case's cells."""
    return [tuple(text for text, _ in cells(placed, idling=found.idling)) for placed in found.cases]


def cells(placed: Placed, *, idling: bool) -> list[tuple[str, float | None]]:
    """What stands under each of the heads, with the number that it is, if it is one; of a case that has no place the
    last of HEADS says why."""
    return [*_bounded(placed), *(_idle(placed) if idling else ())]


def _bounded(placed: Placed) -> list[tuple[str, float | None]]:
    if placed.why:
        return [(placed.case, None), *[(NOTHING, None)] * (len(HEADS) - 2), (placed.why, None)]
    return [
        (placed.case, None),
        (significant(placed.intensity), placed.intensity),
        (_attained(placed), placed.attained),
        (rate(placed.bound, "flop/s"), placed.bound),
        ("memory" if placed.limit == "memory" else f"arithmetic in {placed.precision}", None),
        _share(placed.attained / placed.bound),
    ]


def _idle(placed: Placed) -> Iterator[tuple[str, float | None]]:
    """The profiler's time of the kernels and the latency are of different steps: what is left may come out below 0."""
    yield (NOTHING, None) if placed.busy is None else _share(max(0.0, 1 - placed.busy))
    yield (NOTHING, None) if placed.launch is None else _share(placed.launch)
    beyond = None if placed.busy is None or placed.why else placed.busy - placed.attained / placed.bound
    yield (NOTHING, None) if beyond is None else _share(max(0.0, beyond))


def _share(value: float) -> tuple[str, float]:
    return f"{significant(100 * value)} %", value


def _attained(placed: Placed) -> str:
    divisor, label = common_scale([placed.attained], "flop/s")
    if placed.low is None or placed.high is None:
        return f"{significant(placed.attained / divisor)} {label}"
    value, low, high = alike(placed.attained / divisor, (placed.low / divisor, placed.high / divisor))
    return f"{value} {label} [{low}–{high}]"
