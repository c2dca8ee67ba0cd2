"""Cases with a value → the array that github-action-benchmark reads with `tool: customSmallerIsBetter`.

Why milliseconds everywhere: the action compares a value with that of the run before by their bare ratio, and older
versions of it ignore that one was in seconds and one in milliseconds. Why `±` of the farther bound: it is the only
form of a range that the action understands, and so it holds the whole interval; `extra` has the interval itself.
"""

from bench.report.exports.nouns import Exported, Outcome
from bench.report.exports.plain import json_document, plain
from bench.report.inert import one_line
from bench.units import alike, significant

UNIT, PER_SECOND = "ms", 1000.0
DIGITS = 6


def github_action_benchmark(exported: Exported) -> str:
    """One entry a case: `name, value, unit, range` (where there is an interval) and `extra`."""
    return json_document([_entry(exported, outcome) for outcome in exported.outcomes])


def _entry(exported: Exported, outcome: Outcome) -> dict[str, object]:
    value = outcome.estimate.value
    assert value is not None
    range_ = _range(outcome)
    return {
        "name": f"{exported.run.suite.name}/{outcome.name}/{exported.metric}",
        "value": float(f"{value * PER_SECOND:.{DIGITS}g}"),
        "unit": UNIT,
        **({"range": range_} if range_ else {}),
        "extra": "; ".join(_extra(exported, outcome)),
    }


def _range(outcome: Outcome) -> str:
    value, low, high = outcome.estimate.value, outcome.estimate.low, outcome.estimate.high
    if value is None or low is None or high is None:
        return ""
    return f"± {significant(max(value - low, high - value) * PER_SECOND).replace(',', '')}"


def _extra(exported: Exported, outcome: Outcome) -> list[str]:
    value, low, high = outcome.estimate.value, outcome.estimate.low, outcome.estimate.high
    assert value is not None
    words = [f"median of {len(outcome.trials)} trials"]
    if low is not None and high is not None:
        _, *bounds = alike(value * PER_SECOND, (low * PER_SECOND, high * PER_SECOND))
        words.append(f"95 % interval {bounds[0]} to {bounds[1]} {UNIT}")
    words += [outcome.estimate.note] if outcome.estimate.note else []
    run = exported.run
    return [
        *words,
        f"machine {plain(run.machine.name)}",
        f"device {one_line(run.device)}",
        f"threads {outcome.case.threads}",
    ]
