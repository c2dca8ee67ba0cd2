"""Cases along one numeric factor → the law that they follow, `a + b·T` or `c·xᵏ`, or that they follow none.

Why a fit a round: the trials of a round share their server and the hour, so the round is the unit of replication.
Each round is fitted for itself; a coefficient is the median of the rounds' coefficients, its interval exact by order
statistics, as for any estimate, whatever the noise of a trial is like. Outlying trials are the median's business, a
case that is off in every round is the residual's.

Why the ends are asked for themselves: a curve that bends can pass every case within a tenth, and the interval of its
exponent, which knows of noise alone, is then as narrow as a true law's. But at its end the curve grows faster than
that, and a number for all sizes would be wrong for the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.analysis.analysed import Analysed
from bench.analysis.curves import NAMES, Form, Points, Trials, at, points, solved, together
from bench.analysis.medians import looks
from bench.statistics import fewest, median, order_interval

RESIDUAL = 0.1
"""The law must meet the median of every case within a tenth."""

BEND = 0.1
"""A law is none whose rate between the two largest x is another than between the two smallest: an exponent by more than
this (0.1 more, and a doubling of x costs 7 % more), a slope by more than this share of itself, and the interval of the
one beyond that of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """The median over rounds with its 95 % interval, absent where the rounds are too few."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The law's rate, `b` or `k`, through the cases at two neighbouring x alone."""

    start: float
    end: float
    rate: Coefficient


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """`line`: `a`, `b` of a + b·x, in the metric's unit and that by x's; `power`: `c`, `k` of c·xᵏ, `k` without a unit.

    `residual` is the largest relative deviation of a case's median from the law, `worst` the x where it is; `first` and
    `last` lie between the two smallest and the two largest x, and `bends` says whether their rates differ. Where it
    bends, or `residual` exceeds RESIDUAL, the law does not fit and its coefficients mean nothing. `rounds`: how many
    were fitted."""

    form: Form
    coefficients: dict[str, Coefficient]
    residual: float
    worst: float
    first: Step
    last: Step
    bends: bool
    fits: bool
    rounds: int


def fit_line(xs: Sequence[float], trials: Sequence[Trials], *, looks: int) -> Law | None:
    """a + b·x through cases at xs with those values; None where no round has three cases at different x."""
    return _fit("line", points(xs, trials), looks=looks)


def fit_power(xs: Sequence[float], trials: Sequence[Trials], *, looks: int) -> Law | None:
    """c·xᵏ through cases at positive xs with those values; None where no round has three cases at different x."""
    return _fit("power", points(xs, trials), looks=looks)


def fit(analysed: Analysed, cases: Mapping[str, float], *, metric: str, form: Form) -> Law | None:
    """The law of a run's cases, each at its x, in a metric that is timed; a case without values is left out.

    As in comparisons, a case that is too disturbed for an interval of its own leaves the law without any."""
    present = {case: x for case, x in cases.items() if analysed.values[case, metric]}
    trials = [analysed.values[case, metric] for case in present]
    law = _fit(form, points(list(present.values()), trials), looks=looks(analysed.run.policy))
    if law is None or not any(analysed.counted[case].disturbed for case in present):
        return law
    return replace(
        law,
        coefficients={name: _bare(found) for name, found in law.coefficients.items()},
        first=replace(law.first, rate=_bare(law.first.rate)),
        last=replace(law.last, rate=_bare(law.last.rate)),
    )


def predicted(law: Law, x: float) -> float:
    """What the law says at x, in the metric's unit."""
    return _value(law.form, [found.value for found in law.coefficients.values()], x)


def _fit(form: Form, every: Points, *, looks: int) -> Law | None:
    fitted = together(every, rounds=fewest(looks=looks))
    if fitted is None:
        return None
    rounds = solved(form, fitted)
    found = {name: _coefficient([both[i] for both in rounds.values()], looks) for i, name in enumerate(NAMES[form])}
    plain = [coefficient.value for coefficient in found.values()]
    off = [(abs(y - _value(form, plain, x)) / y, x) for x, y in zip(every.xs, every.medians, strict=True)]
    residual, worst = max(off)
    ends = sorted(set(fitted.xs))
    first, last = (_step(form, at(fitted, end), looks=looks) for end in (ends[:2], ends[-2:]))
    bends = _apart(first.rate, last.rate, by=BEND if form == "power" else BEND * abs(plain[1]))
    return Law(
        form=form,
        coefficients=found,
        residual=residual,
        worst=worst,
        first=first,
        last=last,
        bends=bends,
        fits=residual <= RESIDUAL and not bends,
        rounds=len(rounds),
    )


def _value(form: Form, coefficients: Sequence[float], x: float) -> float:
    first, second = coefficients
    return first + second * x if form == "line" else first * x**second


def _step(form: Form, made: Points, *, looks: int) -> Step:
    """Of cases at two x: all rounds that have these count, whatever else they lack."""
    rates = [rate for _, rate in solved(form, made).values()]
    return Step(start=min(made.xs), end=max(made.xs), rate=_coefficient(rates, looks))


def _apart(first: Coefficient, last: Coefficient, *, by: float) -> bool:
    """Whether rates differ by more than that, and their intervals have nothing in common."""
    if first.low is None or first.high is None or last.low is None or last.high is None:
        return False
    return abs(last.value - first.value) > by and (last.low > first.high or last.high < first.low)


def _coefficient(values: Sequence[float], looks: int) -> Coefficient:
    ordered, places = sorted(values), order_interval(len(values), looks=looks)
    low, high = (ordered[places[0]], ordered[places[1]]) if places else (None, None)
    return Coefficient(value=median(ordered), low=low, high=high)


def _bare(found: Coefficient) -> Coefficient:
    return replace(found, low=None, high=None)
