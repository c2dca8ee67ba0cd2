"""Published runs → `results/README.md`: each suite's question, its answer in short, and links to its files."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.records.boundaries import Crossing
from bench.records.nouns import Estimate, Finding, Run, Start
from bench.records.published import Beside, Quoted
from bench.records.roofline import Roofline
from bench.report.figures.files import path_of
from bench.report.figures.nouns import Figure
from bench.report.in_short import short_text
from bench.report.markdown import inert, paragraph
from bench.report.measured import measured
from bench.report.nouns import Laws, Table
from bench.report.operators import Ran
from bench.report.published import ALL, covered_text

FILES = (
    ("whole answer and tables", "table.md"),
    ("measurements", "measurements.csv"),
    ("summary", "summary.json"),
    ("run", "run.json"),
)

_UNSAFE = re.compile(r"[^A-Za-z0-9_.+/-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run and all that its pages show of it; `folder` is where it lies below `results/`, as `cells/epyc-2c`, and
    empty where it is not published."""

    folder: str
    run: Run
    starts: tuple[Start, ...]
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]
    outcomes: tuple[Estimate, ...]
    figures: tuple[Figure, ...]
    laws: tuple[Laws, ...]
    published: tuple[Beside, ...] = ()
    ran: Ran | None = None
    roofline: Roofline | None = None
    crossings: tuple[Crossing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another page below `results/`."""

    title: str
    path: str


def index_readme(runs: Sequence[Shown], others: Sequence[Link] = (), quoted: Sequence[Quoted] = ()) -> str:
    """The whole page; `others` are pages beside the runs, `quoted` is all that others have published. Ends with one
    newline."""
    blocks = [
        "# Results",
        "Every published run: what was asked, what its records answer in short, and where the whole answer is. "
        "`bench report` writes this page and [`index.html`](index.html), which sorts and filters.",
        *(block for run in runs for block in _run(run)),
    ]
    if quoted:
        blocks += [f"## {ALL}", covered_text(quoted, [row for run in runs for row in run.published])]
    if others:
        blocks += ["## Other pages", _items(f"[{inert(link.title)}]({address(link.path)})" for link in others)]
    return "\n\n".join(blocks) + "\n"


def links(run: Shown) -> tuple[Link, ...]:
    """The run's files, its figures last."""
    files = [Link(title=title, path=f"{run.folder}/{name}") for title, name in FILES]
    return (
        *files,
        *(Link(title=figure_title(figure), path=f"{run.folder}/{path_of(figure)}") for figure in run.figures),
    )


def figure_title(figure: Figure) -> str:
    """Its heading, or what its ratios are: two figures of one metric may differ in that alone."""
    return f"{figure.y.what}, by {figure.x.what}" if figure.even else figure.heading


def address(path: str) -> str:
    """A relative path as a link's target, which no reader takes for anything else."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace")), path)


def _run(found: Shown) -> Iterator[str]:
    suite = found.run.suite
    yield f"## {inert(suite.title)}"
    yield paragraph(suite.question)
    yield short_text(found.run, found.starts, found.tables, found.laws, found.crossings)
    done = dict(measured(found.run, found.starts, found.outcomes))
    yield paragraph(f"Cases: {done['Cases']} · Rounds: {done['Rounds']} · Findings: {len(found.findings)}")
    yield " · ".join(f"[{inert(link.title)}]({address(link.path)})" for link in links(found))


def _items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
