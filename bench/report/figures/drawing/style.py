"""The number of a series → its colour, marker and dashes, for paper and for dark screens; the type of figures.

Why a background of its own: whether a page is dark is for its site to decide, and a figure embedded by `<img>` learns
only what the reader's system prefers. Where the two differ, dark ink on a transparent ground could not be read.

Why selectors and no CSS variables: printing and TeX go through converters that know no variables; they meet plain
colours here, and skip the media query.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

PAPER, INK, QUIET, FAINT = "#ffffff", "#24292e", "#6a737c", "#e4e7ea"

# Okabe and Ito's colours without yellow, which is too light for lines on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5b5f97")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.6), (1.4, 1.4), (6, 1.5, 1.3, 1.5), (3, 1.2, 1, 1.2, 1, 1.2))

_DARK = {
    PAPER: "#0d1117",
    INK: "#e6edf3",
    QUIET: "#9aa4ae",
    FAINT: "#272e36",
    "#0072b2": "#4aa3e6",
    "#d55e00": "#ff8a4c",
    "#009e73": "#2fc79a",
    "#cc79a7": "#eaa3cb",
    "#e69f00": "#f4bb3f",
    "#56b4e9": "#a5dcff",
    "#5b5f97": "#a9adf0",
}

LETTER = 7.0
"""Size of the type in points: 6 on a page that shrinks a double column's width by a seventh."""

LINE = LETTER * 1.35 / 72
"""Inches that a line of type takes."""

CHARACTER = LETTER * 0.56
"""Points that a character takes on average."""

SETTINGS: dict[str, object] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": LETTER,
    "axes.prop_cycle": f"cycler('color', ['{INK}'])",
    "axes.titlesize": LETTER,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.titlepad": 4.0,
    "axes.labelsize": LETTER,
    "axes.labelcolor": INK,
    "axes.labelpad": 3.0,
    "axes.edgecolor": QUIET,
    "axes.facecolor": "none",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "legend.frameon": False,
    "legend.fontsize": LETTER,
    "lines.linewidth": 1.2,
    "lines.markersize": 4.2,
}


Series = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one series is drawn."""

    colour: str
    marker: str
    dashes: tuple[float, ...]


def apart(series: Series) -> tuple[Series, Series]:
    """The labels that colours stand for and, where they are others, those that markers and dashes stand for.

    One factor has both. Of several the first has colours, the others together have markers, unless each of its levels
    has one series only."""
    firsts, others = (tuple(dict.fromkeys(labels)) for labels in zip(*_halves(series), strict=True))
    if len(others) == 1 or len(firsts) == len(series):
        return series, ()
    return firsts, others


def looks(series: Series) -> list[Look]:
    """One for every series, in their order."""
    colours, shapes = apart(series) if series else ((), ())
    if not shapes:
        return [_look(number, number) for number in range(len(colours))]
    return [_look(colours.index(first), shapes.index(other)) for first, other in _halves(series)]


def _halves(series: Series) -> list[Series]:
    return [(labels[:1], labels[1:]) for labels in series]


def dashes(look: Look) -> Literal["solid"] | tuple[float, tuple[float, ...]]:
    """As matplotlib wants them."""
    return (0.0, look.dashes) if look.dashes else "solid"


def dark_rules() -> str:
    """The style element that turns the colours of the figure on a dark screen."""
    return f"<style>@media (prefers-color-scheme: dark){{{''.join(_rules())}}}</style>"


def _look(colour: int, shape: int) -> Look:
    return Look(
        colour=COLOURS[colour % len(COLOURS)], marker=MARKERS[shape % len(MARKERS)], dashes=DASHES[shape % len(DASHES)]
    )


def _rules() -> Iterator[str]:
    for light, dark in _DARK.items():
        for key in ("fill", "stroke"):
            yield f'[style*="{key}: {light}"]{{{key}:{dark} !important}}'
