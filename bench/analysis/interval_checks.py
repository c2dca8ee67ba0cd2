"""What was analysed → remarks on its intervals: absent, wider than asked for, too wide to decide anything.

Why `precision not reached` and `wide interval` never say the same: the first asks whether `latency` is as precise as
the policy wants; the second asks whether a number is of use at all, of the metrics that the first does not look at, and
of `latency` only where the policy is content with more than WIDE. What only rescales or inverts `latency` is left out,
and page faults, which differ between servers: `servers differ` names them.
"""

from collections import Counter
from collections.abc import Sequence

from bench.analysis.analysed import Analysed
from bench.analysis.estimate import estimate, half_width
from bench.analysis.faults import split
from bench.analysis.medians import looks
from bench.analysis.remarks import remark, worst_first
from bench.analysis.trials import probe, sentinel
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Estimate, Finding, Record
from bench.statistics import fewest

WIDE = 0.1
"""Half an interval by its value, over which two such numbers have to differ by a fifth to be told apart."""

SENTINELS_APART = 1.05
SAME_NEWS = ("throughput", "per_step", "per_layer_step", "flop_rate", "page_faults")


def too_few_rounds(analysed: Analysed) -> Finding | None:
    """Cases whose trials are fewer than any interval needs, though none was disturbed: the run ended too early."""
    policy = analysed.run.policy
    needed = fewest(looks=looks(policy))
    few = [f for f in _latencies(analysed) if 0 < f.rounds < needed or f.status == "cancelled"]
    return remark(
        "too few rounds",
        {found.case: f"{found.rounds}" for found in few if not _stayed_disturbed(analysed, found.case)},
        f"fewer than the {needed} trials that an interval needs",
        advice="go on with `bench run --resume`, or ask for more with `--rounds`, `--max-seconds`",
    )


def precision_not_reached(analysed: Analysed) -> Finding | None:
    """Cases whose latency is less precise than the policy asks, with what their trials say of the cause."""
    asked = analysed.run.policy.precision
    widths = {found.case: width for found in _latencies(analysed) if (width := half_width(found)) is not None}
    wide = [case for case in worst_first(widths) if widths[case] > asked]
    repeats = Counter(record.case for record in analysed.records if _is_repeat(record))
    return remark(
        "precision not reached",
        {case: f"± {widths[case]:.1%}: {_cause(analysed, case, repeats[case])}" for case in wide},
        f"latency less precise than ± {asked:.1%}, the worst first",
        advice="let the machine rest and measure again, allow more rounds (max_rounds, max_seconds), "
        "or be content with a wider `--precision`",
    )


def wide_interval(analysed: Analysed) -> Finding | None:
    """Cases with a number whose interval decides nothing, each with its widest."""
    widest: dict[str, float] = {}
    names: dict[str, str] = {}
    shown = [name for name in analysed.run.suite.metrics if metric_named(name).source == "trials"]
    for name in (name for name in shown if name not in SAME_NEWS):
        for case in analysed.cases:
            width = half_width(estimate(analysed, case, name)) or 0.0
            told = name == "latency" and width > analysed.run.policy.precision
            if not told and width > max(WIDE, widest.get(case, 0.0)):
                widest[case], names[case] = width, name
    return remark(
        "wide interval",
        {case: f"{names[case]} ± {widest[case]:.1%}" for case in worst_first(widest)},
        f"an interval wider than ± {WIDE:.0%}, which decides little, the worst first",
        advice="compare no such numbers; more rounds (max_rounds) or longer trials (trial_seconds) narrow them",
    )


def disturbed(analysed: Analysed) -> Finding | None:
    """Cases that have no interval because too few calm trials are left."""
    return remark(
        "disturbed",
        {
            found.case: f"{_stayed_disturbed(analysed, found.case)} of {_attempted(analysed, found.case)} trials"
            for found in _latencies(analysed)
            if found.rounds and found.low is None and _stayed_disturbed(analysed, found.case)
        },
        "too many trials that stayed disturbed, hence no interval",
        advice="stop what else runs on the machine (`bench doctor` shows its noise) and measure again",
    )


def _stayed_disturbed(analysed: Analysed, case: str) -> int:
    """Trials whose every attempt was disturbed, whether they count for want of better ones or not."""
    counted = analysed.counted[case]
    return counted.disturbed + len(counted.left_out)


def _attempted(analysed: Analysed, case: str) -> int:
    counted = analysed.counted[case]
    return len(counted.trials) + len(counted.left_out)


def _latencies(analysed: Analysed) -> list[Estimate]:
    return [estimate(analysed, case, "latency") for case in analysed.cases]


def _is_repeat(record: Record) -> bool:
    return record.kind == "timed" and record.status == "ok" and record.attempt > 0


def _cause(analysed: Analysed, case: str, repeats: int) -> str:
    """What the probes of the case's trials know; an attempt was flagged for each repeat and each trial left out."""
    found = analysed.counted[case]
    measured = len(found.trials) + len(found.left_out) + repeats
    flagged = repeats + len(found.left_out)
    parts = [f"{flagged} of {measured} attempts disturbed"] if flagged else []
    parts += _sentinel_spread(found.trials)
    if split(analysed, case) is not None:
        faults = [value for trial in found.trials if (value := probe(trial, "page_faults")) is not None]
        parts.append(f"page faults a step {min(faults):,.0f} to {max(faults):,.0f}")
    return ", ".join(parts) or "no probe knows why"


def _sentinel_spread(trials: Sequence[Record]) -> list[str]:
    seen = [value for trial in trials if (value := sentinel(trial)) is not None]
    spread = max(seen) / min(seen) if seen and min(seen) > 0 else 1.0
    return [f"sentinel up to × {spread:.2f}"] if spread > SENTINELS_APART else []
