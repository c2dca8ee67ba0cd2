"""The laws of a figure's lines → the answer that they give: a sentence a line, of its coefficients and their intervals.

Why beside the answers from tables: a suite that asks how time grows compares with no level of a factor. Its result is
what there is at first, what each further step, layer or pixel adds, and whether there is such a law at all.
"""

from collections.abc import Iterable

from bench.report.answers import Answer, Said
from bench.report.compared import named
from bench.report.laws import FORMULAS, coefficient_words, worst
from bench.report.nouns import LawLine, Laws


def law_answers(found: Iterable[Laws]) -> tuple[Answer, ...]:
    """Of every figure that has laws."""
    return tuple(
        Answer(
            heading=f"{laws.heading}, {FORMULAS[laws.form]}",
            sentences=tuple(
                Said(subject=_subject(laws, line), text=_text(line, laws), remarks=_doubts(line)) for line in laws.lines
            ),
        )
        for laws in found
    )


def _subject(laws: Laws, line: LawLine) -> str:
    return named(tuple(zip(laws.factors, line.labels, strict=True)))


def _text(line: LawLine, laws: Laws) -> str:
    if line.residual is None:
        return "has too few cases with values for a law"
    if not line.fits:
        return f"follows no such law, which misses {laws.x} {worst(line)} by {line.residual:.1%}"
    words = {name: coefficient_words(name, amount, laws.unit) for name, amount in line.coefficients.items()}
    if laws.form == "line":
        return f"has a {laws.metric} of {words['a']} + {words['b']} × {laws.x}"
    return f"has a {laws.metric} of {words['c']} × {laws.x} to the power of {words['k']}"


def _doubts(line: LawLine) -> tuple[str, ...]:
    bare = line.fits and any(amount.low is None for amount in line.coefficients.values())
    return ("without an interval, for the trials of a case stayed disturbed or are too few",) if bare else ()
