"""A Roofline → its part of table.md."""

from bench.records.roofline import Roofline
from bench.report.markdown import inert, paragraph
from bench.report.roofline.words import NUMBERS, heads, rows, sentences


def roofline_text(found: Roofline) -> str:
    """Sentences and a table; ends with one newline."""
    above = heads(found)
    lines = [map(inert, above), ["---:" if place in NUMBERS else "---" for place in range(len(above))]]
    lines += [map(inert, row) for row in rows(found)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{' '.join(map(paragraph, sentences(found)))}\n\n{table}\n"
