"""Published runs → `results/index.html`: questions, answers, tables that sort and filter, links to the rest."""

from collections.abc import Sequence

from bench.report.html.frame import framed
from bench.report.index import Link, Shown


def index_page(runs: Sequence[Shown], others: Sequence[Link] = ()) -> str:
    """The whole page, to stand in `results/`: figures are shown from the files beside it, not copied into it."""
    return framed("index.html", {"runs": runs, "others": others}, images="'self' data:")
