"""Two runs, or two levels of one run → comparisons, and what else differs between them."""

from collections.abc import Sequence

from bench.analysis.compare import between, within
from bench.api.places import find
from bench.api.reporting import report
from bench.records.nouns import Comparison


def compare_runs(base: str, other: str, *, metrics: Sequence[str]) -> tuple[Comparison, ...]:
    """Every case of either run: the other by the base, unpaired."""
    one, two = report(find(base)).analysed, report(find(other)).analysed
    return tuple(found for metric in metrics for found in between(one, two, metric=metric))


def compare_levels(run: str, *, by: str, against: str, metrics: Sequence[str]) -> tuple[Comparison, ...]:
    """Every level of a factor against one of them, paired by round."""
    analysed = report(find(run)).analysed
    return tuple(found for metric in metrics for found in within(analysed, by=by, against=against, metric=metric))


def differences_of_origin(base: str, other: str) -> list[str]:
    """What the two runs' fingerprints, policies and devices do not share: it may explain any ratio between them."""
    one, two = report(find(base)).stored.run, report(find(other)).stored.run
    sides = [{**r.fingerprint, "device": r.device, "launch": r.launch, "isolate": r.isolate} for r in (one, two)]
    for side, run in zip(sides, (one, two), strict=True):
        side |= {f"policy.{key}": str(getattr(run.policy, key)) for key in ("trial_seconds", "sample_seconds")}
    return [
        f"{key}: {sides[0].get(key)} → {sides[1].get(key)}" for key in sides[0] if sides[0][key] != sides[1].get(key)
    ]
