"""A misspelt word and the words that exist → the remark that leads to the right one."""

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 12


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'lstm'?`, or the list of what exists where nothing is near (`; known: gru, lstm`)."""
    names = list(dict.fromkeys(known))
    if (meant := meant_by(word, names)) is not None:
        return f"; did you mean {meant!r}?"
    return f"; known: {listed(names)}" if names else ""


def meant_by(word: str, known: Iterable[str], *, least: float = 0.6) -> str | None:
    """The one of the known words that the misspelt one is likely to be: of whose letters it shares at least that share
    (`difflib`); None where none is."""
    folded = {name.casefold(): name for name in reversed(list(known))}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=least)
    return folded[close[0]] if close else None


def listed(names: Iterable[str]) -> str:
    """The first names of a list, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
