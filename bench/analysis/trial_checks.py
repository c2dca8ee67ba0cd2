"""What was analysed → remarks on how a case's trials lie: in two groups, along a trend, far out.

Rates below are simulated: 20,000 cases of 10 and of 20 trials each, whose latencies' logarithms are normal,
heavy-tailed (Student's t, 3 degrees of freedom) or skewed (exponential). They leave out the bounds on size, which
lower the false alarms further wherever trials repeat within a few per cent.
"""

from collections.abc import Mapping, Sequence
from math import exp, log, sqrt

from bench.analysis.analysed import Analysed
from bench.analysis.faults import explained
from bench.analysis.remarks import remark, worst_first
from bench.analysis.trials import ENOUGH, sentinel
from bench.records.nouns import Finding
from bench.statistics import holm, median, trend_p

GROUP = 3
GAP, GAP_SIZE = 6.0, 0.03
FAR, FAR_SIZE = 8.0, 0.05
DRIFT, CHANCE = 0.02, 0.05
_CASES = "all cases together drifted × {:.2f}"
_MACHINE = "the sentinel drifted × {:.2f}, so the machine did"
_ROBUST = 1.4826
"""The normal's standard deviation by its median absolute deviation."""


def bimodal(analysed: Analysed) -> Finding | None:
    """Cases whose trials fall into two groups, unless page faults tell the groups apart (`servers differ`)."""
    groups = {case: split for case in analysed.cases if (split := modes(_latencies(analysed, case))) is not None}
    told = explained(analysed) if groups else {}
    unexplained = {case: split for case, split in groups.items() if case not in told}
    return remark(
        "bimodal",
        {case: f"{lower} trials, and {upper} at × {ratio:.2f}" for case, (lower, upper, ratio) in unexplained.items()},
        "trials in two groups with nothing in between",
        advice="the machine, the memory layout or the code has two states: look in records.jsonl for what else "
        "differs between the groups (server, order, load), and mind that the median can be of either",
    )


def modes(values: Sequence[float]) -> tuple[int, int, float] | None:
    """How many values are in the lower and in the upper of two groups, and the ratio of the groups' medians.

    Groups have at least GROUP values, and are split at the largest gap between logarithms that leaves so many; it must
    exceed GAP × their pooled standard deviation, and GAP_SIZE. False alarms at 10 and at 20 trials: normal 0.09 % and
    none, heavy tails 0.03 % and none, skewed 0.5 % and 0.05 %. Two equally likely states ten standard deviations apart
    are found in 72 and 74 % of cases, twenty apart in 89 and 99.9 % (among 10 trials, 11 % have fewer than GROUP in
    one of the states)."""
    logs = sorted(map(log, values))
    cuts = range(GROUP, len(logs) - GROUP + 1)
    if not cuts:
        return None
    cut = max(cuts, key=lambda place: logs[place] - logs[place - 1])
    gap = logs[cut] - logs[cut - 1]
    if gap <= GAP_SIZE:
        return None
    lower, upper = logs[:cut], logs[cut:]
    pooled = sqrt((_squares(lower) + _squares(upper)) / (len(logs) - 2))
    if gap <= GAP * pooled:
        return None
    return len(lower), len(upper), exp(median(upper) - median(lower))


def _squares(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)


def drift_across_rounds(analysed: Analysed) -> Finding | None:
    """Trends by Kendall's exact test, by more than DRIFT from the first trial to the last: of the whole run (all cases
    together by their rounds' medians, and the sentinel), and of each case in the order in which it was timed.

    Each of the two families has half of 5 % (Holm within it): six rounds can show a trend of the run, whatever the
    number of cases, where none of a hundred cases could for itself."""
    run = _drifted({_CASES: _cases_by_round(analysed), _MACHINE: _sentinels_by_round(analysed)})
    cases = _drifted({case: _timeline(analysed, case) for case in analysed.cases})
    advice = "measure at a steadier time, and compare cases within a run only"
    said = "; ".join(text.format(change) for text, change in run.items())
    if not cases:
        message = f"no case for itself, but {said}"
        return Finding(code="drift across rounds", message=message, advice=advice) if run else None
    return remark(
        "drift across rounds",
        {case: f"× {cases[case]:.2f}" for case in worst_first({case: abs(log(cases[case])) for case in cases})},
        f"a latency that drifted from the first trial to the last ({said or 'the sentinel did not'})",
        advice=advice,
    )


def _drifted(series: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The change, by name, of the series that have a trend."""
    logs = {name: [log(value) for value in values] for name, values in series.items() if len(values) >= ENOUGH}
    ps = holm([trend_p(values) for values in logs.values()])
    slopes = {name: _slope(values) for (name, values), p in zip(logs.items(), ps, strict=True) if p <= CHANCE / 2}
    return {name: exp(change) for name, change in slopes.items() if abs(change) > DRIFT}


def _cases_by_round(analysed: Analysed) -> list[float]:
    """The median over cases of each round's latency by the case's own median; none of a case alone."""
    if len(analysed.cases) == 1:
        return []
    rounds: dict[int, list[float]] = {}
    for case in analysed.cases:
        latencies = {r: v for r, v in analysed.values[case, "latency"].items() if v > 0}
        middle = median(list(latencies.values())) if latencies else 0.0
        for round_, value in latencies.items():
            rounds.setdefault(round_, []).append(value / middle)
    return [median(rounds[round_]) for round_ in sorted(rounds)]


def _slope(values: Sequence[float]) -> float:
    """From the first value to the last along the Theil–Sen line."""
    slopes = [(b - a) / step for i, a in enumerate(values) for step, b in enumerate(values[i + 1 :], 1)]
    return median(slopes) * (len(values) - 1)


def _timeline(analysed: Analysed, case: str) -> list[float]:
    """Latencies in the order in which they were measured: a repeat at the end of the run bears an early round."""
    latencies = analysed.values[case, "latency"]
    in_order = sorted(analysed.counted[case].trials, key=lambda trial: trial.sequence)
    return [latencies[trial.round] for trial in in_order if latencies.get(trial.round, 0) > 0]


def _sentinels_by_round(analysed: Analysed) -> list[float]:
    """The median sentinel of each round, of the first attempts, which were made in it; each by the median of its
    number of threads, with which it is another computation."""
    seen: dict[int, list[tuple[int, float]]] = {}
    for record in analysed.records:
        if record.kind == "timed" and record.attempt == 0 and record.case in analysed.cases:
            value = sentinel(record)
            if value:
                seen.setdefault(analysed.cases[record.case].threads, []).append((record.round, value))
    rounds: dict[int, list[float]] = {}
    for trials in seen.values():
        middle = median([value for _, value in trials])
        for round_, value in trials:
            rounds.setdefault(round_, []).append(value / middle)
    return [median(rounds[round_]) for round_ in sorted(rounds)]


def outlier_trials(analysed: Analysed) -> Finding | None:
    """Cases with a trial far from the others that count, unless there are so many that they are a second group."""
    far = {case: trials for case in analysed.cases if (trials := _far(analysed, case))}
    alone = {case: text for case, text in far.items() if modes(_latencies(analysed, case)) is None}
    return remark(
        "outlier trials",
        alone,
        "trials far from their others",
        advice="the median and its interval heed them little, a mean would; records.jsonl has their samples and probes",
    )


def outliers(values: Mapping[int, float]) -> dict[int, float]:
    """The rounds whose value is off the median by more than FAR robust standard deviations of the logarithms and by
    more than FAR_SIZE, with their ratio to the median. False alarms at 10 and at 20 trials: normal 0.5 % and 0.04 %;
    heavy or skewed tails, whose far trials are no error, 5 to 9 %."""
    if len(values) < ENOUGH:
        return {}
    logs = {round_: log(value) for round_, value in values.items()}
    middle = median(list(logs.values()))
    spread = _ROBUST * median([abs(value - middle) for value in logs.values()])
    limit = max(FAR * spread, FAR_SIZE)
    return {round_: exp(value - middle) for round_, value in logs.items() if abs(value - middle) > limit}


def _far(analysed: Analysed, case: str) -> str:
    latencies = analysed.values[case, "latency"]
    found = outliers({round_: value for round_, value in latencies.items() if value > 0})
    return ", ".join(f"round {round_} × {ratio:.2f}" for round_, ratio in found.items())


def _latencies(analysed: Analysed, case: str) -> list[float]:
    return [value for value in analysed.values[case, "latency"].values() if value > 0]
