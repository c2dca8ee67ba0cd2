"""Cases and what each has → one finding that counts them all and names the first few."""

from collections.abc import Mapping

from bench.records.nouns import Finding

SHOWN = 5


def remark(code: str, cases: Mapping[str, str], what: str, *, advice: str) -> Finding | None:
    """Nothing without cases; else how many there are, what they have, and the first few by name with their numbers."""
    if not cases:
        return None
    number = f"{len(cases)} case{'s' if len(cases) > 1 else ''}"
    return Finding(code=code, message=f"{number} with {what}: {_named(cases)}", advice=advice, cases=tuple(cases))


def worst_first(sizes: Mapping[str, float]) -> list[str]:
    """The cases by size, the largest first."""
    return sorted(sizes, key=lambda case: -sizes[case])


def _named(cases: Mapping[str, str]) -> str:
    shown = [f"{case} ({numbers})" if numbers else case for case, numbers in list(cases.items())[:SHOWN]]
    rest = len(cases) - len(shown)
    return "; ".join(shown) + (f"; and {rest} more" if rest else "")
