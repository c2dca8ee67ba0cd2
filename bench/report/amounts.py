"""A cell's amounts → the words that every writer shows: `0.190 [0.188–0.193]`, `1.84× [1.80–1.88]`."""

from bench.report.nouns import Amount, Cell, Facet, Table
from bench.units import alike

NOTHING = "–"
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def value_words(amount: Amount, divisor: float) -> tuple[str, str]:
    """The value at three significant digits and its interval to the same decimal place, empty where there is none."""
    return _words(_scaled(amount, divisor))


def ratio_words(amount: Amount) -> tuple[str, str]:
    """The ratio with its sign, and its interval."""
    text, interval = _words(amount)
    return f"{text}×", interval


def column_heads(table: Table, facet: Facet) -> list[str]:
    """Each column with what its cells hold: `lstm (ms, × slower)`."""
    heads = []
    for i, column in enumerate(facet.columns):
        ratio = table.ratio_label if any(row.cells[i].ratio for row in facet.rows) else ""
        held = ", ".join(part for part in (facet.unit, ratio) if part)
        heads.append(f"{column} ({held})" if held else column)
    return heads


def mark(cell: Cell) -> str:
    """The number of the cell's footnote, raised; empty without one."""
    return "" if cell.footnote is None else raised(cell.footnote)


def raised(number: int) -> str:
    """12 → ¹²."""
    return str(number).translate(_SUPERSCRIPTS)


def has_best(table: Table) -> bool:
    """Whether any cell is marked, so that the mark needs a word of explanation."""
    return any(cell.best for facet in table.facets for row in facet.rows for cell in row.cells)


def _words(amount: Amount) -> tuple[str, str]:
    if amount.low is None or amount.high is None:
        return alike(amount.value, ())[0], ""
    value, low, high = alike(amount.value, (amount.low, amount.high))
    return value, f"[{low}–{high}]"


def _scaled(amount: Amount, divisor: float) -> Amount:
    if divisor == 1:
        return amount
    low, high = (None if bound is None else bound / divisor for bound in (amount.low, amount.high))
    return Amount(value=amount.value / divisor, low=low, high=high)
