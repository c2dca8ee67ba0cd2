"""Records so far → what the measuring loop asks: which trials to repeat, and which cases are precise enough."""

from collections.abc import Mapping, Sequence

from bench.analysis.medians import precision
from bench.analysis.trials import Counted, Sentinels, counted, disturbed
from bench.analysis.values import values
from bench.records.nouns import Case, Record
from bench.records.suite import Policy


class RunJudge:
    """The judge of one run (bench.records.nouns.Judge)."""

    def __init__(self, cases: Sequence[Case], policy: Policy) -> None:
        self.cases, self.policy = cases, policy
        self._sentinels, self._seen = Sentinels(cases), 0

    def disturbed(self, records: Sequence[Record]) -> set[tuple[str, int]]:
        """(case, round) of the trials whose best attempt so far was disturbed."""
        return disturbed(self.cases, records)

    def calm(self, records: Sequence[Record]) -> Mapping[int, float]:
        """By threads: the sentinel in nanoseconds over which a trial is disturbed, as far as is known yet. The records
        of the last call come first: to read them all before each of 100,000 trials took longer than the trials."""
        for record in records[self._seen :]:
            self._sentinels.add(record)
        self._seen = len(records)
        return self._sentinels.limits()

    def precise(self, records: Sequence[Record]) -> set[str]:
        """The cases whose latency has an interval, half of which is at most the policy's precision × the value."""
        return {case for case, found in counted(self.cases, records).items() if self._reached(found)}

    def _reached(self, found: Counted) -> bool:
        latencies = values(found.trials, {}, metrics=("latency",))["latency"]
        return not found.disturbed and precision(latencies.values(), self.policy).done()
