"""Two files of pytest-benchmark and a policy → the outcome of a gate, with what such files cannot prove.

A benchmark's values are the rounds of one process, in seconds an iteration. They are compared as they are, as one
metric: a round is no trial, and has neither a sentinel nor a survey. Fields: pytest-benchmark 5.3.1, `stats.py`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import PurePosixPath

from pydantic import ConfigDict

from bench.errors import Unreadable
from bench.gate.alike import differing, refuse
from bench.gate.outcome import gate_verdict
from bench.gate.policy import exit_code, limit_of, permitted
from bench.gate.unpaired import Sides, judged, too_few
from bench.records.codec import decode
from bench.records.gate import Gate, Judged
from bench.records.nouns import Case, Finding
from bench.records.suite import GateSpec

METRIC = "latency"
MOST = 60
"""Values of a side that are compared, evenly spaced over its rounds where there are more: to count the exact null of
60 and 60 takes 0.1 s, of 120 and 120 0.6 s, and neighbouring rounds of one process say little beyond each other."""

MACHINE = ("system", "machine", "python_implementation", "python_version")
PROCESSOR = ("brand_raw", "count")
TIMING = ("timer", "disable_gc")
"""Of a benchmark's options: what they change is not the code."""
UNSERIALIZABLE = "UNSERIALIZABLE["
UNKNOWN = "unknown"

Fields = Mapping[str, object]
FINITE: ConfigDict = {"allow_inf_nan": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """`data`: seconds an iteration, one value a round; absent in a file saved without them."""

    __pydantic_config__ = FINITE

    data: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One benchmark that did not fail: pytest-benchmark leaves out those that did."""

    fullname: str
    stats: Stats
    params: dict[str, object] | None = None
    options: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What is read of a file; its other fields are of no concern here."""

    machine_info: dict[str, object]
    benchmarks: tuple[Benchmark, ...]
    commit_info: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Iterations:
    """A file by its name, for people, and its benchmarks by theirs."""

    name: str
    machine: Fields
    benchmarks: Mapping[str, Benchmark]


def iterations(text: bytes, *, name: str, where: str) -> Iterations:
    """What a file of pytest-benchmark holds, which people know by that name; other fields may be anything.

    Raises Unreadable for what is no such file, and for one that has a benchmark twice."""
    saved = decode(Saved, text, where=where)
    found = {benchmark.fullname: benchmark for benchmark in saved.benchmarks}
    if len(found) < len(saved.benchmarks):
        names = [benchmark.fullname for benchmark in saved.benchmarks]
        twice = next(each for each in found if names.count(each) > 1)
        raise Unreadable(f"the benchmark {twice!r} is there twice", where=where)
    commit = str(saved.commit_info.get("id", ""))[:12]
    called = f"{name} ({commit})" if commit else name
    return Iterations(name=called, machine=_conditions(saved.machine_info), benchmarks=found)


def judge_files(base: Iterations, candidate: Iterations, policy: GateSpec) -> Gate:
    """Every benchmark of the candidate, then those that only the base has.

    Raises Incomparable where the files are of different machines."""
    hint = "run pytest on both revisions on one machine, with one Python"
    refuse(_differing(base.machine, candidate.machine), where=f"{candidate.name} against {base.name}", hint=hint)
    ids = dict.fromkeys((*candidate.benchmarks, *base.benchmarks))
    standing = {case: _standing(base.benchmarks.get(case), candidate.benchmarks.get(case), case) for case in ids}
    family = [
        _sides(base.benchmarks[case], candidate.benchmarks[case], policy)
        for case, found in standing.items()
        if found is None
    ]
    decided = judged(family)
    cases = tuple(permitted(found or decided[case], policy) for case, found in standing.items())
    verdict, few = gate_verdict(cases, None, controlled=False), too_few(family)
    return Gate(
        suite="pytest-benchmark",
        suite_file=_place(ids),
        machine=str(base.machine["cpu.brand_raw"]),
        device="cpu",
        base=base.name,
        candidate=candidate.name,
        verdict=verdict,
        exit_code=exit_code(verdict, policy, cases),
        cases=cases,
        findings=(_one_process(family), *_unproven(base.machine), *([few] if few else [])),
    )


def _place(ids: Iterable[str]) -> str:
    """The file of the benchmarks, or the folder that holds all of their files."""
    files = {PurePosixPath(name.partition("::")[0]) for name in ids}
    if len(files) == 1:
        return str(files.pop())
    levels = zip(*(file.parent.parts for file in files), strict=False)
    return "/".join(names[0] for names in takewhile(lambda names: len(set(names)) == 1, levels))


def _unproven(machine: Fields) -> Iterator[Finding]:
    """What neither file says may differ."""
    if unknown := [name for name, value in machine.items() if value == UNKNOWN]:
        yield Finding(
            code="machine not proven",
            message=f"neither file says its {', '.join(unknown)}: they may be of two machines",
            advice="measure both with one pytest-benchmark, in one Python that has py-cpuinfo",
        )


def _conditions(machine: Fields) -> Fields:
    """Neither the host's name nor the kernel's release is among them: machines of one kind may have several."""
    cpu = machine.get("cpu")
    known: Fields = cpu if isinstance(cpu, dict) else {}
    older = {"brand_raw": known.get("brand", UNKNOWN)}  # as py-cpuinfo called it before 6.0
    return {
        **{name: machine.get(name, UNKNOWN) for name in MACHINE},
        **{f"cpu.{name}": known.get(name, older.get(name, UNKNOWN)) for name in PROCESSOR},
    }


def _standing(base: Benchmark | None, candidate: Benchmark | None, case: str) -> Judged | None:
    """What keeps a benchmark from being compared."""
    if base is None:
        return Judged(case=case, verdict="added")
    if candidate is None:
        return Judged(case=case, verdict="removed")
    if fields := _differing(_meaning(base), _meaning(candidate)):
        return Judged(case=case, verdict="incomparable", note="; ".join(fields))
    for name, side in (("base", base), ("candidate", candidate)):
        if not side.stats.data:
            note = f"stats.data: none on the {name}; --benchmark-save-data saves them, as --benchmark-json does"
            return Judged(case=case, verdict="incomparable", note=note)
        if min(side.stats.data) <= 0:
            note = f"stats.data: a time of {min(side.stats.data):g} s on the {name} has no ratio"
            return Judged(case=case, verdict="incomparable", note=note)
    return None


def _meaning(benchmark: Benchmark) -> Fields:
    """Its parameters, but for those that JSON cannot hold: pytest-benchmark writes their addresses, which differ in
    every process, and `fullname` has their ids."""
    known = {
        name: value for name, value in (benchmark.params or {}).items() if not str(value).startswith(UNSERIALIZABLE)
    }
    params = {f"params.{name}": value for name, value in known.items()}
    return params | {f"options.{name}": benchmark.options.get(name, UNKNOWN) for name in TIMING}


def _differing(base: Fields, candidate: Fields) -> list[str]:
    return differing(*({name: str(value) for name, value in side.items()} for side in (base, candidate)))


def _sides(base: Benchmark, candidate: Benchmark, policy: GateSpec) -> list[Sides]:
    params = candidate.params or {}
    levels = {name: value for name, value in params.items() if isinstance(value, bool | int | float | str)}
    # As much of a case as the policy asks for.
    case = Case(id=candidate.fullname, target="", levels=levels, arguments=levels, threads=1, allocator="system")
    return [
        Sides(
            case=case.id,
            metric=METRIC,
            limit=limit_of(case, METRIC, policy),
            base=thinned(base.stats.data),
            candidate=thinned(candidate.stats.data),
            unit="round",
        )
    ]


def thinned(values: Sequence[float]) -> Sequence[float]:
    """At most MOST of them, evenly spaced."""
    return values if len(values) <= MOST else [values[place * len(values) // MOST] for place in range(MOST)]


def _one_process(family: Sequence[Sequence[Sides]]) -> Finding:
    return Finding(
        code="one process a side",
        message="these files hold the iterations of one process each: by how much processes, servers and hours differ "
        "is in no interval, so an alarm may be the machine's, and no file says which versions of its libraries were "
        f"there; of each benchmark at most {MOST} values were compared",
        advice="measure both revisions on one machine within minutes, and repeat what alarms before you believe it; "
        "`bench gate SUITE --against REVISION` compares many processes side by side",
        cases=tuple(metrics[0].case for metrics in family),
    )
