"""The laws of a figure's lines → the answer that they give: a sentence a line, of its coefficients and their intervals.

Why beside the answers from tables: a suite that asks how time grows compares with no level of a factor. Its result is
what there is at first, what each further step, layer or pixel adds, and whether there is such a law at all; and at the
end of the line, from where a reader goes on, what it adds there.
"""

from collections.abc import Iterable

from bench.report.answers import Answer, Said
from bench.report.compared import named
from bench.report.laws import FORMULAS, RATES, coefficient_words, step_words, worst
from bench.report.nouns import LawLine, Laws

BARE = "without an interval, for the trials of a case stayed disturbed or are too few"
BELOW = "its constant is where the line would begin, outside of what was measured: no time is below 0"


def law_answers(found: Iterable[Laws]) -> tuple[Answer, ...]:
    """Of every figure that has laws."""
    return tuple(
        Answer(
            heading=f"{laws.heading}, {FORMULAS[laws.form]}",
            sentences=tuple(
                Said(subject=_subject(laws, line), text=_text(line, laws), remarks=_doubts(line, laws))
                for line in laws.lines
            ),
        )
        for laws in found
    )


def _subject(laws: Laws, line: LawLine) -> str:
    return named(tuple(zip(laws.factors, line.labels, strict=True)))


def _text(line: LawLine, laws: Laws) -> str:
    if line.residual is None:
        return "has too few cases with values for a law"
    rate = RATES[laws.form]
    first, last = (f"{step_words(step, laws)} from {step.start:,g} to {step.end:,g}" for step in line.ends)
    if not line.fits:
        missed = f", which misses {laws.x} {worst(line)} by {line.residual:.1%}" if line.residual > laws.limit else ""
        return f"follows no such law{missed}: {rate} is {first} and {last}"
    words = {name: coefficient_words(name, amount, laws.unit) for name, amount in line.coefficients.items()}
    if laws.form == "line":
        law = f"{words['a']} + {words['b']} × {laws.x}"
    else:
        law = f"{words['c']} × {laws.x} to the power of {words['k']}"
    return f"has a {laws.metric} of {law}; {rate} is {last}"


def _doubts(line: LawLine, laws: Laws) -> tuple[str, ...]:
    if not line.fits:
        return ()
    bare = any(amount.low is None for amount in line.coefficients.values())
    below = laws.form == "line" and line.coefficients["a"].value < 0
    return (*((BARE,) if bare else ()), *((BELOW,) if below else ()))
