"""A table's specification and the cases → grids: which case stands in which facet, row and column."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.records.levels import level_text, matches
from bench.records.nouns import Case
from bench.records.suite import Factors, FigureSpec, Level, Suite, TableSpec, Where

Combination = tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cases of one facet: a row is its labels and a case, or none, for every column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Case | None, ...]], ...]


def grids(spec: TableSpec, suite: Suite, cases: Sequence[Case]) -> tuple[Grid, ...]:
    """The facets that have cases; the levels of a factor ascend where all are numbers, else stand in the suite's order.

    Rows and columns that a facet has no case for are left out of it. A factor that the table does not place but that
    varies all the same, because `--set` gave it more levels than the suite has, becomes a facet."""
    chosen = [case for case in cases if matches(case, spec.where)]
    ranks = _ranks(suite, cases)
    by_facet: dict[tuple[int, ...], list[Case]] = {}
    facets = (*spec.facets, *_unplaced(spec, chosen))
    for case in chosen:
        by_facet.setdefault(_rank(case, facets, ranks), []).append(case)
    return tuple(_grid(spec, facets, by_facet[rank], ranks) for rank in sorted(by_facet))


def heading(spec: TableSpec, suite: Suite) -> str:
    """`latency by size and model`; where other tables of the suite would be headed the same, with the part of `where`
    that they do not share: `…, match=flops`."""
    return ", ".join(part for part in (_placed(spec), apart(spec, suite)) if part)


def apart(spec: TableSpec, suite: Suite) -> str:
    """The end of the heading: `match=flops`; empty where no other table of the suite would be headed the same."""
    return _apart(spec.where, [other.where for other in suite.tables if _placed(other) == _placed(spec)])


def set_apart(spec: TableSpec, suite: Suite) -> str:
    """The same without the factors whose levels head the table's rows and columns."""
    where = {name: levels for name, levels in spec.where.items() if name not in (*spec.rows, *spec.columns)}
    return _apart(where, [other.where for other in suite.tables if _placed(other) == _placed(spec)])


def law_heading(spec: FigureSpec, suite: Suite) -> str:
    """`The law of latency by size`, and what `where` has that other such laws of the suite do not share."""
    others = [each.where for each in suite.figures if each.law and (each.x, each.y) == (spec.x, spec.y)]
    own = _apart(spec.where, others)
    return f"The law of {spec.y} by {spec.x}{', ' if own else ''}{own}"


def _apart(where: Where, others: Sequence[Where]) -> str:
    own = [name for name, levels in where.items() if any(other.get(name) != levels for other in others)]
    return ", ".join(f"{name}={_either(where[name])}" for name in own)


def _placed(spec: TableSpec) -> str:
    return f"{spec.value} by {', '.join(spec.rows)} and {', '.join(spec.columns)}"


def _either(levels: Combination) -> str:
    return " or ".join(map(level_text, levels))


def label(factors: Sequence[str], levels: Combination) -> str:
    """`batch 1 · inference`: a number or a truth value needs its factor's name, a word only beside its equal."""
    texts = [level_text(level) for level in levels]
    again = Counter(texts)
    parts = [
        text if isinstance(level, str) and again[text] == 1 else f"{factor} {text}"
        for factor, level, text in zip(factors, levels, texts, strict=True)
    ]
    return " · ".join(parts)


def _grid(spec: TableSpec, facets: Sequence[str], cases: Sequence[Case], ranks: dict[str, dict[str, int]]) -> Grid:
    rows: dict[tuple[int, ...], Combination] = {}
    columns: dict[tuple[int, ...], Combination] = {}
    places: dict[tuple[tuple[int, ...], tuple[int, ...]], Case] = {}
    for case in cases:
        row, column = _rank(case, spec.rows, ranks), _rank(case, spec.columns, ranks)
        rows[row], columns[column] = _levels(case, spec.rows), _levels(case, spec.columns)
        assert (row, column) not in places, f"{case.id} and {places[row, column].id} share a cell"
        places[row, column] = case
    order = sorted(columns)
    return Grid(
        title=label(facets, _levels(cases[0], facets)),
        columns=tuple(label(spec.columns, columns[column]) for column in order),
        rows=tuple(
            (tuple(map(level_text, rows[row])), tuple(places.get((row, column)) for column in order))
            for row in sorted(rows)
        ),
    )


def _unplaced(spec: TableSpec, cases: Sequence[Case]) -> list[str]:
    seen: dict[str, set[str]] = {}
    for case in cases:
        for factor, level in case.levels.items():
            seen.setdefault(factor, set()).add(level_text(level))
    placed = {*spec.rows, *spec.columns, *spec.facets}
    return [factor for factor, levels in seen.items() if len(levels) > 1 and factor not in placed]


def _levels(case: Case, factors: Sequence[str]) -> Combination:
    return tuple(case.levels[factor] for factor in factors)


def _rank(case: Case, factors: Sequence[str], ranks: dict[str, dict[str, int]]) -> tuple[int, ...]:
    return tuple(ranks[factor][level_text(case.levels[factor])] for factor in factors)


def _ranks(suite: Suite, cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """Where each level stands: numbers by size, since of a suite's lists one may go on where another began; words as in
    the suite, those that only the cases have last."""
    found: dict[str, dict[str, Level]] = {}
    for factors in _all_factors(suite):
        for factor, levels in factors.items():
            _append(found, factor, levels)
    for case in cases:
        for factor, level in case.levels.items():
            _append(found, factor, (level,))
    return {factor: {text: place for place, text in enumerate(_ordered(levels))} for factor, levels in found.items()}


def _append(found: dict[str, dict[str, Level]], factor: str, levels: Iterable[Level]) -> None:
    known = found.setdefault(factor, {})
    for level in levels:
        known.setdefault(level_text(level), level)


def _ordered(levels: Mapping[str, Level]) -> list[str]:
    """The levels' texts; truth values are no numbers."""
    numbers = {t: n for t, n in levels.items() if isinstance(n, int | float) and not isinstance(n, bool)}
    return sorted(numbers, key=lambda text: numbers[text]) if len(numbers) == len(levels) else list(levels)


def _all_factors(suite: Suite) -> Iterable[Factors]:
    yield from suite.factors
    yield from (overlay.factors for overlay in (suite.cuda, suite.quick) if overlay is not None)
