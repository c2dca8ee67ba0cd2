"""A Gate → standard output and the files that were asked for, also where the gate was refused or stopped: who reads a
report in a pipeline is to find in it why there are no verdicts."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from bench.api.verdicts import without_verdict
from bench.cli.show import show_gate
from bench.errors import CannotStore, Internal, Told
from bench.records.gate import Gate
from bench.report.verdicts.annotations import annotations
from bench.report.verdicts.as_json import gate_json
from bench.report.verdicts.junit import junit
from bench.report.verdicts.markdown import summary
from bench.store.files import append_text, check_appending, check_writing, meant, write

INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where the verdicts go beside the terminal."""

    summary: Path | None
    junit: Path | None
    annotated: bool
    as_json: bool


def check(outputs: Outputs) -> None:
    """Raises CannotStore where a file that was asked for could not be written, before hours go into what it is to
    say."""
    checks: tuple[tuple[str, Path | None, Callable[[Path], None]], ...] = (
        ("--summary", outputs.summary, check_appending),
        ("--junit", outputs.junit, lambda path: check_writing(meant(path))),
    )
    for option, path, checked in checks:
        try:
            if path is not None:
                checked(path)
        except CannotStore as error:
            hint = f"{option} names a file, in a folder that can be written to; nothing was measured"
            raise CannotStore(error.what, where=f"{option} {path}", hint=hint) from error


def tell(found: Gate, outputs: Outputs) -> None:
    """The verdicts wherever they were asked for, and last on standard output, where nobody may be reading any more."""
    try:
        _write(found, outputs)
    finally:
        with unread():
            show_gate(found, as_json=outputs.as_json)
            _annotate(found, outputs)


def unread() -> contextlib.AbstractContextManager[object]:
    """What is said within the `with` block may meet a closed pipe, by which no verdict changes. rich ends the process
    there."""
    return contextlib.suppress(BrokenPipeError, SystemExit)


@contextlib.contextmanager
def telling_the_end(outputs: Outputs, subject: Path, base: str) -> Iterator[None]:
    """Whatever ends the `with` block early is told wherever verdicts were asked for, but not on standard output
    where that is for people: they find it on standard error.

    Raises CannotStore where it ends because nobody reads its progress any more: to end quietly would be to pass."""
    try:
        yield
    except (BrokenPipeError, SystemExit) as error:
        closed = CannotStore("standard error was closed before the gate's end", hint="let its reader wait for it")
        _tell_the_end(closed, outputs, subject, base)
        raise closed from error
    except BaseException as error:
        _tell_the_end(error, outputs, subject, base)
        raise


def _tell_the_end(error: BaseException, outputs: Outputs, subject: Path, base: str) -> None:
    reason, code = _reason(error)
    found = without_verdict(subject, base, ended_by=reason, exit_code=code)
    try:
        _write(found, outputs)
    except CannotStore as unwritten:
        if code > INTERRUPTED - 2:
            raise error from unwritten
        hint = f"it was to say what ended the gate: {reason}"
        raise CannotStore(unwritten.what, where=unwritten.where, hint=hint) from error
    finally:
        with unread():
            if outputs.as_json:
                click.echo(gate_json(found), nl=False)
            _annotate(found, outputs)


def _annotate(found: Gate, outputs: Outputs) -> None:
    if outputs.annotated:
        for line in annotations(found):
            click.echo(line, err=outputs.as_json)  # GitHub obeys what stands in either stream


def _write(found: Gate, outputs: Outputs) -> None:
    """Every file that was asked for, whatever becomes of the others. Raises the first one's CannotStore."""
    failed = []
    for path, put in ((outputs.summary, _summarise), (outputs.junit, _report)):
        try:
            if path is not None:
                put(path, found)
        except CannotStore as error:
            failed.append(error)
    if failed:
        raise failed[0]


def _summarise(path: Path, found: Gate) -> None:
    append_text(path, summary(found))


def _report(path: Path, found: Gate) -> None:
    write(meant(path), junit(found).encode())


def _reason(error: BaseException) -> tuple[str, int]:
    """In one line why, and the exit code that it leads to."""
    match error:
        case Told():
            return "; ".join(str(error).splitlines()), error.exit_code
        case click.ClickException():
            return error.format_message(), error.exit_code
        case KeyboardInterrupt() | click.Abort():
            return "interrupted", INTERRUPTED
        case _:
            return f"internal error: {type(error).__name__}: {error}", Internal.exit_code
