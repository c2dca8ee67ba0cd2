"""The command line: a verb imports what it needs when it is called, so that `bench --help` answers at once."""

import contextlib
import errno
import gc
import importlib
import io
import os
import sys
import traceback

import click

from bench.errors import CannotStore, Internal, SuiteError, Told
from bench.report.inert import spoken

GARBAGE = 1_000_000
"""Objects between two searches for garbage in cycles. Records are many and in no cycle: to search after every 700, as
Python does, takes a tenth of what reading and analysing a run takes."""

VERBS = {
    "run": "measure suites",
    "list": "cases of a suite",
    "validate": "complaints about suites",
    "schema": "the JSON Schema of suites, for editors",
    "show": "a run's tables",
    "compare": "ratios of two runs, or of two levels of a run",
    "gate": "verdicts on a change: the working tree against a revision, or two stored runs",
    "profile": "what a step of some cases spends its time in: operators, kernels, a trace",
    "report": "make tables again, publish runs, check published files",
    "claims": "a verdict on every claim, from the published runs and from facts",
    "export": "a run as other tools read it: pytest-benchmark, github-action-benchmark, pyperf, JUnit",
    "selftest": "what the gate sees on this machine: equal code, and known slow-downs",
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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    gc.set_threshold(GARBAGE)
    code: object = 0
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except SuiteError as error:
        fail(str(error), prefix="")  # each line begins with file:line:column, as editors read it
        code = error.exit_code
    except Told as error:
        fail(str(error))
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except SystemExit:
        code = 0  # click ends like this where whoever read our output has had enough, and only there
    except OSError as error:
        code = _output_failed(error, code)
    except Exception as error:  # noqa: BLE001 - whatever it is, its exit code must not read as a verdict
        code = _internal(error)
    sys.exit(code if isinstance(code, int) else 0)


def _output_failed(error: OSError, code: object) -> object:
    """Whoever read our output has had enough, by which what the verb has found does not change, or there is no room for
    it; anything else is our own fault."""
    if error.errno not in (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS):
        return _internal(error)
    # Python would complain once more while it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        return code
    if (earlier := _earlier(error)) is not None:  # SIGHUP, for one: the terminal on which we would say so is closed
        return earlier.exit_code
    fail(f"cannot write the output: {error.strerror}")
    return CannotStore.exit_code


def _earlier(error: BaseException | None) -> Told | None:
    """The error that we were about to tell when this one came in between."""
    while error is not None and not isinstance(error, Told):
        error = error.__context__
    return error


def _internal(error: Exception) -> int:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    what = f"internal error: {type(error).__name__}: {error} ({place})"
    fail(f"{what}\nhint: a fault of bench; what was measured is stored")
    return Internal.exit_code


def fail(message: str, *, prefix: str = "bench: ") -> None:
    """An error for a person: plain text whose control characters are shown, not obeyed."""
    shown = "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in f"{prefix}{message}")
    with contextlib.suppress(OSError):  # the terminal may be gone; the exit code says it too
        click.echo("\n".join(map(spoken, shown.split("\n"))), err=True)
