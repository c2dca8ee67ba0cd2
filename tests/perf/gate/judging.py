"""What a unit's pairs say so far → which of them to measure again, and which cases to go on with.

Unlike the product's judge, this one decides nothing before the least pairs, so that every case has that many to be put
into gates; from then on it goes on with those alone that a gate at 1 % would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.gate.decide import LOOKS, MEAN, Series, decide
from bench.gate.judge import base_surveys, sharp_metric
from bench.gate.pairs import disturbed, log_ratios, pairs
from bench.records.nouns import Record, Run, Side
from tests.perf.gate.rows import Row

LIMIT = 0.01
FAMILY = 24
STILL = Series(sharp=(0.0,) * LOOKS[-1].pairs, mean=(0.0,) * LOOKS[-1].pairs, limits=(LIMIT, LIMIT))


def decided(sharp: Sequence[float], mean: Sequence[float]) -> bool:
    """Whether a gate at 1 % is done with the case that has these log-ratios, and with 23 more that stand still: Holm
    asks most of a case that is alone."""
    others = {f"still {n}": STILL for n in range(FAMILY - 1)}
    return not decide({"": Series(sharp=sharp, mean=mean, limits=(LIMIT, LIMIT)), **others})[""].open


def settled(rows: Sequence[Row]) -> bool:
    """The same of a case's rows."""
    return decided([row.sharp for row in rows], [row.mean for row in rows])


def unfinished(found: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """The cases of a unit that further pairs may decide, or decide otherwise than it looks now."""
    return tuple(case for case, rows in found.items() if len(rows) < LOOKS[-1].pairs and not settled(rows))


@dataclass(frozen=True, slots=True)
class Patient:
    """A `PairJudge` for pairs that are numbered on from `before`, of which the cases' rows are there."""

    run: Run
    least: int
    most: int
    before: int = 0
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    @property
    def looks(self) -> tuple[int, ...]:
        """Counted from the first pair to be measured."""
        looks = {*(look.pairs for look in LOOKS if self.least <= look.pairs <= self.most), self.most}
        return tuple(sorted(look - self.before for look in looks if look > self.before))

    def disturbed(self, records: Sequence[Record], number: int, sides: tuple[Side, Side]) -> set[str]:
        """As in the product."""
        return disturbed(records, number, sides)

    def undecided(self, records: Sequence[Record], number: int) -> set[str]:
        """Every case, until it has its pairs."""
        found = pairs(records)
        if self.before + number < self.least:
            return set(found)
        ratios = {
            case: (log_ratios(own, self.sharp(case, records)), log_ratios(own, MEAN)) for case, own in found.items()
        }
        return {case for case, (sharp, mean) in ratios.items() if not decided(*self._after(case, sharp, mean))}

    def calmest(self, records: Sequence[Record]) -> str | None:
        """None: the control's cost is worked out from the pairs, and what it says is not asked here."""
        return None

    def sharp(self, case: str, records: Sequence[Record]) -> str:
        """The metric of the rows that are there, else the product's choice."""
        known = self.rows.get(case)
        if known:
            return known[0].metric
        found = next(each for each in self.run.cases if each.id == case)
        return sharp_metric(self.run, found, base_surveys(records).get(case))

    def _after(self, case: str, sharp: Sequence[float], mean: Sequence[float]) -> tuple[list[float], list[float]]:
        known = self.rows.get(case, ())
        return [*(row.sharp for row in known), *sharp], [*(row.mean for row in known), *mean]
