"""What was analysed → every two neighbours along a factor with stated boundaries, and the steps that time makes there.

Why two ways to be slower than the work allows: a larger case may take longer than a smaller one, by as much as it has
more to do, and by less where time is not all arithmetic. Anything from equal times to times like the work is what no
choice of an algorithm is needed to explain. Outside that, one of the two runs slower than its neighbour shows to be
possible: the larger, where its time grows by more than its work; the smaller, where it takes longer than a case that
has more to do. Only a whole interval outside counts. In both directions the excess is the slower's time by the
other's, divided by its work by the other's: how much faster it would be if it did its work at its neighbour's rate.
"""

from collections.abc import Iterator
from itertools import pairwise

from bench.analysis.analysed import Analysed
from bench.analysis.compare import compare_cases
from bench.analysis.recurrent import recurrent
from bench.records.boundaries import Crossing, Step
from bench.records.levels import level_text
from bench.records.nouns import Case

METRIC, WORK = "latency", "flops"


def crossings(analysed: Analysed) -> tuple[Crossing, ...]:
    """Along each factor that has boundaries, neighbours that differ in nothing else, in the order of the cases."""
    return tuple(
        _crossing(analysed, factor, smaller, larger)
        for factor in analysed.run.suite.boundaries
        for series in _series(analysed, factor)
        for smaller, larger in pairwise(series)
    )


def _series(analysed: Analysed, factor: str) -> Iterator[list[Case]]:
    """The cases that differ in that factor alone, from its least level to its greatest."""
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in analysed.run.cases:
        groups.setdefault(_others(case, factor), []).append(case)
    for cases in groups.values():
        yield sorted(cases, key=lambda case: _number(case, factor))


def _others(case: Case, factor: str) -> tuple[str, ...]:
    return tuple(f"{name}={level_text(level)}" for name, level in case.levels.items() if name != factor)


def _number(case: Case, factor: str) -> float:
    level = case.levels[factor]
    assert isinstance(level, int | float), f"{factor} of {case.id} is no number"
    return level


def _crossing(analysed: Analysed, factor: str, smaller: Case, larger: Case) -> Crossing:
    found = compare_cases(analysed, larger.id, smaller.id, METRIC)
    work = compare_cases(analysed, larger.id, smaller.id, WORK).ratio
    step = _step(found.low, found.high, work)
    named = map(level_text, analysed.run.suite.boundaries[factor])
    return Crossing(
        factor=factor,
        others=_others(smaller, factor),
        smaller=level_text(smaller.levels[factor]),
        larger=level_text(larger.levels[factor]),
        stated=level_text(smaller.levels[factor]) in named,
        ratio=found.ratio,
        low=found.low,
        high=found.high,
        work=work,
        step=step,
        excess=_excess(step, found.ratio, work),
        ran=(_ran(analysed, smaller), _ran(analysed, larger)),
    )


def _step(low: float | None, high: float | None, work: float | None) -> Step:
    if low is None or high is None or work is None:
        return "unknown"
    if low > max(1.0, work):
        return "larger slower"
    return "smaller slower" if high < min(1.0, work) else "none"


def _excess(step: Step, ratio: float | None, work: float | None) -> float | None:
    if ratio is None or work is None or step not in ("larger slower", "smaller slower"):
        return None
    return ratio / work if step == "larger slower" else work / ratio


def _ran(analysed: Analysed, case: Case) -> tuple[str, ...]:
    survey = analysed.surveys.get(case.id)
    return () if survey is None else recurrent(survey.kernels)
