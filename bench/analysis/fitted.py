"""What was analysed and a figure that asks for a law → the law of each of its lines."""

from dataclasses import dataclass

from bench.analysis import laws
from bench.analysis.analysed import Analysed
from bench.analysis.laws import Law
from bench.records.levels import matches
from bench.records.suite import FigureSpec, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A line of a figure by the levels that set it apart, and its law; None where it has too few cases with values."""

    levels: tuple[Level, ...]
    law: Law | None


def fitted(analysed: Analysed, figure: FigureSpec) -> tuple[Fitted, ...]:
    """Every line of the figure, in the order of its first case; none where the figure asks for no law."""
    if figure.law is None:
        return ()
    apart = (*figure.facets, *figure.series)
    lines: dict[tuple[Level, ...], dict[str, float]] = {}
    for case in analysed.run.cases:
        x = case.levels[figure.x]
        # A suite's own levels are checked; those of `--set` may be words, or lie where a power has no logarithm.
        if matches(case, figure.where) and isinstance(x, int | float) and (figure.law == "line" or x > 0):
            line = lines.setdefault(tuple(case.levels[factor] for factor in apart), {})
            line[case.id] = float(x)
    return tuple(
        Fitted(levels=levels, law=laws.fit(analysed, cases, metric=figure.y, form=figure.law))
        for levels, cases in lines.items()
    )
