"""A Figure → SVG, the same bytes for the same figure and matplotlib, whatever the reader's own settings are.

Only this module and those that it imports load matplotlib, which takes 0.4 s; see `bench.api.drawing`.
"""

import io
import textwrap
from collections.abc import Sequence
from math import ceil
from typing import Literal

import matplotlib
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import findfont, get_font
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.text import Text

from bench.report.figures.drawing.axes import LONGEST, dress, label_outside
from bench.report.figures.drawing.plots import is_named, plot, write_names
from bench.report.figures.drawing.sizes import Sizes, sizes
from bench.report.figures.drawing.style import (
    CHARACTER,
    INK,
    LETTER,
    LINE,
    QUIET,
    SETTINGS,
    Look,
    apart,
    dark_rules,
    dashes,
    looks,
)
from bench.report.figures.nouns import Figure
from bench.report.figures.values import metadata
from bench.report.figures.words import present, shortened
from bench.report.inert import one_line


def svg(figure: Figure) -> str:
    """The figure as a document that stands alone: text is text, nothing is fetched, and it knows dark screens."""
    with rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(matplotlib.RcParams({**SETTINGS, "svg.hashsalt": figure.name}))
        out = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        _drawn(figure).savefig(out, format="svg", metadata=nothing)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
    head = text.index("<svg")
    inside = text.index(">", head) + 1
    return f"{text[head:inside]}\n {metadata(figure)}\n {dark_rules()}{text[inside:]}"


def _drawn(figure: Figure) -> Canvas:
    size, styles = sizes(figure), looks(figure.series)
    notes = _wrapped(figure.notes, size.width)
    foot = (notes.count("\n") + 1.6) * LINE if notes else 0.0
    entries, columns = _legend(figure, styles, size)
    height = size.height + foot + (ceil(len(entries) / columns) * LINE * 1.35 if columns else 0.0)
    canvas = Canvas(figsize=(size.width, height), layout=_layout(foot / height))
    places = _panels(canvas, figure, size)
    for axes, panel in zip(places, figure.panels, strict=False):
        dress(axes, figure)
        plot(axes, panel, figure, styles)
        axes.set_title(shortened(panel.title, 0.8 * size.panel * 72 / CHARACTER))
    for axes in places[len(figure.panels) :]:
        axes.set_visible(False)
    label_outside(places, figure, size)
    if columns:
        canvas.legend(handles=entries, loc="outside upper left", ncols=columns, handlelength=2.4, columnspacing=1.6)
    if notes:
        canvas.text(0.06 / size.width, 0.4 * LINE / height, notes, color=QUIET, size=LETTER - 0.5, va="bottom")
    _make_legible(canvas)
    if is_named(figure):
        _settle(canvas)
        for axes, panel in zip(places, figure.panels, strict=False):
            write_names(axes, panel, figure)
    return canvas


def _layout(foot: float) -> ConstrainedLayoutEngine:
    """Panels as large as ticks and names leave room for, above the notes, which take that share of the height."""
    return ConstrainedLayoutEngine(rect=(0, foot, 1, 1 - foot), w_pad=0.06, h_pad=0.05, wspace=0.03, hspace=0.03)


def _panels(canvas: Canvas, figure: Figure, size: Sizes) -> list[Axes]:
    """All with the same x; with the same y where it is logarithmic or categories: no small panel is lost there."""
    same: Literal["all", "none"] = "all" if figure.y.log or figure.kind in ("dots", "heat map") else "none"
    grid = canvas.subplots(size.rows, size.columns, squeeze=False, sharex="all", sharey=same)
    return [axes for row in grid for axes in row]


def _settle(canvas: Canvas) -> None:
    """Gives the axes their final places: names are spread over those."""
    engine = canvas.get_layout_engine()
    assert engine is not None
    engine.execute(canvas)
    canvas.set_layout_engine("none")


def _make_legible(canvas: Canvas) -> None:
    for text in canvas.findobj(Text):
        assert isinstance(text, Text)
        text.set_text(_legible(text.get_text()))


def _legend(figure: Figure, styles: Sequence[Look], size: Sizes) -> tuple[list[Line2D], int]:
    """Its entries, and as many columns as the width has room for; none where there is nothing to tell apart."""
    if len(present(figure)) < 2 or figure.kind == "heat map" or is_named(figure):
        return [], 0
    entries = _entries(figure, styles)
    widths = [len(str(entry.get_label())) * CHARACTER + 4.2 * LETTER for entry in entries]
    room = size.width * 72 - 10
    return entries, len(entries) if sum(widths) <= room else max(1, int(room / max(widths)))


def _entries(figure: Figure, styles: Sequence[Look]) -> list[Line2D]:
    """One for every series; where several factors set them apart, one for each colour and one for each marker."""
    joined = figure.kind == "lines"
    shown = [(figure.series[number], styles[number]) for number in present(figure)]
    if not apart(figure.series)[1]:
        return [_entry(labels, look, joined) for labels, look in shown]
    bars = {labels[0]: look.colour for labels, look in shown}
    shapes = {labels[1:]: Look(colour=INK, marker=look.marker, dashes=look.dashes) for labels, look in shown}
    return [
        *(Line2D([], [], color=colour, linewidth=4, label=shortened(name, LONGEST)) for name, colour in bars.items()),
        *(_entry(labels, look, joined) for labels, look in shapes.items()),
    ]


def _entry(labels: Sequence[str], look: Look, joined: bool) -> Line2D:
    name = shortened(" · ".join(labels), 2 * LONGEST)
    return Line2D(
        [], [], color=look.colour, marker=look.marker, linestyle=dashes(look) if joined else "none", label=name
    )


def _wrapped(notes: Sequence[str], width: float) -> str:
    return "\n".join(textwrap.wrap(" ".join(notes), int((width - 0.12) * 72 / (CHARACTER * 0.95))))


def _legible(text: str) -> str:
    """What the measuring font lacks becomes a question mark: matplotlib would warn, and misjudge its width."""
    known = get_font(findfont("DejaVu Sans")).get_charmap()
    return "\n".join("".join(c if ord(c) in known else "?" for c in one_line(line)) for line in text.split("\n"))
