"""A run folder → its derived files, made from the records alone; its publication; and whether files still say so."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.analysis.analysed import Analysed, analyse
from bench.analysis.boundaries import crossings
from bench.analysis.compare import compare_cases
from bench.analysis.estimate import estimate, estimates
from bench.analysis.findings import findings
from bench.analysis.fitted import Fitted, fitted
from bench.analysis.laws import BEND, RESIDUAL, Coefficient
from bench.analysis.published import FILE, beside, quoted
from bench.analysis.recurrent import recurrent
from bench.analysis.roofline import roofline
from bench.analysis.rows import columns, measurements
from bench.analysis.summary import summary
from bench.api.drawing import differing_figures, write_figures
from bench.api.pages import PAGE, run_page
from bench.api.places import RESULTS, project_root
from bench.api.planning import check_machine
from bench.errors import BenchError
from bench.records.boundaries import Crossing
from bench.records.levels import level_text, matches
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Estimate, Finding, Run
from bench.records.published import Beside, Quoted
from bench.records.roofline import Roofline
from bench.records.suite import FigureSpec, Where
from bench.report.csv_text import csv_text
from bench.report.figures.build import build_figure
from bench.report.figures.nouns import Figure
from bench.report.index import Shown
from bench.report.layout import law_heading
from bench.report.nouns import Amount, LawLine, Laws, LawStep, Table
from bench.report.operators import Ran, ran
from bench.report.page import page
from bench.report.roofline.figure import roofline_figure
from bench.report.table import build_table
from bench.report.why import asked, why_table
from bench.store.files import stale, write
from bench.store.folder import Stored, read
from bench.store.publish import publish, published_folder

CAPTIONED = ("parameters", "flops", "items", "values")
"""Whatever a suite measures, the captions of its tables say whether these are equal."""

OUTCOME = "latency"
"""What became of a case is what became of this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that is worked out of a run; `outcomes` is what became of each case; where tables compare, the last
    says what the times go with."""

    stored: Stored
    analysed: Analysed
    estimates: tuple[Estimate, ...]
    outcomes: tuple[Estimate, ...]
    findings: tuple[Finding, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
    laws: tuple[Laws, ...]
    published: tuple[Beside, ...]
    ran: Ran | None
    roofline: Roofline | None
    crossings: tuple[Crossing, ...]
    summary: dict[str, object]


def report(folder: Path) -> Report:
    """Reads a run and works everything out.

    Raises BenchError for a gate's run: what its pairs of trials are worth, `bench.api.verdicts` says."""
    stored = read(folder)
    if stored.run.gate is not None:
        raise BenchError(
            "a gate's run holds pairs of two revisions", where=str(folder), hint="bench show has its verdicts"
        )
    analysed = analyse(stored.run, stored.records)
    found, remarks = estimates(analysed), findings(analysed)
    suite = stored.run.suite
    known = _known(analysed, found)
    compare = partial(compare_cases, analysed)
    specs = [spec for spec in suite.tables if _about(stored.run, spec.where)]
    tables = tuple(build_table(spec, suite, stored.run.cases, known, compare=compare) for spec in specs)
    why = why_table(suite, stored.run.cases, known, compare=compare)
    laws = [_laws(analysed, spec) if spec.law and _about(stored.run, spec.where) else None for spec in suite.figures]
    figures = tuple(
        build_figure(spec, suite, stored.run.cases, known, number=number, compare=compare, laws=own)
        for number, (spec, own) in enumerate(zip(suite.figures, laws, strict=True), start=1)
        if _about(stored.run, spec.where)
    )
    roofed = roofline(analysed) if suite.roofline else None
    if roofed is not None and roofed.roofs:
        drawn = roofline_figure(roofed, suite.roofline, stored.run.cases, number=len(figures) + 1)
        figures += (drawn,) if drawn.panels else ()
    return Report(
        stored=stored,
        analysed=analysed,
        estimates=found,
        outcomes=tuple(known[case.id, OUTCOME] for case in stored.run.cases),
        findings=remarks,
        tables=tables if why is None else (*tables, why),
        figures=figures,
        laws=tuple(own for own in laws if own is not None),
        published=_published(folder, analysed),
        ran=ran(
            suite.operators,
            stored.run.cases,
            {case: (*each.operators, *recurrent(each.kernels)) for case, each in analysed.surveys.items()},
        ),
        roofline=roofed,
        crossings=crossings(analysed),
        summary=summary(analysed, remarks, starts=stored.starts),
    )


def _about(run: Run, where: Where) -> bool:
    """Whether the run has a case for it: a table or a figure of other cases, of another device's, is left out."""
    return any(matches(case, where) for case in run.cases)


def _known(analysed: Analysed, found: Sequence[Estimate]) -> dict[tuple[str, str], Estimate]:
    """The suite's estimates, and those that its tables, figures and captions show beside them."""
    run = analysed.run
    tabled = (*(spec.value for spec in run.suite.tables), *asked(run.suite, run.cases))
    shown = dict.fromkeys((OUTCOME, *tabled, *_drawn(run), *CAPTIONED))
    known = {(each.case, each.metric): each for each in found}
    missing = [(case.id, name) for name in shown for case in run.cases if (case.id, name) not in known]
    return known | {(case, name): estimate(analysed, case, name) for case, name in missing}


def _published(folder: Path, analysed: Analysed) -> tuple[Beside, ...]:
    """What the project around the run knows of others' numbers for its cases."""
    return beside(analysed, quoted_in(project_root(folder)))


def quoted_in(root: Path) -> tuple[Quoted, ...]:
    """What others have published, as far as a project has filed it.

    Raises BenchError for a file that cannot be read or makes no sense."""
    file = root / RESULTS / FILE
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"cannot be read: {error}", where=str(file)) from error
    return quoted(text)


def _drawn(run: Run) -> Iterator[str]:
    """The metrics that the figures show; an x that is no factor of any case is one."""
    factors = {factor for case in run.cases for factor in case.levels}
    for spec in run.suite.figures:
        yield from (spec.y,) if spec.x in factors else (spec.x, spec.y)


def _laws(analysed: Analysed, figure: FigureSpec) -> Laws:
    assert figure.law is not None
    return Laws(
        heading=law_heading(figure, analysed.run.suite),
        metric=figure.y,
        unit=metric_named(figure.y).unit,
        x=figure.x,
        form=figure.law,
        limit=RESIDUAL,
        bend=BEND,
        factors=(*figure.facets, *figure.series),
        lines=tuple(_law_line(line) for line in fitted(analysed, figure)),
    )


def _law_line(line: Fitted) -> LawLine:
    labels, law = tuple(map(level_text, line.levels)), line.law
    if law is None:
        return LawLine(labels=labels, coefficients={}, residual=None, worst=0.0, fits=False)
    return LawLine(
        labels=labels,
        coefficients={name: _amount(found) for name, found in law.coefficients.items()},
        residual=law.residual,
        worst=law.worst,
        fits=law.fits,
        ends=tuple(LawStep(start=s.start, end=s.end, rate=_amount(s.rate)) for s in (law.first, law.last)),
    )


def _amount(found: Coefficient) -> Amount:
    return Amount(value=found.value, low=found.low, high=found.high)


def texts(made: Report) -> dict[str, str]:
    """The derived files by name, byte for byte the same for the same records."""
    run, starts = made.stored.run, made.stored.starts
    rows = measurements(run, made.estimates)
    return {
        "summary.json": json.dumps(made.summary, indent=1, allow_nan=False) + "\n",
        "measurements.csv": csv_text(rows, columns(run)),
        "table.md": page(
            run,
            starts,
            tables=made.tables,
            findings=made.findings,
            outcomes=made.outcomes,
            figures=made.figures,
            laws=made.laws,
            published=made.published,
            ran=made.ran,
            roofline=made.roofline,
            crossings=made.crossings,
        ),
    }


def derive(folder: Path) -> Report:
    """Writes the derived files of a run, and its page unless it is published: the index shows those."""
    made = report(folder)
    for name, text in texts(made).items():
        write(folder / name, text.encode())
    write_figures(folder, made.figures)
    if project_root(folder) / RESULTS not in folder.resolve().parents:
        write(folder / PAGE, run_page(shown(made), folder).encode())
    return made


def differences(made: Report) -> list[str]:
    """The derived files that do not say what the records say: text to the byte, figures by their values. The page,
    which is never published, is not among them."""
    folder = made.stored.folder
    return [*stale(folder, texts(made)), *differing_figures(folder, made.figures)]


def shown(made: Report) -> Shown:
    """What pages show of a run; `folder` is empty: whoever files it knows where."""
    return Shown(
        folder="",
        run=made.stored.run,
        starts=made.stored.starts,
        tables=made.tables,
        findings=made.findings,
        outcomes=made.outcomes,
        figures=made.figures,
        laws=made.laws,
        published=made.published,
        ran=made.ran,
        roofline=made.roofline,
        crossings=made.crossings,
    )


def publish_run(folder: Path, *, machine: str | None) -> Path:
    """Files a run under `results/<suite>/<machine>/` of the project around the current folder."""
    stored = report(folder).stored
    # The name becomes a folder, and the run may be a stranger's.
    check_machine(stored.run.machine.name if machine is None else machine)
    home = published_folder(project_root(Path.cwd()) / RESULTS, stored, machine)
    publish(stored, home, machine=machine)
    derive(home)
    return home
