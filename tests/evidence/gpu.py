"""Suites on a GPU → published runs, in pieces of under eight minutes: the same command again goes on where it was.

    python -m tests.evidence.gpu [SUITE…] [--device cuda:1] [--seconds 460] [--machine NAME] [--only EXPR] [--dry-run]

Without SUITE all of SUITES. Each is measured by `bench run --max-seconds`, interrupted when the time of this call is
over, gone on with by `bench run --resume` in the next, and filed under `results/<suite>/<machine>/` when nothing is
left to measure. A run that measured nothing is not filed. Runs lie under `.bench/runs/`: whoever measures on a machine
that is given back takes that folder along and brings it back to the next call on the same card; another card is
another machine, and `bench` begins anew there. `--dry-run` says what every suite is expected to take.

Exit 0 where all are filed, 4 where there is more to do, 3 where nothing could be measured; otherwise what `bench`
ended with."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bench.api.places import RESULTS, project_root
from bench.api.planning import Options, expected_seconds, plan
from bench.measure.ledger import Ledger
from bench.measure.machine import machine
from bench.store import folder as store
from bench.store.folder import Stored

ROOT = Path(__file__).resolve().parents[2]
SUITES = (
    *("rnn_vs_cnn", "fairness", "slicing", "depth", "cells", "sequence_law", "convolution", "published"),
    *("lstm_fusion", "lstm_boundaries"),
)
SECONDS = 460.0
"""Of one call: a command on a lent machine has ten minutes at most, and starting servers and publishing are in it."""
LEAST = 45.0
"""With less time left no piece begins: a server and a context take a part of it."""
ALL_SECONDS = 2400.0
"""What all suites together may be expected to take."""
MORE, NOTHING, INTERRUPTED = 4, 3, 130
MEASURED = (0, NOTHING)
"""Exit codes of `bench run` that leave a run that its budget ended, or a whole one; in the second some cases failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where and how a suite is measured; `until` is the moment, by the monotonic clock, at which this call is over."""

    root: Path
    device: str
    machine: str | None
    only: str | None
    seconds: float
    until: float

    @property
    def left(self) -> float:
        """Seconds of this call."""
        return self.until - time.monotonic()


def finished(stored: Stored) -> bool:
    """Whether nothing is left to measure: every case is surveyed, and every one that can be timed has its rounds."""
    run, ledger = stored.run, Ledger(stored.records)
    cases = [case for case in run.cases if case.skip is None]
    if any(case.id not in ledger.surveys for case in cases):
        return False
    timeable = ledger.timeable(cases)
    rounds = range(1, run.policy.rounds + 1)
    return not any(ledger.failed_once(cases, 0) or ledger.unmeasured(timeable, number) for number in rounds)


def worth_filing(stored: Stored) -> bool:
    """Whether any case was timed."""
    return any(record.kind == "timed" and record.status == "ok" for record in stored.records)


def begun(suite: str, asked: Asked) -> Path | None:
    """The newest run of the suite on this device of this machine, if there is one; none that came to its end without
    a number: what could not be measured then may be now."""
    identity = machine(asked.device, None).identity
    found = [path.parent for path in store.runs_folder(asked.root).glob(f"*/{store.RUN}")]
    own = [folder for folder in found if _is_of(folder, suite, device=asked.device, identity=identity)]
    newest = max(own, key=lambda folder: (folder / store.RUN).stat().st_mtime_ns, default=None)
    return None if newest is None or _empty(store.read(newest)) else newest


def _empty(stored: Stored) -> bool:
    return finished(stored) and not worth_filing(stored)


def _is_of(folder: Path, suite: str, *, device: str, identity: str) -> bool:
    run = store.read_run(folder)
    return (run.suite.name, run.device, run.machine.identity) == (suite, device, identity) and run.gate is None


def filed(suite: str, asked: Asked) -> bool:
    """Whether this machine's run of the suite is published."""
    name = asked.machine or machine(asked.device, None).name
    home = asked.root / RESULTS / suite / name / store.RUN
    return home.exists() and store.read_run(home.parent).device == asked.device


def measure(suite: str, asked: Asked) -> int:
    """Begins or goes on with the suite until it is whole and filed, or this call is over; the exit code."""
    if filed(suite, asked):
        return 0
    folder = begun(suite, asked)
    while folder is None or not finished(store.read(folder)):
        if asked.left < LEAST:
            return MORE
        before = 0 if folder is None else len(store.read(folder).records)
        code = piece(_started(suite, asked) if folder is None else ["run", "--resume", str(folder)], asked)
        if code not in MEASURED:
            return MORE if code == INTERRUPTED else code
        folder = begun(suite, asked)
        if folder is None:
            print(f"{suite}: no case was measured, so nothing is filed", file=sys.stderr)
            return NOTHING
        if len(store.read(folder).records) == before:  # whatever is missing cannot be had
            break
    named = [] if asked.machine is None else ["--machine", asked.machine]
    return piece(["report", "--publish", str(folder), *named], asked, limited=False)


def _started(suite: str, asked: Asked) -> list[str]:
    words = ["run", f"suites/{suite}.yaml", "--device", asked.device, "--max-seconds", str(asked.seconds)]
    words += [] if asked.only is None else ["-k", asked.only]
    return words + ([] if asked.machine is None else ["--machine", asked.machine])


def piece(words: Sequence[str], asked: Asked, *, limited: bool = True) -> int:
    """`bench` with these words, interrupted as by Ctrl-C where it would go beyond this call; its exit code."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "bench", *words]
    with subprocess.Popen(command, cwd=asked.root, env={**os.environ, "PYTHONPATH": paths}) as process:
        try:
            return process.wait(max(asked.left, 0.0) if limited else None)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            return process.wait()


def expected(suites: Sequence[str], root: Path, device: str) -> Iterator[tuple[str, int, int, float]]:
    """Of every suite its cases that are measured, its rounds, and the seconds that all of them are expected to take."""
    for suite in suites:
        planned = plan(root / "suites" / f"{suite}.yaml", Options(device=device, policy={"max_seconds": 1e6}))
        cases = sum(case.skip is None for case in planned.cases)
        yield suite, cases, planned.policy.rounds, expected_seconds(planned)


def table(suites: Sequence[str], root: Path, device: str) -> str:
    """A row for every suite, and their sum."""
    rows = list(expected(suites, root, device))
    lines = [f"| {suite} | {cases} | {rounds} | {seconds:.0f} |" for suite, cases, rounds, seconds in rows]
    total = f"| together | {sum(row[1] for row in rows)} | | {sum(row[3] for row in rows):.0f} |"
    return "\n".join(["| suite | cases | rounds | expected seconds |", "| --- | ---: | ---: | ---: |", *lines, total])


@click.command()
@click.argument("suites", nargs=-1)
@click.option("--device", default="cuda", show_default=True)
@click.option("--machine", "name", help="What results call this machine.")
@click.option("--only", metavar="EXPR", help="Some cases of them, as `bench run -k` takes them.")
@click.option("--seconds", default=SECONDS, show_default=True, help="Of this call.")
@click.option("--dry-run", is_flag=True, help="Only say what is expected.")
def main(
    *, suites: tuple[str, ...], device: str, name: str | None, only: str | None, seconds: float, dry_run: bool
) -> None:
    """Measures and files SUITE…, or all."""
    root, wanted = project_root(Path.cwd()), suites or SUITES
    if dry_run:
        print(table(wanted, root, device))
        return
    asked = Asked(root=root, device=device, machine=name, only=only, seconds=seconds, until=time.monotonic() + seconds)
    codes = {suite: measure(suite, asked) for suite in wanted}
    for suite, code in codes.items():
        said = {0: "filed", MORE: "more to do: the same command again", NOTHING: "not measured"}
        print(f"{suite}: {said.get(code, f'bench ended with {code}')}")
    worst = [code for code in codes.values() if code not in (0, MORE)]
    sys.exit(max(worst) if worst else MORE if MORE in codes.values() else 0)


if __name__ == "__main__":
    main()
