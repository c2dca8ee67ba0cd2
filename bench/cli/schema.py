"""`bench schema`: the JSON Schema of suites, for editors."""

import click

from bench.plan.schema import suite_schema


@click.command("schema")
def command() -> None:
    """Prints the JSON Schema: bench schema > suites/suite.schema.json."""
    click.echo(suite_schema(), nl=False)
