"""A committed run and copies of it that were tampered with → what `bench gate --baseline` says to each, as Markdown.

`python -m tests.perf.gate.tampered > results/evidence/gate_tampered.md` measures nothing: base and candidate are two of
the runs below `results/evidence/repeats/`, and a copy of the base is changed by hand in the place that a row names."""

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from bench.store.folder import RECORDS, RUN, STARTS, read_run
from tests.evidence.repeats import FOLDER

BASE, CANDIDATE = FOLDER / "09", FOLDER / "22"
"""Two in calm weather: as they are, all six cases are `unchanged`."""

CASE, OTHER = "model=rnn,size=28,batch=1,mode=inference", "model=tcn,size=28,batch=1,mode=inference"
KINDS = ("torch version", "threads", "dtype", "CPU model", "levels", "missing case", "new case", "NaN")
CODE = "code alone"
SLOWER = 1.3

HEAD = f"""# Baselines that were tampered with

Made by `python -m tests.perf.gate.tampered` from two committed runs of one suite, `repeats/{BASE.name}` and
`repeats/{CANDIDATE.name}`, whose six cases are `unchanged` as they are. Every row is a copy of the first, changed by
hand in one place, through `bench gate --baseline COPY repeats/{CANDIDATE.name}`. Refused: no verdict on any case;
listed: the case is named, and the others are judged. The case is `{CASE}`.
In what was said, `base` and `candidate` stand for the runs' names.
"""

Json = dict[str, object]
Become = Literal["refused", "listed", "judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tamper:
    """A change of a run's folder, what it is, and what has to be said of it."""

    kind: str
    what: str
    change: Callable[[Path], None]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of it: the exit code, and the message or the verdicts."""

    become: Become
    code: int
    text: str


def run_of(edit: Callable[[Json], object]) -> Callable[[Path], None]:
    """A change of what was asked for."""

    def change(folder: Path) -> None:
        content = cast("Json", json.loads((folder / RUN).read_text("utf-8")))
        edit(content)
        (folder / RUN).write_text(json.dumps(content), "utf-8")

    return change


def records_of(edit: Callable[[Json], object]) -> Callable[[Path], None]:
    """A change of every record of the case."""

    def change(folder: Path) -> None:
        file = folder / f"{RECORDS}.gz"
        records = [cast("Json", json.loads(line)) for line in gzip.decompress(file.read_bytes()).splitlines()]
        for record in records:
            if record["case"] == CASE:
                edit(record)
        file.write_bytes(gzip.compress("".join(f"{json.dumps(record)}\n" for record in records).encode(), mtime=0))

    return change


def put(content: Json, *path: str, **values: object) -> None:
    """Sets fields of an object that lies so deep."""
    for name in path:
        content = cast("Json", content[name])
    content.update(values)


def cases_of(content: Json) -> list[Json]:
    """Its cases, the case first."""
    return cast("list[Json]", content["cases"])


def other_level(content: Json) -> None:
    """The case is of a larger batch, under its old name."""
    for part in ("levels", "arguments"):
        put(cases_of(content)[0], part, batch=4)


def further_case(content: Json) -> None:
    """The base has a case that the candidate has not."""
    levels = {**cast("Json", cases_of(content)[0]["levels"]), "model": "tcn"}
    cases_of(content).append({**cases_of(content)[0], "id": OTHER, "levels": levels})


def not_a_number(record: Json) -> None:
    """An exact metric of the survey."""
    if record["kind"] == "survey":
        put(record, "metrics", flops=float("nan"))


def no_sample(record: Json) -> None:
    """The first sample of every trial."""
    if record["kind"] == "timed":
        cast("list[float]", record["samples"])[0] = float("nan")


def faster(record: Json) -> None:
    """Every sample of the case is shorter, so that the candidate is slower."""
    if record["kind"] == "timed":
        for name in ("samples", "cpu"):
            record[name] = [round(value / SLOWER) for value in cast("list[int]", record[name])]


def other_code(folder: Path) -> None:
    """Hashes of the suite and its subject, revision and state of the repository."""
    run_of(lambda run: put(run, "fingerprint", suite="0" * 16, subject="0" * 16))(folder)
    start = cast("Json", json.loads((folder / STARTS).read_text("utf-8")))
    put(start, "git", revision="0" * 40, dirty="no")
    (folder / STARTS).write_text(f"{json.dumps(start)}\n", "utf-8")


def other_code_and_faster(folder: Path) -> None:
    """The same, and numbers that the other code would have given."""
    other_code(folder)
    records_of(faster)(folder)


TAMPERS = (
    Tamper(
        kind="torch version",
        what="`fingerprint.torch`",
        change=run_of(lambda run: put(run, "fingerprint", torch="2.9.0")),
        says="torch: 2.9.0 → 2.15.0",
    ),
    Tamper(
        kind="threads",
        what="`policy.threads`",
        change=run_of(lambda run: put(run, "policy", threads=2)),
        says="threads: 2 → 1",
    ),
    Tamper(
        kind="threads",
        what="`threads` of the case",
        change=run_of(lambda run: put(cases_of(run)[0], threads=2)),
        says="threads: 2 → 1",
    ),
    Tamper(
        kind="dtype",
        what="`arguments.dtype` of the case",
        change=run_of(lambda run: put(cases_of(run)[0], "arguments", dtype="float64")),
        says="arguments.dtype: float64 → float32",
    ),
    Tamper(
        kind="CPU model",
        what="`machine.facts.cpu`",
        change=run_of(lambda run: put(run, "machine", "facts", cpu="Xeon")),
        says="machine.cpu: Xeon → AMD EPYC",
    ),
    Tamper(
        kind="levels",
        what="`levels.batch` and `arguments.batch` of the case",
        change=run_of(other_level),
        says="levels.batch: 4 → 1",
    ),
    Tamper(
        kind="missing case", what=f"a case more, `{OTHER}`", change=run_of(further_case), says=f"removed: `{OTHER}`"
    ),
    Tamper(
        kind="new case",
        what="without the case",
        change=run_of(lambda run: cases_of(run).pop(0)),
        says=f"added: `{CASE}`",
    ),
    Tamper(
        kind="NaN",
        what="`metrics.flops` in the survey of the case",
        change=records_of(not_a_number),
        says="Record metrics.flops",
    ),
    Tamper(
        kind="NaN", what="`samples[0]` in the trials of the case", change=records_of(no_sample), says="Record samples"
    ),
    Tamper(kind=CODE, what="hashes of suite and subject, revision", change=other_code, says="6 unchanged"),
    Tamper(
        kind=CODE,
        what=f"the same, and every sample of the case {SLOWER:g} times shorter",
        change=other_code_and_faster,
        says=f"regression: `{CASE}`",
    ),
)


def told(tamper: Tamper) -> Told:
    """Runs the gate, in a folder in which no project has a policy."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(BASE, folder / "base")
        tamper.change(folder / "base")
        words = ("gate", "--baseline", "base", str(CANDIDATE), "--json")
        said = subprocess.run([sys.executable, "-P", "-m", "bench", *words], cwd=folder, capture_output=True, text=True)
    gate = json.loads(said.stdout)
    if gate["ended_by"] is not None:
        return Told(become="refused", code=said.returncode, text=without_names(said.stderr.strip()))
    verdicts = [(case["verdict"], case["case"], case["note"]) for case in gate["cases"]]
    named = [line for line in verdicts if line[0] != "unchanged"]
    lines = [f"{verdict}: `{case}`{f': {note}' if note else ''}" for verdict, case, note in named]
    unchanged = f"{len(verdicts) - len(named)} unchanged"
    listed = any(verdict in ("incomparable", "added", "removed") for verdict, *_ in named)
    return Told(become="listed" if listed else "judged", code=said.returncode, text="<br>".join((*lines, unchanged)))


def without_names(message: str) -> str:
    """Of the runs, which say nothing here."""
    for folder, name in ((BASE, "base"), (CANDIDATE, "candidate")):
        message = message.replace(read_run(folder).name, name)
    return message.replace("\n", "<br>")


def shown(tamper: Tamper, found: Told) -> bool:
    """Whether what has to be said is said, and nothing is passed over in silence."""
    fitting = ("judged",) if tamper.kind == CODE else ("refused", "listed")
    return tamper.says in found.text and found.become in fitting


def page() -> Iterator[str]:
    """The lines of the page."""
    with ThreadPoolExecutor() as pool:
        all_told = list(zip(TAMPERS, pool.map(told, TAMPERS), strict=True))
    yield HEAD
    yield from answers({kind: all(shown(t, f) for t, f in all_told if t.kind == kind) for kind in (*KINDS, CODE)})
    yield "\n| tampered | in | became | exit code | said |"
    yield "|---|---|---|--:|---|"
    for tamper, found in all_told:
        yield f"| {tamper.kind} | {tamper.what} | {found.become} | {found.code} | {found.text} |"


def answers(found: dict[str, bool]) -> Iterator[str]:
    """What was asked, and whether it is so."""
    count = sum(found[kind] for kind in KINDS)
    asked = f"asked: all: {'met' if count == len(KINDS) else '**not met**'}"
    yield f"- Refused or listed, with the field: {count} of {len(KINDS)}; {asked}."
    yield f"- A change of the code alone is judged: {'met' if found[CODE] else '**not met**'}."


if __name__ == "__main__":
    print("\n".join(page()))
