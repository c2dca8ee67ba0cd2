"""What was analysed → remarks, each a value that ends in advice; each check gives at most one.

A run of 1,000 cases × 20 rounds is checked in about 0.2 s, a third of it looking for trends.
"""

from collections.abc import Callable

from bench.analysis import card_checks, interval_checks, machine_checks, sample_checks, trial_checks
from bench.analysis.analysed import Analysed
from bench.records.nouns import Finding

CHECKS: dict[str, Callable[[Analysed], Finding | None]] = {
    "too few rounds": interval_checks.too_few_rounds,
    "precision not reached": interval_checks.precision_not_reached,
    "wide interval": interval_checks.wide_interval,
    "disturbed": interval_checks.disturbed,
    "throttled or stolen": machine_checks.throttled_or_stolen,
    "contaminated": card_checks.contaminated,
    "card shared": card_checks.card_shared,
    "precision not as set": card_checks.precision_not_as_set,
    "servers differ": machine_checks.servers_differ,
    "bimodal": trial_checks.bimodal,
    "drift across rounds": trial_checks.drift_across_rounds,
    "outlier trials": trial_checks.outlier_trials,
    "warm-up too short": sample_checks.warm_up_too_short,
    "trials slow down": sample_checks.trials_slow_down,
    "short samples": sample_checks.short_samples,
    "cores far apart": machine_checks.cores_far_apart,
    "servers left out": machine_checks.servers_left_out,
    "backend differs": machine_checks.backend_differs,
    "system allocator": machine_checks.system_allocator,
}


def findings(analysed: Analysed) -> tuple[Finding, ...]:
    """Every remark that the run deserves, in the order of the table."""
    return tuple(found for check in CHECKS.values() if (found := check(analysed)) is not None)
