"""Records as they arrive → how far a run is: surveys, rounds, precision reached, time left."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.analysis.judge import RunJudge
from bench.records.nouns import Record, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`left` is in seconds, none while nothing is known; `precise` of `timeable` cases have reached the precision."""

    surveyed: int
    round: int
    in_round: int
    timeable: int
    precise: int
    elapsed: float
    left: float | None


class Progress:
    """Counts; works out what is precise once a round, because that reads every record."""

    def __init__(self, run: Run, *, now: Callable[[], float] = time.monotonic) -> None:
        self.run, self._now, self._began = run, now, now()
        self._judge = RunJudge(run.cases, run.policy)
        self._records: list[Record] = []
        self._surveyed = self._timeable = self._round = self._in_round = self._precise = 0
        self._rounds_began: float | None = None

    def add(self, record: Record) -> bool:
        """One record more; whether a round has just ended before it."""
        self._records.append(record)
        if record.kind == "survey":
            self._surveyed += 1
            self._timeable += record.status == "ok"
            return False
        if record.kind != "timed":
            return False
        if self._rounds_began is None:
            self._rounds_began = self._now()
        ended = record.round > self._round > 0
        if record.round > self._round:
            self._round, self._in_round = record.round, 0
            self._precise = len(self._judge.precise(self._records[:-1])) if ended else 0
        self._in_round += record.attempt == 0
        return ended

    @property
    def state(self) -> State:
        """Where the run is now."""
        return State(
            surveyed=self._surveyed,
            round=self._round,
            in_round=self._in_round,
            timeable=self._timeable,
            precise=self._precise,
            elapsed=self._now() - self._began,
            left=self._left(),
        )

    def _left(self) -> float | None:
        """The rounds that are asked for at the pace of those so far; never more than the budget leaves."""
        if self._rounds_began is None or not self._timeable:
            return None
        done = self._round - 1 + min(1.0, self._in_round / self._timeable)
        goal = self.run.policy.rounds if self._round <= self.run.policy.rounds else self.run.policy.max_rounds
        left = (self._now() - self._rounds_began) / done * max(0.0, goal - done)
        budget = self.run.policy.max_seconds
        return left if budget is None else max(0.0, min(left, budget - (self._now() - self._began)))
