"""A gate's policy → the limit of a case's metric, whether what could not be judged may pass, and the exit code."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bench.records.gate import GateVerdict, Judged, Standing
from bench.records.levels import matches
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Case
from bench.records.suite import GateSpec

INCONCLUSIVE = 4

Unjudged = Standing | Literal["incomparable"]


def limit_of(case: Case, metric: str, policy: GateSpec) -> float:
    """By how much the metric of that case may become worse, as a share: the last entry of `limits` that fits counts,
    otherwise the policy's `limit`.

    An exact metric has a limit only where an entry names it, otherwise 0: a limit for times is a wish about noise and
    layout, which exact numbers have not."""
    exact = metric_named(metric).source == "exact"
    fitting = [
        own.limit
        for own in policy.limits
        if (own.metric == metric or (own.metric is None and not exact)) and matches(case, own.where)
    ]
    if fitting:
        return fitting[-1]
    return 0.0 if exact else policy.limit


def allowed(standing: Unjudged, policy: GateSpec) -> bool:
    """Whether a case that could not be judged lets the gate pass: a new one does, and one that the suite itself skips;
    one that is gone, broken or incomparable does where the policy says so."""
    return standing in ("added", "skipped", *policy.allow)


def permitted(judged: Judged, policy: GateSpec) -> Judged:
    """With the policy's word on what could not be judged."""
    match judged.verdict:
        case "added" | "removed" | "failed" | "skipped" | "incomparable" as standing:
            return replace(judged, allowed=allowed(standing, policy))
    return judged


def compared(cases: Sequence[Judged]) -> bool:
    """Whether any case has two sides that were set beside each other."""
    return any(case.changes or case.verdict in ("improvement", "unchanged") for case in cases)


def exit_code(verdict: GateVerdict, policy: GateSpec, cases: Sequence[Judged]) -> int:
    """Of the gate's command. What the policy says of inconclusive gates is about noise: it excuses no gate that has
    compared nothing, and none with cases that failed, are gone or incomparable; `allow` is for these."""
    open_cases = {case.verdict for case in cases if not case.allowed} - {"improvement", "unchanged"}
    noise = compared(cases) and open_cases <= {"inconclusive"}
    return {"pass": 0, "regression": 1, "inconclusive": policy.inconclusive if noise else INCONCLUSIVE}[verdict]
