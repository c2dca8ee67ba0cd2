"""The surveys of a case on both sides → its exact metrics that differ; what is known without timing is judged without
noise: worse is a regression, unless the policy gives that metric a limit of its own."""

from collections.abc import Mapping, Sequence

from bench.gate.policy import limit_of
from bench.records.gate import Change
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Case
from bench.records.suite import GateSpec

MARGINS = {"peak_memory": (1 << 20, 0.02)}
"""What of a metric is noise after all: at least so much in its unit, and that share."""

Known = Mapping[str, int | float]


def exact_changes(
    case: Case, base: Known, candidate: Known, *, metrics: Sequence[str], policy: GateSpec
) -> list[Change]:
    """The exact ones among the metrics that both sides know and that differ by more than their margin."""
    return [
        _change(case, metric, base=base[metric], candidate=candidate[metric], limit=limit_of(case, metric, policy))
        for metric in metrics
        if metric_named(metric).source == "exact" and metric in base and metric in candidate
        if _differ(metric, base[metric], candidate[metric])
    ]


def lost_note(base: Known, candidate: Known, *, metrics: Sequence[str]) -> str | None:
    """What to say where the base knows exact metrics that the candidate does not, None elsewhere: what is not said
    cannot be shown to be no worse, and no further pair will say it, so such a case is incomparable."""
    lost = [m for m in metrics if metric_named(m).source == "exact" and m in base and m not in candidate]
    return f"the candidate does not say its {', '.join(lost)} any more" if lost else None


def _differ(metric: str, base: float, candidate: float) -> bool:
    least, share = MARGINS.get(metric, (0, 0.0))
    return abs(candidate - base) > max(least, share * base)


def _change(case: Case, metric: str, *, base: float, candidate: float, limit: float) -> Change:
    worse, better = (candidate, base) if metric_named(metric).better == "less" else (base, candidate)
    return Change(
        case=case.id,
        metric=metric,
        limit=limit,
        ratio=worse / better if better > 0 and worse > 0 else None,
        base=base,
        candidate=candidate,
        worse=worse - better > limit * abs(better),
    )
