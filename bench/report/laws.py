"""The laws of a figure's lines → a Markdown table: coefficients with their intervals, or that there is no such law.

The rate between the two smallest x and that between the two largest stand in every row: they are measured whether the
line follows a law or not, and where it follows none they are what there is to say about its growth."""

from bench.report.amounts import NOTHING, value_words
from bench.report.markdown import inert, paragraph
from bench.report.nouns import Amount, LawLine, Laws, LawStep
from bench.units import common_scale

FORMULAS = {"line": "a + b·x", "power": "c·xᵏ"}
COEFFICIENTS = {"line": ("a", "b"), "power": ("c", "k")}
RATES = {"line": "b", "power": "k"}
DIMENSIONLESS = "k"


def laws_text(laws: Laws) -> str:
    """A sentence that says what was fitted, and a row a line; ends with one newline."""
    heads = [*map(inert, laws.factors), *law_heads(laws)]
    rows = [heads, ["---"] * len(laws.factors) + ["---:"] * (len(heads) - len(laws.factors))]
    rows += [[*map(inert, line.labels), *law_cells(line, laws)] for line in laws.lines]
    return f"{paragraph(law_caption(laws))}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def law_heads(laws: Laws) -> list[str]:
    """What stands over the cells of a line."""
    rate = RATES[laws.form]
    return [*COEFFICIENTS[laws.form], f"first {rate}", f"last {rate}", "largest deviation"]


def law_caption(laws: Laws) -> str:
    """What was fitted, what its slope is, and which laws are none."""
    rate = RATES[laws.form]
    slope = f" b: the {laws.metric} of one more of {laws.x}." if laws.form == "line" else ""
    ends = f"First {rate}, last {rate}: through the cases at a line's two smallest x alone, and at its two largest."
    share = f"{laws.bend:g}" if laws.form == "power" else f"{laws.bend:.0%} of {rate}"
    note = (
        f"A law that misses the median of a case by more than {laws.limit:.0%} is none, nor is one whose first and "
        f"last {rate} differ by more than {share}, their intervals apart: it has no coefficients."
    )
    return f"{laws.metric} = {FORMULAS[laws.form]}, x: {laws.x}.{slope} {ends} {note}"


def law_cells(line: LawLine, laws: Laws) -> list[str]:
    """Each coefficient with its unit and interval, the rates of both ends, and last how far the law is off, or that
    there is none."""
    none = [NOTHING] * len(COEFFICIENTS[laws.form])
    if line.residual is None:
        return [*none, NOTHING, NOTHING, "too few cases with values"]
    ends = [f"{step_words(step, laws)} ({step.start:,g}–{step.end:,g})" for step in line.ends]
    where = f"{line.residual:.1%} at {worst(line)}"
    if line.fits:
        return [*(coefficient_words(*found, laws.unit) for found in line.coefficients.items()), *ends, where]
    reason = where if line.residual > laws.limit else f"{RATES[laws.form]} {_course(line)}"
    return [*none, *ends, f"no such law: {reason}"]


def law_values(line: LawLine, laws: Laws) -> list[float | None]:
    """The numbers of these cells, by which a page sorts them; None where there is none."""
    none = [None] * len(COEFFICIENTS[laws.form])
    if line.residual is None:
        return [*none, None, None, None]
    found = [amount.value for amount in line.coefficients.values()] if line.fits else none
    return [*found, *(step.rate.value for step in line.ends), line.residual]


def step_words(step: LawStep, laws: Laws) -> str:
    """The rate of a step with its unit and its interval."""
    return coefficient_words(RATES[laws.form], step.rate, laws.unit)


def _course(line: LawLine) -> str:
    first, last = line.ends
    return "rises" if last.rate.value > first.rate.value else "falls"


def worst(line: LawLine) -> str:
    """Where the law is farthest off: a level of the factor, so in all its digits: 56, 12,544."""
    return f"{line.worst:,g}"


def coefficient_words(name: str, amount: Amount, unit: str) -> str:
    """With its unit and its interval."""
    divisor, label = (1.0, "") if name == DIMENSIONLESS else common_scale([amount.value], unit)
    value, interval = value_words(amount, divisor)
    return " ".join(part for part in (value, label, interval) if part)
