"""Cases with a value → pytest-benchmark's JSON: what it calls a round is here a trial, one value of a fresh process.

Why not the samples: those of one process are not independent, and pytest-benchmark's deviation over them would be the
smaller the longer a trial is. Fields: pytest-benchmark 5.3.1, `stats.py` and `session.py`; who reads them computes
nothing anew, so that each of them must be there. What nobody recorded is `unknown`.
"""

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from bench.records.levels import level_text
from bench.records.suite import Level
from bench.report.exports.nouns import Exported, Outcome
from bench.report.exports.plain import instant, json_document, plain, suite_file
from bench.report.inert import one_line
from bench.statistics import median

VERSION = "5.3.1"
"""Of pytest-benchmark, whose fields these are."""

UNKNOWN = "unknown"


def pytest_benchmark(exported: Exported) -> str:
    """One benchmark a case, `METRIC[CASE]` in the group of its suite; seconds a step."""
    return json_document(
        {
            "machine_info": _machine(exported),
            "commit_info": _commit(exported),
            "benchmarks": [_benchmark(exported, outcome) for outcome in exported.outcomes],
            "datetime": instant(exported.started).isoformat(),
            "version": VERSION,
        }
    )


def _machine(exported: Exported) -> dict[str, object]:
    facts, python = exported.run.machine.facts, one_line(exported.run.fingerprint.get("python", UNKNOWN))
    processor = one_line(facts.get("cpu", UNKNOWN))
    return {
        "node": plain(exported.run.machine.name),
        "processor": processor,
        "machine": UNKNOWN,
        "python_compiler": UNKNOWN,
        "python_implementation": UNKNOWN,
        "python_implementation_version": python,
        "python_version": python,
        "python_build": [UNKNOWN, UNKNOWN],
        "release": UNKNOWN,
        "system": one_line(facts.get("system", UNKNOWN)),
        "cpu": {"brand_raw": processor, "count": one_line(facts.get("cores", UNKNOWN))},
    }


def _commit(exported: Exported) -> dict[str, object]:
    return {
        "id": plain(exported.revision),
        "time": None,
        "author_time": None,
        "dirty": bool(exported.changed),
        "project": exported.run.suite.name,
        "branch": "(unknown)",
    }


def _benchmark(exported: Exported, outcome: Outcome) -> dict[str, object]:
    run, estimate = exported.run, outcome.estimate
    levels = {plain(factor): _level(level) for factor, level in outcome.case.levels.items()}
    name = f"{exported.metric}[{outcome.name}]"
    return {
        "group": run.suite.name,
        "name": name,
        "fullname": f"{suite_file(run)}::{name}",
        "params": levels,
        "param": "-".join(map(level_text, levels.values())),
        "extra_info": {
            "data": f"one value a trial, each of a fresh process: {exported.metric}, seconds a step",
            "trials": len(outcome.trials),
            "samples": sum(len(trial.record.samples) for trial in outcome.trials),
            "median_low": estimate.low,
            "median_high": estimate.high,
            "note": estimate.note,
            "device": one_line(run.device),
            "threads": outcome.case.threads,
            "allocator": outcome.case.allocator,
        },
        "options": {
            "disable_gc": True,
            "timer": f"bench {exported.metric}",
            "min_rounds": run.policy.rounds,
            "max_time": run.policy.trial_seconds,
            "min_time": run.policy.sample_seconds,
            "warmup": True,
        },
        "stats": stats([trial.value for trial in outcome.trials]),
    }


def _level(level: Level) -> Level:
    return plain(level) if isinstance(level, str) else level


def stats(values: Sequence[float]) -> dict[str, object]:
    """What pytest-benchmark works out of a benchmark's rounds, by its own formulas; the deviation of one value is 0."""
    ordered = sorted(values)
    q1, q3 = _quartiles(ordered)
    reach = 1.5 * (q3 - q1)
    mean = statistics.mean(values)
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    far, out = _outside(values, mean - deviation, mean + deviation), _outside(values, q1 - reach, q3 + reach)
    total = sum(values)
    return {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": mean,
        "stddev": deviation,
        "rounds": len(values),
        "median": median(values),
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": out,
        "stddev_outliers": far,
        "outliers": f"{far};{out}",
        "ld15iqr": ordered[bisect_left(ordered, q1 - reach)],
        "hd15iqr": ordered[bisect_right(ordered, q3 + reach) - 1],
        "ops": len(values) / total,
        "total": total,
        "data": list(values),
        "iterations": 1,
    }


def _quartiles(ordered: Sequence[float]) -> tuple[float, float]:
    """Medians of the halves of an even number of values, else the quartiles that lie three quarters of the way between
    two values or on one."""
    n, odd = divmod(len(ordered), 2)
    if len(ordered) == 1:
        return ordered[0], ordered[0]
    if not odd:
        return median(ordered[:n]), median(ordered[n:])
    k, rest = divmod(len(ordered), 4)
    if rest == 1:
        return 0.25 * ordered[k - 1] + 0.75 * ordered[k], 0.75 * ordered[3 * k] + 0.25 * ordered[3 * k + 1]
    return 0.75 * ordered[k] + 0.25 * ordered[k + 1], 0.25 * ordered[3 * k + 1] + 0.75 * ordered[3 * k + 2]


def _outside(values: Sequence[float], low: float, high: float) -> int:
    return sum(not low <= value <= high for value in values)
