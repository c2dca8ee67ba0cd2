"""`bench gate`: a suite on two revisions, or two stored runs → verdicts, and an exit code that a pipeline can trust."""

from dataclasses import dataclass, replace
from pathlib import Path

import click

from bench.api.baseline import against_baseline
from bench.api.gating import gate
from bench.api.planning import Options
from bench.api.verdicts import outcome_of
from bench.cli.gate_display import GateDisplay
from bench.cli.options import selecting, share, waiting
from bench.cli.show import show_gate
from bench.records.gate import Gate
from bench.report.inert import spoken
from bench.report.verdicts.annotations import annotations
from bench.report.verdicts.junit import junit
from bench.report.verdicts.markdown import summary
from bench.store.files import append_text, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where the verdicts go beside the terminal."""

    summary: Path | None
    junit: Path | None
    annotated: bool
    as_json: bool


@click.command("gate")
@click.argument("subject", type=click.Path(path_type=Path), metavar="SUITE|CANDIDATE")
@click.option("--against", metavar="REVISION", help="The base of SUITE: a branch, a tag, a commit.")
@click.option("--baseline", metavar="BASE", help="A stored run, against which the stored run CANDIDATE is judged.")
@click.option("--limit", metavar="SHARE", callback=share, help="How much worse a case may become: 3% or 0.03.")
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
    limit: float | None,
    out: Path | None,
    wait: float | None,
    options: Options,
    **outputs: bool | Path | None,
) -> None:
    """Measures SUITE on the working tree and on REVISION, pair by pair, and judges every case.

    With --baseline, judges the stored run CANDIDATE by the stored run BASE of the same machine."""
    if (against is None) == (baseline is None):
        raise click.UsageError("name the base: --against REVISION for a suite, or --baseline RUN for a stored run")
    folder = None
    if baseline is not None:
        if options != Options() or out is not None or wait is not None:
            raise click.UsageError("--baseline measures nothing: beside it only --limit and the outputs are taken")
        found = against_baseline(baseline, str(subject), limit=limit)
    else:
        assert against is not None
        with GateDisplay() as display:
            chosen = replace(options, out=out)
            folder = gate(subject, against, chosen, display, limit=limit, wait=waiting(wait))
        found = outcome_of(folder)
    tell(found, Outputs(**outputs))  # type: ignore[arg-type]
    if folder is not None:
        click.echo(spoken(f"run: {folder}"), err=True)
    ctx.exit(found.exit_code)


def tell(found: Gate, outputs: Outputs) -> None:
    """The verdicts on standard output, and wherever they were asked for."""
    show_gate(found, as_json=outputs.as_json)
    if outputs.annotated:
        for line in annotations(found):
            click.echo(line, err=outputs.as_json)  # GitHub obeys what stands in either stream
    if outputs.summary is not None:
        append_text(outputs.summary, summary(found))
    if outputs.junit is not None:
        write(outputs.junit, junit(found).encode())
