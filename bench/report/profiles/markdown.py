"""Profiles → profile.md, in which no name can mean anything but itself."""

from collections.abc import Iterator

from bench.records.profile import Profile, Profiles
from bench.report.markdown import inert, paragraph
from bench.report.profiles.words import CAUTION, Sheet, heading, kernels, operators, outcome, sentences

PERFETTO = "https://ui.perfetto.dev"


def page_text(found: Profiles) -> str:
    """The whole page: a section for each case."""
    blocks = [f"# {inert(heading(found))}", f"**{paragraph(CAUTION)}**"]
    for profile in found.profiles:
        blocks += [f"## {inert(profile.case)}", *_section(profile)]
    return "\n\n".join(blocks) + "\n"


def _section(profile: Profile) -> Iterator[str]:
    traced = profile.traced
    if traced is None:
        yield paragraph(outcome(profile))
        return
    yield " ".join([*map(paragraph, sentences(profile, traced))])
    yield from _table(operators(traced))
    if traced.kernels:
        yield from _table(kernels(traced))
    yield f"Every event, in its order: [`{profile.file}`]({profile.file}), which {PERFETTO} opens."


def _table(sheet: Sheet) -> Iterator[str]:
    lines = [map(inert, sheet.heads), ["---", *["---:"] * (len(sheet.heads) - 1)]]
    lines += [map(inert, row) for row in sheet.rows]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
    if sheet.more:
        yield f"And {sheet.more} more, with less time, in the CSV file."
