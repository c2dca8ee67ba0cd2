"""A gate's run and its records, made by hand: whatever a child could have sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import exp
from random import Random

from bench.records.nouns import SCHEMA, Case, GateAsked, Record, Run, Side, Status
from bench.records.suite import GateSpec
from tests.measure.made_up import case, run

LIMIT = 0.03
Known = Mapping[str, int | float]
STEP = 1_000_000
"""Nanoseconds of the base's sample of one step."""
CALM = 10_000_000


def a_gate(
    *cases: Case,
    policy: GateSpec | None = None,
    added: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
    metrics: tuple[str, ...] = ("latency", "parameters", "flops", "throughput", "peak_memory"),
    device: str = "fake",
    controlled: bool = True,
) -> Run:
    """A gate over those cases, with a limit of 3 %."""
    made = run(cases)
    asked = GateAsked(
        against="main",
        revision="f" * 40,
        policy=policy or GateSpec(limit=LIMIT),
        controlled=controlled,
        added=added,
        removed=removed,
    )
    return replace(made, suite=replace(made.suite, metrics=metrics), device=device, gate=asked)


def names(count: int) -> tuple[Case, ...]:
    """So many cases: `name=c0`, `name=c1`, …"""
    return tuple(case(name=f"c{number}") for number in range(count))


def survey(
    case_id: str, side: Side, known: Known | None = None, *, status: Status = "ok", note: str | None = None
) -> Record:
    """A side's survey."""
    return Record(
        schema=SCHEMA,
        kind="survey",
        status=status,
        case=case_id,
        side=side,
        loops=1,
        metrics={**(known or {})},
        note=note,
    )


def surveys(case_id: str, known: Known | None = None) -> list[Record]:
    """Both sides', equal."""
    return [survey(case_id, side, known) for side in ("base", "candidate")]


def trial(
    case_id: str,
    side: Side,
    number: int,
    *,
    ratio: float = 0.0,
    mean: float | None = None,
    attempt: int = 0,
    status: Status = "ok",
    sentinels: tuple[float, float] = (CALM, CALM),
    noise: dict[str, float] | None = None,
    note: str | None = None,
) -> Record:
    """A trial of eleven samples whose lower decile is `STEP` × exp(ratio), and whose mean is that × exp(mean)."""
    steady = STEP * exp(ratio)
    last = steady if mean is None else 11 * STEP * exp(mean) - 10 * steady
    samples = () if status != "ok" else (*(round(steady) for _ in range(10)), round(last))
    return Record(
        schema=SCHEMA,
        kind="timed",
        status=status,
        case=case_id,
        side=side,
        round=number,
        attempt=attempt,
        loops=1,
        samples=samples,
        cpu=samples,
        noise={"sentinel_before": sentinels[0], "sentinel_after": sentinels[1], **(noise or {})},
        note=note,
    )


def pair(
    case_id: str,
    number: int,
    ratio: float = 0.0,
    *,
    sides: tuple[Side, Side] = ("base", "candidate"),
    mean: float | None = None,
    attempt: int = 0,
    sentinel: float = CALM,
    noise: dict[str, float] | None = None,
) -> list[Record]:
    """Two trials whose second is `ratio` (a logarithm) slower; `sentinel` is the worst of the second's."""
    first = trial(case_id, sides[0], number, attempt=attempt)
    second = trial(
        case_id, sides[1], number, ratio=ratio, mean=mean, attempt=attempt, sentinels=(CALM, sentinel), noise=noise
    )
    return [first, second]


def measured(
    case_id: str,
    ratios: Iterable[float],
    *,
    means: Sequence[float] | None = None,
    sides: tuple[Side, Side] = ("base", "candidate"),
) -> list[Record]:
    """A pair for each ratio, with the means beside them."""
    return [
        record
        for number, ratio in enumerate(ratios, 1)
        for record in pair(case_id, number, ratio, sides=sides, mean=None if means is None else means[number - 1])
    ]


def noise(seed: object, *, centre: float = 0.0, sd: float = 0.004, n: int = 12) -> list[float]:
    """So many log-ratios around a centre."""
    random = Random(str(seed))
    return [random.gauss(centre, sd) for _ in range(n)]
