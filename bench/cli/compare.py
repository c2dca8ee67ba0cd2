"""`bench compare`: two runs, or two levels of one → ratios with intervals. It never refuses."""

import json
from dataclasses import asdict

import click

from bench.api.comparing import compare_levels, compare_runs, differences_of_origin
from bench.api.places import find
from bench.api.reporting import Report, report
from bench.cli import fail
from bench.cli.show import console
from bench.errors import BenchError
from bench.records.nouns import Comparison
from bench.report.inert import json_text, spoken
from bench.report.terminal import comparison_view


@click.command("compare")
@click.argument("runs", nargs=-1, required=True, metavar="BASE [OTHER]")
@click.option("--by", metavar="FACTOR", help="Compare the levels of this factor within one run.")
@click.option("--against", metavar="LEVEL", help="The level that is the denominator.")
@click.option("--metric", "metrics", multiple=True, default=("latency", "undisturbed"), show_default=True)
@click.option("--json", "as_json", is_flag=True)
def command(
    runs: tuple[str, ...], by: str | None, against: str | None, metrics: tuple[str, ...], as_json: bool
) -> None:
    """Ratios of OTHER to BASE, or of every level of a factor to one of them; above 1 means worse."""
    if len(runs) == 2 and by is None and against is None:
        base, other = map(_read, runs)
        found = compare_runs(base, other, metrics=metrics)
        origin = differences_of_origin(base, other)
        headline = f"{runs[1]} by {runs[0]}"
    elif len(runs) == 1 and by and against:
        found, origin = compare_levels(_read(runs[0]), by=by, against=against, metrics=metrics), []
        headline = f"{runs[0]}: {by} by {by}={against}"
    else:
        raise BenchError("name two runs, or one run with --by FACTOR --against LEVEL")
    show(found, origin, headline, as_json=as_json)


def _read(run: str) -> Report:
    made = report(find(run))
    if made.stored.damage:
        fail(made.stored.damage)
    return made


def show(found: tuple[Comparison, ...], origin: list[str], headline: str, *, as_json: bool) -> None:
    """Differences of the machines and the software stand above the numbers that they may explain."""
    if as_json:
        click.echo(json_text(json.dumps({"differences": origin, "comparisons": [asdict(c) for c in found]}, indent=1)))
        return
    for line in origin:
        click.echo(f"differs: {spoken(line)}", err=True)
    console().print(comparison_view(found, headline=headline))
