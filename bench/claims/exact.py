"""What a claim expects of a fact, and what the fact observed → a line of evidence for every name."""

from collections.abc import Collection, Iterator

from bench.records.claims import Evidence, ExactCheck
from bench.records.levels import level_text
from bench.records.nouns import Observation, Record

TINY = 1e-4
"""What is left of float32 where numbers should cancel differs from machine to machine; what is smaller than this is
not told apart in texts that are compared byte for byte."""


def exact(check: ExactCheck, number: int, record: Record | None, *, also: Collection[str] = ()) -> Iterator[Evidence]:
    """Every expectation, and beside them what the fact saw under the names `also`; open where it saw nothing."""
    if record is None or record.status != "ok":
        note = "was not observed" if record is None else f"{record.status}: {record.note or 'no reason given'}"
        yield Evidence(check=number, subject=check.fact, outcome="open", note=note)
        return
    for name, expected in check.expect.items():
        if name not in record.observed:
            note = f"{check.fact} observes no {name}"
            yield Evidence(check=number, subject=name, outcome="open", expected=shown(expected), note=note)
            continue
        seen = record.observed[name]
        holds = alike(seen, expected, within=check.within)
        yield Evidence(
            check=number,
            subject=name,
            outcome="holds" if holds else "fails",
            expected=shown(expected),
            observed=shown(seen),
        )
    for name, seen in record.observed.items():
        if name in also:
            yield Evidence(check=number, subject=name, outcome="also", observed=shown(seen))


def alike(seen: Observation, expected: Observation, *, within: float) -> bool:
    """Whether they are the same, numbers within a share of the expected one; a truth value is no number."""
    if isinstance(seen, tuple) or isinstance(expected, tuple):
        if not isinstance(seen, tuple) or not isinstance(expected, tuple) or len(seen) != len(expected):
            return False
        return all(alike(one, other, within=within) for one, other in zip(seen, expected, strict=True))
    if isinstance(seen, bool | str) or isinstance(expected, bool | str):
        return type(seen) is type(expected) and seen == expected
    return abs(seen - expected) <= within * abs(expected)


def shown(value: Observation) -> str:
    """`[2, 4, 100]`, `true`, `52,000`, `0.791`: for people, and the same on every machine."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, bool | str):
        return level_text(value)
    if isinstance(value, int):
        return f"{value:,}"
    if 0 < abs(value) < TINY:
        return f"under {TINY:g}"
    return f"{value:,.4g}"
