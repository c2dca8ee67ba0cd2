"""A text with generated blocks and the files they quote → the text with the blocks as those files say now.

<!-- bench: results/rnn_vs_cnn/epyc-2c/table.md#1 -->
… the first table of that file …
<!-- /bench -->
"""

import re
from collections.abc import Callable

from bench.errors import BenchError

_BLOCK = re.compile(r"(<!-- bench: (?P<file>[^\s#]+)#(?P<number>\d+) -->\n)(?P<body>.*?)(<!-- /bench -->)", re.DOTALL)
_TABLE = re.compile(r"(?:^\|.*\|$\n?)+", re.MULTILINE)
_FOOTNOTE = re.compile(r"^([⁰¹²³⁴⁵⁶⁷⁸⁹]+) .*", re.MULTILINE)
_SECTION = re.compile(r"^## ", re.MULTILINE)


def rewritten(text: str, read: Callable[[str], str], *, where: str) -> str:
    """Every block with the table that it names; `read` gives a file's text.

    Raises BenchError where there is no such table."""

    def block(match: re.Match[str]) -> str:
        quoted = read(match["file"])
        tables = list(_TABLE.finditer(quoted))
        number = int(match["number"])
        if not 1 <= number <= len(tables):
            raise BenchError(f"{match['file']} has {len(tables)} tables, not {number}", where=where)
        return f"{match[1]}\n{_with_footnotes(tables[number - 1], quoted)}\n\n{match[5]}"

    return _BLOCK.sub(block, text)


def _with_footnotes(table: re.Match[str], page: str) -> str:
    """The table, and those of its section's footnotes that it refers to."""
    text = table[0].strip()
    section = _SECTION.split(page[table.end() :])[0]
    marks = set(re.findall(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", text))
    notes = [note[0].strip().removesuffix("<br>") for note in _FOOTNOTE.finditer(section) if note[1] in marks]
    return "\n\n".join([text, "<br>\n".join(notes)]) if notes else text
