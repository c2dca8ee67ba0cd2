"""A run with what is worked out of it, and its drawings → `report.html`, one file that needs nothing else."""

from collections.abc import Sequence

from markupsafe import Markup

from bench.report.figures.words import alt_text
from bench.report.html.frame import framed
from bench.report.html.picture import dark_rules, inlined
from bench.report.index import Shown, figure_title


def html_page(shown: Shown, drawings: Sequence[str] = ()) -> str:
    """The whole page; `drawings` are the SVGs of the figures, in their order."""
    pictures = [
        (figure_title(figure), Markup(inlined(svg, prefix=f"figure-{i}-", label=alt_text(figure))))
        for i, (figure, svg) in enumerate(zip(shown.figures, drawings, strict=True), start=1)
    ]
    rules = (rule for svg in drawings for rule in dark_rules(svg))
    return framed("page.html", {"shown": shown, "run": shown.run, "pictures": pictures}, rules=rules)
