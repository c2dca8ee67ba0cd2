"""The events of a trace → operators with their own time, the time between them, kernels, the gaps between those.

A call's own time is its length less that of the calls that began directly below it on its thread. The time in which any
operator runs is the length of the union of their intervals over all threads, because a backward pass may have a thread
of its own while the one that asked for it waits."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

from bench.analysis.recurrent import recurrent
from bench.records.profile import STEP, Gaps, Kernel, Operator, Seen, Traced

HOST: dict[str, Seen] = {
    "cpu_op": "operator",
    "user_annotation": "range",
    "cuda_runtime": "runtime",
    "cuda_driver": "runtime",
}
DEVICE = ("kernel", "gpu_memcpy", "gpu_memset")
"""What torch calls the categories of events (kineto's `ActivityType`); others say nothing about time."""

WRAPPERS = (
    "TorchDynamo Cache Lookup",
    "Torch-Compiled Region",
    "Pregraph bytecode",
    "AOTDispatcher",
    "CompiledFunction",
)
"""What begins the names of operators that are none: Python around compiled graphs, a range each."""

QUICKEST = 0.25
"""The share of steps that count where no device computes."""

GRAPH = "CompiledFxGraph"
"""What the name of a compiled graph holds. It counts as an operator."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Nanoseconds. A kernel has the correlation of the call of the driver that launched it; 0 is none."""

    name: str
    start: int
    end: int
    correlation: int = 0

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(slots=True)
class _Row:
    calls: int = 0
    own: int = 0
    total: int = 0


_Threads = dict[tuple[str, str], list[tuple[Seen, _Span]]]


@dataclass(slots=True)
class _Spans:
    host: _Threads = field(default_factory=lambda: defaultdict(list))
    device: list[_Span] = field(default_factory=list)
    steps: list[_Span] = field(default_factory=list)


def traced(events: Sequence[Mapping[str, object]], *, steps: int, watched: float) -> Traced:
    """The events of a trace of so many steps, by name; what is no complete event is passed over.

    Where a device computes, all steps count, each of `watched` seconds: they overlap there. Elsewhere the quickest ones
    count, because an interruption is as long as thousands of operators, and would be the time of any of them. What the
    host does outside of steps is the profiler's, and the wait for the device at the end: it is no step's time."""
    spans = _spans(events)
    if spans.device and spans.steps:
        spans.host = _within(spans.steps, spans.host)
    elif spans.steps:
        quickest = sorted(spans.steps, key=lambda each: each.length)[: ceil(len(spans.steps) * QUICKEST)]
        spans.host, steps = _within(quickest, spans.host), len(quickest)
        watched = _seconds(sum(each.length for each in quickest), steps)
    host = [each for thread in spans.host.values() for each in thread]
    inside = sum(end - start for start, end in _union(span for kind, span in host if kind == "operator"))
    operators, outermost = _operators(spans.host.values(), steps)
    return Traced(
        steps=steps,
        watched=watched,
        inside=_seconds(inside, steps),
        compiled=any(GRAPH in span.name for _, span in host),
        outermost=outermost / steps,
        operators=operators,
        kernels=_kernels(spans.device, steps),
        recurrent=recurrent(span.name for span in spans.device),
        gaps=_gaps(spans.device, _launches(spans.host.values()), steps) if spans.device else None,
    )


def _spans(events: Sequence[Mapping[str, object]]) -> _Spans:
    found = _Spans()
    for event in events:
        category, start, length = event.get("cat"), event.get("ts"), event.get("dur")
        if event.get("ph") != "X" or not isinstance(start, int | float) or not isinstance(length, int | float):
            continue
        began = round(start * 1000)
        span = _Span(
            str(event.get("name")), began, began + max(0, round(length * 1000)), _correlation(event.get("args"))
        )
        if span.name == STEP and category in HOST:
            found.steps.append(span)
        elif category in HOST:
            kind = "range" if span.name.startswith(WRAPPERS) else HOST[category]
            found.host[str(event.get("pid")), str(event.get("tid"))].append((kind, span))
        elif category in DEVICE:
            found.device.append(span)
    return found


def _correlation(arguments: object) -> int:
    found = arguments.get("correlation") if isinstance(arguments, dict) else None
    return found if isinstance(found, int) else 0


def _launches(threads: Iterable[Sequence[tuple[Seen, _Span]]]) -> dict[int, int]:
    """When the host began each launch, by its correlation."""
    calls = (span for thread in threads for kind, span in thread if kind == "runtime" and span.correlation)
    return {span.correlation: span.start for span in calls}


def _within(steps: Sequence[_Span], threads: _Threads) -> _Threads:
    """What lies in those steps, which do not overlap."""
    ordered = sorted(steps, key=lambda each: each.start)
    starts = [each.start for each in ordered]

    def in_one(span: _Span) -> bool:
        place = bisect_right(starts, span.start) - 1
        return place >= 0 and span.end <= ordered[place].end

    return {thread: [each for each in spans if in_one(each[1])] for thread, spans in threads.items()}


def _operators(threads: Iterable[Sequence[tuple[Seen, _Span]]], steps: int) -> tuple[tuple[Operator, ...], int]:
    """Worst first, and how many calls of operators are in no other."""
    rows: dict[tuple[Seen, str], _Row] = defaultdict(_Row)
    outermost = sum(_count(thread, rows) for thread in threads)
    found = [
        Operator(
            name=name,
            kind=kind,
            calls=row.calls / steps,
            own=_seconds(row.own, steps),
            total=_seconds(row.total, steps),
        )
        for (kind, name), row in rows.items()
    ]
    return tuple(sorted(found, key=lambda operator: (-operator.own, operator.name))), outermost


def _count(thread: Sequence[tuple[Seen, _Span]], rows: dict[tuple[Seen, str], _Row]) -> int:
    """Fills the rows; how many operators are in no other. Of a name that calls itself, the outermost call alone counts
    in its total."""
    outermost = 0
    above: list[tuple[tuple[Seen, str], _Span]] = []
    for kind, span in sorted(thread, key=lambda each: (each[1].start, -each[1].end)):
        while above and above[-1][1].end <= span.start:
            above.pop()
        key = (kind, span.name)
        row = rows[key]
        row.calls += 1
        row.own += span.length
        row.total += 0 if any(key == other for other, _ in above) else span.length
        if above:
            parent, around = above[-1]
            rows[parent].own -= min(span.end, around.end) - span.start
        outermost += kind == "operator" and not any(other == "operator" for (other, _), _ in above)
        above.append((key, span))
    return outermost


def _kernels(spans: Sequence[_Span], steps: int) -> tuple[Kernel, ...]:
    times: dict[str, list[int]] = defaultdict(list)
    for span in spans:
        times[span.name].append(span.length)
    found = [
        Kernel(name=name, launches=len(each) / steps, time=_seconds(sum(each), steps)) for name, each in times.items()
    ]
    return tuple(sorted(found, key=lambda kernel: (-kernel.time, kernel.name)))


def _gaps(spans: Sequence[_Span], launches: Mapping[int, int], steps: int) -> Gaps:
    busy = _union(spans)
    gaps = [late[0] - early[1] for early, late in pairwise(busy)]
    launched = {span.start: launches[span.correlation] for span in spans if span.correlation in launches}
    late = sum(then[0] - now[1] for now, then in pairwise(busy) if launched.get(then[0], 0) >= now[1])
    return Gaps(
        late=_seconds(late, steps),
        busy=_seconds(sum(end - start for start, end in busy), steps),
        idle=_seconds(sum(gaps), steps),
        count=len(gaps) / steps,
        longest=max(gaps, default=0) / 1e9,
    )


def _union(spans: Iterable[_Span]) -> list[tuple[int, int]]:
    """The intervals in which any of them is, in order and apart."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda each: each.start):
        if found and span.start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], span.end))
        else:
            found.append((span.start, span.end))
    return found


def _seconds(nanoseconds: int, steps: int) -> float:
    return nanoseconds / steps / 1e9
