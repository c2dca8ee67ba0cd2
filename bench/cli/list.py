"""`bench list`: a suite → its cases."""

import json
from pathlib import Path

import click

from bench.api.planning import Options, plan
from bench.cli.options import selecting
from bench.report.inert import json_text, spoken


@click.command("list")
@click.argument("suite", type=click.Path(path_type=Path))
@selecting
@click.option("--json", "as_json", is_flag=True, help="One object a case.")
def command(suite: Path, as_json: bool, options: Options) -> None:
    """Prints the cases of SUITE, one a line; measures nothing, imports nothing of the subject."""
    cases = plan(suite, options).cases
    if as_json:
        fields = [{"case": c.id, "levels": c.levels, "target": c.target, "skip": c.skip} for c in cases]
        click.echo(json_text(json.dumps(fields, indent=1)))
        return
    for case in cases:
        click.echo(spoken(f"{case.id}  skipped: {case.skip}" if case.skip else case.id))
