"""A run, its starts, tables, findings and the fate of its cases → `table.md`, which names no host, user or folder."""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from bench.records.boundaries import Crossing
from bench.records.nouns import Estimate, Finding, Run, Start
from bench.records.published import Beside
from bench.records.roofline import Roofline
from bench.report.answered import HEADING as ANSWER
from bench.report.answered import answered_text
from bench.report.crossings import HEADING as BOUNDARIES
from bench.report.crossings import crossings_text
from bench.report.figures.files import path_of
from bench.report.figures.nouns import Figure
from bench.report.figures.words import alt_text
from bench.report.in_short import HEADING as SHORT
from bench.report.in_short import short_text
from bench.report.inert import one_line
from bench.report.laws import laws_text
from bench.report.markdown import inert, paragraph, table_text
from bench.report.measured import measured
from bench.report.nouns import Laws, Table
from bench.report.operators import HEADING as RAN
from bench.report.operators import Ran, ran_text
from bench.report.published import HEADING, published_text
from bench.report.roofline.markdown import roofline_text
from bench.report.roofline.words import HEADING as ROOFLINE

_POLICY_OPTIONS = ("rounds", "precision", "max_seconds", "threads", "allocator", "isolate")
"""The policy keys that the command line has; where files lie is the reader's own affair."""


def page(
    run: Run,
    starts: Sequence[Start],
    *,
    tables: Sequence[Table],
    findings: Sequence[Finding],
    outcomes: Sequence[Estimate],
    figures: Sequence[Figure] = (),
    laws: Sequence[Laws] = (),
    published: Sequence[Beside] = (),
    ran: Ran | None = None,
    roofline: Roofline | None = None,
    crossings: Sequence[Crossing] = (),
) -> str:
    """The whole page; `outcomes` is one estimate a case (of the suite's first metric), for statuses and rounds."""
    blocks = [
        f"# {inert(run.suite.title)}",
        paragraph(run.suite.question),
        _items(inert(f"{label}: {text}") for label, text in measured(run, starts, outcomes)),
        f"## {SHORT}\n\n{short_text(run, starts, tables, laws, crossings)}",
        f"## {ANSWER}\n\n{answered_text(tables, laws, published, crossings)}",
        *(f"## {inert(table.heading)}\n\n{table_text(table).rstrip()}" for table in tables),
        *(f"## {inert(f'{figure.heading}, drawn')}\n\n{_picture(figure)}" for figure in figures),
        *(f"## {inert(found.heading)}\n\n{laws_text(found).rstrip()}" for found in laws),
        *([f"## {BOUNDARIES}\n\n{crossings_text(crossings).rstrip()}"] if crossings else ()),
        *([] if roofline is None else [f"## {ROOFLINE}\n\n{roofline_text(roofline).rstrip()}"]),
        *([f"## {HEADING}\n\n{published_text(published).rstrip()}"] if published else ()),
        *([] if ran is None else [f"## {RAN}\n\n{ran_text(ran).rstrip()}"]),
        f"## Findings\n\n{_items(map(_finding, findings)) if findings else 'None.'}",
        f"## How to repeat it\n\n```sh\n{repeat_command(run)}\n```",
    ]
    return "\n\n".join(blocks) + "\n"


def repeat_command(run: Run) -> str:
    """The command line that measures the same cases in the same order."""
    file = PurePosixPath(run.suite_file)
    words = ["bench", "run", file.name if file.is_absolute() else str(file), "--seed", str(run.seed)]
    words += ["--quick"] if "quick" in run.options else []
    words += ["--device", run.device] if run.device != "cpu" else []
    words += ["--launch", run.launch] if run.launch != "fork" else []
    asked = {"-k": "only", "--set": "set", **{f"--{key.replace('_', '-')}": f"policy.{key}" for key in _POLICY_OPTIONS}}
    for option, name in asked.items():
        words += [option, run.options[name]] if name in run.options else []
    return one_line(shlex.join(words))


def _picture(figure: Figure) -> str:
    """Where there is no room for a picture, its words."""
    return f"![{inert(alt_text(figure))}]({path_of(figure)})"


def _finding(finding: Finding) -> str:
    """The message names the cases as far as it helps."""
    return f"**{inert(finding.code)}**: {inert(finding.message)}. Advice: {inert(finding.advice)}."


def _items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
