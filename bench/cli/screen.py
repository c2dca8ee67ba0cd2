"""Lines for a person on standard error: one that is redrawn on a terminal, plain ones elsewhere.

Nothing is drawn while a trial is timed: there is no thread, and only who calls draws."""

import sys

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from bench.report.inert import spoken, wrapped


class Screen:
    """Leaving the `with` block gives the terminal back. `redraws`: whether there is a line that can be drawn anew."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self.redraws = self._console.is_terminal and not self._console.is_dumb_terminal

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def draw(self, line: str) -> None:
        """Puts that line in the place of the one before."""
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(Text(wrapped(line)), refresh=True)

    def say(self, message: str) -> None:
        """A line that stays."""
        if self._live is not None:
            self._console.print(Text(wrapped(message)))
        else:
            click.echo(spoken(message), file=sys.stderr)
