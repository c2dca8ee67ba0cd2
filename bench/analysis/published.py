"""The text of results/published.csv and an analysed run → what others have published, beside the run's own values.

A row's `case` is a case's id, or two of them as `A / B`: its value is then the ratio of A's value by B's, in the unit
`×`. A row belongs to the run of its `suite` that has these cases. `conditions` are `name=value; name=value`: what the
case's builder is given, the threads and the software of the run are compared by these names, and the rest is told.

Theirs stands beside ours at equal shapes only: every number that the builder is given (batch, steps, widths) must be
among the conditions, and the same. A ratio at another shape is another ratio, whatever hardware it was measured on.
A row without a `suite` is of a shape that no suite has; its `case` says what was measured, by factors of ours.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from bench.analysis.analysed import Analysed
from bench.analysis.compare import compare_cases
from bench.analysis.estimate import estimate
from bench.errors import BenchError
from bench.records.levels import level_text
from bench.records.metrics import METRICS
from bench.records.nouns import Case
from bench.records.published import Beside, Difference, Quoted
from bench.records.suite import Level
from bench.units import SCALES

FILE = "published.csv"
COLUMNS = ("suite", "case", "metric", "value", "unit", "source", "hardware", "conditions")
BY = " / "
RATIO = "×"


def quoted(text: str) -> tuple[Quoted, ...]:
    """The rows of the file, in its order.

    Raises BenchError, with the line, for other columns, an unknown metric, a value that is no number above 0, a unit
    that does not fit the case and the metric, and a condition without a name or a value."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise BenchError(f"the columns are {', '.join(COLUMNS)}", where=f"{FILE}:1")
        return tuple(_row(row, where=f"{FILE}:{reader.line_num}") for row in reader)
    except csv.Error as error:
        line = reader.line_num + 1  # the reader has counted the lines before this one
        raise BenchError(str(error), where=f"{FILE}:{line}") from error


def beside(analysed: Analysed, rows: Sequence[Quoted]) -> tuple[Beside, ...]:
    """The rows whose cases the run has, at their shapes, each with what the run says."""
    own = [row for row in rows if row.suite == analysed.run.suite.name]
    return tuple(_beside(analysed, row) for row in own if at_equal_shapes(row, analysed.cases))


def at_equal_shapes(row: Quoted, cases: Mapping[str, Case]) -> bool:
    """Whether the row's cases are among these, by their ids, and its conditions give every number that the builders of
    all of them are given alike, and the same; in what else the cases of a ratio differ, its row names."""
    if not _cases(row) <= cases.keys():
        return False
    given = _given(row, cases).items()
    numbers = {name: at for name, at in given if isinstance(at, int | float) and not isinstance(at, bool)}
    return all(row.conditions.get(name) == level_text(level) for name, level in numbers.items())


def _given(row: Quoted, cases: Mapping[str, Case]) -> dict[str, Level]:
    """What the builders of all its cases are given alike."""
    first, *others = (cases[case].arguments for case in _cases(row))
    return {name: level for name, level in first.items() if all(other.get(name) == level for other in others)}


def _row(row: Mapping[str | None, str], *, where: str) -> Quoted:
    if None in row or None in row.values():
        raise BenchError(f"a row has {len(COLUMNS)} cells", where=where)
    case, _, against = row["case"].partition(BY)
    metric = METRICS.get(row["metric"])
    if metric is None:
        raise BenchError(f"no metric {row['metric']!r}", where=where)
    units = {RATIO: 1.0} if against else {label: size for size, label in SCALES[metric.unit]}
    if row["unit"] not in units:
        known = ", ".join(repr(unit) for unit in units)
        raise BenchError(f"the unit {row['unit']!r}", where=where, hint=f"of this case and metric: {known}")
    return Quoted(
        suite=row["suite"],
        case=case,
        against=against or None,
        metric=metric.name,
        value=_number(row["value"], where=where) * units[row["unit"]],
        written=f"{row['value']}{'' if against else ' '}{row['unit']}",
        source=row["source"],
        hardware=row["hardware"],
        conditions=dict(_conditions(row["conditions"], where=where)),
    )


def _number(text: str, *, where: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise BenchError(f"{text!r} is no number", where=where) from error
    if not 0 < value < float("inf"):
        raise BenchError(f"the value {text} is not above 0", where=where)
    return value


def _conditions(text: str, *, where: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";") if text.strip() else ():
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not (name and sign and value):
            raise BenchError(f"the condition {part.strip()!r}", where=where, hint="write name=value; name=value")
        yield name, value


def _cases(row: Quoted) -> set[str]:
    return {row.case} if row.against is None else {row.case, row.against}


def _beside(analysed: Analysed, row: Quoted) -> Beside:
    value, low, high = _ours(analysed, row)
    return Beside(quoted=row, value=value, low=low, high=high, differences=tuple(_differences(analysed, row)))


def _ours(analysed: Analysed, row: Quoted) -> tuple[float | None, float | None, float | None]:
    if row.against is None:
        found = estimate(analysed, row.case, row.metric)
        return found.value, found.low, found.high
    ratio = compare_cases(analysed, row.case, row.against, row.metric)
    if ratio.ratio is None or METRICS[row.metric].better == "less":
        return ratio.ratio, ratio.low, ratio.high
    # A comparison is above 1 where the first is worse; a published ratio is the first's value by the second's.
    low, high = (None if bound is None else 1 / bound for bound in (ratio.high, ratio.low))
    return 1 / ratio.ratio, low, high


def _differences(analysed: Analysed, row: Quoted) -> Iterator[Difference]:
    ours = _conditions_of(analysed, row)
    for name, theirs in row.conditions.items():
        if ours.get(name) != theirs:
            yield Difference(name=name, theirs=theirs, ours=ours.get(name))


def _conditions_of(analysed: Analysed, row: Quoted) -> dict[str, str]:
    """What both cases of a ratio have in common, and the software."""
    threads = {analysed.cases[case].threads for case in _cases(row)}
    shared = _given(row, analysed.cases) | ({"threads": threads.pop()} if len(threads) == 1 else {})
    software = {name: version for name, version in analysed.run.fingerprint.items() if name in ("torch", "python")}
    return software | {name: level_text(level) for name, level in shared.items()}
