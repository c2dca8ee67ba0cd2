"""Cases with a value → pyperf's JSON, in which a process is a run: here a trial.

Where a trial's value is the centre of its samples, the run holds those, and pyperf draws its own conclusions; it
averages over all values and takes neighbours in one process for independent, which `bench` does not. Otherwise the run
holds the trial's one value. Format: pyperf's `_bench.py`, version 1.0.
"""

from bench.report.exports.nouns import Exported, Outcome, Timed
from bench.report.exports.plain import instant, json_document, plain
from bench.report.inert import one_line

SAMPLED = ("latency", "mean_latency")
SECOND = 1e9


def pyperf(exported: Exported) -> str:
    """One benchmark a case, one run a trial; values in seconds a step, warm-ups as (steps, seconds)."""
    return json_document(
        {
            "version": "1.0",
            "metadata": _metadata(exported),
            "benchmarks": [_benchmark(exported, outcome) for outcome in exported.outcomes],
        },
        indent=None,
    )


def _metadata(exported: Exported) -> dict[str, str]:
    """What all benchmarks share; pyperf refuses empty values."""
    run, facts, versions = exported.run, exported.run.machine.facts, exported.run.fingerprint
    known = {
        "unit": "second",
        "hostname": plain(run.machine.name),
        "cpu_model_name": one_line(facts.get("cpu", "")).strip(),
        "python_version": one_line(versions.get("python", "")).strip(),
        "torch_version": one_line(versions.get("torch", "")).strip(),
        "bench_version": one_line(versions.get("bench", "")).strip(),
        "bench_metric": exported.metric,
        "bench_run": plain(run.name),
        "bench_device": one_line(run.device).strip(),
    }
    return {key: value for key, value in known.items() if value}


def _benchmark(exported: Exported, outcome: Outcome) -> dict[str, object]:
    assert outcome.trials
    name = f"{exported.run.suite.name}/{outcome.name}/{exported.metric}"
    sampled = exported.metric in SAMPLED
    return {
        "metadata": {"name": name, "bench_threads": outcome.case.threads},
        "runs": [_samples(trial) if sampled else _value(trial) for trial in outcome.trials],
    }


def _samples(trial: Timed) -> dict[str, object]:
    record = trial.record
    warmups = {"warmups": [[1, nanoseconds / SECOND] for nanoseconds in record.warmup]} if record.warmup else {}
    return {
        "metadata": {**_moment(trial), "loops": record.loops},
        **warmups,
        "values": [nanoseconds / record.loops / SECOND for nanoseconds in record.samples],
    }


def _value(trial: Timed) -> dict[str, object]:
    return {"metadata": _moment(trial), "values": [trial.value]}


def _moment(trial: Timed) -> dict[str, object]:
    """When the process started, by UTC, and how long it ran in seconds."""
    record = trial.record
    date = instant(record.started).strftime("%Y-%m-%d %H:%M:%S.%f")
    return {"date": date, "duration": max(0.0, record.phases.get("total", 0.0))}
