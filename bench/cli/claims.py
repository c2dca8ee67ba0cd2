"""`bench claims`: every claim → its verdict, from the published runs and from facts that are observed now."""

import click

from bench.api.claims import answer, differences, file_answer, here
from bench.cli.options import waiting
from bench.cli.show import console
from bench.report.claims.rows import claims_json
from bench.report.claims.terminal import claims_view
from bench.report.inert import json_text, spoken


@click.command("claims")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a verdict or a file is not what is found now.")
@click.option("--json", "as_json", is_flag=True, help="Claims with all their evidence.")
@click.option(
    "--device", default="cpu", show_default=True, help="Where facts are observed: cpu, or fake, without torch."
)
@click.option("--wait", type=float, help="Seconds to wait while a measurement holds the machine.")
@click.pass_context
def command(ctx: click.Context, check: bool, as_json: bool, device: str, wait: float | None) -> None:
    """Resolves suites/claims/claims.yaml and writes results/claims.md, claims.csv and parameters.md."""
    root = here()
    found = answer(root, device=device, wait=waiting(wait))
    if as_json:
        click.echo(json_text(claims_json(found.resolved)), nl=False)
    else:
        console().print(claims_view(found.resolved))
    failed = {name: record for name, record in found.facts.items() if record.status != "ok"}
    for name, record in failed.items():
        click.echo(spoken(f"{name}: {record.status}: {record.note}"), err=True)
    if not check:
        for path in file_answer(root, found):
            click.echo(spoken(str(path.relative_to(root))), err=True)
        ctx.exit(3 if failed else 0)
    different = differences(root, found)
    for what in different:
        click.echo(spoken(what), err=True)
    ctx.exit(1 if different else 3 if failed else 0)
