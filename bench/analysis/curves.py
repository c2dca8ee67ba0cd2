"""Cases at xs with their values by round → a line or a power through each round, the same cases in every one.

Why the same cases in every round: cases that are precise leave after the first look, and disturbed trials are left out.
No curve is quite a law, so that a fit through the cases that stay has other coefficients, and a median over rounds of
both kinds would be of neither. Where too few rounds have all cases to bound anything, one without most rounds is left
out of all of them: the law must meet its median all the same.

Why least squares on relative errors: values span decades and their noise is a share of the value. Least squares on
seconds, and the intercept of Theil–Sen lines too, would be settled by the largest case alone: one per cent of 100 ms is
more than the whole of the smallest case. The weights are the cases' medians over all rounds, the same in each, so that
a trial that happens to be fast gets no more say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Literal

from bench.statistics import median

FEWEST = 3
"""Through two cases goes every law, without a residual."""

Form = Literal["line", "power"]
Trials = Mapping[int, float]
"""A case's values by round."""

Solved = dict[int, tuple[float, float]]
"""By round the coefficients, in the order of NAMES; the second is the rate: the slope, or the exponent."""

NAMES: dict[Form, tuple[str, str]] = {"line": ("a", "b"), "power": ("c", "k")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Cases at `xs`, the same x perhaps more than once, with their values by round and the medians of these."""

    xs: tuple[float, ...]
    trials: tuple[Trials, ...]
    medians: tuple[float, ...]


def points(xs: Sequence[float], trials: Sequence[Trials]) -> Points:
    """Cases at xs, each with a value at least."""
    return Points(xs=tuple(xs), trials=tuple(trials), medians=tuple(median(list(case.values())) for case in trials))


def at(made: Points, xs: Sequence[float]) -> Points:
    """Those of the cases that stand at these x."""
    return _chosen(made, [place for place, x in enumerate(made.xs) if x in xs])


def together(made: Points, *, rounds: int) -> Points | None:
    """The most cases, of three different x at least, that so many rounds share: all of them, as a rule. Where no such
    cases share so many, those that share the most; None where no round has three."""
    held: dict[int, set[int]] = {}
    for place, case in enumerate(made.trials):
        for round_ in case:
            held.setdefault(round_, set()).add(place)
    sets = dict.fromkeys(map(frozenset, held.values()))
    shared = {
        own: sum(own <= other for other in held.values())
        for own in sets
        if len({made.xs[place] for place in own}) >= FEWEST
    }
    best = max(shared, key=lambda own: (min(shared[own], rounds), len(own), shared[own]), default=None)
    return None if best is None else _chosen(made, sorted(best))


def solved(form: Form, made: Points) -> Solved:
    """The curve through each round that has all the cases, by least squares on relative errors."""
    rounds = sorted(set.intersection(*map(set, made.trials)))
    return {round_: _SOLVE[form](made, [case[round_] for case in made.trials]) for round_ in rounds}


def _chosen(made: Points, places: Sequence[int]) -> Points:
    return Points(
        xs=tuple(made.xs[place] for place in places),
        trials=tuple(made.trials[place] for place in places),
        medians=tuple(made.medians[place] for place in places),
    )


def _line(made: Points, ys: Sequence[float]) -> tuple[float, float]:
    return _least_squares(made.xs, ys, weights=[middle**-2 for middle in made.medians])


def _power(made: Points, ys: Sequence[float]) -> tuple[float, float]:
    """An error of the logarithm is a relative error, hence no weights."""
    level, exponent = _least_squares([log(x) for x in made.xs], [log(y) for y in ys], weights=[1.0] * len(ys))
    return exp(level), exponent


def _least_squares(xs: Sequence[float], ys: Sequence[float], *, weights: Sequence[float]) -> tuple[float, float]:
    """The intercept and the slope of the weighted least-squares line (Gauss 1809)."""
    total = sum(weights)
    x0 = sum(w * x for w, x in zip(weights, xs, strict=True)) / total
    y0 = sum(w * y for w, y in zip(weights, ys, strict=True)) / total
    across = sum(w * (x - x0) * (y - y0) for w, x, y in zip(weights, xs, ys, strict=True))
    slope = across / sum(w * (x - x0) ** 2 for w, x in zip(weights, xs, strict=True))
    return y0 - slope * x0, slope


_SOLVE: dict[Form, Callable[[Points, Sequence[float]], tuple[float, float]]] = {"line": _line, "power": _power}
