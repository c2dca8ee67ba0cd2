"""A run's tables and laws → its answer in a few sentences, below the circumstances that hold for all of them.

Which tables answer its question the suite says; where it does not, its first that compares times does, with those that
only a level sets apart from it. Of each of their sub-tables one sentence says what is faster and slower than the
reference, and where no difference is shown; of one that compares with nothing, between which values each column lies.
Rows with the same outcome share a clause. All other tables are on the run's own page. A suite without such a table
answers by its boundaries and its laws.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.records.boundaries import Crossing
from bench.records.nouns import Run, Start
from bench.report.amounts import OPPOSITES, apart_from_one
from bench.report.answers import Said, factors_range
from bench.report.captions import reference_text
from bench.report.compared import Compared, Levels, Outcome, named, subjects
from bench.report.crossings import crossing_answers
from bench.report.law_answers import law_answers
from bench.report.markdown import inert, paragraph
from bench.report.measured import circumstances
from bench.report.nouns import Laws, Table
from bench.report.work import Ratios, listed, work_words
from bench.units import significant

HEADING = "In short"
SENTENCES = 12
"""So many at most; a page of many sub-tables or laws has the others."""

NO_REFERENCE = (
    "The suite compares with no reference, orders nothing and fits no law: its tables and figures are the answer."
)
FEW = 6
"""So many at most have their work told one by one."""

_UNDECIDED: tuple[tuple[Outcome, str], ...] = (
    ("even", "no difference is shown for {}"),
    ("unproven", "there is no paired interval for {}"),
)
_Named = tuple[str, Compared]
"""A cell with its subject's name."""


def in_short(tables: Sequence[Table], laws: Iterable[Laws], crossings: Sequence[Crossing] = ()) -> tuple[Said, ...]:
    """A sentence for every sub-table of the answering tables; where there are none, for every boundary and law."""
    chosen = answering(tables)
    if not chosen:
        found = (*crossing_answers(crossings), *law_answers(laws))
        return tuple(said for answer in found for said in answer.sentences)
    return tuple(said for table in chosen for said in _table(table))


def answering(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Those of which the suite says so; else the first table that compares times with a reference, and those that are
    set apart from it by a level alone."""
    tables = tuple(tables)
    if chosen := tuple(table for table in tables if table.answers):
        return chosen
    timed = [table for table in tables if table.ratio_label and not table.exact]
    return tuple(table for table in timed if _layout(table) == _layout(timed[0]))


def lead(run: Run, starts: Sequence[Start], tables: Sequence[Table]) -> str:
    """On what the run was measured, what all cases of the answering tables, or without one of the run, have in common,
    and how the work of what is compared is to the reference's."""
    chosen = answering(tables)
    if not chosen:
        return circumstances(run, starts, run.cases)
    facets = (facet for table in chosen for facet in table.facets)
    cells = [cell for facet in facets for row in facet.rows for cell in row.cells if cell.case is not None]
    ids = {cell.case for cell in cells}
    said = circumstances(run, starts, [case for case in run.cases if case.id in ids])
    return " ".join([said, *_beside(table for table in chosen if table.ratio_label and not table.exact)])


def _beside(tables: Iterable[Table]) -> Iterator[str]:
    """A sentence a reference: `Beside model=cnn, rnn has 0.1× the flops; gru and lstm have 0.3× the flops.`"""
    by_reference: dict[str, dict[str, list[Ratios]]] = {}
    for table in tables:
        works = by_reference.setdefault(reference_text(table.reference), {})
        for subject in subjects(table):
            works.setdefault(subject.name, []).extend(cell.work for cell in subject.cells if cell.ratio is not None)
    told: dict[str, list[str]] = {}
    for reference, works in by_reference.items():
        if words := _work(works):
            told.setdefault(words, []).append(reference)
    for words, references in told.items():
        yield f"Beside {' or '.join(references)}{words}."


def _work(works: Mapping[str, Sequence[Ratios]]) -> str:
    """Of each subject, or of all together where they are alike or many."""
    alike: dict[str, list[str]] = {}
    for name, own in works.items():
        if words := work_words(own):
            alike.setdefault(words, []).append(name)
    if not alike:
        return ""
    if len(works) > FEW or len(alike) == 1:
        return f" they have {work_words(work for own in works.values() for work in own)}"
    clauses = (f"{listed(names)} {'has' if len(names) == 1 else 'have'} {words}" for words, names in alike.items())
    return f", {'; '.join(clauses)}"


def short_text(
    run: Run,
    starts: Sequence[Start],
    tables: Sequence[Table],
    laws: Sequence[Laws],
    crossings: Sequence[Crossing] = (),
) -> str:
    """The lead, an item a sentence, and the suite's notes, as Markdown."""
    found = in_short(tables, laws, crossings)
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


def _values(table: Table) -> Iterator[Said]:
    """Of a table that compares with nothing: `from row to row, hoisted is 8.6 to 35 s`."""
    for facet in table.facets:
        by_column = zip(facet.columns, zip(*(row.cells for row in facet.rows), strict=True), strict=True)
        known = {column: [cell.value.value for cell in cells if cell.value is not None] for column, cells in by_column}
        told = [
            f"{column} is {_between([value / facet.divisor for value in values])} {facet.unit}".rstrip()
            for column, values in known.items()
            if values
        ]
        subject = " of ".join(part for part in (facet.title, table.apart) if part) or table.heading
        yield Said(subject=subject, text=f"from row to row, {', '.join(told)}" if told else "has no values", remarks=())


def _between(values: Sequence[float]) -> str:
    least, most = significant(min(values)), significant(max(values))
    return least if least == most else f"{least} to {most}"


def _table(table: Table) -> Iterator[Said]:
    if not table.ratio_label:
        yield from _values(table)
        return
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
    parts += _lacking(cells)
    return f"{_where(cells, everywhere=everywhere)}{', '.join(parts)}"


def _side(cells: Sequence[_Named], outcome: Outcome, word: str) -> Iterator[str]:
    found = [(float(c.ratio.value), name) for name, c in cells if c.outcome == outcome and c.ratio is not None]
    if found:
        names = list(dict.fromkeys(name for _, name in found))
        yield f"{listed(names)} {'is' if len(names) == 1 else 'are'} {_range(found)} {word}"


def _range(found: Sequence[tuple[float, str]]) -> str:
    """`1.70× (stacked) to 6.31× (fused)`; where both ends are of one subject, it is not named."""
    ordered = sorted(found, key=lambda each: max(each[0], 1 / each[0]))
    (least, small), (most, large) = ordered[0], ordered[-1]
    if small == large or apart_from_one(least) == apart_from_one(most):
        return factors_range((least, most))
    return f"{apart_from_one(least)} ({small}) to {apart_from_one(most)} ({large})"


def _lacking(cells: Sequence[_Named]) -> Iterator[str]:
    """`not compared: rnn and lstm (model=cnn skipped: a step takes 1.1 s)`, by their reasons."""
    by_reason: dict[str, list[str]] = {}
    for name, cell in cells:
        if cell.outcome == "lacking":
            by_reason.setdefault(cell.reason, []).append(name)
    told = [f"{listed(list(dict.fromkeys(names)))} ({reason})" for reason, names in by_reason.items()]
    if told:
        yield f"not compared: {', '.join(told)}"


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
