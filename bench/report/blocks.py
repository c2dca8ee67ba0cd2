"""A text with generated blocks and the files they quote → the text with the blocks as those files say now.

<!-- bench: results/rnn_vs_cnn/epyc-2c/table.md#1 -->
… the first table of that file, with its caption, its title and the footnotes that it refers to …
<!-- /bench -->

In the place of a number stands the anchor of a section (`table.md#the-answer`), which is quoted whole. Words after it
(`mode=inference batch=1`) choose rows of the tables by the texts in their columns, which are then left out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from bench.errors import BenchError

Read = Callable[[str], str | None]
"""A file's text; None where what it tells of has not been measured and published yet."""

_BLOCK = re.compile(
    r"(?P<head><!-- bench: (?P<file>[^\s#]+)#(?P<what>[\w-]+)(?P<only>(?: [\w.+-]+=[\w.+-]+)*) -->\n)"
    r"(?P<body>.*?)(?P<end><!-- /bench -->)",
    re.DOTALL,
)
_TABLE = re.compile(r"(?:^\|.*\|$\n?)+", re.MULTILINE)
_FOOTNOTE = re.compile(r"^([⁰¹²³⁴⁵⁶⁷⁸⁹]+) .*", re.MULTILINE)
_MARK = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_SECTION = re.compile(r"^## ", re.MULTILINE)
_TITLE = re.compile(r"^\*\*.*\*\*$")
_NO_TEXT = ("|", "-", "!", "#", "<", "**")
_LINK = re.compile(r"\]\((?![a-z]+:|[#/])")


def rewritten(text: str, read: Read, *, where: str) -> str:
    """Every block with what it names; `where` is the text's own file, from the same folder as those it quotes.

    Raises BenchError where there is no such table, section, column or row."""

    def block(match: re.Match[str]) -> str:
        page = read(match["file"])
        if page is None:
            return f"{match['head']}\nNot published yet: `{match['file']}`.\n\n{match['end']}"
        only = dict(word.split("=", 1) for word in match["only"].split())
        try:
            quoted = _chosen(_quoted(page, match["what"]), only)
        except LookupError as missing:
            raise BenchError(f"{match['file']} has {missing.args[0]}", where=where) from missing
        return f"{match['head']}\n{_near(quoted, match['file'], where)}\n\n{match['end']}"

    return _BLOCK.sub(block, text)


def _quoted(page: str, what: str) -> str:
    """Raises LookupError, with what there is instead."""
    if what.isdecimal():
        tables = list(_TABLE.finditer(page))
        if not 1 <= int(what) <= len(tables):
            raise LookupError(f"{len(tables)} tables, not {what}")
        return _captioned(tables[int(what) - 1], page)
    sections = _sections(page)
    if what not in sections:
        raise LookupError(f"the sections {', '.join(sections)}, not {what}")
    return sections[what].strip()


def _sections(page: str) -> dict[str, str]:
    """By their anchors, which are GitHub's: of sections that are headed alike, all but the first are numbered."""
    found: dict[str, str] = {}
    for part in _SECTION.split(page)[1:]:
        title, _, body = part.partition("\n")
        anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        again = sum(known == anchor or known.startswith(f"{anchor}-") for known in found)
        found[f"{anchor}-{again}" if anchor in found else anchor] = body
    return found


def _captioned(table: re.Match[str], page: str) -> str:
    """The table with its section's caption, its own title, and those of the section's footnotes that it refers to."""
    _, *sections = _SECTION.split(page[: table.start()])
    above = [part.strip() for part in sections[-1].split("\n\n")[1:] if part.strip()] if sections else []
    caption = [above[0]] if above and not above[0].startswith(_NO_TEXT) else []
    title = [above[-1]] if above and _TITLE.match(above[-1]) else []
    text = table[0].strip()
    return "\n\n".join([*caption, *title, text, *_footnotes(text, _SECTION.split(page[table.end() :])[0])])


def _footnotes(text: str, section: str) -> list[str]:
    marks = set(_MARK.findall(text))
    notes = [note[0].strip().removesuffix("<br>") for note in _FOOTNOTE.finditer(section) if note[1] in marks]
    return ["<br>\n".join(notes)] if notes else []


def _chosen(text: str, only: Mapping[str, str]) -> str:
    """The text with only those rows in its tables, and the footnotes that these refer to."""
    if not only:
        return text
    words = ", ".join(f"{factor}={level}" for factor, level in only.items())
    found = _TABLE.sub(lambda table: f"Of {words}:\n\n{_rows(table[0], only)}", text)
    notes = _footnotes("".join(table[0] for table in _TABLE.finditer(found)), found)
    return "\n\n".join([_FOOTNOTE.sub("", found).strip(), *notes])


def _rows(table: str, only: Mapping[str, str]) -> str:
    """Raises LookupError where the table has no such column or row."""
    lines = [_cells(line) for line in table.strip().splitlines()]
    heads = lines[0]
    if lost := [factor for factor in only if factor not in heads]:
        raise LookupError(f"the columns {', '.join(heads)}, not {lost[0]}")
    places = {heads.index(factor): level for factor, level in only.items()}
    rows = [cells for cells in lines[2:] if all(cells[place] == level for place, level in places.items())]
    if not rows:
        raise LookupError(f"no row of {', '.join(f'{factor}={level}' for factor, level in only.items())}")
    return "\n".join(_line(cells, places) for cells in (*lines[:2], *rows)) + "\n"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _line(cells: Sequence[str], left_out: Mapping[int, str]) -> str:
    return f"| {' | '.join(cell for place, cell in enumerate(cells) if place not in left_out)} |"


def _near(text: str, file: str, where: str) -> str:
    """Its links, which are relative to the quoted file, as seen from the file that quotes it."""
    folder = PurePosixPath(file).parent.relative_to(PurePosixPath(where).parent)
    return _LINK.sub(f"]({folder}/", text) if folder.parts else text
