"""A Roofline, and the factors whose levels it tells apart → a Figure: a panel for each number of threads."""

from collections.abc import Mapping, Sequence

from bench.records.nouns import Case
from bench.records.roofline import Placed, Roof, Roofline
from bench.report.figures.nouns import Axis, Figure, Line, Peak, Point, RoofedPanel
from bench.report.layout import label
from bench.report.nouns import Amount
from bench.report.roofline.words import HEADING, rate, threads

INTENSITY = Axis(what="arithmetic intensity (flop/B)", log=True)
ATTAINED = Axis(what="attained", unit="flop/s", log=True, wide=True)


def roofline_figure(found: Roofline, factors: Sequence[str], cases: Sequence[Case], *, number: int) -> Figure:
    """Every case that has a place; `number` counts the figures of the page from 1."""
    by_id = {case.id: case for case in cases}
    series: dict[tuple[str, ...], int] = {}
    for case in cases:
        series.setdefault(_labels(case, factors), len(series))
    panels = [_panel(roof, found, {c: series[_labels(by_id[c], factors)] for c in by_id}) for roof in found.roofs]
    return Figure(
        name=f"{number}-roofline",
        kind="roofline",
        heading=HEADING.lower(),
        x=INTENSITY,
        y=ATTAINED,
        categories=(),
        series=tuple(series),
        panels=tuple(panel for panel in panels if panel.lines),
        notes=tuple(_notes(found)),
    )


def _labels(case: Case, factors: Sequence[str]) -> tuple[str, ...]:
    return tuple(label((factor,), (case.levels[factor],)) for factor in factors)


def _panel(roof: Roof, found: Roofline, series: Mapping[str, int]) -> RoofedPanel:
    """Only the precisions that a case of the panel has are drawn."""
    own = [placed for placed in found.cases if placed.threads == roof.threads and not placed.why]
    lines: dict[int, list[Point]] = {}
    for placed in own:
        lines.setdefault(series[placed.case], []).append(_point(placed))
    used = {placed.precision for placed in own}
    return RoofedPanel(
        title=threads(roof.threads),
        lines=tuple(
            Line(series=each, points=tuple(sorted(points, key=lambda point: point.x.value)))
            for each, points in sorted(lines.items())
        ),
        slope=roof.bandwidth,
        peaks=tuple(
            Peak(label=f"{name} {rate(value, 'flop/s')}", level=value)
            for name, value in roof.rates.items()
            if name in used
        ),
    )


def _point(placed: Placed) -> Point:
    return Point(x=Amount(value=placed.intensity), y=Amount(value=placed.attained, low=placed.low, high=placed.high))


def _notes(found: Roofline) -> list[str]:
    copies = ", ".join(f"{rate(roof.bandwidth, 'byte/s')} with {threads(roof.threads)}" for roof in found.roofs)
    missing = sum(bool(placed.why) for placed in found.cases)
    return [
        f"Grey: what the device can do, as measured: copies within memory ({copies}), products of matrices.",
        "Above the slope: data that stay in a cache.",
        *([f"Not drawn: {missing} case{'' if missing == 1 else 's'}, for the table's reasons."] if missing else []),
    ]
