"""Any text → one line that no terminal, page or spreadsheet obeys."""

import unicodedata


def one_line(text: str) -> str:
    """The text without control, format and surrogate characters; any space or line break becomes a plain space."""
    if text.isprintable():
        return text
    return "".join(_harmless(character) for character in text)


def _harmless(character: str) -> str:
    if character.isspace():
        return " "
    # Cc: control, Cf: format (bidirectional overrides among them), Cs: surrogates, which no UTF-8 file can hold
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character
