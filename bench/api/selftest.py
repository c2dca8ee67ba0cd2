"""This machine → what its gate sees of work that is known: nothing, and 1, 2 and 5 % more, in quiet; under a load, for
which less time is left, nothing and 5 % more in a short step.

The gate itself is run twice over `bench.measure.dosed`, in a repository that is made for it and gone afterwards:
its base is the committed file, its candidate the same file with the doses switched on. Both gates have a limit of 1 %:
a dose of 2 % is what the gate promises to find, one of 5 % what it must, and one of 1 % may go either way.

Neither gate has a control, which is base against base: their cases without a dose are that, and more.

A machine is too noisy (exit 4) where the quiet gate did not get as far as its first look or did not find a dose of 5 %,
where in either gate equal code was called a change or a dose of 2 % or more none, and where no limit up to 10 % lets a
change of twice as much be found, and equal code be called unchanged, with 95 % probability in 40 pairs."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.api.alone import Site, measuring
from bench.api.gating import gate_alone, unselected
from bench.api.planning import Options, check_device
from bench.api.running import Listener
from bench.api.verdicts import outcome_of
from bench.errors import CannotStore, Internal, Stopped
from bench.gate.decide import LOOKS
from bench.gate.doses import Dosed, cost_of, dosed, faults, noise_of, overlooked, undosed
from bench.gate.sensitivity import Power, limit_for, pairs_for, powers, smallest_change
from bench.measure.git import told
from bench.measure.load import background_load
from bench.plan.project import find_project
from bench.records.gate import Gate
from bench.store.folder import read

LIMIT = 0.01

QUIET_SECONDS, LOADED_SECONDS, SECONDS = 115.0, 42.0, 157.0
"""What the gates may take, and both together, so that all is over in three minutes: they end with what they have."""

LEAST_SECONDS = 20.0
"""What the second gate gets whatever the first has taken."""

SUITE = """title: What this machine's gate can see
question: Does it find 1, 2 and 5 % more work, and no change where there is none?
policy: {timeout: 30}
base: {target: "dosed:workload"}
factors:
  - {kind: [short], dose: [0, 1, 2, 5]}
  - {kind: [long], dose: [0, 5]}
metrics: [latency, undisturbed, cpu_time, mean_latency]
"""
FAKE_SUITE = """title: The same on the fake device, which builds nothing and is told what to make believe
question: Are the parts of it put together rightly?
base: {target: "dosed:workload", takes: 0.001}
factors:
  - {kind: [short], dose: [0], fault: [none]}
  - {kind: [short], dose: [5], fault: [slower]}
metrics: [latency]
"""
LOADED_CASES = "kind=short and (dose=0 or dose=5)"

OFF, ON = "INJECT = False", "INJECT = True"

PERSON = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """After so many pairs, in about so many seconds a case of a gate of 24: the smallest change, a share, that is found
    with 95 % probability; None where none of those tried is."""

    pairs: int
    seconds: float
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of step: the pairs that were measured of it and the standard deviation of their ratios, a share."""

    kind: str
    pairs: int
    spread: float
    powers: tuple[Power, ...]
    reach: tuple[Reach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the gates: what it said of each dose, and what its pairs promise; a kind of step with few pairs is absent
    there."""

    name: str
    gate: Gate
    cases: tuple[Dosed, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The limit to use here, the change that is then found with 95 % probability, in so many seconds a case."""

    limit: float
    change: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Selftest:
    """What this machine's gate sees. `noisy`: why it is too noisy; none where it is not."""

    machine: str
    device: str
    seed: int
    seconds: float
    quiet: Part
    loaded: Part
    advice: Advice | None
    noisy: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0, or 4 where the machine is too noisy for its gate to be believed."""
        return 4 if self.noisy else 0


def selftest(options: Options, listen: Listener, *, wait: float | None) -> Selftest:
    """Of `options` the device (a processor or the fake one), the seed and `out`, a folder that keeps the gates' runs,
    count. The machine is held from the first to the last trial, so that nobody measures between the two gates.

    Raises Internal where the extra work was not done, Busy while something is measured."""
    check_device(options.device)
    site = Site.here(Path.cwd() / "suite.yaml", None)
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    with (
        measuring("bench selftest", site, device=options.device, wait=wait),
        _stopped_without_records(kept=options.out is not None),
        _repository(FAKE_SUITE if options.device == "fake" else SUITE) as file,
    ):
        there = replace(site, file=file, project=find_project(file))
        chosen = replace(options, seed=seed)
        started = time.monotonic()
        quiet = _part("quiet", _gated("quiet", there, chosen, listen, seconds=QUIET_SECONDS))
        left = max(LEAST_SECONDS, min(LOADED_SECONDS, SECONDS - (time.monotonic() - started)))
        with background_load(site.cores, seed):
            burdened = _gated("loaded", there, replace(chosen, only=LOADED_CASES), listen, seconds=left)
        loaded = _part("loaded", burdened)
        seconds = time.monotonic() - started
    advice = _advice(quiet.kinds)
    return Selftest(
        machine=quiet.gate.machine,
        device=options.device,
        seed=seed,
        seconds=seconds,
        quiet=quiet,
        loaded=loaded,
        advice=advice,
        noisy=tuple(_noisy(quiet, loaded, advice)),
    )


@contextmanager
def _stopped_without_records(*, kept: bool) -> Iterator[None]:
    """A gate that is stopped says that its records are stored; ours are gone with their folder."""
    try:
        yield
    except Stopped as stopped:
        raise stopped if kept else Stopped(stopped.exit_code - 128, stopped.what) from None


@contextmanager
def _repository(suite: str) -> Iterator[Path]:
    """The suite's file in a repository whose commit has the doses off and whose working tree has them on."""
    source = files("bench.measure").joinpath("dosed.py").read_text("utf-8")
    assert source.count(OFF) == 1
    try:
        temporary = TemporaryDirectory(prefix="bench-selftest-", ignore_cleanup_errors=True)
    except OSError as error:
        hint = "set TMPDIR to a folder that can be written to"
        raise CannotStore(f"no temporary folder: {error.strerror}", hint=hint) from error
    with temporary as name:
        folder = Path(name).resolve()
        for file, text in {"dosed.py": source, "selftest.yaml": suite, "pyproject.toml": ""}.items():
            (folder / file).write_text(text, "utf-8")
        told(folder, "init", "-q")
        told(folder, "add", "-A", "-f")
        told(folder, *PERSON, "commit", "-q", "-m", "without doses")
        (folder / "dosed.py").write_text(source.replace(OFF, ON), "utf-8")
        yield folder / "selftest.yaml"


def _gated(name: str, site: Site, options: Options, listen: Listener, *, seconds: float) -> Path:
    """The folder of one of the two gates, which is over."""
    out = options.out / name if options.out is not None else None
    planned = unselected(site.file, replace(options, out=out, policy={"max_seconds": seconds}))
    return gate_alone(planned, site, listen, against="HEAD", limit=LIMIT, control=False)


def _part(name: str, folder: Path) -> Part:
    """What that gate says; looks whether its doses were doses."""
    stored, gate = read(folder), outcome_of(folder)
    if gate.device != "fake" and (wrong := undosed(stored.run, stored.records)):
        raise Internal(f"the selftest's doses are not what they should be: {'; '.join(wrong)}")
    cases = dosed(stored.run, gate)
    kinds = []
    for kind in dict.fromkeys(case.kind for case in cases):
        noise, cost = noise_of(stored.run, stored.records, kind), cost_of(stored.run, stored.records, kind)
        if cost is None or not noise.pairs:
            continue
        found = powers(noise, seed=stored.run.seed)
        reach = tuple(
            Reach(pairs=look.pairs, seconds=cost.of_case(look.pairs), change=smallest_change(found, look.pairs))
            for look in LOOKS
        )
        kinds.append(Kind(kind=kind, pairs=len(noise.pairs), spread=noise.spread, powers=found, reach=reach))
    return Part(name=name, gate=gate, cases=cases, kinds=tuple(kinds))


def _advice(kinds: Sequence[Kind]) -> Advice | None:
    """For all kinds of step; what takes longest counts."""
    found = [kind.powers for kind in kinds]
    limit = limit_for(found)
    if limit is None:
        return None
    pairs = pairs_for(found, limit)
    seconds = max(reach.seconds for kind in kinds for reach in kind.reach if reach.pairs == pairs)
    return Advice(limit=limit, change=2 * limit, seconds=seconds)


def _noisy(quiet: Part, loaded: Part, advice: Advice | None) -> Iterator[str]:
    if not any(case.judged.changes for case in quiet.cases):
        yield f"quiet: no step came as far as {LOOKS[0].pairs} pairs, the first look, in the time there is"
    for kind in overlooked(quiet.cases):
        yield f"quiet: {kind} steps with 5 % more work were not found"
    for part in (quiet, loaded):
        yield from faults(part.name, part.cases, limit=LIMIT)
    if quiet.kinds and advice is None:
        yield "quiet: with no limit up to 10 % is a change of twice as much found with 95 % probability"
