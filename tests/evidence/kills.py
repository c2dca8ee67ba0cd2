"""Kills at random moments → what they cost: `python tests/evidence/kills.py fake 200` or `… torch 10`.

A run's parent is ended by SIGKILL when so many records are on disk, drawn anew for each kill, and a moment later; or at
a random moment after its start. Then the run is gone on with, and killed again, until it comes to its end, and another
begins, until there were as many kills as were asked for. Records that were on disk at a kill must stand in their place
ever after, nothing may be measured twice, every run must end with the trials of a run that nobody killed, and nothing
that the parent had started may outlive it. The tables go to standard output as Markdown."""

import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure.environment import git
from bench.records.nouns import Record
from bench.store import folder as store

ROOT = Path(__file__).resolve().parents[2]
MARK = "BENCH_KILLS"
"""A variable in the environment of everything that a killed parent has started: processes inherit it whoever becomes
their parent."""

SURVIVING = 10.0
"""Seconds after which a process has survived: a server that imports torch looks at its pipe after three."""

ENDING = 120.0
EARLY, FURTHER = 0.2, 8
"""The share of kills at a moment after the start, and how many records further others come at most."""

PHASES = ("starting", "surveys", "rounds", "deriving")

SUITE = """\
title: Killed
question: What is left?
policy: {rounds: 6, max_rounds: 6, timeout: 20, trial_seconds: 0.02}
base: {target: 'builder:workload'}
factors: {name: [one, two, three, four], takes: [0.001]}
metrics: [latency, parameters]
tables: [{rows: name, columns: takes, value: latency}]
"""

Key = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is run and killed, in a project of its own; about how many seconds its start and its trials take."""

    folder: Path
    words: tuple[str, ...]
    start: float
    trial: float


@dataclass(slots=True)
class Tally:
    """What the kills have cost. `on_disk`: records that were on disk at a kill, and `lost` of these; `torn`: kills that
    left half a line; `doubled`, `missing`: trials at the ends of runs; `survivors`: processes."""

    runs: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    torn: int = 0
    on_disk: int = 0
    lost: int = 0
    records: int = 0
    doubled: int = 0
    missing: int = 0
    survivors: int = 0

    @property
    def kills(self) -> int:
        """All of them."""
        return self.phases.total()


def fake_job(folder: Path) -> Job:
    """Four cases of the fake device: 28 records in about two seconds."""
    (folder / "pyproject.toml").write_text("")
    (folder / "builder.py").write_text("def workload(**levels):\n    raise AssertionError\n")
    (folder / "killed.yaml").write_text(SUITE)
    return Job(folder=folder, words=("killed.yaml", "--device", "fake", "--seed", "7"), start=0.6, trial=0.01)


def torch_job(folder: Path) -> Job:
    """Two networks of a copy of the smoke suite, whose own files somebody may edit meanwhile."""
    (folder / "pyproject.toml").write_text("")
    shutil.copytree(ROOT / "suites", folder / "suites", ignore=shutil.ignore_patterns("__pycache__"))
    selected = "inference and size=28 and threads=1"
    return Job(folder=folder, words=("suites/smoke.yaml", "-k", selected, "--seed", "7"), start=8.0, trial=0.2)


JOBS = {"fake": fake_job, "torch": torch_job}


def campaign(job: Job, *, kills: int, seed: int) -> Tally:
    """Kills and resumes until there were so many kills, and the last run has come to its end."""
    draw, tally = random.Random(seed), Tally()
    expected = uninterrupted(job)
    while tally.kills < kills:
        tally.runs += 1
        out = job.folder / f"run-{tally.runs}"
        while _killed(job, out, tally, expected, draw=draw if tally.kills < kills else None):
            continue
        keys = [key(record) for record in store.read(out).records]
        tally.records += len(keys)
        tally.doubled += len(keys) - len(set(keys))
        tally.missing += len(expected ^ {found for found in keys if found[3] == 0})
    return tally


def uninterrupted(job: Job) -> set[Key]:
    """The surveys and the first attempts of a run that nobody killed."""
    out = job.folder / "whole"
    with _started(job, out, secrets.token_hex(8)) as process:
        _end(process)
    return {found for record in store.read(out).records if (found := key(record))[3] == 0}


def key(record: Record) -> Key:
    """What a record is of."""
    return record.kind, record.case, record.round, record.attempt


def _killed(job: Job, out: Path, tally: Tally, expected: set[Key], *, draw: random.Random | None) -> bool:
    """Starts a run or goes on with it; whether it was killed before its end."""
    before, mark = journal(out), secrets.token_hex(8)
    left = len(expected) - _lines(before)
    if left <= 0:
        draw = None  # killed once while deriving: it may come to its end now
    with _started(job, out, mark) as process:
        if draw is not None:
            _wait(process, out, job, records=_lines(before) + draw.randint(1, min(left, FURTHER)), draw=draw)
            process.kill()
        code = _end(process, killed=draw is not None)
    after = journal(out)
    kept = before[: before.rfind(b"\n") + 1]
    tally.lost += _lines(kept) - _common(kept, after)
    tally.survivors += survivors(mark)
    if code == 0:
        return False
    tally.phases[_phase(out, expected)] += 1
    tally.on_disk += _lines(after)
    tally.torn += not after.endswith(b"\n") and bool(after)
    if not (out / store.RUN).exists():
        shutil.rmtree(out, ignore_errors=True)  # it had not begun: there is nothing to go on with
    return True


def _wait(process: subprocess.Popen[bytes], out: Path, job: Job, *, records: int, draw: random.Random) -> None:
    """Until so many records are on disk and a moment longer, or for a random time, or until the process has ended."""
    began, early = time.monotonic(), draw.random() < EARLY
    later = draw.uniform(0.0, job.start if early else job.trial)
    while process.poll() is None and not early and _lines(journal(out)) < records:
        time.sleep(0.001)
        began = time.monotonic()
    while process.poll() is None and time.monotonic() < began + later:
        time.sleep(0.001)


def journal(out: Path) -> bytes:
    """What is on disk of a run's records."""
    file = out / store.RECORDS
    return file.read_bytes() if file.exists() else b""


def _common(early: bytes, late: bytes) -> int:
    """How many lines at the beginning are the same."""
    pairs = zip(early.splitlines(keepends=True), late.splitlines(keepends=True), strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(_lines(early), _lines(late)))


def _lines(content: bytes) -> int:
    return content.count(b"\n")


def _phase(out: Path, expected: set[Key]) -> str:
    if not (out / store.RUN).exists():
        return "starting"
    found = {key(record) for record in store.read(out).records}
    if expected <= found:
        return "deriving"
    surveys = {one for one in expected if one[0] == "survey"}
    return "rounds" if surveys <= found else "surveys" if found else "starting"


def _started(job: Job, out: Path, mark: str) -> subprocess.Popen[bytes]:
    words = ("--resume", str(out)) if (out / store.RUN).exists() else (*job.words, "--out", str(out))
    return subprocess.Popen(
        [sys.executable, "-m", "bench", "run", *words],
        cwd=job.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, MARK: mark, "BENCH_LOCK": str(job.folder / "lock")},
    )


def _end(process: subprocess.Popen[bytes], *, killed: bool = False) -> int:
    """How the process ended: well, or by our signal."""
    _, err = process.communicate(timeout=ENDING)
    assert process.returncode == 0 or (killed and process.returncode == -9), err.decode()
    return process.returncode


def survivors(mark: str) -> int:
    """Processes with that mark that are still there after SURVIVING seconds."""
    deadline = time.monotonic() + SURVIVING
    while (left := list(marked(mark))) and time.monotonic() < deadline:
        time.sleep(0.01)
    return len(left)


def marked(mark: str) -> Iterator[int]:
    """The processes that have inherited a mark."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            content = Path("/proc", name, "environ").read_bytes()
        except OSError:
            continue  # it has ended, or is another user's
        if f"{MARK}={mark}".encode() in content.split(b"\0"):
            yield int(name)


def main(device: str, kills: int) -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        tally = campaign(JOBS[device](Path(folder)), kills=kills, seed=kills)
    print(f"# {tally.kills} kills at random moments, {device}\n")
    revision = git(ROOT)["revision"][:12]
    print(f"Made by `python -m tests.evidence.kills {device} {kills}` at revision {revision}.\n")
    print("| kills | runs | " + " | ".join(f"while {phase}" for phase in PHASES) + " | left half a line |")
    print("|--:" * (3 + len(PHASES)) + "|")
    phases = " | ".join(str(tally.phases[phase]) for phase in PHASES)
    print(f"| {tally.kills} | {tally.runs} | {phases} | {tally.torn} |\n")
    print("| records on disk at kills | lost | records at the ends | measured twice | missing or strange | survivors |")
    print("|--:" * 6 + "|")
    ends = f"{tally.records} | {tally.doubled} | {tally.missing} | {tally.survivors}"
    print(f"| {tally.on_disk} | {tally.lost} | {ends} |")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
