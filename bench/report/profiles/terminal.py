"""Profiles → what rich draws. Everything is a Text: no name can be markup.

Words that are too wide are cut, not folded: a name such as `aten::mm` may then be shown as it is, because no line can
begin inside of it."""

from collections.abc import Iterator
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table as Drawing
from rich.text import Text

from bench.records.profile import Profile, Profiles
from bench.report.inert import spoken
from bench.report.profiles.words import CAUTION, Sheet, heading, kernels, operators, outcome, sentences


def profiles_view(found: Profiles) -> RenderableType:
    """Heading, caution, and each case with its sentences and tables."""
    parts: list[RenderableType] = [_text(heading(found), style="bold"), _text(CAUTION, style="yellow")]
    for profile in found.profiles:
        parts += [Text(), _text(profile.case, style="bold"), *_case(profile)]
    return Group(*parts)


def _case(profile: Profile) -> Iterator[RenderableType]:
    traced = profile.traced
    if traced is None:
        yield _text(outcome(profile), style="yellow")
        return
    for sentence in sentences(profile, traced):
        yield _text(sentence)
    yield from _table(operators(traced))
    if traced.kernels:
        yield from _table(kernels(traced))


def _table(sheet: Sheet) -> Iterator[RenderableType]:
    drawing = Drawing(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for number, head in enumerate(sheet.heads):
        justify: Literal["left", "right"] = "right" if number else "left"
        drawing.add_column(_text(head), justify=justify, overflow="ellipsis", no_wrap=number > 0)
    for row in sheet.rows:
        drawing.add_row(*(_text(text) for text in row))
    yield Text()
    yield drawing
    if sheet.more:
        yield Text(f"and {sheet.more} more, with less time, in the CSV file", style="dim")


def _text(text: str, *, style: str = "") -> Text:
    return Text(spoken(text), style=style, overflow="ellipsis")
