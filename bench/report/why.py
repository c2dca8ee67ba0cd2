"""The cases that a run's tables compare, and their estimates → a Table of what may explain their times: a row a case,
a column a metric, each column in a unit of its own.

Why beside the comparisons: which network is faster, a ratio says; whether it does less, waits for more steps one after
another, calls more operators, or has its memory faulted in anew, only these numbers say.

Why memory twice: what a step asks for in all its parts explains page faults, and is known only of runs that counted it;
what it holds at once every run knows.

Why there may be no such table: thousands of rows explain nothing to anybody. A program reads measurements.csv.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.records.levels import level_text, matches
from bench.records.metrics import metric
from bench.records.nouns import Case, Estimate
from bench.records.suite import Suite, TableSpec
from bench.report.nouns import Amount, Cell, Facet, Footnote, Row, Sentence, Table
from bench.report.table import Compare, build_table
from bench.report.work import Estimates, listed

HEADING = "What the time goes with"
EXPLAINING = ("flops", "flop_rate", "sequential_steps", "operations", "page_faults", "allocated", "peak_memory")
BY_DEVICE = ("device_time", "launch", "kernels", "busy_share")
"""What a device with a clock and kernels of its own tells besides; on others nobody misses it."""
COLUMNS = ("latency", *BY_DEVICE, *EXPLAINING)
RANGED = ("latency", "page_faults")
"""Which stand there with their intervals: faults may be many in one process and none in the next."""
LONGEST = 500
"""Compared cases, of more than which there is no table."""


def compared_cases(suite: Suite, cases: Sequence[Case]) -> tuple[Case, ...]:
    """Those of the tables that relate times to a reference."""
    specs = [spec for spec in suite.tables if spec.relative_to and metric(spec.value).source == "trials"]
    return tuple(case for case in cases if any(matches(case, spec.where) for spec in specs))


def asked(suite: Suite, cases: Sequence[Case]) -> tuple[str, ...]:
    """The metrics of which the table wants every compared case's estimate."""
    return COLUMNS if 0 < len(compared_cases(suite, cases)) <= LONGEST else ()


def why_table(suite: Suite, cases: Sequence[Case], estimates: Estimates, *, compare: Compare) -> Table | None:
    """`estimates` has what is `asked`, and columns that no case knows are left out; None where nothing is compared. Of
    more than LONGEST cases there is the caption alone, which says where the numbers are."""
    chosen = compared_cases(suite, cases)
    factors = _factors(suite, chosen)
    if not factors:
        return None
    if len(chosen) > LONGEST:
        return _bare_table(factors, _elsewhere(suite, len(chosen)))
    plain = _plain(chosen, estimates)
    known = [name for name in COLUMNS if any(plain[case.id, name].value is not None for case in chosen)]
    tables = [
        build_table(TableSpec(rows=factors, columns=(), value=name), suite, chosen, plain, compare=compare)
        for name in known
    ]
    footnotes: dict[str, int] = {}
    columns = {name: _column(table, footnotes) for name, table in zip(known, tables, strict=True)}
    return replace(
        _bare_table(factors, _caption(known)),
        facets=tuple(_joined(tables, columns)),
        footnotes=tuple(Footnote(number=number, text=text) for text, number in footnotes.items()),
    )


def _bare_table(factors: tuple[str, ...], caption: Sequence[Sentence]) -> Table:
    return Table(heading=HEADING, row_factors=factors, ratio_label="", facets=(), caption=tuple(caption), footnotes=())


def _factors(suite: Suite, cases: Sequence[Case]) -> tuple[str, ...]:
    """Those that vary; last those that cases are compared by, so that they stand below each other."""
    levels: dict[str, set[str]] = {}
    for case in cases:
        for factor, level in case.levels.items():
            levels.setdefault(factor, set()).add(level_text(level))
    by = {factor for spec in suite.tables for factor in spec.relative_to or {}}
    varying = [factor for factor, seen in levels.items() if len(seen) > 1]
    return tuple(sorted(varying, key=lambda factor: factor in by))


def _plain(cases: Sequence[Case], estimates: Estimates) -> dict[tuple[str, str], Estimate]:
    """Values without the remarks that the compared tables make, and intervals where these say more than latency's,
    as that of the rate of arithmetic does not."""
    return {(case.id, name): _bare(estimates[case.id, name]) for case in cases for name in COLUMNS}


def _bare(found: Estimate) -> Estimate:
    if found.value is None:
        return found
    return replace(found, note=None) if found.metric in RANGED else replace(found, note=None, low=None, high=None)


def _column(table: Table, footnotes: dict[str, int]) -> tuple[str, tuple[Cell, ...]]:
    """The unit of a table's one column and its cells in that unit, their footnotes numbered with the other columns'."""
    (facet,) = table.facets
    texts = {note.number: note.text for note in table.footnotes}
    cells = []
    for row in facet.rows:
        (cell,) = row.cells
        number = None
        if cell.footnote is not None:
            number = footnotes.setdefault(texts[cell.footnote], len(footnotes) + 1)
        value = None if cell.value is None else _scaled(cell.value, facet.divisor)
        cells.append(replace(cell, value=value, footnote=number))
    return facet.unit, tuple(cells)


def _scaled(amount: Amount, divisor: float) -> Amount:
    if divisor == 1:
        return amount
    low, high = (None if bound is None else bound / divisor for bound in (amount.low, amount.high))
    return Amount(value=amount.value / divisor, low=low, high=high)


def _joined(tables: Sequence[Table], columns: Mapping[str, tuple[str, tuple[Cell, ...]]]) -> Sequence[Facet]:
    """One facet of all columns."""
    if not tables:
        return ()
    (first,) = tables[0].facets
    heads = tuple(f"{name} ({unit})" if unit else name for name, (unit, _) in columns.items())
    rows = tuple(
        Row(labels=row.labels, cells=tuple(cells[i] for _, cells in columns.values()))
        for i, row in enumerate(first.rows)
    )
    return (Facet(title="", divisor=1.0, unit="", columns=heads, rows=rows),)


def _caption(known: Sequence[str]) -> Sequence[Sentence]:
    titles = listed([f"{name} ({metric(name).title})" for name in known])
    missing = [name for name in COLUMNS if name not in (*known, *BY_DEVICE)]
    sentences = [Sentence(text=f"Each compared case with its {titles}.")]
    if missing:
        sentences.append(
            Sentence(text=f"Left out, because no survey or trial of this run knows it: {listed(missing)}.")
        )
    return sentences


def _elsewhere(suite: Suite, number: int) -> Sequence[Sentence]:
    """Instead of a table: which of its columns measurements.csv has, and which it lacks."""
    there = [name for name in COLUMNS if name in suite.metrics]
    absent = [name for name in COLUMNS if name not in (*suite.metrics, *BY_DEVICE)]
    has = f"measurements.csv has each one's {listed(there)}." if there else "measurements.csv has none of its columns."
    sentences = [Sentence(text=f"No table, because {number:,} cases are compared, more than {LONGEST}. {has}")]
    if there and absent:
        sentences.append(Sentence(text=f"Not among the metrics of the suite, so not there either: {listed(absent)}."))
    return sentences
