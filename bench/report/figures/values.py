"""A figure → the hash of everything that it shows, which its SVG carries and `bench report --check` compares.

Why not the text of the SVG: two versions of matplotlib write different text for the same figure. Numbers count as they
stand in the CSV, at 6 significant digits, so that a figure changes when its table does.
"""

import hashlib
import json
import re
from dataclasses import asdict

from bench.report.figures.nouns import Figure
from bench.units import compact

_STORED = re.compile(r"<metadata>sha256:([0-9a-f]{64})</metadata>")


def values_hash(figure: Figure) -> str:
    """SHA-256 of the figure's labels and rounded numbers, in hexadecimal."""
    text = json.dumps(_rounded(asdict(figure)), ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def metadata(figure: Figure) -> str:
    """The element that holds the hash."""
    return f"<metadata>sha256:{values_hash(figure)}</metadata>"


def stored_hash(svg: str) -> str | None:
    """The hash that an SVG carries. Its labels cannot forge one: they hold no bare `<`."""
    found = _STORED.search(svg)
    return found[1] if found else None


def _rounded(value: object) -> object:
    match value:
        case dict():
            return {key: _rounded(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_rounded(inner) for inner in value]
        case bool():
            return value
        case int() | float():
            return compact(value)
        case _:
            return value
