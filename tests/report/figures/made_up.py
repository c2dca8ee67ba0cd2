"""A suite's file → its figures over values that are made up: every case has some, and a few have none."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from bench.api.planning import Options, plan
from bench.records.levels import level_text
from bench.records.metrics import metric
from bench.records.nouns import Case, Estimate
from bench.records.suite import FigureSpec, Suite
from bench.report.figures.build import build_figure
from bench.report.figures.nouns import Figure
from bench.report.nouns import Amount, LawLine, Laws
from tests.report.samples import Comparer, Estimates, exact, missing, timed

SUITES = Path(__file__).parents[3] / "suites"


def figures_of(name: str) -> list[Figure]:
    """The figures of a committed suite."""
    planned = plan(SUITES / name, Options())
    known = values(planned.suite, planned.cases)
    return [
        drawn(spec, planned.suite, planned.cases, known, number=n) for n, spec in enumerate(planned.suite.figures, 1)
    ]


def drawn(spec: FigureSpec, suite: Suite, cases: Sequence[Case], known: Estimates, *, number: int = 1) -> Figure:
    """One figure; where it asks for a law, every line follows one."""
    laws = None if spec.law is None else laws_of(spec, cases)
    return build_figure(spec, suite, cases, known, number=number, compare=Comparer(known), laws=laws)


def values(suite: Suite, cases: Sequence[Case]) -> Estimates:
    """Values that grow with every number among the levels and differ by its words; each thirteenth case failed."""
    found: Estimates = {}
    names = {name for spec in suite.figures for name in (spec.x, spec.y)}
    for number, case in enumerate(cases):
        for name in names:
            found[case.id, name] = _value(case, name, number)
    return found


def laws_of(spec: FigureSpec, cases: Sequence[Case], *, fits: bool = True) -> Laws:
    """A law for every line, the same for all."""
    assert spec.law is not None
    factors = (*spec.facets, *spec.series)
    labels = dict.fromkeys(tuple(level_text(case.levels[factor]) for factor in factors) for case in cases)
    names = ("a", "b") if spec.law == "line" else ("c", "k")
    coefficients = dict(
        zip(names, (Amount(value=2e-4), Amount(value=1e-5 if spec.law == "line" else 1.5)), strict=True)
    )
    lines = (LawLine(labels=own, coefficients=coefficients, residual=0.03, worst=28, fits=fits) for own in labels)
    return Laws(
        heading="The law", metric=spec.y, unit=metric(spec.y).unit, x=spec.x, form=spec.law, limit=0.1, bend=0.1,
        factors=factors, lines=tuple(lines),
    )  # fmt: skip


def _value(case: Case, name: str, number: int) -> Estimate:
    if number % 13 == 12:
        return missing(case.id, "timeout", "over 60 s", name)
    size = 1.0
    for factor, level in case.levels.items():
        if isinstance(level, int | float) and not isinstance(level, bool):
            size *= 1 + level
        else:
            size *= 1 + sha256(f"{factor}{level}{name}".encode()).digest()[0] / 25
    if metric(name).source != "trials":
        return exact(case.id, name, round(100 * size))
    found = timed(case.id, 1e-5 * size, spread=0.04, what=name)
    return found if number % 7 else Estimate(case=case.id, metric=name, value=found.value, rounds=6)
