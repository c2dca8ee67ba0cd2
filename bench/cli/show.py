"""`bench show`: a run → its tables and findings on the terminal."""

import json

import click
from rich.console import Console
from rich.text import Text

from bench.api.places import find
from bench.api.reporting import Report, report
from bench.api.verdicts import is_gate, outcome_of
from bench.records.gate import Gate
from bench.report.answered import every_answer
from bench.report.inert import json_text, spoken
from bench.report.roofline.terminal import roofline_view
from bench.report.terminal import answer_view, table_view
from bench.report.verdicts.as_json import gate_json
from bench.report.verdicts.terminal import gate_view

WIDTH = 140


@click.command("show")
@click.argument("run", default="latest")
@click.option("--json", "as_json", is_flag=True, help="What summary.json holds, and every estimate.")
def command(run: str, as_json: bool) -> None:
    """Prints the tables of RUN: a folder, a unique prefix of a name, or latest; of a gate its verdicts."""
    folder = find(run)
    if is_gate(folder):
        show_gate(outcome_of(folder), as_json=as_json)
        return
    made = report(folder)
    if as_json:
        from_estimates = [
            {name: getattr(e, name) for name in ("case", "metric", "value", "low", "high", "rounds", "status", "note")}
            for e in made.estimates
        ]
        click.echo(json_text(json.dumps({"summary": made.summary, "estimates": from_estimates}, indent=1)))
        return
    show_report(made)


def show_gate(found: Gate, *, as_json: bool) -> None:
    """A gate's verdicts on standard output."""
    if as_json:
        click.echo(gate_json(found), nl=False)
    else:
        console().print(gate_view(found))


def show_report(made: Report) -> None:
    """Tables on standard output, and last what they say, where a terminal stops; findings and damage on standard
    error."""
    data, messages = console(), Console(stderr=True, soft_wrap=True)
    for table in made.tables:
        data.print(table_view(table))
    if made.roofline is not None:
        data.print(roofline_view(made.roofline))
    found = every_answer(made.tables, made.laws, made.published, made.crossings)
    if found:
        data.print(answer_view(found))
    for finding in made.findings:
        messages.print(Text(spoken(f"{finding.code}: {finding.message}. {finding.advice}")))
    if made.stored.damage:
        messages.print(Text(spoken(made.stored.damage)))
    if made.stored.torn:
        messages.print(Text("the last record was cut off; bench run --resume goes on from there"))


def console() -> Console:
    """Standard output: as wide as the terminal, and wide enough for a table where it is a file or a pipe."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH)
