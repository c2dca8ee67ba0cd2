"""Suites on a GPU → published runs, in pieces of under eight minutes: the same command again goes on where it was.

    python -m tests.evidence.gpu [SUITE…] [--device cuda:1] [--launch spawn] [--seconds 420] [--machine NAME]
                                 [--only EXPR] [--dry-run]

Without SUITE all of SUITES. Each is measured by `bench run --max-seconds`, interrupted when the time of this call is
over, gone on with by `bench run --resume` in the next, and filed under `results/<suite>/<machine>/` when nothing is
left to measure or to repeat. A run that measured nothing is not filed, nor taken for the evidence one of other options
(`--quick`, `-k`, `--set`, other rounds). Of some cases (PROFILED) a profile is filed beside the run, in `profile/`,
without its traces. `--launch spawn` is for machines where what is forked cannot use CUDA. `--dry-run` says what every
suite is expected to take.

Runs lie under `.bench/runs/`. Whoever measures on a machine that is given back takes them along in one file, because
few come back from there and none that git ignores goes there, and brings that file to the next call; another card is
another machine, and `bench` begins anew on it. One such call is one command in the repository's root, of ten minutes at
most, with the folder `.whl` carried along, which the docstring of `tests/evidence/cuda.py` fills; OUT is the folder
whose files come back:

    python3 -m pip install -q --no-index --no-deps --no-cache-dir --target .site .whl/*.whl || exit
    export PYTHONPATH=$PWD/.site:$PWD PYTHONUNBUFFERED=1; tar xzf .whl/runs.tgz 2>/dev/null
    python3 -m tests.evidence.gpu 2>&1 | tee $OUT/log
    tar czf $OUT/runs.tgz $(ls -d .bench/runs results/*/h[12]00 2>/dev/null)

Here `tar xzf runs.tgz`, and `cp runs.tgz .whl/` before the next call. What is filed is on no page yet, and decides no
claim: `bench report`, `bench claims` and once more `bench report` need no GPU and are run here, in this order.

Exit 0 where all are filed, 4 where there is more to do, 3 where nothing could be measured; otherwise what `bench`
ended with."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bench.analysis.judge import RunJudge
from bench.api.places import RESULTS, project_root
from bench.api.profiling import KERNELS, OPERATORS, PAGE
from bench.cli.options import LAUNCH
from bench.measure.ledger import Ledger
from bench.measure.machine import machine
from bench.measure.runner import repeats_due
from bench.records.nouns import Launch, Run
from bench.report.profiles.markdown import PERFETTO
from bench.store import folder as store
from bench.store.files import write
from bench.store.folder import Stored
from tests.evidence.gpu_expected import table

ROOT = Path(__file__).resolve().parents[2]
SUITES = (
    *("rnn_vs_cnn", "fairness", "slicing", "depth", "cells", "sequence_law", "convolution", "published", "launching"),
    *("lstm_fusion", "lstm_boundaries"),
)
PROFILED = {"lstm_fusion": "shape=flashrnn_fp16 and mode=forward and (rung=hoisted or rung=fused)"}
"""Whether cuDNN is as much faster than the loop there as others have published, or why not, is in what their steps
spend their time on."""
PROFILE = "profile"
AT_HOME = ("bench report", "bench claims", "bench report")
SECONDS, PUBLISHING, ENDING = 420.0, 30.0, 15.0
"""Of one call, under eight minutes together: to begin and measure in; beyond that to file what is measured; for `bench`
to end in once it is interrupted. A command on a lent machine has ten minutes at most."""
LEAST = 45.0
"""With less time left no piece begins: a server and a context take a part of it."""
MORE, NOTHING, INTERRUPTED = 4, 3, 130
MEASURED = (0, NOTHING)
"""Exit codes of `bench run` that leave a run that its budget ended, or a whole one; in the second some cases failed."""
BUDGET = "policy.max_seconds"
"""The only option that evidence may have: it says how much of a run is one piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where and how a suite is measured; `until` is the moment, by the monotonic clock, at which this call is over."""

    root: Path
    device: str
    launch: Launch
    machine: str | None
    only: str | None
    seconds: float
    until: float

    @property
    def left(self) -> float:
        """Seconds of this call."""
        return self.until - time.monotonic()


def finished(stored: Stored) -> bool:
    """Whether nothing is left to measure: every case is surveyed, every one that can be timed has its rounds, and no
    disturbed trial is still to be repeated."""
    run, ledger = stored.run, Ledger(stored.records)
    cases = [case for case in run.cases if case.skip is None]
    if any(case.id not in ledger.surveys for case in cases):
        return False
    timeable = ledger.timeable(cases)
    rounds = range(1, run.policy.rounds + 1)
    if any(ledger.failed_once(cases, 0) or ledger.unmeasured(timeable, number) for number in rounds):
        return False
    return not repeats_due(run, ledger, RunJudge(run.cases, run.policy))


def worth_filing(stored: Stored) -> bool:
    """Whether any case was timed."""
    return any(record.kind == "timed" and record.status == "ok" for record in stored.records)


def begun(suite: str, asked: Asked) -> Path | None:
    """The newest run of the suite with these options on this device of this machine, if there is one; none that came
    to its end without a number: what could not be measured then may be now."""
    identity = machine(asked.device, None).identity
    found = [path.parent for path in store.runs_folder(asked.root).glob(f"*/{store.RUN}")]
    own = [folder for folder in found if _is_of(store.read_run(folder), suite, asked, identity)]
    newest = max(own, key=lambda folder: (folder / store.RUN).stat().st_mtime_ns, default=None)
    return None if newest is None or _empty(store.read(newest)) else newest


def _empty(stored: Stored) -> bool:
    return finished(stored) and not worth_filing(stored)


def _is_of(run: Run, suite: str, asked: Asked, identity: str) -> bool:
    told = (run.suite.name, run.device, run.launch, run.machine.identity)
    wants = (suite, asked.device, asked.launch, identity)
    return told == wants and run.gate is None and _options(run) == wanted(asked)


def _options(run: Run) -> Mapping[str, str]:
    """What was asked for beside the suite and the budget: quick, some of its cases, other levels, another policy."""
    return {name: text for name, text in run.options.items() if name != BUDGET}


def wanted(asked: Asked) -> Mapping[str, str]:
    """The options of the runs that this call makes."""
    return {} if asked.only is None else {"only": asked.only}


def home_of(suite: str, asked: Asked) -> Path:
    """Where this machine's run of the suite is published."""
    return asked.root / RESULTS / suite / (asked.machine or machine(asked.device, None).name)


def filed(suite: str, asked: Asked) -> bool:
    """Whether this machine's run of the suite is published: as it is asked for, or whole, which is more. However its
    processes were started: a device's minutes are too dear to measure it again for that."""
    home = home_of(suite, asked)
    if not (home / store.RUN).exists():
        return False
    run = store.read_run(home)
    return run.device == asked.device and _options(run) in ({}, wanted(asked))


def evidence(suite: str, asked: Asked) -> int:
    """Measures and files the suite, and what is to be profiled of it, as far as it is not there; the exit code."""
    code = 0 if filed(suite, asked) else measure(suite, asked)
    return code or profile(suite, asked)


def measure(suite: str, asked: Asked) -> int:
    """Begins or goes on with the suite until it is whole and filed, or this call is over; the exit code."""
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
    shutil.rmtree(home_of(suite, asked) / PROFILE, ignore_errors=True)  # it would lie beside another run than its own
    code = piece(["report", "--publish", str(folder), *_named(asked)], asked, beyond=PUBLISHING)
    return MORE if code == INTERRUPTED else code


def profile(suite: str, asked: Asked) -> int:
    """Profiles the suite's cases of PROFILED and files that beside its run, unless it is there or some cases alone are
    asked for, or another card has measured that run; the exit code. Traces are megabytes: they are not filed, nor what
    the page says of where they are."""
    home = home_of(suite, asked) / PROFILE
    if suite not in PROFILED or asked.only is not None or (home / PAGE).exists():
        return 0
    if store.read_run(home.parent).machine.identity != machine(asked.device, None).identity:
        print(f"{suite}: another card has measured what is filed, so this one's profile is not", file=sys.stderr)
        return 0
    if asked.left < LEAST:
        return MORE
    with TemporaryDirectory() as folder:
        words = ["profile", f"suites/{suite}.yaml", "-k", PROFILED[suite], "--out", folder, *_placed(asked)]
        code = piece(words, asked)
        if code != 0:
            print(f"{suite}: it is filed without its profile", file=sys.stderr)
            return MORE if code == INTERRUPTED else code
        made = {path.name: path.read_text("utf-8") for path in Path(folder).iterdir() if path.suffix in (".csv", ".md")}
    blocks = [block for block in made[PAGE].rstrip().split("\n\n") if PERFETTO not in block]
    for name in (OPERATORS, KERNELS):
        if name in made:
            write(home / name, made[name].encode())
    write(home / PAGE, ("\n\n".join(blocks) + "\n").encode())  # last: where it is, all is
    return 0


def _started(suite: str, asked: Asked) -> list[str]:
    words = ["run", f"suites/{suite}.yaml", "--max-seconds", str(asked.seconds), *_placed(asked)]
    return words + ([] if asked.only is None else ["-k", asked.only])


def _placed(asked: Asked) -> list[str]:
    return ["--device", asked.device, "--launch", asked.launch, *_named(asked)]


def _named(asked: Asked) -> list[str]:
    return [] if asked.machine is None else ["--machine", asked.machine]


def piece(words: Sequence[str], asked: Asked, *, beyond: float = 0.0) -> int:
    """`bench` with these words; its exit code. Where it would go on for longer than so many seconds `beyond` this call
    it is told to end, and killed where that does not end it: what is on record stays either way. Not told by Ctrl-C's
    signal, which whatever a script has started in the background ignores."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "bench", *words]
    with subprocess.Popen(command, cwd=asked.root, env={**os.environ, "PYTHONPATH": paths}) as process:
        try:
            return process.wait(max(asked.left + beyond, 0.0))
        except subprocess.TimeoutExpired:
            process.terminate()
        try:
            code = process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            return INTERRUPTED
        return code if code in MEASURED else INTERRUPTED  # it was at its end already; before its start it has no code


@click.command()
@click.argument("suites", nargs=-1)
@click.option("--device", default="cuda", show_default=True)
@LAUNCH
@click.option("--machine", "name", help="What results call this machine.")
@click.option("--only", metavar="EXPR", help="Some cases of them, as `bench run -k` takes them.")
@click.option("--seconds", default=SECONDS, show_default=True, help="Of this call.")
@click.option("--dry-run", is_flag=True, help="Only say what is expected.")
def main(
    *,
    suites: tuple[str, ...],
    device: str,
    launch: Launch,
    name: str | None,
    only: str | None,
    seconds: float,
    dry_run: bool,
) -> None:
    """Measures and files SUITE…, or all."""
    root, wanted = project_root(Path.cwd()), suites or SUITES
    if dry_run:
        print(table(wanted, root, device))
        return
    until = time.monotonic() + seconds
    asked = Asked(root=root, device=device, launch=launch, machine=name, only=only, seconds=seconds, until=until)
    codes = {suite: evidence(suite, asked) for suite in wanted}
    for suite, code in codes.items():
        said = {0: "filed", MORE: "more to do: the same command again", NOTHING: "not measured"}
        print(f"{suite}: {said.get(code, f'bench ended with {code}')}")
    if not any(codes.values()):
        print(f"the pages and the claims do not know of it yet; without a GPU, in this order: {'; '.join(AT_HOME)}")
    worst = [code for code in codes.values() if code not in (0, MORE)]
    sys.exit(max(worst) if worst else MORE if MORE in codes.values() else 0)


if __name__ == "__main__":
    main()
