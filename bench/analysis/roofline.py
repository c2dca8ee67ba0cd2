"""What was analysed → each case against what the device can do: the roofline of Williams, Waterman and Patterson
(Communications of the ACM 52(4), 2009).

A step of F operations that must move B bytes takes no less time than F by the device's rate of operations, nor than B
by its bandwidth. So the rate that it attains, F by its latency, is at most min(rate, F/B × bandwidth). B is the least
that any implementation moves (`bench.measure.traffic`), so the intensity F/B is the largest that the step can have, and
the bound is one for all implementations. One thing gets past it: what stays in a cache from one step to the next comes
faster than from memory. A share over 1 says that.

A device that says what it ran tells more: of a step's time it was idle for one part, for want of launches or between
kernels, and busy for the rest; and of that the bound takes the share that the case attains of it."""

from dataclasses import replace

from bench.analysis.analysed import Analysed
from bench.analysis.estimate import estimate
from bench.records.nouns import Record
from bench.records.roofline import COPY, Placed, Roof, Roofline


def roofline(analysed: Analysed) -> Roofline:
    """Every case of the run, in its order, under the roof of its threads."""
    roofs = _roofs(analysed.records)
    by_threads = {roof.threads: roof for roof in roofs}
    cases = tuple(
        _shared(analysed, _placed(analysed, case.id, case.threads, roof=by_threads.get(case.threads)))
        for case in analysed.run.cases
    )
    return Roofline(roofs=roofs, cases=cases)


def _shared(analysed: Analysed, placed: Placed) -> Placed:
    """With the shares of its latency that the device knows of."""
    names = ("latency", "launch", "busy_share")
    latency, launch, busy = (estimate(analysed, placed.case, name).value for name in names)
    return replace(placed, busy=busy, launch=launch / latency if latency and launch is not None else None)


def _roofs(records: tuple[Record, ...]) -> tuple[Roof, ...]:
    """Where a peak was measured again the better one counts: what interrupts one slows it."""
    best: dict[int, dict[str, float]] = {}
    for record in records:
        if record.kind == "peak" and record.status == "ok":
            rates = best.setdefault(int(record.case.removeprefix("threads=")), {})
            for name, value in record.metrics.items():
                rates[name] = max(rates.get(name, 0.0), float(value))
    return tuple(
        Roof(threads=threads, bandwidth=rates[COPY], rates={k: v for k, v in rates.items() if k != COPY})
        for threads, rates in sorted(best.items())
        if rates.get(COPY)
    )


def _placed(analysed: Analysed, case: str, threads: int, *, roof: Roof | None) -> Placed:
    latency, survey = estimate(analysed, case, "latency"), analysed.surveys.get(case)
    if not latency.value or survey is None:
        return Placed(case=case, threads=threads, why=f"{latency.status}: {latency.note or 'no latency'}")
    flops, moved = survey.metrics.get("flops", 0), survey.metrics.get("bytes", 0)
    precision = survey.facts.get("precision", "")
    rate = 0.0 if roof is None else roof.rates.get(precision, 0.0)
    if not flops or not moved or roof is None or not rate:
        why = _unknown(flops, moved, precision if roof is not None else None)
        return Placed(case=case, threads=threads, precision=precision, why=why)
    slope = flops / moved * roof.bandwidth
    return Placed(
        case=case,
        threads=threads,
        precision=precision,
        intensity=flops / moved,
        attained=flops / latency.value,
        low=flops / latency.high if latency.high else None,
        high=flops / latency.low if latency.low else None,
        bound=min(slope, rate),
        limit="memory" if slope < rate else "arithmetic",
    )


def _unknown(flops: float, moved: float, precision: str | None) -> str:
    if not flops:
        return "the workload declares no flops, or has none"
    if not moved:
        return "the bytes of its step were not seen"
    if precision is None:
        return "the device's peaks were not measured"
    return f"the device's rate in {precision or 'its precision'} was not measured"
