"""Runs and records that never happened, for the tests of the analysis."""

from collections.abc import Iterable, Sequence

from bench.analysis.analysed import Analysed, analyse
from bench.records.nouns import Case, Machine, Record, Run, Status, Unknown
from bench.records.suite import Level, Policy, Suite

MILLISECOND = 1_000_000
SENTINEL = 10.0 * MILLISECOND


def case(
    *, threads: int = 1, allocator: str = "retain", skip: str | None = None, levels: dict[str, Level] | None = None
) -> Case:
    """A case whose id follows from its levels, `model=lstm` unless told."""
    shown: dict[str, Level] = levels or {"model": "lstm"}
    return Case(
        id=",".join(f"{name}={level}" for name, level in shown.items()),
        target="made_up:workload",
        levels=shown,
        arguments=shown,
        threads=threads,
        allocator="system" if allocator == "system" else "retain",
        skip=skip,
    )


def models(*names: str) -> tuple[Case, ...]:
    return tuple(case(levels={"model": name}) for name in names)


def run(cases: Iterable[Case], *, policy: Policy | None = None, metrics: Sequence[str] = ("latency",)) -> Run:
    return Run(
        schema=1,
        name="20261121T103000-made_up-here-1",
        suite=Suite(
            name="made_up",
            title="Made up",
            question="Does it add up?",
            factors=({"model": ("lstm", "cnn")},),
            metrics=tuple(metrics),
        ),
        suite_file="suites/made_up.yaml",
        policy=policy or Policy(),
        device="cpu",
        launch="fork",
        isolate="case",
        seed=0,
        options={},
        machine=Machine(name="here", identity="0", facts={}),
        fingerprint={},
        cases=tuple(cases),
    )


def survey(
    case: str,
    metrics: dict[str, int | float] | None = None,
    *,
    status: Status = "ok",
    note: str | None = None,
    noise: dict[str, float | Unknown] | None = None,
) -> Record:
    return Record(
        schema=1, kind="survey", status=status, case=case, metrics=metrics or {}, note=note, noise=noise or {}
    )


def timed(
    case: str,
    round_: int,
    milliseconds: float = 1.0,
    *,
    attempt: int = 0,
    sentinel: float | Unknown = SENTINEL,
    status: Status = "ok",
    noise: dict[str, float | Unknown] | None = None,
    loops: int = 2,
    note: str | None = None,
) -> Record:
    """A trial of three samples, each of whose steps took so many milliseconds; the CPU worked nine tenths of it."""
    sample = round(milliseconds * MILLISECOND * loops)
    return Record(
        schema=1,
        kind="timed",
        status=status,
        case=case,
        round=round_,
        attempt=attempt,
        server=round_,
        loops=loops,
        samples=(sample,) * 3 if status == "ok" else (),
        cpu=(sample * 9 // 10,) * 3 if status == "ok" else (),
        noise={"sentinel_before": SENTINEL, "sentinel_after": sentinel, "steal": 0.0, "throttled": 0.0} | (noise or {}),
        note=note,
    )


def trials(case: str, milliseconds: Iterable[float]) -> list[Record]:
    """One trial a round."""
    return [timed(case, round_, value) for round_, value in enumerate(milliseconds)]


def analysed(
    cases: Sequence[Case],
    records: Sequence[Record],
    *,
    policy: Policy | None = None,
    metrics: Sequence[str] = ("latency",),
) -> Analysed:
    """The records, after a survey that succeeded of every case that has none."""
    surveyed = {record.case for record in records if record.kind == "survey"}
    surveys = [survey(found.id) for found in cases if found.id not in surveyed]
    return analyse(run(cases, policy=policy, metrics=metrics), [*surveys, *records])
