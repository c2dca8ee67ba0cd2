"""`bench run`: suites → run folders, and their tables on the terminal."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from bench.api.places import find
from bench.api.planning import Options, Plan, expected_seconds, plan
from bench.api.reporting import Report, report
from bench.api.running import resume as resume_run
from bench.api.running import start
from bench.cli.display import Display
from bench.cli.options import SUITES, selecting, waiting
from bench.cli.show import show_report
from bench.records.nouns import Estimate
from bench.report.inert import spoken
from bench.units import common_scale, duration, significant

NOT_MEASURED = ("failed", "timeout", "oom", "crashed", "invalid", "unavailable")


@click.command("run")
@SUITES
@selecting
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder itself, new or empty (one suite).")
@click.option("--wait", type=float, help="Seconds to wait while another measurement holds the machine.")
@click.option("--dry-run", is_flag=True, help="Show cases, trials and expected time; measure nothing.")
@click.option("--resume", metavar="RUN", help="Go on with an interrupted run.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    suites: tuple[Path, ...],
    out: Path | None,
    wait: float | None,
    dry_run: bool,
    resume: str | None,
    options: Options,
) -> None:
    """Measures every case of each SUITE in fresh processes, in random order, and prints its tables."""
    if bool(suites) == bool(resume):
        raise click.UsageError("name one suite or more, or a run to --resume")
    if out is not None and len(suites) != 1:
        raise click.UsageError("--out is the folder of one run: name one suite with it")
    if resume and (options != Options() or dry_run):
        raise click.UsageError("--resume goes on with what was asked then: beside it only --wait is taken")
    codes = []
    if resume:
        folder = find(resume)
        with Display(report(folder).stored.records) as display:
            resume_run(folder, display, wait=waiting(wait))
        codes.append(_measured(folder))
    plans = [plan(suite, replace(options, out=out)) for suite in suites]
    for planned in plans:
        if dry_run:
            show_plan(planned)
        else:
            with Display() as display:
                folder = start(planned, display, wait=waiting(wait))
            codes.append(_measured(folder))
    ctx.exit(max(codes, default=0))


def _measured(folder: Path) -> int:
    made = report(folder)
    if not sys.stderr.isatty():
        for outcome in made.outcomes:
            click.echo(spoken(finished(outcome)), err=True)
    show_report(made)
    click.echo("\n" + spoken(f"run: {folder}"))
    return exit_code(made)


def finished(outcome: Estimate) -> str:
    """One plain line for a case, as logs want it: its latency with the interval, or why it has none."""
    if outcome.value is None:
        return f"{outcome.case}: {outcome.status}: {outcome.note}"
    divisor, unit = common_scale([outcome.value], "s")
    low, high = (None if bound is None else significant(bound / divisor) for bound in (outcome.low, outcome.high))
    interval = f" [{low}–{high}]" if low and high else ""
    return f"{outcome.case}: {significant(outcome.value / divisor)} {unit}{interval}, {outcome.rounds} trials"


def exit_code(made: Report) -> int:
    """3 where a case failed or was unavailable; a declared skip is no failure, nor is what succeeded when it was tried
    again."""
    records = made.stored.records
    measured = {(record.kind, record.case, record.round) for record in records if record.status == "ok"}
    failed = {(r.kind, r.case, r.round) for r in records if r.status in NOT_MEASURED}
    return 3 if failed - measured else 0


def show_plan(planned: Plan) -> None:
    """The experiment before it is made."""
    measured = [case for case in planned.cases if case.skip is None]
    policy = planned.policy
    for case in planned.cases:
        click.echo(spoken(f"{case.id}  skipped: {case.skip}" if case.skip else case.id))
    more = f" to {policy.max_rounds}" if policy.max_rounds > policy.rounds else ""
    trials = f"{len(measured) * policy.rounds} trials of {duration(policy.trial_seconds)} at least"
    about = duration(expected_seconds(planned))
    click.echo(f"{len(measured)} cases, {policy.rounds}{more} rounds, {trials}, seed {planned.seed}; {about}", err=True)
