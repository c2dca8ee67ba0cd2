"""Runs whose pages are tested: an ordinary one, one in which every text is an attack, one of fifty cases."""

from dataclasses import replace

from bench.records.nouns import Finding
from bench.records.published import Beside, Difference, Quoted
from bench.records.roofline import Roofline
from bench.records.suite import TableSpec
from bench.report.figures.nouns import Axis, Figure, Line, Panel, Point
from bench.report.index import Shown
from bench.report.nouns import Amount, LawLine, Laws, LawStep
from bench.report.operators import Ran
from bench.report.table import build_table
from tests.report.roofline.made_up import FOUND, LOST, ONE, SECOND
from tests.report.samples import (
    CASES,
    FINDING,
    LATENCIES,
    RUN,
    START,
    SUITE,
    Comparer,
    by_key,
    case,
    crossed,
    missing,
    table,
    timed,
)
from tests.report.test_crossings import STEP

PAYLOAD = "\"'><script>pwned=1</script><img src=x onerror=pwned=1></style></script></svg><!-- {{ 7*7 }} \u202e"

FIGURE = Figure(
    name="1-latency-by-size",
    kind="lines",
    heading="latency by size",
    x=Axis(what="size", log=True),
    y=Axis(what="latency", unit="ms", divisor=1e-3, log=True),
    categories=(),
    series=(("lstm",), ("cnn",)),
    panels=(
        Panel(
            title="inference",
            lines=tuple(
                Line(
                    series=number,
                    points=tuple(Point(x=Amount(value=x), y=Amount(value=x * 1e-5 * (number + 1))) for x in (28, 56)),
                )
                for number in (0, 1)
            ),
        ),
    ),
    notes=("A note.",),
)

LAWS = Laws(
    heading="The law of latency by size",
    metric="latency",
    unit="s",
    x="size",
    form="line",
    limit=0.1,
    bend=0.1,
    factors=("model",),
    lines=(
        LawLine(
            labels=("lstm",),
            coefficients={"a": Amount(value=1e-4, low=9e-5, high=1.1e-4), "b": Amount(value=2e-6)},
            residual=0.04,
            worst=28,
            fits=True,
            ends=(
                LawStep(start=28, end=56, rate=Amount(value=2.1e-6)),
                LawStep(start=112, end=224, rate=Amount(value=1.9e-6)),
            ),
        ),
        LawLine(labels=("cnn",), coefficients={}, residual=None, worst=0, fits=False),
    ),
)

QUOTED = Quoted(
    suite="sample",
    case="model=lstm,mode=training",
    against="model=cnn,mode=training",
    metric="latency",
    value=8.5,
    written="8.5×",
    source="a paper",
    hardware="GTX 1070",
    conditions={},
)
PUBLISHED = (
    Beside(
        quoted=QUOTED,
        value=2.0,
        low=1.9,
        high=2.1,
        differences=(Difference(name="torch", theirs="0.4.0", ours="2.15.0"),),
    ),
    Beside(
        quoted=replace(QUOTED, against=None, value=0.08, written="80 ms"),
        value=None,
        low=None,
        high=None,
        differences=(),
    ),
)
RAN = Ran(factors=("model",), rows=((("lstm",), ("mkldnn_rnn_layer",)), (("cnn",), ())), shared=("empty",))

SVG = """<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="288pt" height="90pt" viewBox="0 0 288 90"
 xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata>sha256:0</metadata>
 <style>@media (prefers-color-scheme: dark){[style*="fill: #ffffff"]{fill:#0d1117 !important}}</style>
 <defs><style type="text/css">*{stroke-linejoin: round}</style>
  <clipPath id="p1"><rect x="0" y="0" width="9" height="9"/></clipPath>
  <path id="m1" d="M 0 0
L 0 2" style="stroke: #6a737c; stroke-width: 0.6"/></defs>
 <g id="patch_1"><path d="M 0 0" style="fill: #ffffff"/></g>
 <g clip-path="url(#p1)"><use xlink:href="#m1" x="9" y="8" style="fill: #0072b2"/></g>
 <text style="font: 7px 'DejaVu Sans'; text-anchor: middle; fill: #24292e" x="1" y="2">a &lt; b</text>
</svg>
"""


BOUNDARY = replace(STEP, factor="size", others=("model=lstm",), smaller="28", larger="56")


def ordinary() -> Shown:
    """A table with a failed, a skipped and a disturbed case, a law, two figures, a roofline, a step at a boundary, a
    finding on two cases."""
    return Shown(
        folder="sample/epyc-2c",
        run=replace(RUN, machine=replace(RUN.machine, facts={"cpu": "AMD EPYC", "cores": "2"})),
        starts=(replace(START, environment={"python": "3.11.9", "kernel": "6.18"}),),
        tables=(table(),),
        findings=(replace(FINDING, cases=tuple(one.id for one in CASES[:2])),),
        outcomes=LATENCIES,
        figures=(FIGURE, replace(FIGURE, name="2-latency-by-size")),
        laws=(LAWS,),
        published=PUBLISHED,
        ran=RAN,
        roofline=FOUND,
        crossings=(BOUNDARY,),
    )


def hostile() -> Shown:
    """Every text that comes from outside is an attack."""
    shown = ordinary()
    cases = (case({PAYLOAD: PAYLOAD, "model": PAYLOAD}), case({PAYLOAD: "28", "model": PAYLOAD}))
    found = by_key(
        (timed(cases[0].id, 1.5, what=PAYLOAD, note=PAYLOAD), missing(cases[1].id, "failed", PAYLOAD, PAYLOAD))
    )
    spec = TableSpec(rows=(PAYLOAD,), columns=("model",), value=PAYLOAD)
    suite = replace(SUITE, title=PAYLOAD, question=PAYLOAD)
    machine = replace(RUN.machine, name=PAYLOAD, facts={PAYLOAD: PAYLOAD})
    run = replace(RUN, suite=suite, machine=machine, cases=cases, device=PAYLOAD, options={"only": PAYLOAD})
    figure = replace(
        FIGURE, heading=PAYLOAD, notes=(PAYLOAD,), series=((PAYLOAD,), ("b",)), x=replace(FIGURE.x, what=PAYLOAD)
    )
    return replace(
        shown,
        folder=f"javascript:{PAYLOAD}/m",
        run=run,
        starts=(replace(START, git={"revision": PAYLOAD}, environment={PAYLOAD: PAYLOAD}),),
        tables=(build_table(spec, suite, cases, found, compare=Comparer(found)),),
        findings=(Finding(code=PAYLOAD, message=PAYLOAD, advice=PAYLOAD, cases=(PAYLOAD, PAYLOAD)),),
        figures=(figure,),
        laws=(replace(LAWS, heading=PAYLOAD, factors=(PAYLOAD,), metric=PAYLOAD),),
        published=(
            replace(
                PUBLISHED[0],
                quoted=replace(QUOTED, source=PAYLOAD, hardware=PAYLOAD, written=PAYLOAD, case=PAYLOAD),
                differences=(Difference(name=PAYLOAD, theirs=PAYLOAD, ours=PAYLOAD),),
            ),
        ),
        ran=Ran(factors=(PAYLOAD,), rows=(((PAYLOAD,), (PAYLOAD,)),), shared=(PAYLOAD,)),
        roofline=Roofline(
            roofs=(replace(ONE, rates={PAYLOAD: 1e9}),),
            cases=(replace(SECOND, case=PAYLOAD, precision=PAYLOAD), replace(LOST, case=PAYLOAD, why=PAYLOAD)),
        ),
        crossings=(
            replace(BOUNDARY, factor=PAYLOAD, others=(PAYLOAD,), smaller=PAYLOAD, larger=PAYLOAD, ran=((PAYLOAD,), ())),
        ),
    )


def large() -> Shown:
    """Fifty cases and three tables of them."""
    cases = crossed(model=[f"network_{i}" for i in range(10)], size=(7, 14, 28, 56, 112))
    found = by_key(timed(one.id, 0.001 * i, note=f"left out as disturbed: {i}") for i, one in enumerate(cases, 1))
    spec = TableSpec(rows=("model",), columns=("size",), value="latency", relative_to={"size": 7})
    made = build_table(spec, SUITE, cases, found, compare=Comparer(found))
    outcomes = tuple(found.values())
    return replace(ordinary(), run=replace(RUN, cases=cases), tables=(made,) * 3, outcomes=outcomes, figures=())
