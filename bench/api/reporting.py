"""A run folder → its derived files, made from the records alone; published runs; and whether files still say so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.analysis.analysed import Analysed, analyse
from bench.analysis.compare import compare_cases
from bench.analysis.estimate import estimate, estimates
from bench.analysis.findings import findings
from bench.analysis.fitted import Fitted, fitted
from bench.analysis.laws import RESIDUAL
from bench.analysis.rows import columns, measurements
from bench.analysis.summary import summary
from bench.api.places import RESULTS, project_root
from bench.api.planning import check_machine
from bench.errors import BenchError
from bench.records.levels import level_text
from bench.records.metrics import metric as metric_named
from bench.records.nouns import Estimate, Finding
from bench.records.suite import FigureSpec
from bench.report.blocks import rewritten
from bench.report.csv_text import csv_text
from bench.report.nouns import Amount, LawLine, Laws, Table
from bench.report.page import page
from bench.report.table import build_table
from bench.store.files import write
from bench.store.folder import Stored, read
from bench.store.publish import publish, published_folder

CAPTIONED = ("parameters", "flops", "items", "values")
"""Whatever a suite measures, the captions of its tables say whether these are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that is worked out of a run."""

    stored: Stored
    analysed: Analysed
    estimates: tuple[Estimate, ...]
    findings: tuple[Finding, ...]
    tables: tuple[Table, ...]
    laws: tuple[Laws, ...]
    summary: dict[str, object]

    @property
    def outcomes(self) -> tuple[Estimate, ...]:
        """What became of each case: its latency."""
        return tuple(estimate(self.analysed, case.id, "latency") for case in self.stored.run.cases)


def report(folder: Path) -> Report:
    """Reads a run and works everything out."""
    stored = read(folder)
    analysed = analyse(stored.run, stored.records)
    found, remarks = estimates(analysed), findings(analysed)
    suite = stored.run.suite
    shown = dict.fromkeys((*(spec.value for spec in suite.tables), *CAPTIONED))
    known = {(e.case, e.metric): e for e in found}
    known |= {
        (case.id, metric): estimate(analysed, case.id, metric)
        for metric in shown
        for case in stored.run.cases
        if (case.id, metric) not in known
    }
    compare = partial(compare_cases, analysed)
    tables = tuple(build_table(spec, suite, stored.run.cases, known, compare=compare) for spec in suite.tables)
    return Report(
        stored=stored,
        analysed=analysed,
        estimates=found,
        findings=remarks,
        tables=tables,
        laws=tuple(_laws(analysed, figure) for figure in suite.figures if figure.law is not None),
        summary=summary(analysed, remarks, starts=stored.starts),
    )


def _laws(analysed: Analysed, figure: FigureSpec) -> Laws:
    assert figure.law is not None
    return Laws(
        heading=f"The law of {figure.y} by {figure.x}",
        metric=figure.y,
        unit=metric_named(figure.y).unit,
        x=figure.x,
        form=figure.law,
        limit=RESIDUAL,
        factors=(*figure.facets, *figure.series),
        lines=tuple(_law_line(line) for line in fitted(analysed, figure)),
    )


def _law_line(line: Fitted) -> LawLine:
    law = line.law
    found = {} if law is None else law.coefficients
    return LawLine(
        labels=tuple(map(level_text, line.levels)),
        coefficients={name: Amount(value=c.value, low=c.low, high=c.high) for name, c in found.items()},
        residual=None if law is None else law.residual,
        worst=0.0 if law is None else law.worst,
        fits=law is not None and law.fits,
    )


def texts(made: Report) -> dict[str, str]:
    """The derived files by name, byte for byte the same for the same records."""
    run, starts = made.stored.run, made.stored.starts
    rows = measurements(run, made.estimates)
    return {
        "summary.json": json.dumps(made.summary, indent=1, allow_nan=False) + "\n",
        "measurements.csv": csv_text(rows, columns(run)),
        "table.md": page(
            run, starts, tables=made.tables, findings=made.findings, outcomes=made.outcomes, laws=made.laws
        ),
    }


def derive(folder: Path) -> Report:
    """Writes the derived files of a run."""
    made = report(folder)
    for name, text in texts(made).items():
        write(folder / name, text.encode())
    return made


def differences(folder: Path) -> list[str]:
    """The derived files that do not say what the records say."""
    expected = texts(report(folder))
    return [name for name, text in expected.items() if not _same(folder / name, text)]


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() == text.encode()


def publish_run(folder: Path, *, machine: str | None) -> Path:
    """Files a run under `results/<suite>/<machine>/` of the project around the current folder."""
    stored = read(folder)
    # The name becomes a folder, and the run may be a stranger's.
    check_machine(stored.run.machine.name if machine is None else machine)
    home = published_folder(project_root(Path.cwd()) / RESULTS, stored, machine)
    publish(stored, home, machine=machine)
    derive(home)
    return home


def stale_pages(root: Path) -> dict[Path, str]:
    """README.md and results/*.md, as far as their generated blocks are not what the quoted files say now, as they
    should be."""
    files = [file for file in (root / "README.md", *sorted((root / RESULTS).glob("*.md"))) if file.exists()]
    texts = {file: file.read_text("utf-8") for file in files}
    made = {file: rewritten(text, partial(_quoted, root), where=file.name) for file, text in texts.items()}
    return {file: text for file, text in made.items() if text != texts[file]}


def rewrite(pages: Mapping[Path, str]) -> None:
    """Puts those texts in their places."""
    for path, text in pages.items():
        write(path, text.encode())


def _quoted(root: Path, name: str) -> str:
    try:
        return (root / name).read_text("utf-8")
    except OSError as error:
        raise BenchError(error.strerror or str(error), where=name, hint="a generated block quotes it") from error
