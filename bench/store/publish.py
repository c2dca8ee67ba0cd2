"""A run → `results/<suite>/<machine>/`: its sources compressed, so that everything else can be made again from them."""

import gzip
from dataclasses import replace
from pathlib import Path

from bench.errors import BenchError, Incomparable
from bench.records.codec import encode
from bench.store.files import write
from bench.store.folder import RECORDS, RUN, STARTS, Stored, put_run, read_run
from bench.store.seal import sealed


def published_folder(results: Path, stored: Stored, machine: str | None) -> Path:
    """Where the run belongs.

    Raises Incomparable where the results of a machine with another identity lie there."""
    folder = results / stored.run.suite.name / (machine or stored.run.machine.name)
    if (folder / RUN).exists() and machine is None:
        there = read_run(folder).machine
        if there.identity != stored.run.machine.identity:
            raise Incomparable(
                f"it holds a run of another machine ({there.identity}; this one is {stored.run.machine.identity})",
                where=str(folder),
                hint="--machine NAME files this run under a name of its own, or replaces the other",
            )
    return folder


def publish(stored: Stored, folder: Path, *, machine: str | None) -> None:
    """Writes run, starts and records, with the machine's name as asked, each in the place of an earlier run's; derived
    files are the caller's."""
    if stored.damage:
        raise BenchError(
            f"not published: {stored.damage}", hint="measure again; what can be read is shown by bench show"
        )
    lines = b"".join(sealed(encode(record)) + b"\n" for record in stored.records)
    write(folder / f"{RECORDS}.gz", gzip.compress(lines, 9, mtime=0))
    write(folder / STARTS, b"".join(sealed(encode(start)) + b"\n" for start in stored.starts))
    named = replace(stored.run.machine, name=machine or stored.run.machine.name)
    put_run(folder, replace(stored.run, machine=named))


def published(results: Path) -> list[Path]:
    """Every published run, in the order of its name."""
    return sorted(path.parent for path in results.glob("*/*/run.json"))
