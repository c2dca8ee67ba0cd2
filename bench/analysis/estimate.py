"""What was analysed → one estimate for every case and metric; what has no value says why."""

from collections.abc import Collection

from bench.analysis.analysed import Analysed
from bench.analysis.trials import Counted
from bench.analysis.values import UNKNOWN
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Estimate, Record
from bench.records.suite import Policy
from bench.statistics import median
from bench.stopping import Precision


def estimates(analysed: Analysed) -> tuple[Estimate, ...]:
    """Every case × every metric of the suite, none absent."""
    return tuple(
        estimate(analysed, case.id, metric) for case in analysed.run.cases for metric in analysed.run.suite.metrics
    )


def estimate(analysed: Analysed, case: str, metric: str) -> Estimate:
    """One case's value in one metric, in the metric's unit."""
    skip, survey = analysed.cases[case].skip, analysed.surveys.get(case)
    if skip is not None:
        return Estimate(case=case, metric=metric, value=None, status="skipped", note=skip)
    if metric_named(metric).source == "trials":
        failure = survey if survey is not None and survey.status != "ok" else None
        return _without(case, metric, failure) if failure else _timed(analysed, case, metric)
    return _surveyed(case, metric, survey)


def bounds(values: Collection[float], counted: Counted, policy: Policy) -> tuple[float, float] | None:
    """The interval of the median of a case's trials; none where they are too few or disturbed."""
    return None if counted.disturbed else precision(values, policy).interval()


def precision(values: Collection[float], policy: Policy) -> Precision:
    """The policy's stopping rule, told of the values of a case's trials."""
    rule = Precision(policy.precision, looks=looks(policy))
    for value in values:
        rule.add(value)
    return rule


def looks(policy: Policy) -> int:
    """How often the analysis may look. A run that its budget ended at the first look keeps the wider interval of two:
    whether it would have gone on was not known when it looked."""
    return 1 if policy.rounds >= policy.max_rounds else 2


def half_width(found: Estimate) -> float | None:
    """Half the interval by the value: what the policy's precision bounds."""
    if found.value is None or found.low is None or found.high is None or not found.value:
        return None
    return (found.high - found.low) / 2 / found.value


def _surveyed(case: str, metric: str, survey: Record | None) -> Estimate:
    if survey is not None and metric in survey.metrics:
        return Estimate(case=case, metric=metric, value=survey.metrics[metric])
    if survey is None or survey.status != "ok":
        return _without(case, metric, survey)
    return Estimate(case=case, metric=metric, value=None, note="not known for this workload")


def _timed(analysed: Analysed, case: str, metric: str) -> Estimate:
    counted = analysed.counted[case]
    if not counted.trials:
        return _without(case, metric, (_failures(counted) or counted.failed or (None,))[-1])
    values = analysed.values[case, metric].values()
    if not values:
        return Estimate(case=case, metric=metric, value=None, note=UNKNOWN[metric])
    low, high = bounds(values, counted, analysed.run.policy) or (None, None)
    return Estimate(
        case=case,
        metric=metric,
        value=median(list(values)),
        low=low,
        high=high,
        rounds=len(values),
        note=_remarks(counted, values, counts=metric_named(metric).unit == "1"),
    )


def _without(case: str, metric: str, cause: Record | None) -> Estimate:
    """No value, and why: what ended the survey or the last trial, or that the run ended before them."""
    if cause is None:
        return Estimate(case=case, metric=metric, value=None, status="cancelled", note="the run ended before it")
    return Estimate(case=case, metric=metric, value=None, status=cause.status, note=cause.note)


def _failures(counted: Counted) -> tuple[Record, ...]:
    """What went wrong; that a person or a budget ended the run says nothing about the case."""
    return tuple(record for record in counted.failed if record.status != "cancelled")


def _remarks(counted: Counted, values: Collection[float], *, counts: bool) -> str | None:
    """What `counts` needs no clock, and may well be the same in all trials."""
    remarks, failed = [], _failures(counted)
    if len(values) > 1 and len(set(values)) == 1 and not counts:
        remarks.append("all trials are the same: the clock cannot tell them apart")
    if counted.disturbed:
        remarks.append(f"disturbed: {counted.disturbed} of {len(counted.trials)} trials")
    if counted.left_out:
        remarks.append(f"left out as disturbed: {len(counted.left_out)}")
    if failed:
        remarks.append(f"{failed[-1].status}: {len(failed)} of {len(counted.trials) + len(failed)} trials")
    return "; ".join(remarks) or None
