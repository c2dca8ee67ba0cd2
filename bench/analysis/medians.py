"""A case's values, and which of its trials count → their median with its interval, or why there is none."""

from collections.abc import Collection, Sequence

from bench.analysis.trials import Counted
from bench.analysis.values import unknown
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Estimate, Record
from bench.records.suite import Policy
from bench.statistics import median_interval, ordered_median
from bench.stopping import Precision


def median_of(case: str, metric: str, values: Collection[float], *, counted: Counted, policy: Policy) -> Estimate:
    """One case's value in a metric that is timed, in the metric's unit; no interval where trials are disturbed."""
    if not counted.trials:
        return without(case, metric, (_failures(counted) or counted.failed or (None,))[-1])
    if not values:
        return Estimate(case=case, metric=metric, value=None, note=unknown(metric, counted.trials))
    ordered = sorted(values)
    interval = None if counted.disturbed else median_interval(ordered, looks=looks(policy))
    low, high = interval or (None, None)
    return Estimate(
        case=case,
        metric=metric,
        value=ordered_median(ordered),
        low=low,
        high=high,
        rounds=len(ordered),
        note=_remarks(counted, same=_alike(ordered) and not _counts(metric)),
    )


def without(case: str, metric: str, cause: Record | None) -> Estimate:
    """No value, and why: what ended the survey or the last trial, or that the run ended before them."""
    if cause is None:
        return Estimate(case=case, metric=metric, value=None, status="cancelled", note="the run ended before it")
    return Estimate(case=case, metric=metric, value=None, status=cause.status, note=cause.note)


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


def _alike(ordered: Sequence[float]) -> bool:
    return len(ordered) > 1 and ordered[0] == ordered[-1]


def _counts(metric: str) -> bool:
    """What counts needs no clock, and may well be the same in all trials."""
    return metric_named(metric).unit == "1"


def _failures(counted: Counted) -> tuple[Record, ...]:
    """What went wrong; that a person or a budget ended the run says nothing about the case."""
    return tuple(record for record in counted.failed if record.status != "cancelled")


def _remarks(counted: Counted, *, same: bool) -> str | None:
    remarks, failed = [], _failures(counted)
    if same:
        remarks.append("all trials are the same: the clock cannot tell them apart")
    if counted.disturbed:
        remarks.append(f"disturbed: {counted.disturbed} of {len(counted.trials)} trials")
    if counted.left_out:
        remarks.append(f"left out as disturbed: {len(counted.left_out)}")
    if failed:
        remarks.append(f"{failed[-1].status}: {len(failed)} of {len(counted.trials) + len(failed)} trials")
    return "; ".join(remarks) or None
