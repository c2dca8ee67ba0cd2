"""`bench profile`: cases of a suite → what a step of them spends its time in, and traces to look at."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import click

from bench.api.planning import Options, plan
from bench.api.profiling import profile
from bench.cli.options import selecting, waiting
from bench.cli.run import NOT_MEASURED
from bench.cli.show import console
from bench.records.profile import Profile, Profiles
from bench.report.inert import json_text, spoken
from bench.report.profiles.terminal import profiles_view
from bench.report.profiles.words import outcome


@click.command("profile")
@click.argument("suite", type=click.Path(path_type=Path))
@selecting
@click.option("--out", type=click.Path(path_type=Path), help="The folder of the files itself, new or empty.")
@click.option("--wait", type=float, help="Seconds to wait while another measurement holds the machine.")
@click.option("--json", "as_json", is_flag=True, help="One object: every operator and kernel; times in seconds a step.")
@click.pass_context
def command(
    ctx: click.Context, /, suite: Path, out: Path | None, wait: float | None, as_json: bool, options: Options
) -> None:
    """Profiles a step of each chosen case (eight at most) of SUITE: which operators and kernels take its time, and what
    passes between them. A profile is no run: its times are stretched, and no other verb sees them."""
    folder, found = profile(plan(suite, replace(options, out=out)), _tell, wait=waiting(wait))
    if as_json:
        click.echo(json_text(json.dumps(as_json_object(folder, found), indent=1, allow_nan=False)))
    else:
        console().print(profiles_view(found))
        click.echo("\n" + spoken(f"profile: {folder}"))
    ctx.exit(exit_code(found))


def as_json_object(folder: Path, found: Profiles) -> dict[str, object]:
    """The noun as plain values."""
    return {"folder": str(folder), **asdict(found)}


def exit_code(found: Profiles) -> int:
    """3 where a case failed or was unavailable; a declared skip is no failure."""
    return 3 if any(each.status in NOT_MEASURED for each in found.profiles) else 0


def _tell(each: Profile) -> None:
    """A plain line for each case, between two children."""
    said = f"{each.steps} steps profiled" if each.traced is not None else outcome(each)
    click.echo(spoken(f"{each.case}: {said}"), err=True)
