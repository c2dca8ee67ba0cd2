"""`bench selftest`: the gate over work that is known → what it can see on this machine, and what it cannot."""

import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import click

from bench.api.planning import Options
from bench.api.selftest import Selftest, selftest
from bench.cli.gate_display import GateDisplay
from bench.cli.options import waiting
from bench.cli.selftest_view import selftest_view, sentence
from bench.cli.show import console
from bench.records.nouns import Record, Run
from bench.report.inert import json_text, spoken


class Displays:
    """A display for each of the gates, one after the other."""

    def __init__(self) -> None:
        self._stack, self._name = ExitStack(), ""

    def __enter__(self) -> "Displays":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, run: Run, record: Record) -> None:
        """Takes one record; that of another run ends the display before."""
        if run.name != self._name:
            self._stack.close()
            click.echo("a gate in quiet" if not self._name else "a gate under a load of our own", err=True)
            self._name, self._display = run.name, self._stack.enter_context(GateDisplay())
        self._display(run, record)


@click.command("selftest")
@click.option("--device", type=click.Choice(["cpu", "fake"]), default="cpu", show_default=True)
@click.option("--seed", type=int, help="Of order, numbers and load; drawn where it is not given.")
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the two gates' runs, else not kept.")
@click.option("--wait", type=float, help="Seconds to wait while another measurement holds the machine.")
@click.option("--json", "as_json", is_flag=True, help="One object: verdicts, probabilities, advice.")
@click.pass_context
def command(
    ctx: click.Context, /, device: str, seed: int | None, out: Path | None, wait: float | None, as_json: bool
) -> None:
    """Shows in three minutes which changes the gate finds on this machine: it gates work that is known to be equal, or
    to be 1, 2 or 5 % more, in quiet; what is equal or 5 % more also under a load of its own. Exit code 4: the machine
    is too noisy."""
    with Displays() as displays:
        found = selftest(Options(device=device, seed=seed, out=out), displays, wait=waiting(wait))
    if as_json:
        click.echo(json_text(json.dumps(as_json_object(found), indent=1, allow_nan=False)))
    else:
        console().print(selftest_view(found))
    if out is not None:
        click.echo(spoken(f"runs: {out}"), err=True)
    ctx.exit(found.exit_code)


def as_json_object(found: Selftest) -> dict[str, object]:
    """The noun as plain values, with the sentence and the exit code; shares between 0 and 1, times in seconds."""
    return {"sentence": sentence(found), "exit_code": found.exit_code, **asdict(found)}
