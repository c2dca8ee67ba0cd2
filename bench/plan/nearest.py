"""A misspelt word and the words that exist → the remark that leads to the right one."""

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 12


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'lstm'?`, or the list of what exists where nothing is near (`; known: gru, lstm`)."""
    names = list(dict.fromkeys(known))
    folded = {name.casefold(): name for name in reversed(names)}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {folded[close[0]]!r}?"
    return f"; known: {listed(names)}" if names else ""


def listed(names: Iterable[str]) -> str:
    """The first names of a list, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
