"""Measured pairs → gates of 24 cases, one of which has a dose: what the product's `decide` makes of each, and its cost.

The pairs of the 23 others are the undosed ones of the same load. A gate costs the wall seconds of all pairs up to the
look that decides their case, of the surveys, of a server every three rounds, and of a control on its calmest case with
servers of its own. The control takes no other part: none was measured, and none keeps a gate from its verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp
from statistics import fmean, stdev

from bench.gate.decide import LOOKS, Decision, Series, decide
from bench.measure.pairing import CONTROL_PAIRS, CONTROL_PAIRS_PER_SERVER, ROUNDS_PER_SERVER
from bench.statistics import median, quantile
from tests.perf.gate.judging import unfinished
from tests.perf.gate.repository import SWAPPED
from tests.perf.gate.rows import Row, Unit, pairs_of, seconds_of

LIMITS = (0.01, 0.02, 0.03)
DOSES = ("2", "3", "5", "fifth", "most", "sleep")
MIRRORED = ("2", "3")
"""Doses that are also measured in the base, with none in the candidate."""

CALM = 0.01
"""The sd of pairs that are calm enough for +2 % to be found."""

AGREED = 0.005
"""By how much the sizes may differ that the two labels give, where their intervals do not overlap."""


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
    """A unit: its cases' pairs, those of them that further pairs may decide, the seconds of an average survey of a case
    and of a server's start."""

    unit: Unit
    cases: Mapping[str, Pairs]
    open: frozenset[str]
    survey: float
    server: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate over such pairs, at one limit: what became of every case, and its wall seconds by case."""

    decisions: Mapping[str, Decision]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed:
    """A gate in which one case has a dose: what became of that case; `sd` is that of its own pairs; `open`: there are
    to be more of them."""

    case: str
    decision: Decision
    sd: float
    seconds: float
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """A case's dose in the candidate, and the same dose in the base instead, measured for itself: what became of it in
    a gate each, at the lowest limit. `open`: there are to be more pairs of either."""

    case: str
    there: Decision
    back: Decision
    open: bool

    @property
    def gap(self) -> float:
        """By how much the sizes differ, as a share."""
        return abs(exp(self.there.sharp.estimate) - exp(-self.back.sharp.estimate))

    @property
    def overlap(self) -> bool:
        """Whether the intervals share a size."""
        return self.there.sharp.low <= -self.back.sharp.low and -self.back.sharp.high <= self.there.sharp.high

    @property
    def agrees(self) -> bool:
        """Whether both labels tell of the same size."""
        return self.gap <= AGREED or self.overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything under one load: the measurements of equal code, a gate over each of them by limit, and by dose and
    limit the gates with one dose; by dose the same with the labels swapped."""

    load: str
    undosed: tuple[Measured, ...]
    equal: Mapping[float, tuple[Gate, ...]]
    doses: Mapping[tuple[str, float], tuple[Dosed, ...]]
    mirrored: Mapping[str, tuple[Mirrored, ...]]


def shown(rows: Sequence[Row], load: str) -> Shown | None:
    """None without pairs of equal code; the doses join the first measurement of it."""
    numbers = sorted({row.repeat for row in rows if row.load == load and row.dose == "0"})
    undosed = [one for n in numbers if (one := measured(rows, Unit(load=load, dose="0", repeat=n)))]
    if not undosed:
        return None
    units = [one for dose in DOSES if (one := measured(rows, Unit(load=load, dose=dose)))]
    mirrored = {dose: tuple(mirror(rows, undosed[0], load, dose)) for dose in MIRRORED}
    return Shown(
        load=load,
        undosed=tuple(undosed),
        equal={limit: tuple(gate(one.cases, one, limit) for one in undosed) for limit in LIMITS},
        doses={(one.unit.dose, limit): tuple(dosed_gates(undosed[0], one, limit)) for one in units for limit in LIMITS},
        mirrored={dose: found for dose, found in mirrored.items() if found},
    )


def measured(rows: Sequence[Row], unit: Unit) -> Measured | None:
    """The unit's cases that have as many pairs as a first look wants; None without any."""
    found = {case: own for case, own in pairs_of(rows, unit).items() if len(own) >= LOOKS[0].pairs}
    if not found:
        return None
    return Measured(
        unit=unit,
        cases={case: _pairs(own) for case, own in sorted(found.items())},
        open=frozenset(unfinished(found)),
        survey=fmean(seconds_of(rows, unit, "survey")),
        server=median(seconds_of(rows, unit, "server")),
    )


def gate(cases: Mapping[str, Pairs], beside: Measured, limit: float) -> Gate:
    """The gate over those cases; `beside` says what surveys and servers cost."""
    decisions = decide({case: _series(pairs, limit) for case, pairs in cases.items()})
    taken = {case: decision.sharp.pairs for case, decision in decisions.items()}
    spent = sum(sum(pairs.seconds[: taken[case]]) for case, pairs in cases.items())
    starts = ceil(max(taken.values()) / ROUNDS_PER_SERVER) + ceil(CONTROL_PAIRS / CONTROL_PAIRS_PER_SERVER)
    servers = starts * beside.server
    control = CONTROL_PAIRS * fmean(cases[_calmest(cases)].seconds)
    total = spent + servers + control + len(cases) * beside.survey
    return Gate(decisions=decisions, seconds=total / len(cases))


def dosed_gates(undosed: Measured, dosed: Measured, limit: float) -> Iterator[Dosed]:
    """A gate for every case that both have, with that case's dose alone."""
    for case, pairs in dosed.cases.items():
        if case in undosed.cases:
            whole = gate({**undosed.cases, case: pairs}, undosed, limit)
            yield Dosed(
                case=case,
                decision=whole.decisions[case],
                sd=pairs.sd,
                seconds=whole.seconds,
                open=case in dosed.open,
            )


def mirror(rows: Sequence[Row], undosed: Measured, load: str, dose: str) -> Iterator[Mirrored]:
    """The cases that were measured with that dose in the candidate, and with it in the base."""
    both = [measured(rows, Unit(load=load, dose=name)) for name in (dose, f"{SWAPPED}{dose}")]
    there, back = ({one.case: one for one in dosed_gates(undosed, unit, LIMITS[0])} if unit else {} for unit in both)
    for case, one in there.items():
        if (other := back.get(case)) is not None:
            yield Mirrored(case=case, there=one.decision, back=other.decision, open=one.open or other.open)


def _pairs(rows: Sequence[Row]) -> Pairs:
    return Pairs(
        sharp=tuple(row.sharp for row in rows),
        mean=tuple(row.mean for row in rows),
        seconds=tuple(row.seconds for row in rows),
    )


def _series(pairs: Pairs, limit: float) -> Series:
    return Series(sharp=pairs.sharp, mean=pairs.mean, limits=(limit, limit))


def _calmest(cases: Mapping[str, Pairs]) -> str:
    """As the product chooses its control."""
    first = {case: pairs.sharp[: LOOKS[0].pairs] for case, pairs in cases.items()}
    return min(first, key=lambda case: (quantile(first[case], 0.75) - quantile(first[case], 0.25), case))
