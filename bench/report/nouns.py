"""What a table is made of: structure and numbers in base units, no formatting; each writer renders the same values."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number with the bounds of its interval, in its metric's base unit (a ratio: 1)."""

    value: int | float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One case in a table. No case: the combination is excluded. No value: `status` says what became of it. `work` is,
    by its name, the case's by its reference's; a ratio that is not `paired` compares other rounds of the two.
    `lacking` says why there is no ratio where there should be one."""

    case: str | None = None
    value: Amount | None = None
    ratio: Amount | None = None
    work: tuple[tuple[str, float], ...] = ()
    paired: bool = True
    lacking: str = ""
    best: bool = False
    status: str = ""
    footnote: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label for each factor of the rows, and a cell for each column."""

    labels: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A sub-table: its values divided by `divisor` are in `unit` (empty for plain numbers)."""

    title: str
    divisor: float
    unit: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """A reason that cells of a table point to by its number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A part of a caption; a strong one must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """Rows that are not told apart: any two differ by at most the share `within`, where that is known."""

    labels: tuple[str, ...]
    within: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A column's rows in the order of their values. Of its `gaps` between neighbours those between two groups are
    `separated` by the interval of a ratio; of these, `apart` by the intervals of the values too."""

    column: str
    groups: tuple[Tied, ...]
    gaps: int
    separated: int
    apart: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`row_factors` head the labels of the rows; `ratio_label` says what a cell's ratio is (empty: there are none), and
    `reference` to which level of which factor it is. `orders` are there where the suite asks for `gaps`; `exact` values
    are known without timing. `apart` is the end of the heading that sets it apart from tables of the same layout;
    `answers`: the suite says that it answers its question."""

    heading: str
    row_factors: tuple[str, ...]
    ratio_label: str
    facets: tuple[Facet, ...]
    caption: tuple[Sentence, ...]
    footnotes: tuple[Footnote, ...]
    reference: tuple[tuple[str, str], ...] = ()
    orders: tuple[Order, ...] = ()
    exact: bool = False
    apart: str = ""
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LawStep:
    """The last coefficient of a law, its rate, through the cases at two neighbouring x alone."""

    start: float
    end: float
    rate: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class LawLine:
    """The law of one line of a figure: `residual` is the largest relative deviation of a case's median from it, at
    `worst`; None where too few cases have values, and then there are no `ends` either, which are the steps between the
    two smallest and between the two largest x. A law that does not fit has coefficients that mean nothing."""

    labels: tuple[str, ...]
    coefficients: dict[str, Amount]
    residual: float | None
    worst: float
    fits: bool
    ends: tuple[LawStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Laws:
    """What was fitted to a figure's lines, which `factors` tell apart; deviations over `limit` are refused, and
    ends that differ by more than `bend`: exponents by so much, slopes by that share of the line's."""

    heading: str
    metric: str
    unit: str
    x: str
    form: Literal["line", "power"]
    limit: float
    bend: float
    factors: tuple[str, ...]
    lines: tuple[LawLine, ...]
