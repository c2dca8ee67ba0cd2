"""The trials that count → their values and the medians of these, each worked out when it is first asked for.

Why not all at once: there are three times as many metrics as most suites show, and a run may have 10,000 cases.
"""

from collections.abc import Mapping

from bench.analysis.medians import median_of
from bench.analysis.trials import Counted
from bench.analysis.values import Rounds, Trial, ordered, rounds_of
from bench.records.nouns import Estimate, Record
from bench.records.suite import Policy

Key = tuple[str, str]
"""A case and a metric that is timed."""


class Values(dict[Key, Rounds]):
    """By case and metric: the trials' values by round, in the metric's unit; empty unless every trial has one."""

    def __init__(self, counted: Mapping[str, Counted], surveys: Mapping[str, Record]) -> None:
        super().__init__()
        self._counted, self._surveys = counted, surveys
        self._ordered: dict[str, dict[int, Trial]] = {}

    def __missing__(self, key: Key) -> Rounds:
        case, metric = key
        if case not in self._ordered:
            self._ordered[case] = ordered(self._counted[case].trials)
        survey = self._surveys.get(case)
        found = rounds_of(self._ordered[case], metric, {} if survey is None else survey.metrics)
        self[key] = found
        return found


class Medians(dict[Key, Estimate]):
    """By case and metric: the median of the values with its interval, or why there is none."""

    def __init__(self, values: Values, counted: Mapping[str, Counted], policy: Policy) -> None:
        super().__init__()
        self._values, self._counted, self._policy = values, counted, policy

    def __missing__(self, key: Key) -> Estimate:
        case, metric = key
        values = self._values[key].values()
        found = median_of(case, metric, values, counted=self._counted[case], policy=self._policy)
        self[key] = found
        return found
