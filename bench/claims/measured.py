"""A measured check and the published runs → lines of evidence, machine by machine, from the analysis's intervals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bench.analysis.analysed import Analysed
from bench.analysis.compare import compare_cases
from bench.analysis.curves import Form
from bench.analysis.estimate import estimate
from bench.analysis.laws import RESIDUAL, Law, fit
from bench.claims.bounds import Bounds, Interval, of_law, of_ratio, of_trend, outcome
from bench.records.claims import RATIO, Evidence, LawCheck, MeasuredCheck, RatioCheck, TrendCheck
from bench.records.levels import level_text, matches
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Case
from bench.records.suite import Level, Where
from bench.units import significant

ALIKE = 1.05
"""Arithmetic that differs by less is not told: tables call it equal, too."""

FORMS: dict[str, Form] = {"a": "line", "b": "line", "c": "power", "k": "power"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published run, and its folder below results/."""

    folder: str
    analysed: Analysed


def measured(check: MeasuredCheck, number: int, runs: Sequence[Published]) -> tuple[Evidence, ...]:
    """Every pair, step or line of each run that fits the check; where there is none, what is missing."""
    fitting = [run for run in runs if _fits(check, run)]
    if not fitting:
        where = f" on {check.device}" if check.device else ""
        note = f"no published run of {check.suite}{where}"
        return (Evidence(check=number, subject=check.suite, outcome="open", note=note),)
    return tuple(line for run in fitting for line in _of_run(check, number, run))


def link(run: Published, case: str, metric: str) -> str:
    """The row of a case's metric in the run's measurements.csv; the file where the suite does not publish it."""
    made, file = run.analysed.run, f"{run.folder}/measurements.csv"
    if metric not in made.suite.metrics:
        return file
    place = [other.id for other in made.cases].index(case) * len(made.suite.metrics) + made.suite.metrics.index(metric)
    return f"{file}#L{place + 2}"


def _fits(check: MeasuredCheck, run: Published) -> bool:
    made = run.analysed.run
    return made.suite.name == check.suite and check.device in (None, made.device.partition(":")[0])


def _of_run(check: MeasuredCheck, number: int, run: Published) -> list[Evidence]:
    match check:
        case RatioCheck():
            found = list(_ratios(check, run))
        case TrendCheck():
            found = list(_steps(check, run))
        case LawCheck():
            found = list(_laws(check, run))
    none = Evidence(check=number, subject=check.suite, outcome="open", note="the run has no such cases")
    made = run.analysed.run
    return [
        replace(line, check=number, machine=made.machine.name, device=made.device, link=line.link or run.folder)
        for line in found or [none]
    ]


def _ratios(check: RatioCheck, run: Published) -> Iterator[Evidence]:
    by_levels = {_key(case.levels): case for case in run.analysed.run.cases}
    for case in _chosen(run, {**check.where, **check.compare}):
        peer = by_levels.get(_key({**case.levels, **check.to}))
        if peer is not None and peer is not case:
            yield _by_ratio(check.metric, (case, peer), of_ratio(check), run)


def _steps(check: TrendCheck, run: Published) -> Iterator[Evidence]:
    for line in _lines(run, check.where, check.monotone):
        for before, after in pairwise(line):
            yield _by_ratio(check.metric, (after, before), of_trend(check), run)


def _laws(check: LawCheck, run: Published) -> Iterator[Evidence]:
    x, y = check.law.x, check.law.y
    for line in _lines(run, check.where, x):
        form = FORMS[check.coefficient]
        law = fit(run.analysed, _places(line, x, positive=form == "power"), metric=y, form=form)
        others = _terms({name: level for name, level in line[0].levels.items() if name != x})
        head = Evidence(
            check=0,
            subject=f"{check.coefficient} of {y} along {x}" + (f" ({others})" if others else ""),
            outcome="open",
            expected=of_law(check).words,
            link=link(run, line[0].id, y),
        )
        if law is None:
            yield replace(head, note="too few cases with values for a law")
        elif not law.fits:
            yield replace(head, note=f"no such law: {_misfit(law)}", outcome="fails")
        else:
            found = law.coefficients[check.coefficient]
            interval = None if found.low is None or found.high is None else (found.low, found.high)
            unit = "1" if check.coefficient == "k" else metric_named(y).unit
            yield _valued(replace(head, unit=unit), found.value, interval, of_law(check))


def _misfit(law: Law) -> str:
    if law.residual > RESIDUAL:
        return f"it misses the median at {law.worst:g} by {law.residual:.0%}"
    return f"it bends between {law.first.start:g} and {law.last.end:g}"


def _by_ratio(metric: str, pair: tuple[Case, Case], bounds: Bounds, run: Published) -> Evidence:
    """The plain ratio of the first's value by the second's, whichever way is better."""
    case, against = pair
    head = Evidence(
        check=0,
        subject=f"{metric}, {_difference(case, against)}",
        outcome="open",
        expected=bounds.words,
        unit=RATIO,
        link=link(run, case.id, metric),
        note=_arithmetic(run, pair) if metric_named(metric).source == "trials" else "",
    )
    found = compare_cases(run.analysed, case.id, against.id, metric)
    if found.ratio is None:
        return replace(head, note=_why(run, (case.id, against.id), metric))
    interval: Interval | None = None
    if metric_named(metric).source == "exact":
        interval = (found.ratio, found.ratio)
    elif found.low is not None and found.high is not None:
        interval = (found.low, found.high)
    if metric_named(metric).better == "less":
        return _valued(head, found.ratio, interval, bounds)
    return _valued(head, 1 / found.ratio, None if interval is None else (1 / interval[1], 1 / interval[0]), bounds)


def _valued(head: Evidence, value: float, interval: Interval | None, bounds: Bounds) -> Evidence:
    low, high = interval or (None, None)
    note = head.note if interval else "; ".join(part for part in ("no interval", head.note) if part)
    return replace(head, value=value, low=low, high=high, outcome=outcome(interval, bounds), note=note)


def _arithmetic(run: Published, pair: tuple[Case, Case]) -> str:
    """`at 10.4× the flops`: what a ratio of times says of two networks depends on it. Nothing where it is the same or
    not known."""
    own, other = (estimate(run.analysed, case.id, "flops").value for case in pair)
    if not own or not other or 1 / ALIKE <= own / other <= ALIKE:
        return ""
    return f"at {significant(own / other)}{RATIO} the flops"


def _why(run: Published, cases: Iterable[str], metric: str) -> str:
    found = [estimate(run.analysed, case, metric) for case in cases]
    without = [f"{e.case}: {e.status}{f': {e.note}' if e.note else ''}" for e in found if e.value is None]
    return "; ".join(without) or "no ratio: a value is 0"


def _chosen(run: Published, where: Where) -> list[Case]:
    return [case for case in run.analysed.run.cases if matches(case, where)]


def _lines(run: Published, where: Where, along: str) -> list[list[Case]]:
    """Cases that differ in one factor alone, in its order: that of numbers, or the suite's for words."""
    lines: dict[frozenset[tuple[str, str]], list[Case]] = {}
    for case in _chosen(run, where):
        if along in case.levels:
            key = _key({name: level for name, level in case.levels.items() if name != along})
            lines.setdefault(key, []).append(case)
    return [_ordered(line, along) for line in lines.values()]


def _ordered(line: Sequence[Case], along: str) -> list[Case]:
    places = _places(line, along)
    return sorted(line, key=lambda case: places[case.id]) if len(places) == len(line) else list(line)


def _places(line: Iterable[Case], along: str, *, positive: bool = False) -> dict[str, float]:
    """Where each case stands along a factor of numbers; a power has no logarithm at 0 and below."""
    numbers = {case.id: float(level) for case in line if not isinstance(level := case.levels[along], str)}
    return {case: x for case, x in numbers.items() if x > 0 or not positive}


def _key(levels: Mapping[str, Level]) -> frozenset[tuple[str, str]]:
    return frozenset((name, level_text(level)) for name, level in levels.items())


def _difference(case: Case, against: Case) -> str:
    """`length=784 by length=28 (model=lstm)`: in what they differ, then what they share."""
    apart = [name for name, level in case.levels.items() if level_text(level) != level_text(against.levels[name])]
    shared = _terms({name: level for name, level in case.levels.items() if name not in apart})
    upper, lower = (_terms({name: one.levels[name] for name in apart}) for one in (case, against))
    return f"{upper} by {lower}" + (f" ({shared})" if shared else "")


def _terms(levels: Mapping[str, Level]) -> str:
    return ", ".join(f"{name}={level_text(level)}" for name, level in levels.items())
