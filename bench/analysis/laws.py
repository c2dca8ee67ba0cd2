"""Cases along one numeric factor → the law that they follow, `a + b·T` or `c·xᵏ`, or that they follow none.

Why a fit a round: the trials of a round share their server and the hour, so the round is the unit of replication.
Each round is fitted for itself, over the cases that it has; a coefficient is the median of the rounds' coefficients,
its interval exact by order statistics, as for any estimate, whatever the noise of a trial is like.

Why least squares on relative errors: values span decades and their noise is a share of the value. Least squares on
seconds, and the intercept of Theil–Sen lines too, would be settled by the largest case alone: one per cent of 100 ms is
more than the whole of the smallest case. The weights are the cases' medians over all rounds, the same in each, so that
a trial that happens to be fast gets no more say. Outlying trials are the median's business, a case that is off in every
round is the residual's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Literal

from bench.analysis.analysed import Analysed
from bench.analysis.medians import looks
from bench.statistics import median, order_interval

RESIDUAL = 0.1
"""The law must meet the median of every case within a tenth. Simulated, 10 rounds: true laws pass in 99.9 % of runs
where trials vary by 5 %, in 90 to 98 % by 10 %; as a line, x^1.2 is refused in 95 % over a factor of 16 in x, but over
a factor of 8 only x^1.3 is, and x² always. The intervals cover the true coefficients in 97 to 99 %."""

FEWEST = 3
"""Through two cases goes every law, without a residual."""

Form = Literal["line", "power"]
Trials = Mapping[int, float]
"""A case's values by round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """The median over rounds with its 95 % interval, absent where the rounds are too few."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """`line`: `a`, `b` of a + b·x, in the metric's unit and that by x's; `power`: `c`, `k` of c·xᵏ, `k` without a unit.

    `residual` is the largest relative deviation of a case's median from the law, `worst` the x where it is; where it
    exceeds RESIDUAL, the law does not fit and its coefficients mean nothing. `rounds`: how many were fitted."""

    form: Form
    coefficients: dict[str, Coefficient]
    residual: float
    worst: float
    fits: bool
    rounds: int


def fit_line(xs: Sequence[float], trials: Sequence[Trials], *, looks: int) -> Law | None:
    """a + b·x through cases at xs with those values; None where no round has three cases at different x."""
    return _fit("line", xs, trials, looks=looks)


def fit_power(xs: Sequence[float], trials: Sequence[Trials], *, looks: int) -> Law | None:
    """c·xᵏ through cases at positive xs with those values; None where no round has three cases at different x."""
    return _fit("power", xs, trials, looks=looks)


def fit(analysed: Analysed, cases: Mapping[str, float], *, metric: str, form: Form) -> Law | None:
    """The law of a run's cases, each at its x, in a metric that is timed; a case without values is left out.

    As in comparisons, a case that is too disturbed for an interval of its own leaves the law without any."""
    present = {case: x for case, x in cases.items() if analysed.values[case, metric]}
    trials = [analysed.values[case, metric] for case in present]
    law = _fit(form, list(present.values()), trials, looks=looks(analysed.run.policy))
    if law is None or not any(analysed.counted[case].disturbed for case in present):
        return law
    bare = {name: replace(found, low=None, high=None) for name, found in law.coefficients.items()}
    return replace(law, coefficients=bare)


def predicted(law: Law, x: float) -> float:
    """What the law says at x, in the metric's unit."""
    first, second = (found.value for found in law.coefficients.values())
    return first + second * x if law.form == "line" else first * x**second


def _fit(form: Form, xs: Sequence[float], trials: Sequence[Trials], *, looks: int) -> Law | None:
    medians = [median(list(case.values())) for case in trials]
    names, solve = _FORMS[form]
    fits = []
    for round_ in sorted({round_ for case in trials for round_ in case}):
        places = [place for place, case in enumerate(trials) if round_ in case]
        if len({xs[place] for place in places}) >= FEWEST:
            ys = [trials[place][round_] for place in places]
            fits.append(solve([xs[place] for place in places], ys, [medians[place] for place in places]))
    if not fits:
        return None
    coefficients = {name: _coefficient([found[i] for found in fits], looks) for i, name in enumerate(names)}
    law = Law(form=form, coefficients=coefficients, residual=0.0, worst=xs[0], fits=True, rounds=len(fits))
    residuals = [abs(middle - predicted(law, x)) / middle for x, middle in zip(xs, medians, strict=True)]
    residual = max(residuals)
    return replace(law, residual=residual, worst=xs[residuals.index(residual)], fits=residual <= RESIDUAL)


def _coefficient(values: Sequence[float], looks: int) -> Coefficient:
    ordered, places = sorted(values), order_interval(len(values), looks=looks)
    low, high = (ordered[places[0]], ordered[places[1]]) if places else (None, None)
    return Coefficient(value=median(ordered), low=low, high=high)


def _line(xs: Sequence[float], ys: Sequence[float], medians: Sequence[float]) -> tuple[float, float]:
    return _least_squares(xs, ys, weights=[middle**-2 for middle in medians])


def _power(xs: Sequence[float], ys: Sequence[float], medians: Sequence[float]) -> tuple[float, float]:
    """An error of the logarithm is a relative error, hence no weights."""
    level, exponent = _least_squares([log(x) for x in xs], [log(y) for y in ys], weights=[1.0] * len(medians))
    return exp(level), exponent


def _least_squares(xs: Sequence[float], ys: Sequence[float], *, weights: Sequence[float]) -> tuple[float, float]:
    """The intercept and the slope of the weighted least-squares line (Gauss 1809)."""
    total = sum(weights)
    x0 = sum(w * x for w, x in zip(weights, xs, strict=True)) / total
    y0 = sum(w * y for w, y in zip(weights, ys, strict=True)) / total
    across = sum(w * (x - x0) * (y - y0) for w, x, y in zip(weights, xs, ys, strict=True))
    slope = across / sum(w * (x - x0) ** 2 for w, x in zip(weights, xs, strict=True))
    return y0 - slope * x0, slope


_Solve = Callable[[Sequence[float], Sequence[float], Sequence[float]], tuple[float, float]]
_FORMS: dict[Form, tuple[tuple[str, str], _Solve]] = {"line": (("a", "b"), _line), "power": (("c", "k"), _power)}
