"""`bench validate`: suites → every complaint about them."""

from pathlib import Path

import click

from bench.api.planning import Options, notes, plan
from bench.cli import fail
from bench.errors import BenchError, SuiteError
from bench.report.inert import spoken


@click.command("validate")
@click.argument("suites", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SUITE…")
@click.pass_context
def command(ctx: click.Context, suites: tuple[Path, ...]) -> None:
    """Says everything that is wrong with each SUITE, as file:line:column; measures nothing."""
    code = 0
    for suite in suites:
        try:
            planned = plan(suite, Options())
        except BenchError as error:
            fail(str(error), prefix="" if isinstance(error, SuiteError) else "bench: ")
            code = error.exit_code
        else:
            click.echo(spoken(f"{suite}: {len(planned.cases)} cases"))
            for note in notes(planned):
                click.echo(spoken(f"{suite}: note: {note}"), err=True)
    ctx.exit(code)
