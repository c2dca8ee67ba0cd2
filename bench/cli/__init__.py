"""The command line: a verb imports what it needs when it is called, so that `bench --help` answers at once."""

import importlib
import os
import sys

import click

from bench.errors import BenchError

VERBS = {
    "run": "measure suites",
    "list": "cases of a suite",
    "validate": "complaints about suites",
    "schema": "the JSON Schema of suites, for editors",
    "show": "a run's tables",
    "compare": "ratios of two runs, or of two levels of a run",
    "report": "make tables again, publish runs, check published files",
    "doctor": "what of this machine can change a number, and how noisy it is",
}


class Verbs(click.Group):
    """A group whose commands are modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the verb."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"bench.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Shows the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bench")
def cli() -> None:
    """Measures neural networks the way an experimenter would: fresh processes, random order, exact intervals."""


def main() -> None:
    """Runs a verb and turns errors into messages and exit codes."""
    try:
        code = cli.main(standalone_mode=False)
    except BenchError as error:
        fail(str(error))
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        # Whoever read our output has had enough; Python would complain once more while it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def fail(message: str) -> None:
    """An error for a person: plain text whose control characters are shown, not obeyed."""
    shown = "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in message)
    click.echo(f"bench: {shown}", err=True)
