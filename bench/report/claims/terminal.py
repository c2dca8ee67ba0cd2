"""Resolved claims → what rich draws on a terminal: verdicts, and for all that is not simply supported the evidence."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.records.claims import ClaimVerdict, Resolved
from bench.report.claims.words import VERDICTS, counts, sentences
from bench.report.inert import wrapped

STYLES: dict[ClaimVerdict, str] = {
    "supported": "green",
    "refuted": "red",
    "mixed": "yellow",
    "unresolved": "dim",
    "unverifiable": "dim",
    "conceptual": "dim",
}


def claims_view(resolved: Sequence[Resolved]) -> RenderableType:
    """A row a claim, then how many have which verdict."""
    drawing = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head in ("claim", "verdict"):
        drawing.add_column(head, no_wrap=True)
    drawing.add_column("what it says", overflow="fold")
    for each in resolved:
        drawing.add_row(Text(wrapped(each.claim.id)), Text(each.verdict, style=STYLES[each.verdict]), _said(each))
    tallies = counts(resolved).values()
    every = {verdict: sum(tally[verdict] for tally in tallies) for verdict in VERDICTS}
    return Group(drawing, Text(), Text(", ".join(f"{number} {verdict}" for verdict, number in every.items() if number)))


def _said(each: Resolved) -> Text:
    text = Text(wrapped(each.claim.says))
    if set(each.parts.values()) != {"supported"}:
        for sentence in sentences(each):
            said = f"{sentence.lead}: {sentence.text}" if sentence.lead else sentence.text
            text.append(f"\n{wrapped(said)}", style="dim")
    return text
