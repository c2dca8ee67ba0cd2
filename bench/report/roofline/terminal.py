"""A Roofline → what rich draws. Everything is a Text: no name can be markup."""

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table as Drawing
from rich.text import Text

from bench.records.roofline import Roofline
from bench.report.inert import wrapped
from bench.report.roofline.words import HEADING, NUMBERS, heads, rows, sentences


def roofline_view(found: Roofline) -> RenderableType:
    """Heading, sentences and the table."""
    drawing = Drawing(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for number, head in enumerate(heads(found)):
        drawing.add_column(Text(head), justify="right" if number in NUMBERS else "left", overflow="fold")
    for row in rows(found):
        drawing.add_row(*(Text(wrapped(text)) for text in row))
    said = [Text(wrapped(sentence), style="dim") for sentence in sentences(found)]
    return Group(Text(HEADING, style="bold"), *said, Text(), drawing)
