"""A cell's amounts → the words that every writer shows: `0.190 [0.188–0.193]`, `1.84× [1.80–1.88]`."""

from bench.report.nouns import Amount, Cell, Facet, Table
from bench.units import alike, significant

NOTHING = "–"
OPPOSITES = {"slower": "faster", "faster": "slower", "more": "less", "less": "more"}
"""What a ratio below 1 is, by what one above it is."""

_DIGITS = range(3, 7)
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def value_words(amount: Amount, divisor: float) -> tuple[str, str]:
    """The value at three significant digits and its interval to the same decimal place, empty where there is none."""
    return _words(_scaled(amount, divisor))


def ratio_words(amount: Amount) -> tuple[str, str]:
    """The ratio with its sign, and its interval."""
    text, interval = _words(amount)
    return f"{text}×", interval


def factor_words(ratio: Amount, label: str) -> tuple[str, str]:
    """`4.00× faster` and the interval in that direction; `label` is what a ratio above 1 means: `× slower`.

    Why not 0.250× slower: sentences speak of factors above 1, and a table that says it otherwise has to be divided."""
    word = label.split()[-1]
    if ratio.value == 1 and ratio.low is None:
        return "equal", ""
    if ratio.value < 1:
        low, high = (1 / bound if bound else None for bound in (ratio.high, ratio.low))
        ratio, word = Amount(value=1 / ratio.value, low=low, high=high), OPPOSITES[word]
    text, interval = ratio_words(ratio)
    return f"{text} {word}", interval


def apart_from_one(ratio: float) -> str:
    """The factor of a difference that is shown, with as many digits as tell it from none: `4.00×`, `1.002×`."""
    factor = max(ratio, 1 / ratio)
    texts = [significant(factor, digits) for digits in _DIGITS]
    return f"{next((text for text in texts if float(text.replace(',', '')) > 1), texts[0])}×"


def column_heads(facet: Facet) -> list[str]:
    """Each column with the unit of its cells: `lstm (ms)`."""
    return [f"{column} ({facet.unit})" if facet.unit else column for column in facet.columns]


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
    return value, f"[{low} to {high}]" if low.startswith("-") else f"[{low}–{high}]"


def _scaled(amount: Amount, divisor: float) -> Amount:
    if divisor == 1:
        return amount
    low, high = (None if bound is None else bound / divisor for bound in (amount.low, amount.high))
    return Amount(value=amount.value / divisor, low=low, high=high)
