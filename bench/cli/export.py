"""`bench export`: a run → what pytest-benchmark, github-action-benchmark, pyperf or a reader of JUnit files takes."""

from pathlib import Path

import click

from bench.api.exporting import export, save
from bench.api.places import find
from bench.cli import fail
from bench.report.exports.formats import FORMATS


@click.command("export")
@click.argument("run", metavar="RUN")
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.option("--metric", metavar="NAME", default="latency", show_default=True, help="A time of trials.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Instead of standard output.")
def command(run: str, form: str, metric: str, output: Path | None) -> None:
    """Writes RUN for another tool; FORMAT is pytest-benchmark, github-action-benchmark, pyperf or junit."""
    made = export(find(run), form, metric=metric)
    for remark in made.remarks:
        fail(remark)
    if output is None:
        click.echo(made.text, nl=False)
    else:
        save(output, made.text)
