"""`bench gate`: a suite on two revisions, or two stored runs → verdicts, and an exit code that a pipeline can trust."""

from dataclasses import replace
from pathlib import Path

import click

from bench.api.baseline import against_baseline
from bench.api.gating import gate
from bench.api.planning import Options
from bench.api.verdicts import outcome_of
from bench.cli.gate_display import GateDisplay
from bench.cli.gate_outputs import Outputs, check, tell, telling_the_end, unread
from bench.cli.options import selecting, share, waiting
from bench.report.inert import spoken

IDLE = ("rounds", "precision", "isolate")
"""What a suite may say of its runs, and what says nothing about a gate."""


@click.command("gate")
@click.argument("subject", type=click.Path(path_type=Path), metavar="SUITE|CANDIDATE")
@click.option("--against", metavar="REVISION", help="The base of SUITE: a branch, a tag, a commit.")
@click.option("--baseline", metavar="BASE", help="A stored run, against which the stored run CANDIDATE is judged.")
@click.option("--limit", metavar="SHARE", help="How much worse a case may become: 3% or 0.03.")
@selecting
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder itself, new or empty.")
@click.option("--wait", type=float, help="Seconds to wait while another measurement holds the machine.")
@click.option("--summary", type=click.Path(path_type=Path), help="Append the verdicts to this file, as Markdown.")
@click.option("--annotations", "annotated", is_flag=True, help="Print GitHub's lines about what is worse.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write the verdicts to this file, as JUnit's XML.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    subject: Path,
    against: str | None,
    baseline: str | None,
    limit: str | None,
    out: Path | None,
    wait: float | None,
    options: Options,
    **outputs: bool | Path | None,
) -> None:
    """Measures SUITE on the working tree and on REVISION, pair by pair, and judges every case.

    With --baseline, judges the stored run CANDIDATE by the stored run BASE of the same machine."""
    asked = Outputs(**outputs)  # type: ignore[arg-type]
    check(asked)
    with telling_the_end(asked, subject, against or baseline or ""):
        most = share("--limit", limit)
        if (against is None) == (baseline is None):
            raise click.UsageError("name the base: --against REVISION for a suite, or --baseline RUN for a stored run")
        if baseline is not None:
            if options != Options() or out is not None or wait is not None:
                raise click.UsageError("--baseline measures nothing: beside it only --limit and the outputs are taken")
            folder, found = None, against_baseline(baseline, str(subject), limit=most)
        else:
            assert against is not None
            if idle := [f"--{key}" for key in IDLE if key in options.policy]:
                hint = "a gate's pairs are as many as its verdicts want: raise --limit, or measure in a calmer hour"
                raise click.UsageError(f"{', '.join(idle)}: for bench run alone; {hint}")
            with GateDisplay() as display:
                chosen = replace(options, out=out)
                folder = gate(subject, against, chosen, display, limit=most, wait=waiting(wait))
            found = outcome_of(folder)
    tell(found, asked)
    if folder is not None:
        with unread():
            click.echo(spoken(f"run: {folder}"), err=True)
    ctx.exit(found.exit_code)
