"""A gate's run folder → its outcome and its derived files, made from the records alone."""

import contextlib
import os
from pathlib import Path

from bench.errors import BenchError
from bench.gate.outcome import outcome
from bench.measure import revisions
from bench.records.gate import Gate
from bench.report.verdicts.as_json import gate_json
from bench.report.verdicts.markdown import summary
from bench.store.files import stale, write
from bench.store.folder import read, read_run


def is_gate(folder: Path) -> bool:
    """Whether that run was a gate."""
    return read_run(folder).gate is not None


def outcome_of(folder: Path) -> Gate:
    """What a gate's records say.

    Raises BenchError where they are damaged: half of a gate's pairs are no gate."""
    stored = read(folder)
    if stored.damage:
        raise BenchError(stored.damage, hint="gate again")
    return outcome(stored.run, stored.records)


def without_verdict(subject: Path, base: str, *, ended_by: str, exit_code: int) -> Gate:
    """What there is to say of a gate that was refused, or that something ended before its end. `subject` and `base` as
    they were asked for, but for a suite's place, which is that in its repository."""
    return Gate(
        suite=subject.stem,
        suite_file=_place(subject),
        machine="",
        device="",
        base=base or "nothing",
        candidate=str(subject),
        verdict="inconclusive",
        exit_code=exit_code,
        cases=(),
        ended_by=ended_by,
    )


def _place(subject: Path) -> str:
    """A suite's place in its repository, as a gate that came to its end has it."""
    file = subject.resolve()
    with contextlib.suppress(BenchError):
        if file.is_file():
            return os.path.relpath(file, revisions.repository(file.parent))
    return str(subject)


def gate_texts(found: Gate) -> dict[str, str]:
    """The derived files by name."""
    return {"gate.json": gate_json(found), "table.md": summary(found)}


def derive_gate(folder: Path) -> Gate:
    """Writes the derived files of a gate."""
    found = outcome_of(folder)
    for name, text in gate_texts(found).items():
        write(folder / name, text.encode())
    return found


def gate_differences(folder: Path) -> list[str]:
    """The derived files of a gate that do not say what its records say."""
    return stale(folder, gate_texts(outcome_of(folder)))
