"""The laws of a figure's lines → a Markdown table: coefficients with their intervals, or that there is no such law."""

from collections.abc import Sequence

from bench.report.amounts import NOTHING, value_words
from bench.report.markdown import inert, paragraph
from bench.report.nouns import Amount, LawLine, Laws
from bench.units import common_scale

FORMULAS = {"line": "a + b·x", "power": "c·xᵏ"}
DIMENSIONLESS = "k"


def laws_text(laws: Laws) -> str:
    """A sentence that says what was fitted, and a row a line; ends with one newline."""
    names = list(dict.fromkeys(name for line in laws.lines for name in line.coefficients))
    heads = [*map(inert, laws.factors), *names, "largest deviation"]
    rows = [heads, ["---"] * len(laws.factors) + ["---:"] * (len(heads) - len(laws.factors))]
    rows += [[*map(inert, line.labels), *law_cells(line, names, laws.unit)] for line in laws.lines]
    return f"{paragraph(law_caption(laws))}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def law_caption(laws: Laws) -> str:
    """What was fitted, what its slope is, and which laws are none."""
    head = f"{laws.metric} = {FORMULAS[laws.form]}, x: {laws.x}"
    note = f"A law that misses the median of a case by more than {laws.limit:.0%} is none, and has no coefficients."
    slope = f" b: the {laws.metric} of one more of {laws.x}." if laws.form == "line" else ""
    return f"{head}.{slope} {note}"


def law_cells(line: LawLine, names: Sequence[str], unit: str) -> list[str]:
    """Each coefficient with its unit and interval, and last how far the law is off, or that there is none."""
    if line.residual is None:
        return [NOTHING] * len(names) + ["too few cases with values"]
    where = f"{line.residual:.1%} at {worst(line)}"
    if not line.fits:
        return [NOTHING] * len(names) + [f"no such law: {where}"]
    return [*(coefficient_words(name, line.coefficients[name], unit) for name in names), where]


def worst(line: LawLine) -> str:
    """Where the law is farthest off: a level of the factor, so in all its digits: 56, 12,544."""
    return f"{line.worst:,g}"


def coefficient_words(name: str, amount: Amount, unit: str) -> str:
    """With its unit and its interval."""
    divisor, label = (1.0, "") if name == DIMENSIONLESS else common_scale([amount.value], unit)
    value, interval = value_words(amount, divisor)
    return " ".join(part for part in (value, label, interval) if part)
