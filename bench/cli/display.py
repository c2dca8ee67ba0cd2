"""Records as they arrive → what a person sees meanwhile: a line that is redrawn between trials, or plain lines."""

import sys
from collections.abc import Sequence

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from bench.api.progress import Progress, State
from bench.records.nouns import Record, Run
from bench.report.inert import spoken, wrapped
from bench.units import duration


class Display:
    """Nothing is drawn while a trial is timed: there is no thread, and only an arriving record draws."""

    def __init__(self, done: Sequence[Record] = ()) -> None:
        self._done = done
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self._progress: Progress | None = None

    def __enter__(self) -> "Display":
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, run: Run, record: Record) -> None:
        """Takes one record."""
        if self._progress is None:
            self._progress = Progress(run)
            for earlier in self._done:
                self._progress.add(earlier)
            if self._console.is_terminal and not self._console.is_dumb_terminal:
                self._live = Live(console=self._console, auto_refresh=False, transient=True)
                self._live.start()
        round_ended = self._progress.add(record)
        state = self._progress.state
        if record.status not in ("ok", "skipped"):
            self._say(f"{record.case}: {record.status}: {record.note or ''}")
        if self._live is not None:
            self._live.update(Text(wrapped(line(run, state))), refresh=True)
        elif round_ended or (record.kind == "survey" and state.surveyed == len(run.cases)):
            self._say(line(run, state))

    def _say(self, message: str) -> None:
        if self._live is not None:
            self._console.print(Text(wrapped(message)))
        else:
            click.echo(spoken(message), file=sys.stderr)


def line(run: Run, state: State) -> str:
    """One line: what is done, what is precise, what is left."""
    if state.round == 0:
        return f"{run.suite.name}: surveyed {state.surveyed} of {len(run.cases)} cases, {duration(state.elapsed)}"
    policy = run.policy
    rounds = f"{policy.rounds}" if state.round <= policy.rounds else f"{policy.max_rounds}"
    left = "" if state.left is None else f", about {duration(state.left)} left"
    return (
        f"{run.suite.name}: round {state.round} of {rounds}, trial {state.in_round}, "
        f"{state.precise} of {state.timeable} cases precise to ± {policy.precision:.1%}, "
        f"{duration(state.elapsed)}{left}"
    )
