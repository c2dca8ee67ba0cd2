"""Records so far → what the measuring loop asks: which trials to repeat, and which cases are precise enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.analysis.estimate import precision
from bench.analysis.trials import Counted, counted, disturbed, sentinel_limits
from bench.analysis.values import values
from bench.records.nouns import Case, Record
from bench.records.suite import Policy


@dataclass(frozen=True, slots=True)
class RunJudge:
    """The judge of one run (bench.records.nouns.Judge)."""

    cases: Sequence[Case]
    policy: Policy

    def disturbed(self, records: Sequence[Record]) -> set[tuple[str, int]]:
        """(case, round) of the trials whose best attempt so far was disturbed."""
        return disturbed(self.cases, records)

    def calm(self, records: Sequence[Record]) -> Mapping[int, float]:
        """By threads: the sentinel in nanoseconds over which a trial is disturbed, as far as is known yet."""
        return sentinel_limits(self.cases, records)

    def precise(self, records: Sequence[Record]) -> set[str]:
        """The cases whose latency has an interval, half of which is at most the policy's precision × the value."""
        return {case for case, found in counted(self.cases, records).items() if self._reached(found)}

    def _reached(self, found: Counted) -> bool:
        return not found.disturbed and precision(values(found.trials, "latency", {}).values(), self.policy).done()
