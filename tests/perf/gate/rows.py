"""Measured pairs ⇄ lines of `results/evidence/gate.csv`; a round's lines are written together, or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from tests.evidence.rows import append as append_rows
from tests.evidence.rows import read as read_rows

OUT = Path(__file__).resolve().parents[3] / "results" / "evidence" / "gate.csv"

LOADS = ("quiet", "constant", "bursts", "candidate")

Kind = Literal["survey", "server", "pair"]
Order = Literal["", "bc", "cb"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is measured under one load: the candidate's dose, all cases; `repeat` counts such measurements."""

    load: str
    dose: str
    repeat: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pair of a case: the log-ratios candidate / base of its sharp metric, which `metric` names, and of its mean, how
    many attempts it took, the wall seconds of all of them, and which side came first.

    A case's surveys on both sides are a row without pairs: `sharp` is the log-ratio of the counted operations, and
    `revision` names what measured. The start of a server is a row without a case. A unit that was gone on with has more
    than one of both. `step` is the seconds of a step of the base's: of the one that its survey has timed, by which the
    sharp metric is chosen, and in a pair those of its trial in that metric."""

    load: str
    dose: str
    repeat: int
    kind: Kind
    case: str = ""
    pair: int = 0
    attempts: int = 0
    sharp: float = 0.0
    mean: float = 0.0
    metric: str = ""
    seconds: float = 0.0
    order: Order = ""
    step: float = 0.0
    revision: str = ""

    @property
    def unit(self) -> Unit:
        """What it belongs to."""
        return Unit(load=self.load, dose=self.dose, repeat=self.repeat)


COLUMNS = tuple(field.name for field in fields(Row))


def read(file: Path) -> list[Row]:
    """The rows that are there; none where the file is not."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Row:
    """Of one line."""
    kinds: dict[str, Kind] = {"survey": "survey", "server": "server", "pair": "pair"}
    orders: dict[str, Order] = {"": "", "bc": "bc", "cb": "cb"}
    return Row(
        load=line["load"],
        dose=line["dose"],
        repeat=int(line["repeat"]),
        kind=kinds[line["kind"]],
        case=line["case"],
        pair=int(line["pair"]),
        attempts=int(line["attempts"]),
        sharp=float(line["sharp"]),
        mean=float(line["mean"]),
        metric=line["metric"],
        seconds=float(line["seconds"]),
        order=orders[line["order"]],
        step=float(line["step"]),
        revision=line["revision"],
    )


def append(file: Path, rows: Sequence[Row]) -> None:
    """All of them with one write, on disk when this returns."""
    append_rows(file, COLUMNS, map(written, rows))


def written(row: Row) -> dict[str, object]:
    """Log-ratios to a millionth, times to a millisecond, of steps to a tenth of a microsecond: a hundredth of what they
    vary by."""
    rounded = {"sharp": f"{row.sharp:.6f}", "mean": f"{row.mean:.6f}", "seconds": f"{row.seconds:.3f}"}
    return {**asdict(row), **rounded, "step": f"{row.step:.7f}"}


def pairs_of(rows: Sequence[Row], unit: Unit) -> dict[str, list[Row]]:
    """The unit's pairs, by case and in their order."""
    found: dict[str, list[Row]] = {}
    for row in _of(rows, unit, "pair"):
        found.setdefault(row.case, []).append(row)
    return {case: sorted(own, key=lambda row: row.pair) for case, own in found.items()}


def seconds_of(rows: Sequence[Row], unit: Unit, kind: Kind) -> list[float]:
    """What its surveys or its servers' starts took, one after the other."""
    return [row.seconds for row in _of(rows, unit, kind)]


def _of(rows: Sequence[Row], unit: Unit, kind: Kind) -> Iterator[Row]:
    return (row for row in rows if row.kind == kind and row.unit == unit)
