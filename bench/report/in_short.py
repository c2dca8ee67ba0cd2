"""A run's tables and laws → its answer in a few sentences, below the circumstances that hold for all of them.

The suite puts the table that answers its question first; of each of its sub-tables one sentence says what is faster and
slower than the reference, and where no difference is shown. So do tables that only a level sets apart from it. Rows
with the same outcome share a clause. All other tables and every extreme are on the run's own page. A suite without such
a table answers by its laws.
"""

from collections.abc import Iterable, Iterator, Sequence

from bench.records.nouns import Run, Start
from bench.report.amounts import OPPOSITES
from bench.report.answers import Said, factors_range
from bench.report.captions import reference_text
from bench.report.compared import Compared, Levels, Outcome, named, subjects
from bench.report.law_answers import law_answers
from bench.report.markdown import inert, paragraph
from bench.report.measured import circumstances
from bench.report.nouns import Laws, Table
from bench.report.work import listed, work_words

HEADING = "In short"
SENTENCES = 8
"""So many at most; a page of many sub-tables or laws has the others."""

NO_REFERENCE = (
    "The suite compares with no reference, orders nothing and fits no law: its tables and figures are the answer."
)
_UNDECIDED: tuple[tuple[Outcome, str], ...] = (
    ("even", "no difference is shown for {}"),
    ("unproven", "there is no paired interval for {}"),
    ("lacking", "not compared: {}"),
)
_Named = tuple[str, Compared]
"""A cell with its subject's name."""


def in_short(tables: Sequence[Table], laws: Iterable[Laws]) -> tuple[Said, ...]:
    """A sentence for every sub-table of the answering tables; where there are none, for every law."""
    chosen = answering(tables)
    if not chosen:
        return tuple(said for answer in law_answers(laws) for said in answer.sentences)
    return tuple(said for table in chosen for said in _table(table))


def answering(tables: Iterable[Table]) -> tuple[Table, ...]:
    """The first table that compares times with a reference, and those that are set apart from it by a level alone."""
    timed = [table for table in tables if table.ratio_label and not table.exact]
    return tuple(table for table in timed if _layout(table) == _layout(timed[0]))


def lead(run: Run, starts: Sequence[Start], tables: Sequence[Table]) -> str:
    """On what the run was measured, what all cases of the answering tables, or without one of the run, have in common,
    and how their work compares with the reference's."""
    chosen = answering(tables)
    if not chosen:
        return circumstances(run, starts, run.cases)
    facets = (facet for table in chosen for facet in table.facets)
    cells = [cell for facet in facets for row in facet.rows for cell in row.cells if cell.case is not None]
    ids = {cell.case for cell in cells}
    said = circumstances(run, starts, [case for case in run.cases if case.id in ids])
    work = work_words(cell.work for cell in cells if cell.ratio is not None)
    return f"{said} Beside {reference_text(chosen[0].reference)} they have {work}." if work else said


def short_text(run: Run, starts: Sequence[Start], tables: Sequence[Table], laws: Sequence[Laws]) -> str:
    """The lead, an item a sentence, and the suite's notes, as Markdown."""
    found = in_short(tables, laws)
    items = [f"- **{inert(said.subject)}** {inert('; '.join((said.text, *said.remarks)))}." for said in at_most(found)]
    return "\n\n".join(
        [
            paragraph(lead(run, starts, tables)),
            "\n".join(items) if items else NO_REFERENCE,
            *([paragraph(further(found))] if further(found) else []),
            *map(paragraph, run.suite.notes),
        ]
    )


def at_most(found: Sequence[Said]) -> Sequence[Said]:
    """As many as there is room for."""
    return found[:SENTENCES]


def further(found: Sequence[Said]) -> str:
    """How many there are besides; empty where there are none."""
    return f"And {len(found) - SENTENCES} more on the run's own page." if len(found) > SENTENCES else ""


def _layout(table: Table) -> tuple[object, ...]:
    return table.heading.removesuffix(table.apart).rstrip(", "), table.reference


def _table(table: Table) -> Iterator[Said]:
    by_facet: dict[str, list[_Named]] = {facet.title: [] for facet in table.facets}
    for subject in subjects(table):
        for cell in subject.cells:
            by_facet[cell.facet].append((subject.name, cell))
    for title, cells in by_facet.items():
        if cells:
            subject_text = " of ".join(part for part in (title, table.apart) if part) or table.heading
            yield Said(subject=subject_text, text=_text(cells, table), remarks=())


def _text(cells: Sequence[_Named], table: Table) -> str:
    """Rows are together where each subject has the same outcome in all of them."""
    rows: dict[tuple[Levels, str], list[_Named]] = {}
    for name, cell in cells:
        rows.setdefault((cell.row, cell.column), []).append((name, cell))
    alike: dict[tuple[tuple[str, Outcome], ...], list[_Named]] = {}
    for own in rows.values():
        alike.setdefault(tuple((name, cell.outcome) for name, cell in own), []).extend(own)
    word = table.ratio_label.split()[-1]
    clauses = [_clause(own, word, everywhere=len(alike) == 1) for own in alike.values()]
    return f"against {reference_text(table.reference)}: {'; '.join(clauses)}"


def _clause(cells: Sequence[_Named], word: str, *, everywhere: bool) -> str:
    """`at match=input and parameters, rnn and lstm are 1.04× to 1.52× faster, gru is 1.49× to 1.61× slower`."""
    sides: tuple[tuple[Outcome, str], ...] = (("under", OPPOSITES[word]), ("over", word))
    parts = [part for outcome, side in sorted(sides, key=lambda each: each[1]) for part in _side(cells, outcome, side)]
    for outcome, words in _UNDECIDED:
        if names := _names(cells, outcome):
            parts.append(words.format(listed(names)))
    return f"{_where(cells, everywhere=everywhere)}{', '.join(parts)}"


def _side(cells: Sequence[_Named], outcome: Outcome, word: str) -> Iterator[str]:
    if names := _names(cells, outcome):
        ratios = (float(cell.ratio.value) for _, cell in cells if cell.outcome == outcome and cell.ratio is not None)
        yield f"{listed(names)} {'is' if len(names) == 1 else 'are'} {factors_range(ratios)} {word}"


def _names(cells: Sequence[_Named], outcome: Outcome) -> list[str]:
    return list(dict.fromkeys(name for name, cell in cells if cell.outcome == outcome))


def _where(cells: Sequence[_Named], *, everywhere: bool) -> str:
    """`at match=input and parameters, `, or the rows one by one where more than one factor tells them apart."""
    rows = list(dict.fromkeys((cell.row, cell.column) for _, cell in cells))
    if all(len(levels) == 1 and not column for levels, column in rows):
        ((factor, _),) = rows[0][0]
        every = everywhere and len(rows) > 1
        return f"at {f'every {factor}' if every else f'{factor}={listed([levels[0][1] for levels, _ in rows])}'}, "
    if everywhere:
        return ""
    texts = [" · ".join(part for part in (named(levels), column) if part) for levels, column in rows]
    return f"in {listed(texts)}, " if all(texts) else ""
