"""The committed attempts at the A/A trials → suites resampled from them, in which trials are disturbed and repeated.

For each suite one of the committed runs is drawn, and for each of its rounds one of that run's ten, whole: all its
cases with all attempts at them, their sentinels and their probes. So weather that the cases of a round share stays
theirs, and a run that was disturbed often has suites that are. The product chooses between attempts and leaves out what
stayed disturbed, by the limits that it works out from these very sentinels. What cannot be had is an attempt that
nobody made: a trial which only the resampled suite calls disturbed is not repeated.

The median of a run's own distribution is what the product makes of all its ten rounds: what is drawn from. The long-run
one is the median of all that counts in all runs."""

from collections.abc import Sequence
from dataclasses import replace

from numpy.random import Generator

from bench.analysis.analysed import Analysed
from bench.records.nouns import Record
from bench.records.suite import Policy
from bench.statistics import median
from tests.evidence.repeats import ROUNDS
from tests.evidence.simulated import Judged, said

POLICIES = {
    "resampled, looks at 10 and 20 rounds": Policy(),
    "resampled, one look at 10 rounds": Policy(max_rounds=ROUNDS),
}
"""By the name of the row: as suites are measured, and as the committed runs were."""


class Attempts:
    """The committed runs, ready to be drawn from."""

    def __init__(self, runs: Sequence[Analysed], policy: Policy) -> None:
        self._runs = [replace(one.run, policy=policy) for one in runs]
        self._rounds = [by_round(one.records) for one in runs]
        self._own = [{case: one.medians[case, "latency"].value for case in one.cases} for one in runs]
        self._long_run = {
            case: median([value for one in runs for value in one.values[case, "latency"].values()])
            for case in runs[0].cases
        }

    def suite(self, noise: Generator) -> list[Judged]:
        """One suite of a run drawn at random."""
        number = int(noise.integers(len(self._runs)))
        run, rounds, own = self._runs[number], self._rounds[number], self._own[number]
        chosen = noise.integers(1, ROUNDS + 1, run.policy.max_rounds)
        trials = [replace(trial, round=n) for n, old in enumerate(chosen, start=1) for trial in rounds[int(old)]]
        found = []
        for one in said(run, trials):
            truth = own[one.case]
            assert truth is not None
            found.append(Judged(said=one, own=truth, long_run=self._long_run[one.case]))
        return found


def by_round(records: Sequence[Record]) -> dict[int, list[Record]]:
    """Attempts at trials, each with its median alone for samples: what its latency is, to half a nanosecond."""
    found: dict[int, list[Record]] = {number: [] for number in range(1, ROUNDS + 1)}
    for record in records:
        if record.kind == "timed":
            assert record.status == "ok"
            middle = round(median(record.samples))
            found[record.round].append(replace(record, samples=(middle,), cpu=(), warmup=()))
    return found
