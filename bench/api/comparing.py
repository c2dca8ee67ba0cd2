"""Two runs, or two levels of one run → comparisons, and what else differs between them."""

from collections.abc import Sequence

from bench.analysis.compare import between, within
from bench.api.reporting import Report
from bench.errors import BenchError
from bench.plan.nearest import nearest
from bench.records.metrics import METRICS
from bench.records.nouns import Comparison


def compare_runs(base: Report, other: Report, *, metrics: Sequence[str]) -> tuple[Comparison, ...]:
    """Every case of either run: the other by the base, unpaired.

    Raises BenchError for a metric that there is not."""
    _check(metrics, base, other)
    return tuple(found for metric in metrics for found in between(base.analysed, other.analysed, metric=metric))


def compare_levels(run: Report, *, by: str, against: str, metrics: Sequence[str]) -> tuple[Comparison, ...]:
    """Every level of a factor against one of them, paired by round.

    Raises BenchError for a metric that there is not."""
    _check(metrics, run)
    return tuple(found for metric in metrics for found in within(run.analysed, by=by, against=against, metric=metric))


def differences_of_origin(base: Report, other: Report) -> list[str]:
    """What the two runs' fingerprints, policies and devices do not share: it may explain any ratio between them."""
    one, two = base.stored.run, other.stored.run
    sides = [{**r.fingerprint, "device": r.device, "launch": r.launch, "isolate": r.isolate} for r in (one, two)]
    for side, run in zip(sides, (one, two), strict=True):
        side |= {f"policy.{key}": str(getattr(run.policy, key)) for key in ("trial_seconds", "sample_seconds")}
    return [
        f"{key}: {sides[0].get(key)} → {sides[1].get(key)}" for key in sides[0] if sides[0][key] != sides[1].get(key)
    ]


def _check(metrics: Sequence[str], *reports: Report) -> None:
    """A metric is one of the table's, or one that a workload of these runs has invented."""
    invented = {name for made in reports for record in made.stored.records for name in record.metrics}
    known = [*METRICS, *sorted(invented - METRICS.keys())]
    for metric in metrics:
        if metric not in known:
            raise BenchError(f"no metric {metric!r}{nearest(metric, known)}", where="--metric")
