"""A figure's specification and what was found for it → the sentences under it: what marks mean, and what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.records.metrics import metric
from bench.records.suite import FigureSpec
from bench.report.figures.nouns import Panel
from bench.report.figures.scales import reference
from bench.report.inert import one_line
from bench.report.laws import FORMULAS
from bench.report.nouns import Laws

PLACES = 4
"""How many places of one reason are named; the table has them all."""
LONGEST = 120
"""Characters of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A case that has no point, and why."""

    where: str
    why: str


def notes(
    spec: FigureSpec, panels: Sequence[Panel], missing: Sequence[Missing], *, laws: Laws | None, against_metric: bool
) -> tuple[str, ...]:
    """Each a sentence; what is not drawn comes last."""
    return tuple(
        one_line(note)
        for note in (
            *_intervals(spec, panels),
            *_equality(spec),
            *(_law(laws, panels) if laws is not None else ()),
            *(_front(spec, panels) if against_metric else ()),
            *_missing(missing),
        )
    )


def _intervals(spec: FigureSpec, panels: Sequence[Panel]) -> Iterator[str]:
    amounts = [point.y for panel in panels for line in panel.lines for point in line.points]
    bare = [amount for amount in amounts if amount.low is None or amount.high is None]
    if spec.kind == "heat-map":
        yield "Darker is more; grey has no value. Intervals stand in the tables."
    elif metric(spec.y).source == "trials":
        yield "Bars: 95 % intervals over the trials, where they are wider than the marks."
        if bare:
            yield "Hollow: too few undisturbed trials for an interval."


def _equality(spec: FigureSpec) -> Iterator[str]:
    if spec.relative_to is not None and spec.kind == "plot":
        yield f"Dotted: {reference(spec)}, which is 1."


def _law(laws: Laws, panels: Sequence[Panel]) -> Iterator[str]:
    lines = [line for panel in panels for line in panel.lines]
    formula = f"{laws.metric} = {FORMULAS[laws.form]}"
    if all(line.law is None for line in lines):
        yield f"No series follows the law {formula}."
        return
    yield f"Lines: the fitted law {formula}."
    if any(line.law is None and len(line.points) > 1 for line in lines):
        yield "Thin dashes join the cases of a series that follows no such law."


def _front(spec: FigureSpec, panels: Sequence[Panel]) -> Iterator[str]:
    if any(len(panel.front) > 1 for panel in panels):
        yield f"Dashed: the front; nothing that was measured is better in both {spec.x} and {spec.y}."


def _missing(missing: Sequence[Missing]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for each in missing:
        reasons.setdefault(each.why, []).append(each.where)
    for why, places in reasons.items():
        more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
        reason = why if len(why) <= LONGEST else f"{why[:LONGEST]}…"
        yield f"Not drawn: {'; '.join(places[:PLACES])}{more} ({reason})."
