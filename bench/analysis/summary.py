"""What was analysed, its findings, the run's starts → what summary.json says: asked, reached, where time went."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from bench.analysis.analysed import Analysed
from bench.analysis.estimate import estimate, half_width
from bench.records.nouns import SCHEMA, Estimate, Finding, Record, Start
from bench.statistics import median

Json = dict[str, object]


def summary(analysed: Analysed, findings: Sequence[Finding], *, starts: Sequence[Start]) -> Json:
    """Plain values, ready for JSON, unrounded; times in seconds."""
    run = analysed.run
    latencies = [estimate(analysed, case.id, "latency") for case in run.cases]
    return {
        "schema": SCHEMA,
        "run": run.name,
        "suite": run.suite.name,
        "machine": run.machine.name,
        "device": run.device,
        "asked": {"cases": len(run.cases), **asdict(run.policy)},
        "reached": _reached(latencies, run.policy.precision),
        "trials": _trials(analysed),
        "time": _time(analysed.records, starts),
        "findings": [asdict(finding) for finding in findings],
    }


def wall_seconds(records: Sequence[Record], starts: Sequence[Start]) -> float:
    """How long was measured: from each start of the run to the end of the last record before the next start, added up,
    so that the night between an interruption and its resume is not in it. Without starts, from the first record."""
    begins = sorted(start.started for start in starts) or [min((r.started for r in records), default=0.0)]
    ends = list(begins)
    for record in records:
        spell = max(0, bisect_right(begins, record.started) - 1)
        ends[spell] = max(ends[spell], record.started + record.phases.get("total", 0.0))
    return sum(end - begin for begin, end in zip(begins, ends, strict=True))


def _reached(latencies: Sequence[Estimate], precision: float) -> Json:
    widths = {found.case: half_width(found) for found in latencies}
    known = [width for width in widths.values() if width is not None]
    return {
        "status": dict(Counter(found.status for found in latencies)),
        "precise": sum(width <= precision for width in known),
        "half_width": {"median": median(known), "worst": max(known)} if known else None,
        "cases": {
            found.case: {"status": found.status, "rounds": found.rounds, "half_width": widths[found.case]}
            for found in latencies
        },
    }


def _trials(analysed: Analysed) -> Json:
    timed = [record for record in analysed.records if record.kind == "timed"]
    return {
        "attempts": len(timed),
        "repeated": sum(record.attempt > 0 for record in timed),
        "counted": sum(len(found.trials) for found in analysed.counted.values()),
        "left_out": sum(len(found.left_out) for found in analysed.counted.values()),
        "failed": sum(len(found.failed) for found in analysed.counted.values()),
    }


def _time(records: Sequence[Record], starts: Sequence[Start]) -> Json:
    phases: dict[str, float] = {}
    for record in records:
        for name, seconds in record.phases.items():
            phases[name] = phases.get(name, 0.0) + seconds
    children = phases.pop("total", 0.0)
    wall = wall_seconds(records, starts)
    sampled = sum(sum(record.samples) for record in records if record.kind == "timed") / 1e9
    share = sampled / wall if wall > 0 else None
    return {
        "wall": wall,
        "samples": sampled,
        "share": share,
        "phases": phases,
        "children": children,
        "servers": max(0.0, wall - children),
    }
