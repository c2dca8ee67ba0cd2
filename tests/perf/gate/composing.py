"""Measured pairs → gates of 24 cases, one of which has a dose: what the product's `decide` makes of each, and its cost.

The pairs of the 23 others are the undosed ones of the same load. A gate costs the wall seconds of all pairs up to the
look that decides their case, of the surveys, of a server every three rounds, and of a control on its calmest case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp
from statistics import fmean, stdev

from bench.gate.decide import LOOKS, Decision, Series, decide
from bench.measure.pairing import CONTROL_PAIRS, ROUNDS_PER_SERVER
from bench.statistics import median, quantile
from tests.perf.gate.rows import Row, Unit, pairs_of, seconds_of

LIMITS = (0.01, 0.02, 0.03)
DOSES = ("2", "3", "5", "fifth", "most", "sleep")
CALM = 0.01
"""The sd of pairs that are calm enough for +2 % to be found."""

AGREED = 0.005
"""By how much the sizes may differ that the two labels give, where their intervals do not hold both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """A case's pairs in one unit: log-ratios of both metrics, wall seconds of each."""

    sharp: tuple[float, ...]
    mean: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def sd(self) -> float:
        """Of the sharp metric's log-ratios."""
        return stdev(self.sharp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A unit: its cases' pairs, the seconds of an average survey of a case and of a server's start."""

    unit: Unit
    cases: Mapping[str, Pairs]
    survey: float
    server: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate over such pairs, at one limit: what became of every case, and its wall seconds by case."""

    decisions: Mapping[str, Decision]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed:
    """A gate in which one case has a dose: what became of that case; `sd` is that of its own pairs. `swapped`, at the
    lowest limit alone, is what became of it with base and candidate exchanged."""

    case: str
    decision: Decision
    swapped: Decision | None
    sd: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything under one load: the measurements of equal code, a gate over each of them by limit, and by dose and
    limit the gates with one dose."""

    load: str
    undosed: tuple[Measured, ...]
    equal: Mapping[float, tuple[Gate, ...]]
    doses: Mapping[tuple[str, float], tuple[Dosed, ...]]


def shown(rows: Sequence[Row], load: str) -> Shown | None:
    """None without pairs of equal code; the doses join the first measurement of it."""
    numbers = sorted({row.repeat for row in rows if row.load == load and row.dose == "0"})
    undosed = [one for n in numbers if (one := measured(rows, Unit(load=load, dose="0", repeat=n)))]
    if not undosed:
        return None
    units = [one for dose in DOSES if (one := measured(rows, Unit(load=load, dose=dose)))]
    return Shown(
        load=load,
        undosed=tuple(undosed),
        equal={limit: tuple(gate(one.cases, one, limit) for one in undosed) for limit in LIMITS},
        doses={(one.unit.dose, limit): tuple(dosed_gates(undosed[0], one, limit)) for one in units for limit in LIMITS},
    )


def measured(rows: Sequence[Row], unit: Unit) -> Measured | None:
    """The unit's cases that have as many pairs as a first look wants; None without any."""
    found = {case: own for case, own in pairs_of(rows, unit).items() if len(own) >= LOOKS[0].pairs}
    if not found:
        return None
    return Measured(
        unit=unit,
        cases={case: _pairs(own) for case, own in sorted(found.items())},
        survey=fmean(seconds_of(rows, unit, "survey")),
        server=median(seconds_of(rows, unit, "server")),
    )


def gate(cases: Mapping[str, Pairs], beside: Measured, limit: float) -> Gate:
    """The gate over those cases; `beside` says what surveys and servers cost."""
    decisions = decide({case: _series(pairs, limit) for case, pairs in cases.items()})
    taken = {case: decision.sharp.pairs for case, decision in decisions.items()}
    spent = sum(sum(pairs.seconds[: taken[case]]) for case, pairs in cases.items())
    servers = ceil(max(taken.values()) / ROUNDS_PER_SERVER) * beside.server
    control = CONTROL_PAIRS * fmean(cases[_calmest(cases)].seconds)
    total = spent + servers + control + len(cases) * beside.survey
    return Gate(decisions=decisions, seconds=total / len(cases))


def dosed_gates(undosed: Measured, dosed: Measured, limit: float) -> Iterator[Dosed]:
    """A gate for every case that both have, with that case's dose alone."""
    for case, pairs in dosed.cases.items():
        if case in undosed.cases:
            family = {**undosed.cases, case: pairs}
            whole = gate(family, undosed, limit)
            yield Dosed(
                case=case,
                decision=whole.decisions[case],
                swapped=_exchanged(family, limit)[case] if limit == LIMITS[0] else None,
                sd=pairs.sd,
                seconds=whole.seconds,
            )


def agree(dosed: Dosed) -> bool:
    """Whether the sharp metric's change has about the same size under both labels, or both intervals hold both."""
    assert dosed.swapped is not None
    here, there = dosed.decision.sharp, dosed.swapped.sharp
    size, back = here.estimate, -there.estimate
    near = abs(exp(size) - exp(back)) <= AGREED
    held = all(here.low <= value <= here.high and there.low <= -value <= there.high for value in (size, back))
    return near or held


def _pairs(rows: Sequence[Row]) -> Pairs:
    return Pairs(
        sharp=tuple(row.sharp for row in rows),
        mean=tuple(row.mean for row in rows),
        seconds=tuple(row.seconds for row in rows),
    )


def _exchanged(family: Mapping[str, Pairs], limit: float) -> Mapping[str, Decision]:
    """The decisions about the same pairs with the base called the candidate."""
    limits = (limit, limit)
    return decide(
        {
            case: Series(sharp=[-d for d in own.sharp], mean=[-d for d in own.mean], limits=limits)
            for case, own in family.items()
        }
    )


def _series(pairs: Pairs, limit: float) -> Series:
    return Series(sharp=pairs.sharp, mean=pairs.mean, limits=(limit, limit))


def _calmest(cases: Mapping[str, Pairs]) -> str:
    """As the product chooses its control."""
    first = {case: pairs.sharp[: LOOKS[0].pairs] for case, pairs in cases.items()}
    return min(first, key=lambda case: (quantile(first[case], 0.75) - quantile(first[case], 0.25), case))
