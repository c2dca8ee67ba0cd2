"""Foreign words and plain values → names, places and JSON in which no consumer finds anything to obey.

Why names are cut to so few characters: github-action-benchmark puts them between backticks into a Markdown table,
pytest-benchmark prints them raw, others split them. A case's id is made of these characters, so that only a run that
somebody has tampered with changes its names.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import PurePosixPath

from bench.records.nouns import Run
from bench.report.inert import json_text

_FOREIGN = re.compile(r"[^A-Za-z0-9_.+=,/-]")


def plain(text: str) -> str:
    """The text with `_` in the place of each character that is not in a case's id or a path."""
    return _FOREIGN.sub("_", text)


def plain_names(texts: Iterable[str]) -> dict[str, str]:
    """Texts → their plain names, no two alike: `a|b` and `a_b` become `a_b` and `a_b_2`."""
    names: dict[str, str] = {}
    taken = set[str]()
    for text in dict.fromkeys(texts):
        name, number = plain(text), 1
        while (name if number == 1 else f"{name}_{number}") in taken:
            number += 1
        names[text] = name if number == 1 else f"{name}_{number}"
        taken.add(names[text])
    return names


def suite_file(run: Run) -> str:
    """Where the suite lies in its project; of a path from the root only the file's name."""
    file = PurePosixPath(run.suite_file)
    return plain(file.name if file.is_absolute() else str(file))


def instant(seconds: float) -> datetime:
    """Seconds since 1970 as a moment of UTC, which knows its zone."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def json_document(value: object, *, indent: int | None = 1) -> str:
    """JSON in ASCII, with a newline at its end; NaN and infinities are a programmer's error."""
    return json_text(json.dumps(value, indent=indent, allow_nan=False)) + "\n"
