"""What was analysed → one estimate for every case and metric; what has no value says why."""

from bench.analysis.analysed import Analysed
from bench.analysis.medians import without
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Estimate, Record


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
        return without(case, metric, failure) if failure else analysed.medians[case, metric]
    return _surveyed(case, metric, survey)


def half_width(found: Estimate) -> float | None:
    """Half the interval by the value: what the policy's precision bounds."""
    if found.value is None or found.low is None or found.high is None or not found.value:
        return None
    return (found.high - found.low) / 2 / found.value


def _surveyed(case: str, metric: str, survey: Record | None) -> Estimate:
    if survey is not None and metric in survey.metrics:
        return Estimate(case=case, metric=metric, value=survey.metrics[metric])
    if survey is None or survey.status != "ok":
        return without(case, metric, survey)
    return Estimate(case=case, metric=metric, value=None, note="not known for this workload")
