"""Tables, laws, published numbers and boundaries → every answer that they give, and these as Markdown."""

from collections.abc import Iterable, Sequence

from bench.records.boundaries import Crossing
from bench.records.published import Beside
from bench.report.answers import Answer, Said, answers
from bench.report.crossings import crossing_answers
from bench.report.in_short import NO_REFERENCE
from bench.report.law_answers import law_answers
from bench.report.markdown import inert, paragraph
from bench.report.nouns import Laws, Table
from bench.report.order_answers import order_answers
from bench.report.published_answers import published_answers

HEADING = "The answer"


def every_answer(
    tables: Sequence[Table],
    laws: Iterable[Laws],
    published: Sequence[Beside],
    crossings: Sequence[Crossing] = (),
) -> tuple[Answer, ...]:
    """Ratios to a reference, what is told apart, steps at boundaries, laws, and last what others have published."""
    return (
        *answers(tables),
        *order_answers(tables),
        *crossing_answers(crossings),
        *law_answers(laws),
        *published_answers(published),
    )


def answered_text(
    tables: Sequence[Table],
    laws: Sequence[Laws],
    published: Sequence[Beside],
    crossings: Sequence[Crossing] = (),
) -> str:
    """Of every answer its heading and an item a sentence; what there is instead where there is none."""
    return "\n\n".join(map(_answer, every_answer(tables, laws, published, crossings))) or NO_REFERENCE


def _answer(answer: Answer) -> str:
    return "\n".join([f"{paragraph(answer.heading)}:", "", *map(_item, answer.sentences)])


def _item(said: Said) -> str:
    return f"- **{inert(said.subject)}** {inert('; '.join((said.text, *said.remarks)))}."
