"""`bench report`: runs → their derived files again; `--publish` files them, `--check` compares."""

from pathlib import Path

import click

from bench.api.places import find, project_root, published_runs
from bench.api.presenting import present
from bench.api.reporting import Report, derive, differences, publish_run, report
from bench.api.results import rewrite, stale_pages
from bench.api.verdicts import derive_gate, gate_differences, is_gate
from bench.cli import fail
from bench.report.inert import spoken


@click.command("report")
@click.argument("runs", nargs=-1, metavar="[RUN…]")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file does not say what the records say.")
@click.option("--publish", is_flag=True, help="File each run under results/.")
@click.option("--machine", metavar="NAME", help="With --publish: the machine's name in results/.")
@click.option(
    "--suite",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take title, tables and figures from the suite as FILE says it now; what was measured stays.",
)
@click.pass_context
def command(
    ctx: click.Context, *, runs: tuple[str, ...], check: bool, publish: bool, machine: str | None, suite: Path | None
) -> None:
    """Makes the tables of each RUN from its records alone; without RUN, of every published run."""
    if publish and (check or not runs):
        raise click.UsageError("--publish takes the runs to publish, and no --check")
    if machine and not publish:
        raise click.UsageError("--machine goes with --publish")
    if suite is not None and (check or not runs):
        raise click.UsageError("--suite takes the runs to change, and no --check")
    folders = [find(run) for run in runs] or published_runs()
    if suite is not None:
        for folder in folders:
            present(folder, suite)
    different = 0
    pages: dict[Path, Report] = {}
    for folder in folders:
        if publish:
            click.echo(spoken(str(publish_run(folder, machine=machine))))
            continue
        made = None if is_gate(folder) else _made(folder, check=check)
        if check:
            names = gate_differences(folder) if made is None else differences(made)
            different += bool(names)
            click.echo(spoken(f"{folder}: {', '.join(names) + ' differ' if names else 'as its records say'}"))
        else:
            if made is None:
                derive_gate(folder)
            click.echo(spoken(str(folder)))
        if made is not None:
            pages[folder] = made
    if not runs:
        different += _pages(pages, check=check)
    ctx.exit(1 if different else 0)


def _made(folder: Path, *, check: bool) -> Report:
    """What is worked out of a run, and written unless it is only checked."""
    made = report(folder) if check else derive(folder)
    if made.stored.damage:
        fail(made.stored.damage)
    return made


def _pages(published: dict[Path, Report], *, check: bool) -> int:
    """Rewrites the index and the pages whose blocks quote other tables than they say, or only counts and names them."""
    stale = stale_pages(project_root(Path.cwd()), published)
    for page in stale:
        said = f"{page.name}: it differs from what the published runs say" if check else str(page)
        click.echo(spoken(said))
    if not check:
        rewrite(stale)
    return len(stale) if check else 0
