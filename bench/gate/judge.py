"""A gate's run and its records so far → what the measuring loop asks: which pairs to repeat, which cases are open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.gate.decide import LOOKS, MEAN, Decision, Series, decide
from bench.gate.pairs import Pair, disturbed, log_ratios, pairs
from bench.gate.policy import limit_of
from bench.records.nouns import Case, Record, Run, Side
from bench.records.suite import GateSpec
from bench.statistics import quantile

LONG_STEP = 0.004
"""Seconds. Of a longer step the wall time of a sample holds a whole slice of the scheduler's, and its lower decile is
no longer undisturbed under load; the CPU time of a single thread is."""


@dataclass(frozen=True, slots=True)
class PairJudge:
    """The judge of one gate (bench.records.nouns.PairJudge)."""

    run: Run
    policy: GateSpec

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many pairs `undecided` has something new to say."""
        return tuple(look.pairs for look in LOOKS)

    def disturbed(self, records: Sequence[Record], number: int, sides: tuple[Side, Side]) -> set[str]:
        """The cases whose pair of that number and sides met unequal weather in each attempt so far."""
        return disturbed(records, number, sides)

    def undecided(self, records: Sequence[Record], number: int) -> set[str]:
        """The cases that so many pairs have left open."""
        decided = decide(series(self.run, self.policy, records), pairs=number)
        return {case for case, decision in decided.items() if decision.open}

    def calmest(self, records: Sequence[Record]) -> str | None:
        """The case whose pairs of the first look spread least in its sharp metric; None where none has that many."""
        found = series(self.run, self.policy, records)
        spreads = {case: _spread(s.sharp[: LOOKS[0].pairs]) for case, s in found.items() if _looked_at(s)}
        return min(spreads, key=lambda case: (spreads[case], case), default=None)


def decisions(run: Run, policy: GateSpec, records: Sequence[Record]) -> dict[str, Decision]:
    """What all pairs say, by case."""
    return decide(series(run, policy, records))


def series(run: Run, policy: GateSpec, records: Sequence[Record]) -> dict[str, Series]:
    """The log-ratios of every case that has pairs."""
    cases, surveys = {case.id: case for case in run.cases}, base_surveys(records)
    return {
        case: _series(cases[case], found, sharp_metric(run, cases[case], surveys.get(case)), policy)
        for case, found in pairs(records).items()
    }


def sharp_metric(run: Run, case: Case, survey: Record | None) -> str:
    """`undisturbed`, or `cpu_time` where the base's surveyed step is a long one of a single thread on a processor."""
    long = survey is not None and survey.metrics.get("expected_step", 0) > LONG_STEP
    return "cpu_time" if long and case.threads == 1 and not run.device.startswith("cuda") else "undisturbed"


def base_surveys(records: Sequence[Record]) -> Mapping[str, Record]:
    """The base's survey of each case."""
    return {record.case: record for record in records if record.kind == "survey" and record.side == "base"}


def _series(case: Case, found: Sequence[Pair], sharp: str, policy: GateSpec) -> Series:
    return Series(
        sharp=log_ratios(found, sharp),
        mean=log_ratios(found, MEAN),
        limits=(limit_of(case, sharp, policy), limit_of(case, MEAN, policy)),
    )


def _looked_at(found: Series) -> bool:
    return len(found.sharp) >= LOOKS[0].pairs


def _spread(values: Sequence[float]) -> float:
    return quantile(values, 0.75) - quantile(values, 0.25)
