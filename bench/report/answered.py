"""Tables and laws → every answer that they give, and these as Markdown."""

from collections.abc import Iterable, Sequence

from bench.report.answers import Answer, Said, answers
from bench.report.law_answers import law_answers
from bench.report.markdown import inert, paragraph
from bench.report.nouns import Laws, Table

HEADING = "The answer"
NO_REFERENCE = "The suite compares with no reference and fits no law: its tables and figures are the answer."


def every_answer(tables: Iterable[Table], laws: Iterable[Laws]) -> tuple[Answer, ...]:
    """Those of the tables, then those of the laws."""
    return (*answers(tables), *law_answers(laws))


def answered_text(tables: Sequence[Table], laws: Sequence[Laws]) -> str:
    """Of every answer its heading and an item a sentence; what there is instead where there is none."""
    return "\n\n".join(map(_answer, every_answer(tables, laws))) or NO_REFERENCE


def _answer(answer: Answer) -> str:
    return "\n".join([f"{paragraph(answer.heading)}:", "", *map(_item, answer.sentences)])


def _item(said: Said) -> str:
    return f"- **{inert(said.column)}** {inert('; '.join((said.text, *said.remarks)))}."
