"""The name of a template and what it shows → a page of one file, which fetches and runs nothing but its own.

Every text is escaped, and of one line: jinja2 escapes, and what it is given loses control characters on the way.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from math import isfinite

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bench.report import crossings, operators, published
from bench.report.amounts import NOTHING, column_heads, has_best
from bench.report.answered import every_answer
from bench.report.figures.files import path_of
from bench.report.figures.words import alt_text
from bench.report.gaps import LEAD, order_text
from bench.report.html.cells import cell_html
from bench.report.in_short import HEADING as SHORT
from bench.report.in_short import NO_REFERENCE, at_most, further, in_short, lead
from bench.report.index import address, figure_title, links
from bench.report.inert import one_line
from bench.report.laws import law_caption, law_cells, law_heads, law_values
from bench.report.measured import day, factors, measured
from bench.report.page import repeat_command
from bench.report.roofline import words as roofline
from bench.units import compact


def framed(template: str, shown: Mapping[str, object], *, rules: Iterable[str] = (), images: str = "data:") -> str:
    """The page. `rules` go into its style sheet for dark screens; `images` says from where images may come."""
    dark = "".join(dict.fromkeys(rules))
    style = _source("page.css") + (f"@media screen and (prefers-color-scheme: dark){{{dark}}}\n" if dark else "")
    script = _source("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src {images}; "
        "base-uri 'none'; form-action 'none'"
    )
    return _ENVIRONMENT.get_template(template).render(
        policy=Markup(policy), style=Markup(style), script=Markup(script), **shown
    )


def number(label: str) -> str:
    """The label of a row as a number to sort by; empty where it is a word."""
    try:
        found = float(label)
    except ValueError:
        return ""
    return compact(found) if isfinite(found) else ""


def _source(name: str) -> str:
    assert _ENVIRONMENT.loader is not None
    return _ENVIRONMENT.loader.get_source(_ENVIRONMENT, name)[0]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inert(value: object) -> object:
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_ENVIRONMENT = Environment(
    loader=PackageLoader("bench.report.html"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_inert,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {"crossing_cells": crossings.crossing_cells, "published_cells": published.published_cells}
_ENVIRONMENT.globals |= {
    "BOUNDARIES": crossings.HEADING,
    "BOUNDARIES_HEADS": crossings.HEADS,
    "BOUNDARIES_NOTE": crossings.INTRODUCTION,
    "BOUNDARIES_NUMBERS": crossings.NUMBERS,
    "LEAD": LEAD,
    "NOTHING": NOTHING,
    "NO_REFERENCE": NO_REFERENCE,
    "PUBLISHED": published.HEADING,
    "PUBLISHED_HEADS": published.HEADS,
    "PUBLISHED_NOTE": published.INTRODUCTION,
    "PUBLISHED_NUMBERS": published.NUMBERS,
    "RAN": operators.HEADING,
    "RAN_NOTE": operators.INTRODUCTION,
    "ROOFLINE": roofline.HEADING,
    "ROOFLINE_NUMBERS": roofline.NUMBERS,
    "SHORT": SHORT,
    "roofline_heads": roofline.heads,
    "roofline_rows": lambda found: [roofline.cells(placed, idling=found.idling) for placed in found.cases],
    "roofline_sentences": roofline.sentences,
    "address": address,
    "cell_html": cell_html,
    "alt_text": alt_text,
    "at_most": at_most,
    "every_answer": every_answer,
    "column_heads": column_heads,
    "day": day,
    "factors": factors,
    "figure_title": figure_title,
    "compact": compact,
    "further": further,
    "has_best": has_best,
    "in_short": in_short,
    "law_caption": law_caption,
    "law_cells": law_cells,
    "law_heads": law_heads,
    "law_values": law_values,
    "lead": lead,
    "links": links,
    "listed_crossings": crossings.listed_crossings,
    "measured": measured,
    "number": number,
    "order_text": order_text,
    "path_of": path_of,
    "repeat_command": repeat_command,
}
