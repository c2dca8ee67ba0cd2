"""Two cases, or one case in two runs → the ratio of a metric with its interval; above 1 always means worse.

Ratios are estimated as differences of logarithms: twice as slow is as far from equal as twice as fast.

Why an interval's error depends on the policy: a case that is precise leaves at the first look, and those that leave are
by chance the ones whose trials lie close together, wherever they lie. At either of two looks a ratio may therefore err
as seldom as an estimate may, so that both together keep 5 %.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from math import exp, log

from bench.analysis.analysed import Analysed
from bench.analysis.estimate import estimate
from bench.analysis.medians import looks
from bench.analysis.trials import ENOUGH
from bench.errors import BenchError
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Comparison
from bench.statistics import ERRORS, Shift, fewest, rank_sum, signed_rank


def compare_cases(analysed: Analysed, case: str, against: str, metric: str) -> Comparison:
    """Two cases of a run, paired by the rounds that both have: the centre of their log-ratios (Hodges and Lehmann) with
    the exact interval of signed ranks; an exact metric has a plain ratio.

    Where disturbed trials leave too few common rounds for an interval, what is left of each case is compared unpaired:
    trials of different rounds are independent, and those of one round are alike, which makes that interval too wide
    rather than too narrow. `functools.partial(compare_cases, analysed)` is what tables ask."""
    if metric_named(metric).source != "trials":
        return _exact((analysed, case), (analysed, against), metric)
    upper, lower = analysed.values[case, metric], analysed.values[against, metric]
    if not upper or not lower or min(*upper.values(), *lower.values()) <= 0:
        return Comparison(case=case, against=against, metric=metric, ratio=None)
    rounds = [round_ for round_ in upper if round_ in lower]
    number, times = min(len(upper), len(lower)), looks(analysed.run.policy)
    paired = bool(rounds) and (len(rounds) >= fewest(looks=times) or number < ENOUGH)
    if paired:
        number = len(rounds)
        shift = signed_rank([log(upper[round_] / lower[round_]) for round_ in rounds], error=ERRORS[times])
    else:
        shift = _unpaired(list(lower.values()), list(upper.values()), times=times)
    found = _turned(shift, (case, against), metric, rounds=number, paired=paired)
    told = _told(analysed, case, upper.values()) and _told(analysed, against, lower.values())
    return found if told else _without_interval(found)


def within(analysed: Analysed, *, by: str, against: str, metric: str) -> tuple[Comparison, ...]:
    """Each case against the one that differs from it in the level of the factor `by` alone, which is `against`.

    Raises BenchError where the run has no such factor or level."""
    _check_factor(analysed, by=by, against=against)
    found = []
    for case in analysed.run.cases:
        peer = _with_level(case.id, by=by, level=against)
        if peer != case.id and peer in analysed.cases:
            found.append(compare_cases(analysed, case.id, peer, metric))
    return tuple(found)


def between(base: Analysed, other: Analysed, *, metric: str) -> tuple[Comparison, ...]:
    """Every case of either run, the other run by the base, unpaired; what only one has measured has no ratio.

    `rounds` is the smaller number of trials; the interval is that of rank sums."""
    ids = dict.fromkeys((*base.cases, *other.cases))
    return tuple(_between(base, other, case, metric) for case in ids)


def _between(base: Analysed, other: Analysed, case: str, metric: str) -> Comparison:
    missing = Comparison(case=case, against=case, metric=metric, ratio=None)
    if case not in base.cases or case not in other.cases:
        return missing
    if metric_named(metric).source != "trials":
        return _exact((other, case), (base, case), metric)
    upper, lower = (list(run.values[case, metric].values()) for run in (other, base))
    if not upper or not lower or min(*upper, *lower) <= 0:
        return missing
    shift = _unpaired(lower, upper, times=max(looks(base.run.policy), looks(other.run.policy)))
    number = min(len(upper), len(lower))
    found = _turned(shift, (case, case), metric, rounds=number, paired=False)
    return found if _told(base, case, lower) and _told(other, case, upper) else _without_interval(found)


def _unpaired(lower: Sequence[float], upper: Sequence[float], *, times: int) -> Shift:
    """Of logarithms, with the error that an interval may have at each of so many looks."""
    return rank_sum([log(value) for value in lower], [log(value) for value in upper], error=ERRORS[times])


def _exact(upper: tuple[Analysed, str], lower: tuple[Analysed, str], metric: str) -> Comparison:
    value, reference = estimate(*upper, metric).value, estimate(*lower, metric).value
    ratio = None
    if value is not None and reference is not None:
        ratio = _ratio(value, reference, metric)
    return Comparison(case=upper[1], against=lower[1], metric=metric, ratio=ratio)


def _ratio(value: float, reference: float, metric: str) -> float | None:
    if value == reference:
        return 1.0
    if metric_named(metric).better == "more":
        value, reference = reference, value
    return value / reference if value > 0 and reference > 0 else None


def _turned(shift: Shift, cases: tuple[str, str], metric: str, *, rounds: int, paired: bool) -> Comparison:
    sign = 1 if metric_named(metric).better == "less" else -1
    low, high = (None, None)
    if shift.low is not None and shift.high is not None:
        low, high = sorted((exp(sign * shift.low), exp(sign * shift.high)))
    return Comparison(
        case=cases[0],
        against=cases[1],
        metric=metric,
        ratio=exp(sign * shift.estimate),
        low=low,
        high=high,
        rounds=rounds,
        paired=paired,
    )


def _told(analysed: Analysed, case: str, values: Collection[float]) -> bool:
    """A case whose own estimate has no interval, because it was disturbed or because the clock cannot tell its trials
    apart, lends none to a comparison."""
    return not analysed.counted[case].disturbed and min(values) < max(values)


def _without_interval(found: Comparison) -> Comparison:
    return replace(found, low=None, high=None)


def _check_factor(analysed: Analysed, *, by: str, against: str) -> None:
    levels = dict.fromkeys(level for case in analysed.cases for name, level in _parts(case) if name == by)
    if not levels:
        names = dict.fromkeys(name for case in analysed.cases for name, _ in _parts(case))
        raise BenchError(f"no factor {by!r}", where=analysed.run.name, hint=_one_of(list(names)))
    if against not in levels:
        raise BenchError(f"{by} has no level {against!r}", where=analysed.run.name, hint=_one_of(list(levels)))


def _one_of(names: Sequence[str]) -> str:
    return f"one of {', '.join(names)}"


def _with_level(case: str, *, by: str, level: str) -> str:
    return ",".join(f"{name}={level if name == by else own}" for name, own in _parts(case))


def _parts(case: str) -> list[tuple[str, str]]:
    """A case's id as factors and levels; they hold neither a comma nor an equals sign."""
    return [(name, level) for name, _, level in (part.partition("=") for part in case.split(","))]
