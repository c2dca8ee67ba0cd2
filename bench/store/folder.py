"""A run folder → what it holds, and the other way round.

run.json         what was asked, written once
starts.jsonl     a line a start or resume
records.jsonl    a line a survey or trial: the only source of truth
local.json       where the suite and its data lie on this machine; never published
lock             who is measuring into it, locked meanwhile; never published
"""

import gzip
import json
import os
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from bench.errors import BenchError, Unreadable
from bench.records.codec import decode, encode
from bench.records.nouns import Record, Run, Start
from bench.store.files import Appender, cannot_store, write
from bench.store.seal import unsealed

RUN, STARTS, RECORDS, LOCAL, LOCK = "run.json", "starts.jsonl", "records.jsonl", "local.json", "lock"
LONGEST = 1 << 26
"""Bytes of a line, or of a file that is read whole: a trial of half an hour has a line of half as many."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A run as read. `torn`: the last line was cut off, as a killed process leaves it, and resuming mends that.
    `damage` says where and why reading had to stop before the end; it is empty for a sound run."""

    folder: Path
    run: Run
    starts: tuple[Start, ...]
    records: tuple[Record, ...]
    torn: bool = False
    damage: str = ""


def name_of_run(suite: str, machine: str, *, now: float) -> str:
    """`<utc>-<suite>-<machine>-<random>`."""
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{moment}-{suite}-{machine}-{secrets.token_hex(2)}"


def runs_folder(root: Path) -> Path:
    """Where runs of a project go unless told otherwise; git ignores it by itself."""
    return root / ".bench" / "runs"


def profiles_folder(root: Path) -> Path:
    """Where profiles go, which are no runs: no other verb looks there."""
    return root / ".bench" / "profiles"


def create(folder: Path, run: Run, local: dict[str, str]) -> None:
    """Begins a run in a new or empty folder.

    Raises BenchError where something is there already, CannotStore where nothing can be."""
    claim(folder)
    write(folder / LOCAL, json.dumps(local, indent=1).encode() + b"\n")
    put_run(folder, run)


def put_run(folder: Path, run: Run) -> None:
    """Writes what was asked, in the place of what stood there. Raises CannotStore."""
    write(folder / RUN, encode(run) + b"\n")


def claim(folder: Path) -> None:
    """Makes a run's folder where it is not there yet. One that holds a lock only is empty.

    Raises BenchError where something else is there already, CannotStore where nothing can be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupied = any(entry.name != LOCK for entry in folder.iterdir())
        if folder.parent.parent.name == ".bench":
            write(folder.parent.parent / ".gitignore", b"*\n")
    except OSError as error:
        raise cannot_store(folder, error) from error
    if occupied:
        raise BenchError("the folder is not empty", where=str(folder), hint="--out wants a new or an empty folder")


def read_local(folder: Path) -> dict[str, str]:
    """Where this run's suite and data lie on this machine."""
    path = folder / LOCAL
    try:
        content = json.loads(_whole(path))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{error}", where=str(path), hint="only a run made here can be resumed") from error
    if not isinstance(content, dict) or not {"suite", "data"} <= content.keys():
        raise Unreadable("it does not say where suite and data lie", where=str(path))
    return {str(key): str(value) for key, value in content.items()}


def read_run(folder: Path) -> Run:
    """What was asked."""
    path = folder / RUN
    try:
        return decode(Run, _whole(path), where=str(path))
    except OSError as error:
        raise Unreadable(error.strerror or str(error), where=str(path), hint="a run folder holds run.json") from error


def read(folder: Path) -> Stored:
    """The whole run. A torn or damaged line ends the records there, and `damage` says so.

    Raises Unreadable where not even the first of some records can be read: such a file is somebody else's."""
    run = read_run(folder)
    records = _decoded(Record, _records_file(folder))
    starts = _decoded(Start, folder / STARTS)
    if records.damage and not records.found:
        raise Unreadable(records.damage, hint="none of the run's records can be read")
    return Stored(
        folder=folder,
        run=run,
        starts=starts.found,
        records=records.found,
        torn=records.torn,
        damage="; ".join(filter(None, (records.damage, starts.damage))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decoded(Generic[T]):
    """What could be read of a file of lines, and the reason where that is not all."""

    found: tuple[T, ...]
    torn: bool = False
    damage: str = ""


def _decoded(kind: type[T], path: Path) -> _Decoded[T]:
    found: list[T] = []
    name = str(path)
    try:
        for number, line in enumerate(_lines(path), 1):
            if not line.endswith(b"\n"):
                return _Decoded(found=tuple(found), torn=True)
            where = f"{name}:{number}"
            found.append(decode(kind, unsealed(line.rstrip(b"\n"), where=where), where=where))
    except Unreadable as error:
        damage = f"{error.where}: {error.what}; this line and what follows is left out"
        return _Decoded(found=tuple(found), damage=damage)
    return _Decoded(found=tuple(found))


def _records_file(folder: Path) -> Path:
    plain = folder / RECORDS
    return plain if plain.exists() else folder / f"{RECORDS}.gz"


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, compressed or not, with their newlines; nothing where there is no file yet.

    Raises Unreadable at the line that cannot be read or is too long to be ours."""
    if not path.exists():
        return
    number = 1
    try:
        opened = gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")  # noqa: SIM115 - closed below
        with opened as file:
            while line := file.readline(LONGEST + 1):
                if len(line) > LONGEST:
                    raise Unreadable(f"a line of over {LONGEST >> 20} MiB: not bench's", where=f"{path}:{number}")
                yield line
                number += 1
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(str(error), where=f"{path}:{number}") from error


def _whole(path: Path) -> bytes:
    """A small file.

    Raises Unreadable where it is not small."""
    with open(path, "rb") as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise Unreadable(f"over {LONGEST >> 20} MiB: not bench's", where=str(path))
    return content


def journal(folder: Path) -> Appender:
    """The file of records, ready for the next line."""
    return _continued(folder / RECORDS)


def _continued(path: Path) -> Appender:
    """A file of lines, of which one that was cut off is removed first."""
    if path.exists():
        with open(path, "rb") as file:
            before = max(0, os.fstat(file.fileno()).st_size - LONGEST)
            file.seek(before)
            tail = file.read()
        if tail and not tail.endswith(b"\n"):
            os.truncate(path, before + tail.rfind(b"\n") + 1)
    return Appender(path)


def add_start(folder: Path, start: Start) -> None:
    """A line more in `starts.jsonl`."""
    appender = _continued(folder / STARTS)
    appender.append(encode(start))
    appender.close()


def find(name: str, root: Path) -> Path:
    """A path, a unique prefix of a name under `.bench/runs`, or `latest`.

    Raises BenchError, saying which runs there are."""
    if (Path(name) / RUN).exists():
        return Path(name)
    folder = runs_folder(root)
    there = sorted(entry.name for entry in folder.iterdir() if (entry / RUN).exists()) if folder.is_dir() else []
    if name == "latest" and there:
        return folder / there[-1]
    matches = [run for run in there if name and run.startswith(name)]
    if len(matches) == 1:
        return folder / matches[0]
    known = ", ".join((matches or there)[-5:]) or "none yet"
    what = f"{len(matches)} runs begin with {name!r}" if matches else f"there is no run {name!r}"
    raise BenchError(what, hint=f"a folder with run.json, a unique prefix, or latest; here: {known}")
