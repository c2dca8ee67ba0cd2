"""Any text → one line that no terminal, page, spreadsheet or reader of logs obeys."""

import re
import unicodedata

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one_line(text: str) -> str:
    """The text without control, format and surrogate characters; any space or line break becomes a plain space."""
    if text.isprintable():
        return text
    return "".join(_harmless(character) for character in text)


def spoken(text: str) -> str:
    """One line for a terminal or a log, as long as it is: what would be a command there is broken by a space.

    CI services obey lines that begin, after spaces, with `::`, and whatever follows `##[` or `##vso[` anywhere."""
    return re.sub(r"(?<!\S):(?=:)", ": ", _unmarked(one_line(text)))


def wrapped(text: str) -> str:
    """One line that is to be folded to some width: any part of it may come to stand where a line begins."""
    return re.sub(r":(?=:)", ": ", _unmarked(one_line(text)))


def json_text(text: str) -> str:
    """JSON that says the same and holds no command: its lines begin with brackets, quotes or digits, and only its
    strings hold a `#`."""
    return re.sub(r"#(?=#\w*\[)", r"\\u0023", text)


def xml_text(text: str) -> str:
    """One line without what XML 1.0 cannot hold, not even as a reference (2.2, Char)."""
    return _NO_XML.sub("", one_line(text))


def _unmarked(line: str) -> str:
    return re.sub(r"#(?=#\w*\[)", "# ", line)


def _harmless(character: str) -> str:
    if character.isspace():
        return " "
    # Cc: control, Cf: format (bidirectional overrides among them), Cs: surrogates, which no UTF-8 file can hold
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character
