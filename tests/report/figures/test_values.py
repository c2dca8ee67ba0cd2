"""The hash of a figure: it changes with everything that is drawn, and with nothing else."""

from dataclasses import replace

import pytest

from bench.report.figures.nouns import Axis, Curve, Figure, Line, Panel, Point
from bench.report.figures.values import metadata, stored_hash, values_hash
from bench.report.nouns import Amount

POINT = Point(x=Amount(value=28), y=Amount(value=0.00123456, low=0.00123, high=0.00124))
FIGURE = Figure(
    name="1-latency-by-size",
    kind="lines",
    heading="latency by size",
    x=Axis(what="size", log=True),
    y=Axis(what="latency", unit="ms", divisor=1e-3, log=True),
    categories=(),
    series=(("lstm",),),
    panels=(Panel(title="batch 1", lines=(Line(series=0, points=(POINT,)),)),),
    notes=("Bars: intervals.",),
)

LAWFUL = Line(series=0, points=(POINT,), law=Curve(form="line", first=1, second=2))


def with_point(point: Point) -> Figure:
    return replace(FIGURE, panels=(replace(FIGURE.panels[0], lines=(Line(series=0, points=(point,)),)),))


def y(value: float, low: float | None = 0.00123, high: float | None = 0.00124) -> Figure:
    return with_point(replace(POINT, y=Amount(value=value, low=low, high=high)))


@pytest.mark.parametrize(
    "other",
    [
        y(0.00123457),
        y(0.00123456, low=0.00122),
        y(0.00123456, high=None),
        with_point(replace(POINT, x=Amount(value=29))),
        replace(FIGURE, series=(("gru",),)),
        replace(FIGURE, notes=()),
        replace(FIGURE, y=replace(FIGURE.y, unit="µs", divisor=1e-6)),
        replace(FIGURE, kind="dots", categories=("28",)),
        replace(FIGURE, panels=(replace(FIGURE.panels[0], title="batch 2"),)),
        replace(FIGURE, panels=(replace(FIGURE.panels[0], front=((28.0, 0.1),)),)),
        replace(FIGURE, panels=(replace(FIGURE.panels[0], lines=(LAWFUL,)),)),
    ],
)  # fmt: skip
def test_whatever_is_drawn_otherwise_has_another_hash(other: Figure) -> None:
    assert values_hash(other) != values_hash(FIGURE)


def test_what_the_tables_round_away_changes_nothing() -> None:
    assert values_hash(y(0.00123456 * (1 + 1e-9))) == values_hash(FIGURE)


def test_the_hash_is_the_same_everywhere() -> None:
    assert values_hash(FIGURE) == "b09f8b20ee8680373af4f92355fbb7944646df39a90d5b7a94e5f9ac62c7330a"


def test_the_hash_is_read_as_it_is_written() -> None:
    assert stored_hash(f"<svg>{metadata(FIGURE)}<text>x</text></svg>") == values_hash(FIGURE)
    assert stored_hash("<svg></svg>") is None
    assert stored_hash("<svg><metadata>sha256:00</metadata></svg>") is None
